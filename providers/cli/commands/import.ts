/** littoral import: a `location-optimizer` ConfigMap becomes a policy, and a policy such a ConfigMap. */
import { stringify } from 'yaml';
import { readText } from '../../../constructs/parsing';
import { configMapOfPolicy, parsePolicy, policyOfConfigMap } from '../../../constructs/policy';
import { readApp } from '../../sources/files/documents';
import { readTextFile, resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import { type Flags, usageError } from '../input/flags';
import { exit } from '../output/exit';
import { nearPath } from '../output/print';
import { yamlText } from '../output/print/yaml';
import { command } from './command';

const flags = {
  export: {
    value: 'APP.yaml',
    doc: 'The reverse: prints the policy of this app (or a file with the key policy) as a ConfigMap.',
  },
  output: { value: 'FILE', short: 'o', doc: 'Writes to this file instead.' },
} as const satisfies Flags;

/** The command `import`. */
export const importPolicy = command({
  name: 'import',
  usage: [
    'littoral import CONFIGMAP.yaml [-o FILE]',
    'littoral import --export APP.yaml [-o FILE]',
  ],
  about:
    'Reads the ConfigMap location-optimizer (strategy SolverServiceV1) and prints the same policy in our words, every default spelled out; it goes into an EdgeApp as it is. --export goes the other way and refuses what a strategy cannot say.',
  flags,
  words: 1,
  examples: [
    ['littoral import location-optimizer.yaml', 'the key policy for an EdgeApp'],
    [
      'kubectl get configmap location-optimizer -o yaml | littoral import /dev/stdin',
      'straight from a cluster',
    ],
    ['littoral import --export shop.yaml', 'and back'],
  ],
  run: async (values, session, [path]) => {
    if ((path === undefined) === (values.export === undefined)) {
      const summary = path === undefined ? 'is missing' : 'and --export exclude each other';
      throw usageError(
        'import',
        'CONFIGMAP.yaml',
        summary,
        'Name a ConfigMap, or --export an app.',
      );
    }
    const file = resolvePath(path ?? values.export ?? '', session.cwd);
    const text =
      values.export === undefined ? imported(file) : stringify(exported(file), { lineWidth: 0 });
    if (values.output === undefined) session.print(text);
    else {
      const output = resolvePath(values.output, session.cwd);
      writeFileAtomically(output, text);
      session.remark(`wrote ${nearPath(output, session.cwd)}\n`);
    }
    return exit.done;
  },
});

function imported(file: string): string {
  const policy = policyOfConfigMap(readTextFile(file), file);
  return yamlText({ policy }, 'From the ConfigMap location-optimizer; put it into an EdgeApp.');
}

/** An EdgeApp, or what `imported` printed. */
function exported(file: string): object {
  const text = readTextFile(file, { path: '--export' });
  const { value, mistakes } = readText(text);
  const { kind, policy } = (value ?? {}) as { readonly kind?: unknown; readonly policy?: object };
  const isPolicy = mistakes.length === 0 && kind === undefined && typeof policy === 'object';
  const parsed = isPolicy ? parsePolicy(policy, { file }) : readApp(file).policy;
  return configMapOfPolicy(parsed, file, text);
}
