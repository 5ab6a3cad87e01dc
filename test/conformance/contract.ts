/** The contract itself as a wire: props in, plan and state out, nothing between. */
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import type { PlacementPlan, PlacementState } from '../../providers/resources/placement/index';
import { placement } from '../../providers/resources/placement/index';
import {
  hasChanges,
  parseRelease,
  type ReleaseState,
  release,
  type World,
} from '../../providers/resources/release/index';
import {
  type RetirementState,
  type RetirementWorld,
  retirement,
} from '../../providers/resources/retirement';
import {
  changesTraffic,
  parseTraffic,
  recordsOf,
  type TrafficState,
  type TrafficWorld,
  traffic,
} from '../../providers/resources/traffic';
import type { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { host, powerdns } from '../resources/traffic-world';
import type {
  PlacementInputs,
  PlacementWire,
  ReleaseInputs,
  ReleaseWire,
  TrafficInputs,
  TrafficWire,
  Wire,
  WireOutcome,
  WirePlan,
} from './wire';

const world = { now: '2026-11-21T05:30:00Z', folder: '/', environment: {} };
const sentences = (thrown: unknown): readonly string[] => {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown;
  return errors.map(({ path, summary, remedy }) => `${path}: ${summary}. ${remedy}`);
};
const nothing = { changes: false, warnings: [], text: '' };

/** What a call gives, or the errors it throws. */
async function trying(work: () => Promise<readonly string[]>): Promise<WireOutcome> {
  try {
    return { errors: await work() };
  } catch (thrown) {
    return { errors: sentences(thrown) };
  }
}

function releaseWire(clusters: Clusters, stack = 'one'): ReleaseWire {
  const owner = { id: stack, name: stack };
  let state: ReleaseState | undefined;
  const apply = (inputs: ReleaseInputs, here: World) =>
    trying(async () => {
      const done = await release.reconcile(state, parseRelease(inputs), here);
      state = done.state;
      return done.problems.map(({ subject, summary }) => `${subject}: ${summary}`);
    });
  return {
    plan: async (inputs): Promise<WirePlan> => {
      try {
        const plan = release.plan(state, parseRelease(inputs));
        return { changes: hasChanges(plan), errors: [], warnings: [], text: JSON.stringify(plan) };
      } catch (thrown) {
        return { ...nothing, errors: sentences(thrown) };
      }
    },
    apply: (inputs) => apply(inputs, { ...worldIn(clusters), owner }),
    applyUntil: (inputs, when) => apply(inputs, { ...stoppable(clusters, when), owner }),
    refresh: async () => {
      state = state && (await release.read(state, worldIn(clusters)));
    },
    destroy: () =>
      trying(async () => {
        if (state === undefined) return [];
        const done = await release.delete(state, worldIn(clusters));
        state = done.state;
        return done.problems.map(({ subject, summary }) => `${subject}: ${summary}`);
      }),
    import: (inputs) =>
      trying(async () => {
        const { bundle, decision, name = bundle.app } = inputs;
        const contexts = decision.apps.flatMap((app) => app.clusters.map((one) => one.name));
        const id = `${name}/${bundle.namespace}@kubeconfig#${contexts.join(',')}`;
        state = await release.import(id, worldIn(clusters));
        return [];
      }),
    forget: () => {
      state = undefined;
    },
    state: () => JSON.stringify(state ?? null),
  };
}

/** A world whose signal is given when `when` says so. */
export function stoppable(clusters: Clusters, when: (request: number) => boolean): World {
  const stop = new AbortController();
  const { fault } = clusters;
  clusters.fault = (number, request) => {
    if (when(number)) stop.abort();
    return fault(number, request);
  };
  return { ...worldIn(clusters), signal: stop.signal };
}

function placementWire(): PlacementWire {
  let state: PlacementState | undefined;
  let last: PlacementPlan | undefined;
  const planned = (inputs: PlacementInputs) => placement.plan(state, placement.parse(inputs));
  return {
    pathStyle: 'camelCase',
    plan: async (inputs): Promise<WirePlan> => {
      try {
        const plan = planned(inputs);
        const { moved = false, errors = [], warnings = [] } = plan ?? {};
        return {
          changes: moved,
          errors: errors.map(({ path, summary, remedy }) => `${path}: ${summary}. ${remedy}`),
          warnings,
          text: JSON.stringify(plan),
        };
      } catch (thrown) {
        return { ...nothing, errors: sentences(thrown) };
      }
    },
    apply: (inputs) =>
      trying(async () => {
        const done = await placement.reconcile(state, placement.parse(inputs), world);
        if (done.outcome?.moved !== false) {
          state = done.state;
          last = done.outcome;
        }
        return [];
      }),
    refresh: async () => undefined,
    destroy: async () => {
      state = undefined;
      return { errors: [] };
    },
    import: async () => ({ errors: [] }),
    forget: () => {
      state = undefined;
    },
    state: () => JSON.stringify(state ?? null),
    decided: () => ({
      digest: last?.carried.digest ?? '',
      clusters: [...new Set((last?.apps ?? []).flatMap(({ clusters }) => clusters))].sort(),
    }),
  };
}

function trafficWire(world: TrafficWorld, stack = 'one'): TrafficWire {
  let state: TrafficState | undefined;
  const propsOf = (inputs: TrafficInputs) => parseTraffic({ owner: stack, ...inputs });
  return {
    plan: async (inputs): Promise<WirePlan> => {
      try {
        const plan = traffic.plan(state, propsOf(inputs));
        const errors = plan.refusals.map(({ summary, remedy }) => `${summary}. ${remedy}`);
        return { changes: changesTraffic(plan), errors, warnings: [], text: plan.lines.join('\n') };
      } catch (thrown) {
        return { ...nothing, errors: sentences(thrown) };
      }
    },
    records: async ({ table, ...inputs }) => {
      const { table: parsed } = propsOf({ table, ...inputs });
      return recordsOf(parsed);
    },
    apply: (inputs) =>
      trying(async () => {
        const done = await traffic.reconcile(state, propsOf(inputs), world);
        state = done.state;
        return done.problems.map(({ summary }) => summary);
      }),
    refresh: async () => {
      state = state && (await traffic.read(state, world));
    },
    destroy: () =>
      trying(async () => {
        if (state !== undefined) await traffic.delete(state, world);
        state = undefined;
        return [];
      }),
    import: () =>
      trying(async () => {
        state = await traffic.import(`${host}@${powerdns.url}`, world);
        return [];
      }),
    forget: () => {
      state = undefined;
    },
    state: () => JSON.stringify(state ?? null),
  };
}

function retirementWire(world: RetirementWorld): ReturnType<Wire['retirement']> {
  let state: RetirementState | undefined;
  return {
    plan: async (inputs): Promise<WirePlan> => {
      const plan = retirement.plan(state, retirement.parse(inputs));
      const errors = plan.refusals.map(({ summary, remedy }) => `${summary}. ${remedy}`);
      const changes = plan.leaving.length > 0;
      return { changes, errors, warnings: [], text: plan.lines.join('\n') };
    },
    apply: (inputs) =>
      trying(async () => {
        const done = await retirement.reconcile(state, retirement.parse(inputs), world);
        state = done.state;
        return done.problems.map(({ summary }) => summary);
      }),
    refresh: async () => {
      state = state && (await retirement.read(state, world));
    },
    destroy: () =>
      trying(async () => {
        if (state !== undefined) await retirement.delete(state, world);
        state = undefined;
        return [];
      }),
    state: () => JSON.stringify(state ?? null),
  };
}

/** The contract. */
export const contract: Wire = {
  name: 'the contract',
  release: releaseWire,
  placement: placementWire,
  traffic: trafficWire,
  retirement: retirementWire,
};
