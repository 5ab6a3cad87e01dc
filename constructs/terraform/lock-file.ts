/** .terraform.lock.hcl: says which provider a stack may use, in Terraform's own words, and leaves what it says of others. */
import { createHash } from 'node:crypto';
import { byCodeUnits } from '../model/canonical';

/** One provider of a lock file. */
export interface LockedProvider {
  /** With its host, such as `registry.terraform.io/littoral/littoral`. */
  readonly address: string;
  readonly version: string;
  /** As Terraform writes them, such as `h1:...`. */
  readonly hashes: readonly string[];
}

const header = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;
const block = /^[ \t]*provider\s+"([^"]+)"\s*\{[\s\S]*?^[ \t]*\}[ \t]*(?:\r?\n|$)/gm;

/** `text` with this provider as its only entry for the address; a new file without `text`. The other entries keep every byte. */
export function withProvider(text: string | undefined, provider: LockedProvider): string {
  const before = text === undefined || text.trim() === '' ? header : text;
  const entry = entryOf(provider);
  const found = [...before.matchAll(block)];
  const own = found.find(([, address]) => address === provider.address);
  if (own !== undefined) {
    return `${before.slice(0, own.index)}${entry}${before.slice(own.index + own[0].length)}`;
  }
  const later = found.find(([, address = '']) => byCodeUnits(address, provider.address) > 0);
  if (later !== undefined) {
    return `${before.slice(0, later.index)}${entry}\n${before.slice(later.index)}`;
  }
  return `${before.replace(/\n*$/, '\n')}\n${entry}`;
}

function entryOf({ address, version, hashes }: LockedProvider): string {
  const lines = [...hashes].sort(byCodeUnits).map((hash) => `    ${JSON.stringify(hash)},\n`);
  return `provider "${address}" {\n  version     = "${version}"\n  constraints = "${version}"\n  hashes = [\n${lines.join('')}  ]\n}\n`;
}

/** Terraform's hash of a package that is one file: the same wherever the package lies, and for every platform. */
export function packageHash(name: string, content: Uint8Array): string {
  const file = createHash('sha256').update(content).digest('hex');
  return `h1:${createHash('sha256').update(`${file}  ${name}\n`).digest('base64')}`;
}
