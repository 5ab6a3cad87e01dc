/** littoral events: what controllers and nodes of all clusters tell, in the order in which it happened. */
import { setMaxListeners } from 'node:events';
import { byCodeUnits } from '../../../../constructs/model/canonical';
import { listObjects, type Objects } from '../../../clusters/api/objects';
import { follow } from '../../../clusters/api/watch';
import type { LiveObject } from '../../../clusters/cluster';
import type { ClusterError } from '../../../clusters/errors';
import { appWorkloads } from '../../../fleet-view/app-objects';
import { askClusters, failuresOf } from '../../../fleet-view/ask-clusters';
import { objectsOf } from '../../../fleet-view/query';
import type { Flags } from '../../input/flags';
import {
  answeredCode,
  type Clusters,
  clusterFlags,
  clustersOf,
  objectFlags,
  type Scope,
  scopeOf,
} from '../../input/viewing';
import { ageText } from '../../output/age';
import type { ExitCode } from '../../output/exit';
import { mergedTable } from '../../output/print/merged-table';
import { oneLine } from '../../output/print/object-rows';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const { app, namespace, 'all-namespaces': all } = objectFlags;
const flags = {
  ...clusterFlags,
  app,
  namespace,
  'all-namespaces': all,
  types: { value: 'TYPE', choices: ['Normal', 'Warning'], doc: 'Only of this type.' },
  watch: { short: 'w', doc: 'Goes on with every event.' },
} as const satisfies Flags;

interface Event {
  readonly cluster: string;
  readonly place: number;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly name: string;
  readonly message: string;
  /** RFC 3339. */
  readonly time: string;
}

/** The command `events`. */
export const events = command({
  name: 'events',
  usage: [
    'littoral events [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE | -A] [--types TYPE] [-w]',
  ],
  about:
    'Prints the events of all clusters in the order in which they happened, oldest first. With --app those about its workloads and about what these create.',
  flags,
  examples: [
    ['littoral events --app shop --types Warning --fleet fleet.yaml', 'what is wrong, wherever'],
  ],
  run: async (values, session) => {
    const chosen = clustersOf('events', values, session);
    const scope = scopeOf('events', values, session);
    return await (values.watch ? watchEvents : listEvents)(scope, values.types, chosen, session);
  },
});

async function listEvents(
  scope: Scope,
  type: string | undefined,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const answers = await askClusters(clusters, reach, async (server, cluster) => {
    const objects = objectsOf(server);
    const isMeant = await filterOf(objects, scope);
    const { items } = await listObjects(objects, kindIn(scope), selectionOf(type));
    return items
      .map((item) => eventOf(item, cluster.name, clusters.indexOf(cluster)))
      .filter(isMeant);
  });
  const found = answers.flatMap((answer) => ('value' in answer ? answer.value : []));
  found.sort((a, b) => byCodeUnits(a.time, b.time) || a.place - b.place);
  const table = tableOf(session, scope);
  table.add(found);
  const failures = failuresOf(answers);
  if (found.length === 0 && failures.length < clusters.length)
    session.remark('no cluster has events\n');
  return answeredCode(failures, clusters.length, session);
}

async function watchEvents(
  scope: Scope,
  type: string | undefined,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const table = tableOf(session, scope);
  const everyone = { ...reach, parallelism: clusters.length };
  const answers = await askClusters(clusters, everyone, async (server, cluster) => {
    const objects = objectsOf(server);
    const isMeant = await filterOf(objects, scope);
    const place = clusters.indexOf(cluster);
    const tell = (items: readonly LiveObject[]) => {
      const listed = items.map((item) => eventOf(item, cluster.name, place)).filter(isMeant);
      table.add(listed.sort((a, b) => byCodeUnits(a.time, b.time)));
    };
    const follower = {
      onList: tell,
      onEvent: ({
        type: change,
        object,
      }: {
        readonly type: string;
        readonly object: LiveObject;
      }) => (change === 'DELETED' ? undefined : tell([object])),
      onTrouble: ({ summary }: ClusterError) => session.remark(`${summary}; trying again\n`),
    };
    await follow(objects, { kind: kindIn(scope), selection: selectionOf(type) }, follower, signal);
  });
  return answeredCode(failuresOf(answers), clusters.length, session);
}

const kindIn = ({ namespace: where }: Scope) => ({
  apiVersion: 'v1',
  kind: 'Event',
  ...(where === undefined ? {} : { namespace: where }),
});
const selectionOf = (type: string | undefined) =>
  type === undefined ? {} : { fieldSelector: `type=${type}` };

/** Events have no labels: they are about a workload of the app, or about what is named after one. */
async function filterOf(
  objects: Objects,
  { app: whose }: Scope,
): Promise<(event: Event) => boolean> {
  if (whose === undefined) return () => true;
  const names = (await appWorkloads(objects, whose)).map(({ metadata }) => metadata.name);
  return ({ name }) => names.some((one) => name === one || name.startsWith(`${one}-`));
}

interface RawEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

function eventOf(item: LiveObject, cluster: string, place: number): Event {
  const raw = item as unknown as RawEvent;
  const { kind = '', name = '' } = raw.involvedObject ?? {};
  return {
    cluster,
    place,
    namespace: item.metadata.namespace ?? '',
    type: raw.type ?? '',
    reason: raw.reason ?? '',
    object: `${kind.toLowerCase()}/${name}`,
    name,
    message: oneLine(raw.message ?? ''),
    time:
      raw.series?.lastObservedTime ??
      raw.lastTimestamp ??
      raw.eventTime ??
      raw.firstTimestamp ??
      item.metadata.creationTimestamp ??
      '',
  };
}

function tableOf(session: Session, { namespace: where }: Scope) {
  const options = { print: session.print, headers: true, gatherMilliseconds: 150 };
  const table = mergedTable(options);
  const isScattered = where === undefined;
  const columns = [
    'CLUSTER',
    ...(isScattered ? ['NAMESPACE'] : []),
    ...['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
  ];
  return {
    add: (found: readonly Event[]) => {
      const rows = found.map((one) => [
        one.cluster,
        ...(isScattered ? [one.namespace] : []),
        ageText((Date.now() - Date.parse(one.time)) / 1000),
        one.type,
        one.reason,
        one.object,
        one.message,
      ]);
      table.add({ place: 0, columns, rows });
      table.flush();
    },
  };
}
