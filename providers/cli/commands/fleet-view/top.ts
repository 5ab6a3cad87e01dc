/** littoral top: what pods or nodes of all clusters use now. */
import { quantityValue } from '../../../../constructs/kubernetes/quantities';
import { listObjects } from '../../../clusters/api/objects';
import type { LiveObject } from '../../../clusters/cluster';
import { appSelections } from '../../../fleet-view/app-objects';
import { askClusters, failuresOf } from '../../../fleet-view/ask-clusters';
import { objectsOf } from '../../../fleet-view/query';
import { type Flags, usageError } from '../../input/flags';
import { answeredCode, clusterFlags, clustersOf, objectFlags, scopeOf } from '../../input/viewing';
import { mergedTable } from '../../output/print/merged-table';
import { command } from '../command';

const flags = { ...clusterFlags, ...objectFlags } as const satisfies Flags;
const api = 'metrics.k8s.io/v1beta1';

interface Usage {
  readonly cpu?: string;
  readonly memory?: string;
}
type Metrics = LiveObject & {
  readonly usage?: Usage;
  readonly containers?: readonly { readonly usage?: Usage }[];
};

/** The command `top`. */
export const top = command({
  name: 'top',
  usage: [
    'littoral top pods|nodes [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE | -A] [-l LABELS]',
  ],
  about:
    'Prints how much CPU and memory pods or nodes use, the most CPU first, as the metrics API of each cluster says. A cluster without metrics-server is a line on standard error.',
  flags,
  words: 1,
  examples: [['littoral top pods --app shop --fleet fleet.yaml', 'which pods are busy, wherever']],
  run: async (values, session, [what = 'pods']) => {
    if (!/^(po|pods?|no|nodes?)$/.test(what)) {
      throw usageError('top', JSON.stringify(what), 'has no metrics', 'Write pods or nodes.');
    }
    const kind = what.startsWith('po') ? 'PodMetrics' : 'NodeMetrics';
    const { clusters, reach } = clustersOf('top', values, session);
    const scope = scopeOf('top', values, session);
    const namespace = kind === 'PodMetrics' ? scope.namespace : undefined;
    const answers = await askClusters(clusters, reach, async (server, cluster) => {
      const objects = objectsOf(server);
      const own = { labelSelector: values.selector };
      const selections =
        scope.app === undefined || kind === 'NodeMetrics'
          ? [own]
          : (await appSelections(objects, { kind }, scope.app)).map(({ labelSelector }) => ({
              labelSelector: [labelSelector, values.selector].filter(Boolean).join(','),
            }));
      const where = namespace === undefined ? {} : { namespace };
      const lists = await Promise.all(
        selections.map(({ labelSelector = '' }) =>
          listObjects(objects, { apiVersion: api, kind, ...where }, { labelSelector }),
        ),
      );
      return lists.flatMap(({ items }) =>
        items.map((item) => ({ cluster: cluster.name, ...usageOf(item) })),
      );
    });
    const all = answers.flatMap((answer) => ('value' in answer ? answer.value : []));
    all.sort((a, b) => b.cores - a.cores);
    const isScattered = kind === 'PodMetrics' && namespace === undefined;
    const table = mergedTable({ print: session.print, headers: true, gatherMilliseconds: 0 });
    table.add({
      place: 0,
      columns: [
        'CLUSTER',
        ...(isScattered ? ['NAMESPACE'] : []),
        'NAME',
        'CPU(cores)',
        'MEMORY(bytes)',
      ],
      rows: all.map((one) => [
        one.cluster,
        ...(isScattered ? [one.namespace] : []),
        one.name,
        `${Math.ceil(one.cores * 1000)}m`,
        `${Math.ceil(one.bytes / 2 ** 20)}Mi`,
      ]),
    });
    table.flush();
    const failures = failuresOf(answers);
    if (all.length === 0 && failures.length === 0)
      session.remark(`no cluster has metrics of ${what}\n`);
    return answeredCode(failures, clusters.length, session);
  },
});

function usageOf(item: LiveObject) {
  const { usage, containers = [], metadata } = item as Metrics;
  const parts = usage === undefined ? containers.map((one) => one.usage) : [usage];
  const sum = (key: keyof Usage) =>
    parts.reduce((total, part) => total + (quantityValue(part?.[key]) ?? 0), 0);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    cores: sum('cpu'),
    bytes: sum('memory'),
  };
}
