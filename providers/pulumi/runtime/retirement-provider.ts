/** The dynamic provider of retirements: says in `check` which clusters are cleaned, and cleans them in `create` and `update` once nobody comes there. */
import {
  type RetirementProps,
  type RetirementState,
  type RetirementWorld,
  readRetirementState,
  retirement,
} from '../../resources/retirement';
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
  ...['release', 'leaving', 'table', 'nameservers', 'answerSeconds', 'readySeconds'],
  ...['endpointCaFile', 'geoip'],
];
/** They follow the placement: alone, with nothing to clean, they are no reason to change anything. */
const steady = written.filter((key) => !['release', 'table', 'leaving'].includes(key));

/** The dynamic provider of retirements. `world` reaches DNS, metrics and clusters; `say` gives what a person should know, a line each. */
export function retirementProvider(
  world: () => RetirementWorld,
  say: (line: string) => void = () => undefined,
): DynamicProvider {
  const retire = async (prior: RetirementState | undefined, news: Bag) => {
    const props = await refusing(async () => propsOf(news));
    const done = await refusing(() => retirement.reconcile(prior, props, world()));
    return settled(done, news, 'Run pulumi up again once DNS answers as the table says.', say);
  };
  return {
    check: async (olds, news) => checkRetirement(own(olds), own(news)),
    diff: async (_id, olds, news) => ({ changes: differs(own(olds), own(news)) }),
    create: async (inputs) => ({ id: idOf(inputs), outs: await retire(undefined, own(inputs)) }),
    update: async (_id, olds, news) => ({ outs: await retire(stateOf(olds), own(news)) }),
    read: async (id, props = {}) => ({ id, props: own(props) }),
    // It has nothing of its own: what it removed is gone from the clusters.
    delete: async () => undefined,
  };
}

function checkRetirement(olds: Bag, news: Bag): Checked {
  const config = pick(news, written);
  if (!isKnown(config)) return { inputs: { ...config, changes: UNKNOWN } };
  try {
    const props = propsOf(config);
    if (olds.changes !== undefined && isQuiet(props, olds, config)) return { inputs: { ...olds } };
    const { lines, refusals } = retirement.plan(undefined, props);
    if (refusals.length > 0) return { inputs: { ...news }, failures: refusals.map(failureOf) };
    return { inputs: { ...config, changes: lines } };
  } catch (thrown) {
    return { inputs: { ...news }, failures: failuresOf(thrown) };
  }
}

/** Nothing is to be cleaned, and the next time is not to be waited longer. */
function isQuiet({ leaving, table }: RetirementProps, olds: Bag, config: Bag): boolean {
  const before = documentIn(olds.table) as { readonly ttlSeconds?: unknown } | undefined;
  return (
    leaving.length === 0 &&
    before?.ttlSeconds === table.ttlSeconds &&
    isSame(pick(olds, steady), pick(config, steady))
  );
}

function differs(olds: Bag, news: Bag): boolean {
  return !isKnown(news) || !isSame(pick(olds, written), pick(news, written));
}

function propsOf(bag: Bag): RetirementProps {
  const { release, table, ...rest } = pick(bag, written);
  return retirement.parse({ ...rest, release: documentIn(release), table: documentIn(table) });
}

function stateOf({ state }: Bag): RetirementState | undefined {
  return readRetirementState(documentIn(state));
}

function idOf({ table }: Bag): string {
  return appOf(table) ?? 'retirement';
}
