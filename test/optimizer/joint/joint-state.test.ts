/** Guests at a table: their exchanges, their room, and chains, against computing everything anew. */

import { EjectionChains } from '../../../constructs/optimizer/joint/ejection-chain';
import { JointState } from '../../../constructs/optimizer/joint/joint-state';
import { tabuRepair } from '../../../constructs/optimizer/joint/tabu-repair';
import { Heap } from '../../../constructs/optimizer/primitives/heap';
import { PairRanking } from '../../../constructs/optimizer/primitives/ranking';
import type { Problem } from '../../../constructs/optimizer/problem/problem';
import { limitsOf } from '../../../constructs/placement/compile/compile';
import { fleetOfApps, type Shared } from '../../bench/fleet-of-apps';
import { seeded } from '../../bench/world';
import { runs } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

const shared = { apps: 6, clusters: 30, origins: 40, room: 1.2 } as const;
const kinds: readonly Shared['kind'][] = ['slots', 'replicas', 'nodes'];

function problemOf(more: Pick<Shared, 'kind' | 'seed'>): Problem {
  const input = fleetOfApps({ ...shared, ...more });
  const demands = input.demand as Record<string, NonNullable<typeof input.demand>>;
  const apps = input.apps.map(
    (app) => compiledOf({ ...input, apps: [app], demand: demands[app.name] } as never).problem,
  );
  const limits = limitsOf(input.fleet);
  return { clusters: input.fleet.clusters.length, apps, limits, links: [], workUnits: 1e9 };
}

/** Everybody somewhere, by chance. */
function seated(problem: Problem, seed: number): JointState {
  const random = seeded(seed);
  const state = new JointState(problem, problem.limits, plenty());
  problem.apps.forEach((app, a) => {
    const candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    const [{ min = 3 } = {}] = app.rules.flatMap((rule) => (rule.kind === 'count' ? [rule] : []));
    const open = candidates
      .map((cluster) => ({ cluster, at: random() }))
      .sort((one, other) => one.at - other.at)
      .slice(0, min)
      .map(({ cluster }) => cluster);
    state.place(
      a,
      open.sort((one, other) => one - other),
    );
    state.restrictToNear(a);
  });
  return state;
}

const each = (visit: (problem: Problem, state: JointState, seed: number) => void) => {
  for (const kind of kinds) {
    for (let seed = 1; seed <= runs(4); seed++) {
      const problem = problemOf({ kind, seed });
      visit(problem, seated(problem, seed), seed);
    }
  }
};

/** Use of every cluster, from nothing. */
function usedBy(state: JointState): number[] {
  const anew = new JointState(state.problem, state.problem.limits, plenty());
  state.sets().forEach((open, a) => {
    if (open !== undefined) anew.place(a, open);
  });
  return [...anew.residual.used];
}

describe('a table', () => {
  it('weighs exchanges as taking them would, never below', () => {
    each((_, state) => {
      for (const appState of state.appStates) {
        const { open, value, load } = appState;
        const { swapChange, swappedLoad } = appState.nearSwaps();
        const known = swapChange.slice();
        const arriving = swappedLoad.slice();
        for (const [p, out] of open.entries()) {
          for (const into of appState.candidates.filter((cluster) => !open.includes(cluster))) {
            const after = appState.setAfter(into, out);
            const at = p * appState.app.clusters + into;
            appState.moveTo(after);
            const change = known[at] ?? Number.NaN;
            expect(change).toBeGreaterThanOrEqual(appState.value - value - 1e-6 * value);
            const there = appState.load[after.indexOf(into)] ?? Number.NaN;
            if (arriving.length > 0) expect((arriving[at] ?? 0) - 1e-6).toBeLessThan(there);
            appState.moveTo(open);
          }
        }
        expect(appState.load).toEqual(load);
      }
    });
  });

  it('knows after any moves what is used, and comes back to where it was', () => {
    each((problem, state, seed) => {
      const before = state.sets();
      const chains = new EjectionChains(state);
      for (let a = 0; a < problem.apps.length; a++) {
        const chain = chains.cheapestFrom(a, 0);
        for (const step of chain?.moves ?? []) state.apply(step);
      }
      tabuRepair(state);
      const anew = usedBy(state);
      state.residual.used.forEach((one, at) => {
        expect(one).toBeCloseTo(anew[at] ?? Number.NaN, 6);
      });
      state.restore(before);
      expect(state.sets()).toEqual(before);
      const again = usedBy(state);
      state.residual.used.forEach((one, at) => {
        expect(one).toBeCloseTo(again[at] ?? Number.NaN, 6);
      });
      expect(seed).toBeGreaterThan(0);
    });
  });

  it('makes chains that change the value by what they say and leave no cluster fuller than it may be', () => {
    let found = 0;
    each((problem, state) => {
      const chains = new EjectionChains(state);
      for (let a = 0; a < problem.apps.length; a++) {
        const excess = Array.from({ length: problem.clusters }, (_, c) => state.residual.excess(c));
        const value = state.value();
        const chain = chains.cheapestFrom(a, 0);
        if (chain === undefined) continue;
        found++;
        for (const step of chain.moves) state.apply(step);
        expect(new Set(chain.moves.map(({ app }) => app)).size).toBe(chain.moves.length);
        expect(state.value()).toBeLessThanOrEqual(value + chain.change + 1e-6 * value);
        excess.forEach((before, cluster) => {
          expect(state.residual.excess(cluster)).toBeLessThanOrEqual(before + 1e-9);
        });
      }
    });
    expect(found).toBeGreaterThan(20);
  });
});

it('pairs of one app are ranked as sorting them would, whatever app was ranked before', () => {
  const ranking = new PairRanking(shared.clusters);
  for (const kind of kinds) {
    for (const app of problemOf({ kind, seed: 1 }).apps) {
      const cap = Float64Array.from({ length: app.origins }, (_, u) => 0.5 * (app.cost[u] ?? 0));
      const { start, cluster, cost } = ranking.pairsBelow(app, cap);
      for (let u = 0; u < app.origins; u++) {
        const row = [...app.allowed.keys()].flatMap((c) => {
          const here = app.cost[c * app.origins + u] ?? Number.NaN;
          return app.allowed[c] === 1 && here < (cap[u] ?? 0) ? [[here, c] as const] : [];
        });
        row.sort(([x, c], [y, d]) => x - y || c - d);
        const [from, to] = [start[u], start[u + 1]];
        expect([...cluster.slice(from, to)]).toEqual(row.map(([, c]) => c));
        expect([...cost.slice(from, to)]).toEqual(row.map(([here]) => here));
      }
    }
  }
});

it('a heap gives back keys in order, ties by item', () => {
  const random = seeded(5);
  const heap = new Heap(1);
  const pushed = Array.from(
    { length: 200 },
    (_, item) => [Math.floor(9 * random()), item] as const,
  );
  for (const [key, item] of pushed) heap.push(item, key);
  const popped = pushed.map(() => {
    const item = heap.pop();
    return [heap.key, item];
  });
  expect(popped).toEqual([...pushed].sort(([x, a], [y, b]) => x - y || a - b));
  expect(heap.pop()).toBe(-1);
});
