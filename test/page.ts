/** Pages as tests run them: the commands of a page in a folder of their own, line by line, and its programs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { littoral, type Printed } from './command';

/** A command of a page and what came of it. */
export interface Ran extends Printed {
  readonly line: string;
}

/** A page below docs/, and a folder that its commands run in. */
export interface Page {
  /** Texts of its code blocks of a language, in order. */
  readonly blocks: (language: string) => readonly string[];
  /** Runs every line of its `sh` blocks; `cat > FILE <<'END'` writes a file, `cd` changes the folder. */
  readonly runCommands: () => Promise<readonly Ran[]>;
  /** Where the last command ran. */
  readonly folder: () => string;
  readonly remove: () => void;
}

export function pageOf(name: string): Page {
  const text = readFileSync(join(__dirname, '../docs', name), 'utf8');
  // Made here, and the only folder that is removed afterwards.
  const made = mkdtempSync(join(tmpdir(), 'littoral-page-'));
  let here = made;
  const blocks = (language: string) =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      ([, block = '']) => block,
    );
  const one = async (line: string): Promise<Ran[]> => {
    const [program = '', ...words] = wordsOf(line);
    if (program === 'cd') {
      here = join(here, words[0] ?? '');
      return [];
    }
    if (program === 'mkdir') {
      mkdirSync(join(here, words[0] ?? ''));
      return [];
    }
    if (program !== 'littoral') throw new Error(`${name} has ${line}, which no test can run`);
    return [{ line, ...(await littoral(words, here)) }];
  };
  return {
    blocks,
    runCommands: async () => {
      const ran: Ran[] = [];
      for (const block of blocks('sh')) {
        // A document stands between the commands; what is left are commands, one a line.
        const parts = block.split(/^cat > (\S+) <<'END'\n([\s\S]*?)^END\n/m);
        for (let at = 0; at < parts.length; at += 3) {
          for (const line of (parts[at] ?? '').split('\n')) {
            if (line.trim() !== '') ran.push(...(await one(line)));
          }
          const [file, content] = parts.slice(at + 1);
          if (file !== undefined) writeFileSync(join(here, file), content ?? '');
        }
      }
      return ran;
    },
    folder: () => here,
    remove: () => rmSync(made, { recursive: true, force: true }),
  };
}

/** A TypeScript program of a page as CommonJS, to be run with doors of the built package. */
export function programOf(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  }).outputText;
}

/** Words as a shell divides them; a comment ends the line. */
function wordsOf(line: string): string[] {
  const found: string[] = line.match(/'[^']*'|"[^"]*"|[^\s]+/g) ?? [];
  const end = found.indexOf('#');
  return (end < 0 ? found : found.slice(0, end)).map((word) =>
    word.replace(/^(['"])(.*)\1$/, '$2'),
  );
}
