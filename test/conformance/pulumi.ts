/** Pulumi as a wire: inputs as a program hands them over, the engine's rules between, the lives of our resources behind. */
import { placementProvider } from '../../providers/pulumi/runtime/placement-provider';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { retirementProvider } from '../../providers/pulumi/runtime/retirement-provider';
import { trafficProvider } from '../../providers/pulumi/runtime/traffic-provider';
import type { RetirementWorld } from '../../providers/resources/retirement';
import type { TrafficWorld } from '../../providers/resources/traffic';
import { Refused, Stack } from '../pulumi/stack';
import type { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { host, powerdns } from '../resources/traffic-world';
import { stoppable } from './contract';
import type {
  Managed,
  PlacementInputs,
  PlacementWire,
  ReleaseInputs,
  ReleaseWire,
  RetirementInputs,
  TrafficInputs,
  TrafficWire,
  Wire,
  WireOutcome,
} from './wire';

/** Properties that the classes mark as secret: the engine writes them encrypted, and shows `[secret]`. */
const secrets = ['bundle', 'state'];
const written = (bag: Bag) =>
  JSON.stringify(bag, (key, value) => (secrets.includes(key) ? '[secret]' : value));

/** What Pulumi's server of dynamic providers hands on as an error of the resource. */
async function trying(work: () => Promise<readonly string[]>): Promise<WireOutcome> {
  try {
    return { errors: await work() };
  } catch (thrown) {
    if (thrown instanceof Refused) return { errors: thrown.reasons };
    if ((thrown as Error).name === 'littoral') return { errors: [(thrown as Error).message] };
    throw thrown;
  }
}

function managed<Inputs>(
  stack: Stack,
  newsOf: (inputs: Inputs) => Bag,
): Omit<Managed<Inputs>, 'import'> {
  return {
    plan: async (inputs) => {
      try {
        const { step, inputs: checked } = await stack.preview(newsOf(inputs));
        const warnings = (checked.warnings ?? []) as readonly string[];
        return { changes: step !== 'same', errors: [], warnings, text: written(checked) };
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
        return { changes: false, errors: thrown.reasons, warnings: [], text: '' };
      }
    },
    apply: (inputs) => trying(() => stack.up(newsOf(inputs))),
    refresh: () => stack.refresh(),
    destroy: () =>
      trying(async () => {
        await stack.destroy();
        return [];
      }),
    forget: () => stack.forget(),
    state: () => written({ inputs: stack.inputs, outs: stack.outs }),
  };
}

function releaseWire(clusters: Clusters, stackName = 'one'): ReleaseWire {
  let world = worldIn(clusters) as ReturnType<typeof stoppable>;
  const stack = new Stack(releaseProvider(() => world));
  const verbs = managed<ReleaseInputs>(stack, ({ bundle, decision, fleet, rollout, name }) => ({
    bundle: JSON.stringify(bundle),
    decision: JSON.stringify(decision),
    fleet: JSON.stringify(fleet),
    owner: `Pulumi shop/${stackName}, resource shop`,
    ...(rollout === undefined ? {} : { rollout }),
    ...(name === undefined ? {} : { name }),
  }));
  return {
    ...verbs,
    applyUntil: async (inputs, when) => {
      world = stoppable(clusters, when);
      const outcome = await verbs.apply(inputs);
      world = worldIn(clusters);
      return outcome;
    },
    import: ({ bundle, decision, name = bundle.app }) =>
      trying(async () => {
        const contexts = decision.apps.flatMap((app) => app.clusters.map((one) => one.name));
        await stack.adopt(`${name}/${bundle.namespace}@kubeconfig#${contexts.join(',')}`);
        return [];
      }),
  };
}

function placementWire(): PlacementWire {
  const stack = new Stack(
    placementProvider(() => ({ now: '2026-11-21T05:30:00Z', folder: '/', environment: {} })),
  );
  const text = (documents: PlacementInputs['demands'] = {}) => {
    const given = Object.entries(documents).filter(([, one]) => one !== null);
    return Object.fromEntries(given.map(([app, one]) => [app, JSON.stringify(one)]));
  };
  const verbs = managed<PlacementInputs>(stack, ({ apps, fleet, demands, lock, ...rest }) => ({
    apps,
    fleet: JSON.stringify(fleet),
    demands: text(demands),
    ...(lock === undefined ? {} : { lock: JSON.stringify(lock) }),
    ...rest,
    decision: '',
  }));
  return {
    ...verbs,
    pathStyle: 'camelCase',
    import: async () => ({ errors: [] }),
    decided: () => ({
      digest: String(stack.outs.digest),
      clusters: stack.outs.clusters as readonly string[],
    }),
  };
}

function trafficWire(world: TrafficWorld, stackName = 'one'): TrafficWire {
  const stack = new Stack(trafficProvider(() => world));
  const newsOf = ({ table, ...inputs }: TrafficInputs): Bag => ({
    owner: `Pulumi shop/${stackName}, resource shop`,
    ...inputs,
    table: JSON.stringify(table),
  });
  return {
    ...managed<TrafficInputs>(stack, newsOf),
    records: async (inputs) => (await stack.preview(newsOf(inputs))).inputs.records,
    import: () =>
      trying(async () => {
        await stack.adopt(`${host}@${powerdns.url}`);
        return [];
      }),
  };
}

function retirementWire(world: RetirementWorld): ReturnType<Wire['retirement']> {
  const stack = new Stack(retirementProvider(() => world));
  return managed<RetirementInputs>(stack, ({ release, table, ...inputs }) => ({
    ...inputs,
    release: JSON.stringify(release),
    table: JSON.stringify(table),
  }));
}

/** Pulumi. */
export const pulumi: Wire = {
  name: 'Pulumi',
  release: releaseWire,
  placement: placementWire,
  traffic: trafficWire,
  retirement: retirementWire,
};
