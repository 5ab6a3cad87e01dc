/** littoral describe: what kubectl says about an object, of every cluster that has it. */
import { listObjects } from '../../../clusters/api/objects';
import { ClusterError } from '../../../clusters/errors';
import { askClusters, failuresOf } from '../../../fleet-view/ask-clusters';
import { askKubectl } from '../../../fleet-view/kubectl';
import { collectionsOf, objectsOf } from '../../../fleet-view/query';
import type { Flags } from '../../input/flags';
import { objectQueryOf } from '../../input/object-words';
import { answeredCode, clusterFlags, clustersOf, objectFlags } from '../../input/viewing';
import { exit } from '../../output/exit';
import { command } from '../command';

const flags = { ...clusterFlags, ...objectFlags } as const satisfies Flags;

/** The command `describe`. */
export const describe = command({
  name: 'describe',
  usage: [
    'littoral describe KIND [NAME ...] [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE | -A] [-l LABELS]',
  ],
  about:
    'Runs kubectl describe in every cluster that has such objects, each under a line with its cluster. Needs kubectl, and a context for each cluster.',
  flags,
  words: 1000,
  examples: [
    ['littoral describe deploy web -n shop --fleet fleet.yaml', 'one object, wherever it is'],
  ],
  run: async (values, session, words) => {
    const example = 'littoral describe deploy web';
    const query = objectQueryOf('describe', words, example, values, session);
    const { clusters, reach } = clustersOf('describe', values, session);
    const answers = await askClusters(clusters, reach, async (server, cluster) => {
      const objects = objectsOf(server);
      const texts: string[] = [];
      for (const { resource, namespace, selections } of await collectionsOf(objects, query)) {
        const { apiVersion, plural, group } = resource;
        const where = namespace === undefined ? {} : { namespace };
        const found = await Promise.all(
          selections.map((one) =>
            listObjects(objects, { apiVersion, kind: resource.kind, ...where }, one),
          ),
        );
        for (const { metadata } of found.flatMap(({ items }) => items)) {
          const call = { cluster, folder: reach.folder, env: session.env };
          const path = `${plural}${group === '' ? '' : `.${group}`}/${metadata.name}`;
          const inside = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
          const described = await askKubectl(
            call,
            ['describe', path, ...inside],
            reach.answerSeconds,
          );
          if (described.code !== 0) throw failed(cluster.name, described.err);
          texts.push(described.out.trimEnd());
        }
      }
      return texts;
    });
    const shown = answers.flatMap((answer) =>
      'value' in answer
        ? answer.value.map((text) => `${session.paint('bold', `== ${answer.cluster}`)}\n${text}\n`)
        : [],
    );
    session.print(shown.join('\n'));
    const failures = failuresOf(answers);
    const code = answeredCode(failures, clusters.length, session);
    if (shown.length > 0 || failures.length === clusters.length) return code;
    session.remark(`no cluster has ${words.join(' ')}\n`);
    return code === exit.done && query.names.length > 0 ? exit.input : code;
  },
});

function failed(cluster: string, err: string): ClusterError {
  const [line = ''] = err.trim().split('\n');
  return new ClusterError({
    cluster,
    summary: `kubectl of ${cluster} says: ${line}`,
    remedy: 'See kubectl describe --help.',
  });
}
