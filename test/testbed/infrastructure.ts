/** The tools that deploy infrastructure: Terraform from the PATH, OpenTofu from there or built from its Go module. */
import { existsSync } from 'node:fs';
import { buildMissing, builtPath, type GoModule, onStandardError, whyNoGo } from './go-builds';
import { onPath } from './path-lookup';

/** Every tool that can be built here. */
export type ToolName = 'tofu';

const modules: readonly GoModule<ToolName>[] = [
  {
    name: 'opentofu',
    module: 'github.com/opentofu/opentofu',
    version: 'v1.10.6',
    packages: { tofu: 'github.com/opentofu/opentofu/cmd/tofu' },
    treeVersion: 'v1.10.6',
    variables: { 'github.com/opentofu/opentofu/version.dev': 'no' },
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
  return onPath('terraform') === undefined ? 'terraform is not installed' : undefined;
}

/** Why OpenTofu cannot be run, or undefined when it can. */
export function whyNoTofu(): string | undefined {
  return whyNo('tofu');
}

/** Builds what is missing of `names`; says a line when a build begins and one when it ends. The first time takes minutes. */
export function buildTools(
  names: readonly ToolName[] = toolNames,
  progress = onStandardError,
): Promise<void> {
  return buildMissing(modules, names, progress);
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
