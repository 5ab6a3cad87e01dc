/** Installs the provider beside a configuration: `--install` of the executable. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  cliConfigurationPaths,
  hiddenProviderWords,
  hidesProvider,
} from '../../../constructs/model/provider-address';

/** What is installed. */
interface Installed {
  readonly name: string;
  readonly version: string;
  readonly address: string;
}

/** Where the provider is, and where it is to be. */
export interface Installing {
  readonly executable: string;
  /** With the configuration of Terraform. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** Copies the executable to where Terraform and OpenTofu look first; the text says what is next. */
export function install(
  { name, version, address }: Installed,
  { executable, folder, environment, platform }: Installing,
): { readonly text: string; readonly exitCode: number } {
  if (platform.startsWith('windows')) {
    const text = `The provider is a script, which Windows cannot start as a provider. Run Terraform in the Windows Subsystem for Linux.\n`;
    return { text, exitCode: 1 };
  }
  const plugins = resolve(folder, 'terraform.d/plugins');
  const target = join(
    plugins,
    address,
    version,
    platform,
    `terraform-provider-${name}_v${version}`,
  );
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(executable, target);
  chmodSync(target, 0o755);
  const hiding = hidingFile(environment);
  const warning = hiding === undefined ? '' : `\n${hiddenProviderWords(hiding, plugins)}\n`;
  const block = `terraform {\n  required_providers {\n    ${name} = { source = "${address}" }\n  }\n}`;
  return {
    text: `Installed ${target}\nThe configuration beside it asks for it so, and terraform init finds it:\n\n${block}\n${warning}`,
    exitCode: 0,
  };
}

function hidingFile(environment: Installing['environment']): string | undefined {
  return cliConfigurationPaths(environment, homedir()).find((file) => {
    try {
      return hidesProvider(readFileSync(file, 'utf8'));
    } catch {
      // It is not there, or not ours to read: Terraform will say so itself.
      return false;
    }
  });
}
