/** littoral access: writes the least role that littoral itself needs, one folder per cluster, for an administrator to apply. */

import { withHome } from '../../../constructs/kubernetes/complete';
import { clusterFiles } from '../../../constructs/kubernetes/layout';
import { render } from '../../../constructs/kubernetes/render';
import {
  leastRights,
  type ReleaseObjects,
} from '../../../constructs/kubernetes/rights/least-rights';
import { type Holder, leastRole } from '../../../constructs/kubernetes/rights/least-role';
import { synth } from '../../../constructs/kubernetes/synth';
import type { Bundle } from '../../../constructs/model/app/bundle';
import type { Manifest } from '../../../constructs/model/app/workload';
import type { Cluster } from '../../../constructs/model/fleet';
import { isGranted } from '../../../constructs/model/grants';
import { counted } from '../../../constructs/model/numbers';
import { readManifests } from '../../sources/files/manifest-files';
import { resolvePath } from '../../sources/files/text-file';
import { writeTree } from '../../sources/files/write-tree';
import type { AppFile } from '../input/app-demand';
import { replay } from '../input/deciding';
import { type Flags, usageError, type Values } from '../input/flags';
import { decidedFlags, loadDocuments } from '../input/inputs';
import { exit } from '../output/exit';
import { nearPath, printWarnings } from '../output/print';
import type { Session } from '../output/terminal';
import { command } from './command';

const { app, fleet } = decidedFlags;
const flags = {
  output: {
    value: 'DIR',
    short: 'o',
    doc: 'The folder to write. What littoral wrote there before and no longer needs is removed; other files stay.',
  },
  app,
  fleet,
  decision: {
    value: 'LOCK',
    doc: 'Rights only where this decision runs the apps. Default: in every cluster that the fleet grants them, so that they may move.',
  },
  'service-account': {
    value: 'NAMESPACE/NAME',
    doc: 'Who gets the rights: a ServiceAccount, which is made as well. Default: littoral/littoral.',
  },
  rotation: {
    doc: 'The ServiceAccount may also renew its own token, and end the one before (littoral credentials rotate).',
  },
  user: { value: 'NAME', doc: 'Who gets the rights instead: a user that the API servers know.' },
} as const satisfies Flags;
type AccessValues = Values<typeof flags>;

/** The command `access`. */
export const access = command({
  name: 'access',
  usage: [
    'littoral access -o DIR --app APP.yaml [--app ...] --fleet FLEET.yaml [--decision LOCK]',
    'littoral access -o DIR ... [--service-account NAMESPACE/NAME | --user NAME]',
  ],
  about:
    'Writes the namespaces of the apps, and the Roles and ClusterRoles that plan, apply, status, drift and destroy need there, as DIR/CLUSTER/NN-KIND-NAME.yaml. An administrator applies them once, and again when an app gets objects of other kinds or names. No cluster is asked.',
  flags,
  examples: [
    [
      'littoral access -o rights --app shop.yaml --fleet fleet.yaml',
      'what littoral may do in each cluster',
    ],
    ['kubectl --context fra apply --server-side -f rights/fra', 'as an administrator'],
  ],
  run: async (values, session) => {
    if (values.output === undefined) {
      throw usageError('access', '-o', 'is missing', 'Add -o DIR.');
    }
    const holder = holderOf(values);
    const { apps, clusters, isPlaced } = chosen(values, session);
    const bundles = apps.map((one) => bundleOf(one, clusters));
    const files = new Map<string, string>();
    const remarks = new Set<string>();
    for (const cluster of clusters) {
      const here = bundles.filter(({ app: name }) => isPlaced(name, cluster));
      if (here.length === 0) continue;
      const releases = here.map((bundle) => releaseIn(bundle, cluster));
      const rights = leastRights(releases);
      for (const remark of rights.remarks) remarks.add(remark);
      const namespaces = namespacesOf(releases);
      const objects = leastRole({ rights, holder, namespaces, rotates: values.rotation });
      const written = clusterFiles(cluster.name, objects);
      for (const [path, text] of Object.entries(written)) files.set(path, text);
    }
    printWarnings([...remarks], session);
    const folder = resolvePath(values.output, session.cwd);
    const change = writeTree(folder, files);
    const said = [
      `${counted(change.written.length, 'file')} written`,
      `${change.unchanged.length} unchanged`,
      `${change.removed.length} removed`,
    ];
    session.print(`${nearPath(folder, session.cwd) || '.'}/   ${said.join(', ')}\n`);
    return exit.done;
  },
});

function chosen(values: AccessValues, session: Session) {
  if (values.decision === undefined) {
    const { apps, fleet: all } = loadDocuments('access', values, session);
    const isPlaced = (name: string, cluster: Cluster) =>
      isGranted(all, apps.find(({ app: one }) => one.name === name)?.app.team, cluster);
    return { apps, clusters: all.clusters, isPlaced };
  }
  const replayed = replay('access', '--decision', values.decision, values, session);
  const places = new Set(
    replayed.decision.apps.flatMap((one) => one.clusters.map(({ name }) => `${one.app} ${name}`)),
  );
  const isPlaced = (name: string, cluster: Cluster) => places.has(`${name} ${cluster.name}`);
  return { apps: replayed.apps, clusters: replayed.fleet.clusters, isPlaced };
}

function holderOf(values: AccessValues): Holder {
  const { user, 'service-account': account } = values;
  if (user !== undefined && account !== undefined) {
    throw usageError(
      'access',
      '--user',
      'is given beside --service-account, and one of them gets the rights',
      'Keep one of the two.',
    );
  }
  if (user !== undefined) return { user };
  const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
  const [, namespace, name] =
    new RegExp(`^(${label})/(${label})$`).exec(account ?? 'littoral/littoral') ?? [];
  if (namespace === undefined || name === undefined) {
    throw usageError(
      'access',
      '--service-account',
      `got ${JSON.stringify(account)}, expected NAMESPACE/NAME`,
      'Write it like littoral/littoral.',
    );
  }
  return { serviceAccount: { namespace, name } };
}

function bundleOf({ app: one, file }: AppFile, clusters: readonly Cluster[]): Bundle {
  const { manifests, ...rest } = one;
  const props = manifests === undefined ? rest : { ...rest, manifests: readManifests(one, file) };
  return synth(props, { clusters });
}

/** Names and kinds are what counts: numbers that a decision fills in are of no matter here. */
function releaseIn(bundle: Bundle, cluster: Cluster): ReleaseObjects {
  const placed = { name: cluster.name, requestsPerSecond: 0, replicas: 1 };
  const rendered = render(bundle, placed, { decisionDigest: '', cluster });
  return {
    release: bundle.app,
    home: bundle.namespace,
    objects: withHome(rendered, bundle.namespace),
  };
}

/** Each namespace once, as the apps want it. */
function namespacesOf(releases: readonly ReleaseObjects[]): readonly Manifest[] {
  const all = releases.flatMap(({ objects }) =>
    objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace'),
  );
  return [...new Map(all.map((one) => [one.metadata.name, one])).values()];
}
