/** Inputs of a release: as a program gives them, as a check leaves them, and what of the documents is kept. */
import { API_VERSION } from '../../../constructs/parsing';
import { type ReleaseProps, release } from '../../resources/release';
import { type Bag, documentIn, isSame, pick } from './property-bag';

/** Of inputs as a program gives them, and as `check` left them. */
export function propsOf(bag: Bag): ReleaseProps {
  const bundle = documentIn(bag.bundle) as Bag | undefined;
  const { decision = bag.decision, fleet = bag.fleet } = bundle ?? {};
  return release.parse({
    ...pick(bag, ['name']),
    bundle: bundle?.bundle ?? bundle,
    decision: documentIn(decision),
    fleet: documentIn(fleet),
    ...(bag.rollout == null ? {} : { rollout: bag.rollout }),
  });
}

/** Inputs that another version wrote, or an import left out, are no inputs to compare with. */
export function tryProps(bag: Bag): ReleaseProps | undefined {
  if (bag.bundle === undefined) return undefined;
  try {
    return propsOf(bag);
  } catch {
    return undefined;
  }
}

/**
 * What is kept of the arguments. The documents are one text in `bundle`, which the engine encrypts and hides:
 * a reviewer reads `changes`. A text, because Pulumi drops nulls, and a bundle has them where slots are.
 */
export function configOf(props: ReleaseProps, news: Bag): Record<string, unknown> {
  const { name, bundle, decision } = props;
  const { fleet, clusters } = reachOf(props);
  const trimmed =
    bundle.clusters === undefined ? {} : { clusters: pick(bundle.clusters, clusters) };
  return {
    name,
    namespace: bundle.namespace,
    bundle: JSON.stringify({ bundle: { ...bundle, ...trimmed }, decision, fleet }),
    decision: decision.digest,
    ...pick(news, ['rollout']),
  };
}

/** The part of the fleet that a release needs: where the chosen and the dropped clusters are, and what they are like. */
function reachOf({ bundle, decision, fleet }: ReleaseProps) {
  const app = decision.apps.find((one) => one.app === bundle.app);
  const concerned = new Set(
    [...(app?.clusters ?? []), ...(app?.dropped ?? [])].map(({ name }) => name),
  );
  const clusters = fleet.clusters
    .filter(({ name }) => concerned.has(name))
    .map(({ name, latitude, longitude, region, country, city, provider, labels, access }) => {
      const place = { name, latitude, longitude, region, country };
      return {
        ...place,
        ...pick({ city, provider, labels, access }, ['city', 'provider', 'labels', 'access']),
      };
    });
  const [first] = fleet.clusters;
  // A fleet has at least one cluster, even when the decision has none.
  const kept = clusters.length > 0 || first === undefined ? clusters : [withoutNumbers(first)];
  const document = { apiVersion: API_VERSION, kind: 'Fleet', clusters: kept };
  return { fleet: document, clusters: [...concerned].sort() };
}

function withoutNumbers({
  name,
  latitude,
  longitude,
  region,
  country,
}: ReleaseProps['fleet']['clusters'][number]) {
  return { name, latitude, longitude, region, country };
}

/** True when the chosen clusters are found where they were; what else a fleet says of them changes nothing there. */
export function staysReached(before: ReleaseProps | undefined, now: ReleaseProps): boolean {
  if (before === undefined) return false;
  const reach = ({ name, fleet, bundle, decision }: ReleaseProps) => {
    const chosen = decision.apps.find(({ app }) => app === bundle.app)?.clusters ?? [];
    const accesses = chosen.map((one) => fleet.clusters.find((each) => each.name === one.name));
    return [name, bundle.namespace, accesses.map((one) => [one?.name, one?.access ?? null])];
  };
  return isSame(reach(before), reach(now));
}
