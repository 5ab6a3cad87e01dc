/** Whatever breaks at whichever request: a second run ends where an undisturbed one does, and nothing of others is touched. */
import type { Manifest } from '../../constructs/model/app/workload';
import type { ReleaseState } from '../../providers/resources/release/index';
import { Clusters, Crash, type Fault } from './cluster-double';
import { apply, namespace, releaseOf, secret, settings, web } from './fixtures';

const definition: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'caches.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Cache' },
    versions: [{ name: 'v1', served: true }],
  },
};
const cache: Manifest = {
  apiVersion: 'example.com/v1',
  kind: 'Cache',
  metadata: { name: 'pages', namespace: 'shop' },
  spec: { size: 1 },
};
const v1 = [namespace, settings({ color: 'blue' }), settings({}, 'old'), secret(), web('shop:1')];
const v2 = [namespace, definition, settings({ color: 'red' }), secret(), web('shop:2'), cache];
const faults: readonly Fault[] = ['crash', 'crash after', 'cut', 'cut after', '500'];

interface Move {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly rollout?: object;
  /** Keys of objects that someone deletes before. */
  readonly lost?: readonly string[];
}
const moves: readonly Move[] = [
  { name: 'install', from: '', to: 'ab' },
  { name: 'move and change', from: 'ab', to: 'bc' },
  { name: 'in waves', from: 'abc', to: 'abd', rollout: { waves: [{ clusters: 1 }] } },
  { name: 'remove', from: 'ab', to: '' },
];
const repair: Move = { name: 'repair', from: 'a', to: 'a', lost: ['/ConfigMap/shop/settings'] };
const names = [...'abcd'];

async function given({ from, lost = [] }: Move) {
  const clusters = new Clusters();
  for (const name of names) {
    const server = clusters.named(name);
    server.apply('kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs' } });
    server.apply('kubectl', {
      ...settings({ mine: 'yes' }, 'settings'),
      metadata: { name: 'settings', namespace: 'theirs' },
    });
  }
  const first = from === '' ? undefined : (await apply(clusters, releaseOf(from, v1))).state;
  for (const name of from) {
    clusters.named(name).apply('kubectl', settings({ a: 'b' }, 'theirs'));
    for (const key of lost) clusters.named(name).lose(key);
  }
  clusters.restart();
  return { clusters, state: first };
}

/** Every fifth request in turn, unless LITTORAL_EVERY is set: then all 3,350 runs, which take a minute. */
function isTaken(at: number, fault: Fault, withState: boolean): boolean {
  const turn = faults.indexOf(fault) + (withState ? 0 : 1);
  return process.env.LITTORAL_EVERY !== undefined || at % 5 === turn % 5;
}

const props = ({ to, rollout = {} }: Move) => releaseOf(to, v2, rollout);
const picture = (clusters: Clusters) => names.map((name) => clusters.named(name).picture());

describe.each(moves)('$name', (move) => {
  it.each(faults)('%s at every request', async (fault) => {
    const calm = await given(move);
    await apply(calm.clusters, props(move), calm.state);
    const requests = calm.clusters.requests.length;
    const wanted = picture(calm.clusters);
    expect(requests).toBeGreaterThan(20);
    for (let at = 0; at < requests; at += 1) {
      for (const withState of [true, false]) {
        if (!isTaken(at, fault, withState)) continue;
        const { clusters, state } = await given(move);
        clusters.fault = (number) => (number === at ? fault : undefined);
        const prior = withState ? state : undefined;
        const middle = await tryApply(clusters, move, prior);
        clusters.restart();
        await apply(clusters, props(move), withState ? (middle ?? prior) : undefined);
        expectSame(picture(clusters), wanted, { at, withState });
        clusters.restart();
        await apply(clusters, props(move));
        expectSame(clusters.writes(), [], { at, withState });
      }
    }
  });
});

describe('another mind after the fault: everything goes', () => {
  it.each(faults)('%s at every request', async (fault) => {
    for (const move of [...moves.slice(0, 2), repair]) {
      const calm = await given(move);
      await apply(calm.clusters, props(move));
      for (let at = 0; at < calm.clusters.requests.length; at += 1) {
        if (!isTaken(at, fault, true)) continue;
        const { clusters, state } = await given(move);
        const untouched = JSON.stringify(theirs(clusters));
        clusters.fault = (number) => (number === at ? fault : undefined);
        await tryApply(clusters, move, state);
        clusters.restart();
        await apply(clusters, releaseOf('', []));
        expectSame(ours(clusters), [], { at, move: move.name });
        expectSame(theirs(clusters), JSON.parse(untouched), { at, move: move.name });
      }
    }
  });
});

/** Keys of everything that was made for the release; its namespace stays where others are in it. */
function ours(clusters: Clusters): readonly string[] {
  return names.flatMap((name) => {
    const { objects } = clusters.named(name);
    const isShared = objects.has('/ConfigMap/shop/theirs');
    return [...objects.keys()].filter(
      (key) => !/theirs/.test(key) && !(isShared && key === '/Namespace//shop'),
    );
  });
}

function theirs(clusters: Clusters): unknown {
  return names.map((name) => {
    const all = Object.entries(clusters.named(name).picture());
    return all.filter(([key]) => /theirs/.test(key));
  });
}

/** Texts first: comparing hundreds of deep objects takes jest minutes. */
function expectSame(got: unknown, wanted: unknown, where: object): void {
  if (JSON.stringify(got) === JSON.stringify(wanted)) return;
  expect({ ...where, got }).toEqual({ ...where, got: wanted });
}

async function tryApply(clusters: Clusters, move: Move, prior: ReleaseState | undefined) {
  try {
    return (await apply(clusters, props(move), prior)).state;
  } catch (thrown) {
    if (thrown instanceof Crash) return prior;
    throw thrown;
  }
}
