/** Consoles: the `console` blocks of a page as steps that can be run, compared, and written anew. */

/** One line a reader would type, and what the page says it prints. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

/** What a command printed, on both streams in the order written, and its exit code. */
export interface Ran {
  readonly output: string;
  readonly exitCode: number;
}

const block = /^```console\n([\s\S]*?)^```$/gm;

/** The steps of every console block of a page, in order. */
export function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(block)].flatMap(([, body = '']) => stepsIn(body));
}

/** The page with the output of every step replaced by `outputs`, in order; undefined leaves a step as it is. */
export function rewritten(page: string, outputs: readonly (string | undefined)[]): string {
  let next = 0;
  return page.replace(block, (_, body: string) => {
    const steps = stepsIn(body).map((step) => {
      const output = outputs[next++] ?? step.output;
      return `$ ${step.command}\n${output === '' ? '' : `${output}\n`}`;
    });
    return `\`\`\`console\n${steps.join('')}\`\`\``;
  });
}

/** Whether a text is what a page says; a line `...` on the page stands for any lines. */
export function agrees(said: string, printed: string): boolean {
  if (!/^\.\.\.$/m.test(said)) return said === printed;
  const escaped = said
    .split('\n')
    .map((line) => (line === '...' ? '[\\s\\S]*?' : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${escaped.join('\\n')}$`).test(printed);
}

/** Runs the steps one after another; `echo $?` prints the last exit code, and what `run` declines stays undefined. */
export async function replay(
  steps: readonly Step[],
  run: (words: readonly string[]) => Promise<Ran> | undefined,
): Promise<readonly (string | undefined)[]> {
  const outputs: (string | undefined)[] = [];
  let exitCode = 0;
  for (const { command } of steps) {
    if (command === 'echo $?') {
      outputs.push(String(exitCode));
      continue;
    }
    const ran = await run(wordsOf(command));
    if (ran) exitCode = ran.exitCode;
    outputs.push(ran?.output.replace(/\s+$/, ''));
  }
  return outputs;
}

/** A command line as words: separated by spaces, quotes keep spaces, a backslash continues the line. */
export function wordsOf(command: string): readonly string[] {
  const words = command.replace(/\\\n\s*/g, ' ').match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** A step starts at a line `$ ...` and prints until the next one. */
function stepsIn(body: string): readonly Step[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([\s\S]*)$/.exec(text) ?? [];
      return { command, output: output.replace(/\s+$/, '') };
    });
}
