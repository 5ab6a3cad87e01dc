/** The logs of containers in many clusters: merged by time, or followed as they are written, also of pods to come. */
import type { ApiServer } from '../clusters/api/api-server';
import { type LogLine, type LogOptions, readLog } from '../clusters/api/logs';
import type { LiveObject } from '../clusters/cluster';

/** A line and the container that wrote it. */
export interface FleetLogLine extends LogLine {
  readonly cluster: string;
  readonly pod: string;
  readonly container: string;
}
/** A container whose log can be read. */
export interface LogSource {
  readonly server: ApiServer;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Another one after each start of the container. */
  readonly run: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount?: number;
  readonly state?: { readonly running?: object; readonly terminated?: object };
  readonly lastState?: { readonly terminated?: object };
}

/** The containers of a pod that have written something; `previous`: that were restarted. */
export function logSources(
  server: ApiServer,
  pod: LiveObject,
  {
    container,
    previous = false,
  }: { readonly container?: string | undefined; readonly previous?: boolean },
): readonly LogSource[] {
  const { name, namespace = '', uid } = pod.metadata;
  const { containerStatuses = [], initContainerStatuses = [] } = (pod.status ?? {}) as {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
  const all =
    container === undefined ? containerStatuses : [...initContainerStatuses, ...containerStatuses];
  return all
    .filter((one) => container === undefined || one.name === container)
    .filter(({ state, lastState }) =>
      previous
        ? lastState?.terminated !== undefined
        : state?.running !== undefined || state?.terminated !== undefined,
    )
    .map((one) => ({
      server,
      namespace,
      pod: name,
      container: one.name,
      run: `${uid}/${one.name}/${one.containerID ?? ''}/${one.restartCount ?? 0}`,
    }));
}

/** The lines of one container. */
export async function* linesOfSource(
  { server, namespace, pod, container }: LogSource,
  options: LogOptions,
): AsyncGenerator<FleetLogLine> {
  for await (const line of readLog(server, { namespace, pod, container }, options)) {
    yield { ...line, cluster: server.name, pod, container };
  }
}

/**
 * Merges by time what each source has in order. One line of each is in memory; the earliest is looked for among all,
 * of which there are at most as many as containers may be read at once.
 */
export async function* mergedByTime(
  sources: readonly AsyncGenerator<FleetLogLine>[],
): AsyncGenerator<FleetLogLine> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let earliest = -1;
    for (const [at, head] of heads.entries()) {
      const before = heads[earliest];
      if (head.done === true) continue;
      if (before === undefined || before.done || head.value.time < before.value.time) earliest = at;
    }
    const [head, source] = [heads[earliest], sources[earliest]];
    if (head === undefined || head.done || source === undefined) return;
    yield head.value;
    heads[earliest] = await source.next();
  }
}
