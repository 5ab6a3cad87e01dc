/** Kubeconfig entry: lets a context use another user, in one step that readers see whole, under the lock that kubectl takes. */
import { closeSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { EdgeError } from '../../constructs/parsing';
import { writeFileAtomically } from '../sources/files/write';

/** What is to be changed. */
export interface Switch {
  readonly file: string;
  readonly context: string;
  /** The user that the context has now; another one means that somebody was faster. */
  readonly from: string | undefined;
  readonly to: string;
  /** Everything of the new user. */
  readonly user: object;
  /** Whether the old user stays, though no context names it: it is no token, and may be needed again. */
  readonly keepsOld: boolean;
}

/** Writes the new user and lets the context name it; a user that no context names any more goes. Throws an EdgeError. */
export async function switchUser(change: Switch): Promise<void> {
  const file = realpathSync(change.file);
  const unlock = await lock(file);
  try {
    const document = parseDocument(readFileSync(file, 'utf8'));
    const context = named(document, 'contexts', change.context);
    const inside = context?.get('context');
    if (!isMap(inside)) throw moved(change, `has no context ${change.context} any more`);
    const has = inside.get('user');
    if (has !== change.from) throw moved(change, `lets ${change.context} use another user by now`);
    put(document, change.to, change.user);
    inside.set('user', change.to);
    const { from } = change;
    if (from !== undefined && from !== change.to && !change.keepsOld) dropUnused(document, from);
    writeFileAtomically(file, document.toString({ lineWidth: 0 }));
  } finally {
    unlock();
  }
}

function list(document: Document, key: string): YAMLSeq | undefined {
  const found = document.get(key);
  return isSeq(found) ? found : undefined;
}

function named(document: Document, key: string, name: string): YAMLMap | undefined {
  const items = list(document, key)?.items ?? [];
  return items.find((one): one is YAMLMap => isMap(one) && one.get('name') === name);
}

function put(document: Document, name: string, user: object): void {
  const entry = named(document, 'users', name);
  if (entry !== undefined) entry.set('user', document.createNode(user));
  else if (list(document, 'users') === undefined)
    document.set('users', document.createNode([{ name, user }]));
  else list(document, 'users')!.add(document.createNode({ name, user }));
}

function dropUnused(document: Document, name: string): void {
  const isUsed = (list(document, 'contexts')?.items ?? []).some((one) => {
    const inside = isMap(one) ? one.get('context') : undefined;
    return isMap(inside) && inside.get('user') === name;
  });
  const users = list(document, 'users');
  if (isUsed || users === undefined) return;
  const index = users.items.findIndex((one) => isMap(one) && one.get('name') === name);
  if (index >= 0) users.delete(index);
}

const attempts = 40;
const pauseMilliseconds = 50;

/** As kubectl: the file beside it that only one can make. Left behind by a program that was killed, it says so. */
async function lock(file: string): Promise<() => void> {
  const path = `${file}.lock`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return () => rmSync(path, { force: true });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST' || attempt === attempts) {
        throw new EdgeError({
          code: 'SourceFailed',
          path: '',
          summary:
            code === 'EEXIST'
              ? `${file} is locked by ${path}`
              : `${path} cannot be made (${code}), so ${file} cannot be changed`,
          remedy:
            code === 'EEXIST'
              ? 'Let the other program end; remove the lock if none runs.'
              : 'Change the permissions of its folder.',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  }
}

function moved({ file }: Switch, why: string): EdgeError {
  return new EdgeError({
    code: 'GuardStopped',
    path: '',
    summary: `${file} ${why}`,
    remedy: 'Look at what changed it, and start again.',
  });
}
