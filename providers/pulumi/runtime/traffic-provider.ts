/** The dynamic provider of traffics: says in `check` whom DNS answers otherwise and gives the records, publishes in `create` and `update`. */
import {
  changesTraffic,
  expectedTraffic,
  fitText,
  readTrafficState,
  recordsOf,
  type TrafficPlan,
  type TrafficProps,
  type TrafficState,
  type TrafficWorld,
  traffic,
} from '../../resources/traffic';
import {
  appOf,
  type Bag,
  type Checked,
  type DynamicProvider,
  documentIn,
  failureOf,
  failuresOf,
  isSame,
  own,
  pick,
  refusing,
  settled,
} from './property-bag';
import { isKnown, UNKNOWN } from './unknown';

/** What a person gives. */
const written = [
  ...['table', 'powerdns', 'owner', 'maxMovedShare', 'allowOlder', 'takeOver'],
  ...['readySeconds', 'prefixes', 'endpointCaFile'],
];
/** What `check` computes. */
const computed = ['changes', 'records', 'fit', 'summary'];
/** Where clusters do not serve. */
const again = 'Nothing was published; run pulumi up again once they serve.';

/** The dynamic provider of traffics. `world` reaches DNS and clusters; `say` gives what a person should know, a line each. */
export function trafficProvider(
  world: () => TrafficWorld,
  say: (line: string) => void = () => undefined,
): DynamicProvider {
  const publish = async (prior: TrafficState | undefined, news: Bag) => {
    const props = await refusing(async () => propsOf(news));
    const done = await refusing(() => traffic.reconcile(prior, props, world()));
    return settled(done, news, again, say);
  };
  return {
    check: async (olds, news) => checkTraffic(own(olds), own(news)),
    diff: async (_id, olds, news) => refusing(async () => difference(own(olds), own(news))),
    create: async (inputs) => ({ id: idOf(inputs), outs: await publish(undefined, own(inputs)) }),
    update: async (_id, olds, news) => ({ outs: await publish(stateOf(olds), own(news)) }),
    read: (id, props = {}) => refusing(() => readTraffic(id, own(props), world(), say)),
    delete: async (_id, props) => {
      const state = stateOf(props);
      if (state === undefined) return;
      const { warnings } = await refusing(() => traffic.delete(state, world()));
      warnings.forEach(say);
    },
  };
}

function checkTraffic(olds: Bag, news: Bag): Checked {
  const config = pick(news, written);
  if (!isKnown(config)) return { inputs: { ...config, ...open } };
  try {
    const props = propsOf(config);
    const step = traffic.plan(priorOf(olds), props);
    if (step.refusals.length > 0) {
      return { inputs: { ...news }, failures: step.refusals.map(failureOf) };
    }
    const isQuiet = !changesTraffic(step) && isSame(config, pick(olds, written));
    const hasReport = computed.every((key) => olds[key] !== undefined);
    if (isQuiet && hasReport && olds.published === undefined) return { inputs: { ...olds } };
    return { inputs: { ...config, ...reportOf(props, step) } };
  } catch (thrown) {
    return { inputs: { ...news }, failures: failuresOf(thrown) };
  }
}

const open = Object.fromEntries(computed.map((key) => [key, UNKNOWN]));

function reportOf({ table, prefixes }: TrafficProps, { lines }: TrafficPlan) {
  return {
    changes: lines,
    records: recordsOf(table, prefixes),
    fit: table.fit,
    summary: fitText(table),
  };
}

function propsOf(bag: Bag): TrafficProps {
  return traffic.parse({ ...pick(bag, written), table: documentIn(bag.table) });
}

/** What is there as far as inputs tell: what the last refresh saw, else what the last update published. */
function priorOf(olds: Bag): TrafficState | undefined {
  if (olds.published !== undefined) return readTrafficState(documentIn(olds.published));
  try {
    return olds.table === undefined ? undefined : expectedTraffic(propsOf(olds));
  } catch {
    // Inputs of another version, or not finished, are none to compare with: the server is asked before anything is written.
    return undefined;
  }
}

/** Throws an EdgeError for a state that cannot be read. */
function stateOf({ state }: Bag): TrafficState | undefined {
  return state == null || state === UNKNOWN ? undefined : readTrafficState(documentIn(state));
}

function idOf({ table }: Bag): string {
  return appOf(table) ?? 'traffic';
}

function difference(olds: Bag, news: Bag) {
  if (!isKnown(pick(news, written))) return { changes: true };
  const isRewritten = !isSame(pick(olds, written), pick(news, written));
  return { changes: isRewritten || changesTraffic(traffic.plan(stateOf(olds), propsOf(news))) };
}

async function readTraffic(
  id: string,
  props: Bag,
  world: TrafficWorld,
  say: (line: string) => void,
) {
  const known = stateOf(props);
  if (known === undefined) {
    const state = await traffic.import(id, world);
    const outs = { owner: state.owner, state: JSON.stringify(state) };
    return { id: state.app, props: outs, inputs: inputsSeen(outs, state) };
  }
  // A server that cannot be asked holds up nothing: what is known stands, and publishing looks again.
  const seen = await traffic.read(known, world).catch((thrown: unknown) => {
    for (const { reason } of failuresOf(thrown)) say(reason);
    return known;
  });
  if (seen === undefined) return { id: '' };
  const now = { ...props, state: JSON.stringify(seen) };
  return isSame(seen, known)
    ? { id, props: now }
    : { id, props: now, inputs: inputsSeen(now, seen) };
}

/** What was seen goes into the inputs, where the next check can tell what to do about it. */
function inputsSeen(props: Bag, seen: TrafficState): Record<string, unknown> {
  const published = JSON.stringify(seen);
  return { ...pick(props, [...written, ...computed]), changes: [], published };
}
