/** What the provider says to someone who starts it by hand. */
import { printableSchemas } from './description';
import { protocolVersion } from './handshake';
import type { Provider } from './provider';

/** A provider and what to call it. */
export interface Plugin {
  /** Loads the provider; called once the handshake is said. */
  readonly load: () => Provider;
  /** As in `terraform-provider-NAME`. */
  readonly name: string;
  readonly version: string;
  /** Where Terraform knows it, e.g. `registry.terraform.io/littoral/littoral`. */
  readonly address: string;
}

/** The text for these words of a command line, and the exit code. */
export function introduce(
  plugin: Plugin,
  words: readonly string[],
): { readonly text: string; readonly exitCode: number } {
  const { name, version, address, load } = plugin;
  switch (words[0]) {
    case '--version':
      return { text: `terraform-provider-${name} ${version}\n`, exitCode: 0 };
    case '--schema': {
      const schemas = printableSchemas(address, load());
      return { text: `${JSON.stringify(schemas, null, 2)}\n`, exitCode: 0 };
    }
    case '--install': {
      const { install } = require('./install') as typeof import('./install');
      return install(plugin, {
        executable: process.argv[1] ?? '',
        folder: words[1] ?? '.',
        environment: process.env,
        platform: platform(),
      });
    }
    default:
      return { text: introduction(plugin), exitCode: 1 };
  }
}

function introduction({ name, version, address, load }: Plugin): string {
  const provider = load();
  const source = address.replace(/^registry\.terraform\.io\//, '');
  const kinds = [
    ...Object.keys(provider.dataSources).map((one) => `data.${one}`),
    ...Object.keys(provider.resources),
    ...Object.keys(provider.functions ?? {}).map((one) => `provider::${name}::${one}`),
  ];
  return `This is terraform-provider-${name} ${version}, a plugin for Terraform and OpenTofu (protocol ${protocolVersion}).
It has ${kinds.join(', ')}.

It is started by Terraform, not by hand:

  terraform {
    required_providers {
      ${name} = {
        source  = "${source}"
        version = "${version}"
      }
    }
  }

Terraform finds it below terraform.d/plugins beside the configuration, where --install puts it. Then run terraform init.
The cdktf constructs of littoral do this by themselves.

  --install  copies this file to where Terraform looks, beside the configuration in this folder or in the one that follows
  --version  what this is
  --schema   its schemas, as terraform providers schema -json prints them
  --debug    stays, and prints what to set so that Terraform uses this process
`;
}

/** As Terraform names platforms, e.g. linux_amd64. */
function platform(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return `${system}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
}
