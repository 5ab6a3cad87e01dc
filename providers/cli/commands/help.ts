/** Help: what the CLI and each of its commands can do, with examples. */

import type { Flag } from '../input/flags';
import { exitMeanings } from '../output/exit';
import { columns, wrap } from '../output/layout';
import type { Session } from '../output/terminal';
import { commands } from '.';
import type { Command } from './command';

/** The page of `littoral help`. */
export function overview({ paint, width, program = 'littoral' }: Session): string {
  const rows = commands.map(({ name, summary }) => [paint('cyan', name), summary]);
  const codes = exitMeanings.map(([code, meaning]) => [String(code), meaning]);
  return [
    'littoral chooses the clusters an application runs on from where its requests come from,',
    'proves how good the choice is, and says why.',
    '',
    section(paint, 'Usage'),
    `  ${program} COMMAND [flags]`,
    `  ${program} COMMAND --help`,
    '',
    section(paint, 'Commands'),
    ...columns(rows, width),
    '',
    section(paint, 'Start here'),
    `  ${program} init demo && cd demo`,
    `  ${program} place --app app.yaml --fleet fleet.yaml`,
    '',
    section(paint, 'Exit codes'),
    ...columns(codes, width),
    '',
    'NO_COLOR and FORCE_COLOR are respected. LITTORAL_DEBUG=1 adds stack traces to errors.',
    '',
  ].join('\n');
}

/** The page of `littoral COMMAND --help`. */
export function page(command: Command, { paint, width, program = 'littoral' }: Session): string {
  const called = (line: string) => line.replace(/^littoral /, `${program} `);
  const flags = Object.entries(command.flags).map(([name, flag]) => [
    paint('cyan', spelled(name, flag)),
    described(flag),
  ]);
  const examples = command.examples.flatMap(([line, says]) => [
    `  ${paint('dim', `# ${says}`)}`,
    `  ${called(line)}`,
  ]);
  return [
    section(paint, 'Usage'),
    ...command.usage.flatMap((line) =>
      wrap(called(line), width - 6).map((part, i) => `  ${i > 0 ? '    ' : ''}${part}`),
    ),
    '',
    ...wrap(command.about, Math.min(width, 100)),
    '',
    section(paint, 'Flags'),
    ...columns([...flags, [paint('cyan', '-h, --help'), 'Shows this page.']], width),
    '',
    section(paint, 'Examples'),
    ...examples,
    '',
  ].join('\n');
}

const section = (paint: Session['paint'], title: string) => paint('bold', title);

function spelled(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  return `${short}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
}

function described(flag: Flag): string {
  return flag.multiple === true ? `${flag.doc} May be repeated.` : flag.doc;
}
