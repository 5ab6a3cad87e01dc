/** Brought Secrets: a certificate that is issued once is read in the cluster that has it, for all clusters that are chosen. */

import type { Manifest } from '../../../constructs/model/app/workload';
import type { Fleet } from '../../../constructs/model/fleet';
import { EdgeError, edgeErrorsOf, throwAll, useOneOf } from '../../../constructs/parsing';
import { leaseCluster } from '../../clusters/api/lease';
import type { ClusterClient, LiveObject } from '../../clusters/cluster';
import { eachOf } from '../../clusters/parallel';
import type { AppFile } from './app-demand';

/** Apps whose Secrets are read at the same time. */
const PARALLELISM = 8;

type Connect = (cluster: Fleet['clusters'][number]) => Promise<ClusterClient>;

/** By app. Values of Secrets stand in bundles as those of an app's own Secrets do: in memory, and in no state or plan. Throws EdgeErrors. */
export async function broughtSecrets(
  apps: readonly Pick<AppFile, 'app'>[],
  fleet: Fleet,
  folder: string,
  connect: Connect = (cluster) => leaseCluster(cluster, { folder, connectSeconds: 30 }),
): Promise<ReadonlyMap<string, readonly Manifest[]>> {
  const errors: EdgeError[] = [];
  const found = new Map<string, readonly Manifest[]>();
  await eachOf(apps, PARALLELISM, async ({ app: { name, namespace = name, exposure } }) => {
    const { secret, from } = exposure?.tls ?? {};
    if (secret === undefined || from === undefined) return;
    const cluster = fleet.clusters.find((one) => one.name === from.cluster);
    if (cluster === undefined) {
      const names = fleet.clusters.map((one) => one.name);
      const summary = `got the cluster ${from.cluster}, which the fleet does not have`;
      errors.push(mistake(name, 'UnknownName', summary, useOneOf(from.cluster, names)));
      return;
    }
    if (from.namespace === namespace) {
      const summary = `got the namespace ${namespace} of the app itself, where the Secret would be written over the one that it is read from`;
      errors.push(mistake(name, 'Contradiction', summary, 'Issue it in a namespace of its own.'));
      return;
    }
    const live = await readIn(await connect(cluster), from.namespace, secret).catch(
      (thrown: unknown) => {
        errors.push(...(edgeErrorsOf(thrown) ?? rethrow(thrown)));
        return undefined;
      },
    );
    if (live === 'absent') {
      const summary = `the Secret ${secret} is not in ${from.namespace} of ${from.cluster}`;
      errors.push(mistake(name, 'SourceFailed', summary, 'Issue it there first.'));
    } else if (live !== undefined) found.set(name, [copyOf(live, secret, namespace)]);
  });
  throwAll(errors);
  return found;
}

async function readIn(
  client: ClusterClient,
  namespace: string,
  name: string,
): Promise<LiveObject | 'absent'> {
  try {
    return (await client.get({ apiVersion: 'v1', kind: 'Secret', namespace, name })) ?? 'absent';
  } finally {
    await client.close();
  }
}

/** Certificate and key alone: what else is in it is for whoever issued it. */
function copyOf({ data }: LiveObject, name: string, namespace: string): Manifest {
  const given = (data ?? {}) as Readonly<Record<string, string>>;
  const pair = { 'tls.crt': given['tls.crt'] ?? '', 'tls.key': given['tls.key'] ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'kubernetes.io/tls',
    data: pair,
  };
}

function mistake(app: string, code: EdgeError['code'], summary: string, remedy: string) {
  return new EdgeError({ code, path: `${app}.exposure.tls.from`, summary, remedy });
}

function rethrow(thrown: unknown): never {
  throw thrown;
}
