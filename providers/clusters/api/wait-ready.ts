/** Waits until objects are ready: one GET each, then one watch per kind and namespace for those that are not. */
import { setMaxListeners } from 'node:events';
import type { LiveObject, ObjectRef, Readiness, WaitOptions } from '../cluster';
import { pause, withDeadline } from '../deadline';
import { ClusterError } from '../errors';
import { worstPod } from '../readiness/pod-trouble';
import { readinessOf, type Verdict } from '../readiness/rules';
import { getObject, listObjects, type Objects, remember } from './objects';
import { type Following, follow, type Patience, usualPatience, type WatchEvent } from './watch';

const absent: Verdict = { ready: false, reason: 'does not exist' };
/** First looks at the same time. */
const parallelism = 16;
/** For the pods that explain why something is not ready. */
const explainMilliseconds = 5000;

/** One object that is waited for. */
interface Waiting {
  readonly ref: ObjectRef;
  verdict: Verdict;
  /** As last seen. */
  object?: LiveObject;
}

/** Waits. Rejects when the first look gets no answer, or when watching is forbidden. */
export async function waitReady(
  objects: Objects,
  refs: readonly ObjectRef[],
  { deadlineSeconds, leastReplicas, judge, onChange, signal: outer }: WaitOptions,
  patience: Patience = usualPatience,
): Promise<readonly Readiness[]> {
  const all = refs.map((ref): Waiting => ({ ref, verdict: absent }));
  const see = (one: Waiting, object: LiveObject | undefined, first = false): void => {
    const before = one.verdict;
    const least = leastReplicas?.(one.ref) ?? 0;
    one.verdict = object === undefined ? absent : judged(objects, object, least, judge);
    if (object === undefined) delete one.object;
    else {
      one.object = object;
      remember(objects, object);
    }
    if (first || !same(before, one.verdict)) onChange?.(readinessAs(one));
  };
  let trouble: ClusterError | undefined;
  const milliseconds = deadlineSeconds * 1000;
  const deadlineMilliseconds = Math.min(milliseconds, objects.server.deadlineMilliseconds);
  await withDeadline(milliseconds, outer, async (signal) => {
    await each(all, parallelism, async (one) => {
      see(one, await getObject(objects, one.ref, { signal, deadlineMilliseconds }), true);
    });
    const groups = groupsOf(all.filter((one) => !settled(one)));
    await Promise.all(
      groups.map((group) =>
        watchGroup(objects, group, see, signal, patience).then((last) => {
          trouble ??= last;
        }),
      ),
    );
  }).catch((error: unknown) => {
    // Stopped during the first look: what was seen until then is the answer.
    if (!(outer?.aborted && error instanceof ClusterError)) throw error;
  });
  const unready = all.filter((one) => !settled(one));
  if (unready.length > 0 && trouble === undefined && !outer?.aborted) {
    await withDeadline(explainMilliseconds, outer, (signal) =>
      each(unready, parallelism, (one) => explain(objects, one, signal)),
    ).catch(() => undefined);
  }
  const silence = trouble === undefined ? '' : `; ${trouble.summary}`;
  return all.map((one) => {
    const reason = settled(one) ? one.verdict.reason : `${one.verdict.reason}${silence}`;
    return { ...readinessAs(one), reason };
  });
}

function readinessAs({ ref, verdict }: Waiting): Readiness {
  return { ref, ...verdict };
}

function judged(
  { server }: Objects,
  object: LiveObject,
  leastReplicas: number,
  judge: WaitOptions['judge'],
): Verdict {
  const verdict = judge?.(object) ?? readinessOf(object, leastReplicas);
  return { ...verdict, reason: server.redact(verdict.reason) };
}

function settled({ verdict }: Waiting): boolean {
  return verdict.ready || verdict.failed === true;
}

function same(a: Verdict, b: Verdict): boolean {
  return a.ready === b.ready && a.reason === b.reason && a.failed === b.failed;
}

/** Those that one watch can see. */
function groupsOf(waiting: readonly Waiting[]): readonly (readonly [Waiting, ...Waiting[]])[] {
  const groups = new Map<string, [Waiting, ...Waiting[]]>();
  for (const one of waiting) {
    const { apiVersion, kind, namespace = '' } = one.ref;
    const key = `${apiVersion} ${kind} ${namespace}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Watches until all are settled. Gives the trouble that there was when time was over. */
async function watchGroup(
  objects: Objects,
  group: readonly [Waiting, ...Waiting[]],
  see: (one: Waiting, object: LiveObject | undefined) => void,
  outer: AbortSignal,
  patience: Patience,
): Promise<ClusterError | undefined> {
  const done = new AbortController();
  const signal = AbortSignal.any([outer, done.signal]);
  setMaxListeners(0, signal);
  let trouble: ClusterError | undefined;
  const seen = (): void => {
    trouble = undefined;
    if (group.every(settled)) done.abort();
  };
  const byName = new Map<string, Waiting[]>();
  for (const one of group) byName.set(one.ref.name, [...(byName.get(one.ref.name) ?? []), one]);
  const follower = {
    onList: (items: readonly LiveObject[]) => {
      const found = new Map(items.map((item) => [item.metadata.name, item]));
      for (const one of group) see(one, found.get(one.ref.name));
      seen();
    },
    onEvent: ({ type, object }: WatchEvent) => {
      const there = type === 'DELETED' ? undefined : object;
      for (const one of byName.get(object.metadata.name) ?? []) see(one, there);
      seen();
    },
    onTrouble: (error: ClusterError) => {
      trouble = error;
    },
  };
  try {
    await follow(objects, followingOf(group), follower, signal, patience);
  } catch (error) {
    // Who may read one object may not always watch them all.
    if (!(error instanceof ClusterError) || error.status !== 403) throw error;
    await lookAgain(objects, group, see, seen, signal, patience);
  }
  return trouble;
}

/** Instead of a watch: looks at every object from time to time. */
async function lookAgain(
  objects: Objects,
  group: readonly Waiting[],
  see: (one: Waiting, object: LiveObject | undefined) => void,
  seen: () => void,
  signal: AbortSignal,
  { pollSeconds }: Patience,
): Promise<void> {
  while (!signal.aborted) {
    await pause(pollSeconds * 1000, signal);
    await each(group, parallelism, async (one) => {
      if (!signal.aborted) see(one, await getObject(objects, one.ref, { signal }));
    }).catch((problem: unknown) => {
      if (!signal.aborted) throw problem;
    });
    seen();
  }
}

/** A single object is watched from where the first look saw it; several begin with a list. */
function followingOf([first, ...others]: readonly [Waiting, ...Waiting[]]): Following {
  const { apiVersion, kind, namespace, name } = first.ref;
  const one = others.length === 0;
  const from = one ? first.object?.metadata.resourceVersion : undefined;
  return {
    kind: { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
    selection: one ? { fieldSelector: `metadata.name=${name}` } : {},
    ...(from === undefined ? {} : { from }),
  };
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Names the pod that keeps a workload from being ready. */
async function explain(objects: Objects, one: Waiting, signal: AbortSignal): Promise<void> {
  const { object, verdict, ref } = one;
  const { selector, replicas } = (object?.spec ?? {}) as {
    readonly selector?: Selector;
    readonly replicas?: number;
  };
  if (ref.namespace === undefined || ref.kind === 'Service') return;
  const labelSelector = selectorText(selector);
  if (labelSelector === '' || replicas === 0) return;
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace };
  const { items } = await listObjects(objects, kind, { labelSelector }, { signal });
  const worst = worstPod(items);
  if (worst === undefined) return;
  const { text, failed } = worst.trouble;
  const reason = objects.server.redact(`${verdict.reason}; pod ${worst.name} ${text}`);
  one.verdict = { ...verdict, reason, ...(failed ? { failed } : {}) };
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector = {}): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...equal, ...others].join(',');
}

/** At most `limit` at the same time; the first failure is the answer. */
async function each<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
