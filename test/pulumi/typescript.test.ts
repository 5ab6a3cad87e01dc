/** Programs compile where Pulumi runs them: also with the old compiler it brings along, which knows no `exports`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as typescript from 'typescript';
import { exports as doors, typesVersions } from '../../package.json';

const root = join(__dirname, '../..');
const sdk = dirname(require.resolve('@pulumi/pulumi/package.json'));
const vendored = join(sdk, 'vendor/typescript@3.8.3/typescript.js');

describe('types of the package', () => {
  it('are found by compilers that do not know `exports`, door by door', () => {
    const wanted = Object.entries(doors).flatMap(([door, files]) =>
      typeof files === 'string' || door === '.' ? [] : [[door.slice(2), [files.types]] as const],
    );
    expect(typesVersions['*']).toEqual(Object.fromEntries(wanted));
  });

  it("let the example compile under Pulumi's own TypeScript 3.8", () => {
    const old = require(vendored) as typeof typescript;
    expect(old.version).toBe('3.8.3');
    const program = join(root, 'examples/pulumi/index.ts');
    const options = {
      target: old.ScriptTarget.ES2018,
      module: old.ModuleKind.CommonJS,
      moduleResolution: 2 satisfies typescript.ModuleResolutionKind.Node10,
      skipLibCheck: true,
      noEmit: true,
      strict: true,
    };
    const host = old.createCompilerHost(options);
    const found = (name: string) => {
      const path = (typesVersions['*'] as Record<string, readonly string[]>)[name.slice(9)]?.[0];
      return path && { resolvedFileName: join(root, path) };
    };
    // The package is not in its own node_modules; everything else is found as always.
    host.resolveModuleNames = (names, from) =>
      names.map((name) => {
        if (name.startsWith('littoral/')) return found(name) || undefined;
        return old.resolveModuleName(name, from, options, host).resolvedModule;
      });
    const compiled = old.createProgram([program], options, host);
    const file = compiled.getSourceFile(program);
    expect(file?.text).toBe(readFileSync(program, 'utf8'));
    const problems = [
      ...compiled.getSyntacticDiagnostics(file),
      ...compiled.getSemanticDiagnostics(file),
    ].map(({ messageText }) => old.flattenDiagnosticMessageText(messageText, ' '));
    expect(problems).toEqual([]);
  }, 60_000);
});
