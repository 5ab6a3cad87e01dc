/** The tools that deploy infrastructure: OpenTofu and Pulumi, built from their Go modules or found on the PATH, and Terraform from there. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildMissing, builtPath, type GoModule, onStandardError, whyNoGo } from './go-builds';
import { onPath } from './path-lookup';

/** Every tool that can be built here. */
export type ToolName = 'tofu' | 'pulumi' | 'pulumi-language-nodejs';

const modules: readonly GoModule<ToolName>[] = [
  {
    name: 'opentofu',
    module: 'github.com/opentofu/opentofu',
    version: 'v1.10.6',
    packages: { tofu: 'github.com/opentofu/opentofu/cmd/tofu' },
    treeVersion: 'v1.10.6',
    variables: { 'github.com/opentofu/opentofu/version.dev': 'no' },
  },
  {
    name: 'pulumi',
    module: 'github.com/pulumi/pulumi/pkg/v3',
    version: 'v3.228.0',
    packages: { pulumi: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi' },
    treeVersion: 'v3.228.0',
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': 'v3.228.0' },
  },
  {
    // The last release with this program in a published module: it has a module of its own since, without versions.
    name: 'pulumi-nodejs',
    module: 'github.com/pulumi/pulumi/sdk/v3',
    version: 'v3.68.0',
    packages: {
      'pulumi-language-nodejs': 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    },
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': 'v3.68.0' },
  },
];

/** All of them, in the order they are built. */
export const toolNames = modules.flatMap(({ packages }) =>
  Object.keys(packages),
) as readonly ToolName[];

/** The file of a tool: what was built here, else what is on the PATH; throws when there is neither. */
export function toolPath(name: ToolName): string {
  const path = found(name);
  if (path === undefined) throw new Error(whyNo(name));
  return path;
}

/** Why `terraform` cannot be run, or undefined when it can. */
export function whyNoTerraform(): string | undefined {
  return whyNotOnPath('terraform');
}

/** Why OpenTofu cannot be run, or undefined when it can. */
export function whyNoTofu(): string | undefined {
  return whyNo('tofu');
}

/** Why Pulumi cannot run Node programs, or undefined when it can. */
export function whyNoPulumi(): string | undefined {
  return whyNo('pulumi') ?? whyNo('pulumi-language-nodejs');
}

/** HashiCorp's Kubernetes provider, whose resources the `@cdktf/provider-kubernetes` of this repository describes. */
export const terraformKubernetes = 'terraform-provider-kubernetes_v2.38.0';

/** Why Terraform cannot deploy to clusters with HashiCorp's provider, or undefined when it can. No registry that builds it has it. */
export function whyNoTerraformKubernetes(): string | undefined {
  return whyNotOnPath(terraformKubernetes);
}

/** Why Pulumi cannot deploy to clusters with its own provider, or undefined when it can. No registry that builds it has it. */
export function whyNoPulumiKubernetes(): string | undefined {
  return whyNotOnPath('pulumi-resource-kubernetes');
}

/** Builds what is missing of `names`; says a line when a build begins and one when it ends. The first time takes minutes. */
export function buildTools(
  names: readonly ToolName[] = toolNames,
  progress = onStandardError,
): Promise<void> {
  return buildMissing(modules, names, progress);
}

/**
 * The environment of `terraform` and `tofu` for work in `folder`: nothing of the user's settings, no check for
 * updates, no questions. `settings` are those of the command line, such as where providers are installed.
 */
export function terraformEnvironment(folder: string, settings = ''): NodeJS.ProcessEnv {
  const file = join(folder, 'settings.tfrc');
  writeFileSync(file, settings);
  // More authorities cost every start of Node 40 ms, and no server here needs them.
  const { NODE_EXTRA_CA_CERTS: _, ...others } = environmentWithout('TF_');
  return {
    ...others,
    TF_CLI_CONFIG_FILE: file,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    NO_COLOR: '1',
  };
}

/**
 * The environment of `pulumi` for stacks that are kept in `folder`: nothing of the user's Pulumi, no account, no
 * downloads. Programs need `@pulumi/pulumi` in their own `node_modules`.
 */
export function pulumiEnvironment(folder: string): NodeJS.ProcessEnv {
  const [state, home] = [join(folder, 'state'), join(folder, 'home')];
  for (const path of [state, home]) mkdirSync(path, { recursive: true });
  // The package for Node brings the program that runs dynamic providers; Pulumi looks for it on the PATH.
  const sdk = require.resolve('@pulumi/pulumi/package.json');
  const files = [toolPath('pulumi'), toolPath('pulumi-language-nodejs'), sdk];
  return {
    ...environmentWithout('PULUMI_'),
    PATH: [...files.map(dirname), process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: 'engine tests',
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: '1',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: '1',
    NO_COLOR: '1',
  };
}

function environmentWithout(prefix: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith(prefix));
  return Object.fromEntries(others);
}

function found(name: ToolName): string | undefined {
  const built = builtPath(modules, name);
  return existsSync(built) ? built : onPath(name);
}

function whyNo(name: ToolName): string | undefined {
  if (found(name) !== undefined) return undefined;
  return whyNoGo() === undefined
    ? `${name} is not built; npm run testbed -- --build builds it`
    : `${name} is not installed, and Go, which would build it, is not either`;
}

function whyNotOnPath(name: string): string | undefined {
  return onPath(name) === undefined ? `${name} is not installed` : undefined;
}
