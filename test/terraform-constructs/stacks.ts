/** Stacks as tests make them: synthesized into a folder of their own. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';

/** What Terraform would read. */
export interface Synthesized {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
  readonly output?: Record<string, { readonly value: unknown; readonly sensitive?: boolean }>;
  readonly provider?: Record<string, Record<string, unknown>[]>;
  readonly locals?: Record<string, unknown>;
  readonly terraform: {
    readonly required_providers: Record<
      string,
      { readonly source: string; readonly version: string }
    >;
  };
}

const home = process.cwd();
const folders: string[] = [];

/** A folder that a program runs in, with these files; `leave` goes back and removes all of them. */
export function enter(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-stacks-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  process.chdir(folder);
  return folder;
}

/** Back to where the tests started; the folders are gone. */
export function leave(): void {
  process.chdir(home);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Something to install where no test looks into the provider. */
export const executable = join(__dirname, 'stacks.ts');

/** What `build` puts into an app, by stack. */
export function synthesized(
  build: (app: App) => TerraformStack | readonly TerraformStack[] | undefined,
): Readonly<Record<string, Synthesized>> {
  const app = new App({ outdir: 'cdktf.out' });
  build(app);
  app.synth();
  const { stacks } = JSON.parse(readFileSync('cdktf.out/manifest.json', 'utf8'));
  return Object.fromEntries(Object.keys(stacks).map((name) => [name, stackNamed(name)]));
}

/** A stack that was synthesized. */
export function stackNamed(name: string): Synthesized {
  return JSON.parse(readFileSync(`cdktf.out/stacks/${name}/cdk.tf.json`, 'utf8'));
}

/** The text of a file of the stack `edge`; undefined without it. */
export function beside(name: string, stack = 'edge'): string | undefined {
  const path = `cdktf.out/stacks/${stack}/${name}`;
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The arguments of the one resource or data source of a type. */
export function only(
  all: Record<string, Record<string, Record<string, unknown>>> | undefined,
  type: string,
): Record<string, unknown> {
  const found = Object.values(all?.[type] ?? {});
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  const { '//': _, ...rest } = found[0]!;
  return rest;
}
