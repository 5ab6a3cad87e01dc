/** Completion scripts: the table of commands and flags in the languages of three shells. */
import type { Flag } from '../input/flags';

/** A command and its flags by long name. */
export interface Word {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly (readonly [name: string, flag: Flag])[];
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const firstSentence = (text: string) => text.split(/(?<=\.) /)[0] ?? '';
const names = (words: readonly Word[]) => words.map(({ name }) => name).join(' ');
const spelled = ({ flags }: Word) =>
  flags.flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);

/** For bash 4 and later. */
export function bashScript(words: readonly Word[]): string {
  const flags = words.map(
    (word) => `    ${word.name}) flags=${quoted(spelled(word).join(' '))} ;;`,
  );
  const values = choicesOf(words).map(
    ([name, choices]) => `    --${name}) choices=${quoted(choices.join(' '))} ;;`,
  );
  return `# bash completion of littoral, by littoral completion bash
_littoral() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} flags= choices=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(`${names(words)} help`)} -- "$current"))
    return
  fi
  case $before in
${values.join('\n')}
  esac
  if [ -n "$choices" ]; then
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${flags.join('\n')}
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _littoral littoral
`;
}

/** Flags that take one of a few values; where commands differ in them, all. */
function choicesOf(words: readonly Word[]): readonly (readonly [string, readonly string[]])[] {
  const all = new Map<string, Set<string>>();
  for (const [name, { choices }] of words.flatMap(({ flags }) => flags)) {
    if (choices === undefined) continue;
    all.set(name, new Set([...(all.get(name) ?? []), ...choices]));
  }
  return [...all].map(([name, choices]) => [name, [...choices]]);
}

/** For zsh 5 and later. */
export function zshScript(words: readonly Word[]): string {
  const described = words.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const each = words.map((word) => {
    const lines = word.flags.map(([name, flag]) => `        ${quoted(zshFlag(name, flag))}`);
    return `      ${word.name})\n      _arguments \\\n${[...lines, "        '*:file:_files'"].join(' \\\n')}\n      ;;`;
  });
  return `#compdef littoral
# zsh completion of littoral, by littoral completion zsh
_littoral() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${each.join('\n')}
  esac
}
_littoral "$@"
`;
}

function zshFlag(name: string, { doc, value, choices, multiple }: Flag): string {
  const text = firstSentence(doc).replace(/[[\]:\\]/g, (one) => `\\${one}`);
  const repeated = multiple === true ? '*' : '';
  if (value === undefined) return `${repeated}--${name}[${text}]`;
  const takes = choices === undefined ? '_files' : `(${choices.join(' ')})`;
  return `${repeated}--${name}=[${text}]:${value.replaceAll(':', ' ')}:${takes}`;
}

/** For fish 3 and later. */
export function fishScript(words: readonly Word[]): string {
  const lines = words.flatMap(({ name, summary, flags }) => [
    `complete -c littoral -f -n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`,
    ...flags.map(([long, flag]) => fishFlag(name, long, flag)),
  ]);
  return `# fish completion of littoral, by littoral completion fish\n${lines.join('\n')}\n`;
}

function fishFlag(command: string, name: string, { doc, short, value, choices }: Flag): string {
  const takes = value === undefined ? '' : choices === undefined ? ' -r -F' : ' -x';
  return [
    `complete -c littoral -n ${fishText(`__fish_seen_subcommand_from ${command}`)}`,
    ` -l ${name}${short === undefined ? '' : ` -s ${short}`}${takes}`,
    choices === undefined ? '' : ` -a ${fishText(choices.join(' '))}`,
    ` -d ${fishText(firstSentence(doc))}`,
  ].join('');
}

/** In single quotes fish knows two escapes. */
const fishText = (text: string) => `'${text.replace(/[\\']/g, (one) => `\\${one}`)}'`;
