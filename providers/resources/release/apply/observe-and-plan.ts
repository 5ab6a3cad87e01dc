/** Observe and plan: reads what the clusters of a release hold and plans from it; nothing is changed. */
import type { CertificateRequest } from '../../../../constructs/certificates';
import type { DeliverySettings } from '../../../../constructs/delivery';
import type { Reachable } from '../../../clusters/api/way';
import { eachOf } from '../../../clusters/parallel';
import { deliveredWorld, mustBeSameDelivery } from '../hub/hub-world';
import { type CertificateStatus, certificatesOf, withoutUnusable } from '../observe/certificates';
import type { Finding } from '../observe/finding';
import { inspect } from '../observe/inspect';
import { type Absent, closeAll, type Look, observe, type Seen } from '../observe/observe';
import { failureOf, type World } from '../observe/world';
import { certificateRequests } from '../plan/certificate-requests';
import { planOf } from '../plan/plan';
import { withoutStranding } from '../plan/stranded-claims';
import { type Desired, desiredOf } from '../state/desired';
import { type Claimant, isHeldByOther, type Owner } from '../state/owner';
import type { ReleaseProps, Rollout } from '../state/props';
import type { ReleaseState } from '../state/state';
import type { Course } from './rollout';

/** A plan with open clients: the caller closes them. */
export interface ObservedPlan extends Course {
  /** What TLS is terminated with, by cluster; clusters without TLS are left out. */
  readonly certificates: ReadonlyMap<string, readonly CertificateStatus[]>;
  /** What the plan has authorities issue, and what they have issued. */
  readonly certificateRequests: readonly CertificateRequest[];
  readonly close: () => Promise<void>;
}

/** What observing and planning start from. */
interface Basis {
  readonly desired: Desired;
  readonly fleet: Pick<ReleaseProps['fleet'], 'clusters'>;
  readonly rollout: Rollout;
  readonly prior?: ReleaseState | undefined;
  /** The engine that delivers. Default: that of the state, or none. */
  readonly delivery?: DeliverySettings | undefined;
  /** Also observes clusters of the fleet that nothing is known about. Default: only where the release is or may be. */
  readonly everywhere?: boolean;
  /** Sets back what people and tools changed in objects of the release without being forced to. Default: false. */
  readonly repairs?: boolean;
  /** The release goes on in other clusters than these. Default: where any are desired. */
  readonly isMove?: boolean;
}

/** The basis of a release that is to be applied. */
export function basisOf(props: ReleaseProps, prior?: ReleaseState, everywhere = false): Basis {
  const { fleet, rollout, delivery } = props;
  if (prior !== undefined && prior.clusters.length > 0) {
    mustBeSameDelivery(prior.delivery, delivery, props.name);
  }
  return { desired: desiredOf(props), fleet, rollout, delivery, prior, everywhere };
}

/** Observes every cluster concerned. Clusters that do not answer are part of the plan. */
export async function observeAndPlan(basis: Basis, given: World): Promise<ObservedPlan> {
  const { desired, fleet, rollout, delivery } = basis;
  const world = deliveredWorld(given, delivery, desired);
  const { release, namespace } = desired;
  const { parallelism, answerSeconds, force, takeOver, deleteAdopted, evacuate } = rollout;
  const { retire } = rollout;
  const { isMove = desired.clusters.length > 0 } = basis;
  const owner = ownerOf(basis, world);
  const claimant: Claimant = { owner, follows: world.follows, takeOver };
  const options = { release, namespace, parallelism, answerSeconds };
  const seen = await observe(looksOf(basis), options, world);
  try {
    const { certificates, ...inspected } = await inspectAll(seen, basis, claimant, world);
    const holders = holdersOf(basis);
    const letGo = [...evacuate, ...evacuatedBefore(basis)];
    const free = planOf(
      desired,
      { ...inspected, holders },
      { force, evacuate: letGo, claimant, deleteAdopted, retire },
    );
    const plan = withoutStranding(free, seen, desired, isMove);
    const close = () => closeAll(seen);
    const requests = certificateRequests(desired, plan, inspected.findings);
    const course = { desired, fleet, rollout, delivery, owner, plan, holders, ...inspected };
    return { ...course, certificates, certificateRequests: requests, close };
  } catch (thrown) {
    await closeAll(seen);
    throw thrown;
  }
}

/** The owner in the state. What was imported gets the origin of the state that it is in now. */
function ownerOf({ prior }: Basis, world: World): Owner | undefined {
  if (prior?.owner === undefined || world.owner === undefined) return prior?.owner ?? world.owner;
  const { origin: _, ...held } = prior.owner;
  const { origin } = world.owner;
  return { ...held, ...(origin === undefined ? {} : { origin }) };
}

function looksOf({ desired, fleet, prior, everywhere }: Basis): readonly Look[] {
  const manifests = new Map(desired.clusters.map((one) => [one.name, one.manifests]));
  const recorded = (prior?.clusters ?? []).map(
    ({ name, access }): Reachable => ({ name, ...(access === undefined ? {} : { access }) }),
  );
  const isConcerned = ({ name }: Reachable) =>
    everywhere === true || manifests.has(name) || desired.dropped.has(name);
  const inState = new Set(recorded.map(({ name }) => name));
  const known = fleet.clusters.filter((one) => isConcerned(one) || inState.has(one.name));
  const inFleet = new Set(known.map(({ name }) => name));
  const left = recorded.filter(({ name }) => !inFleet.has(name));
  return [...known, ...left].map((cluster) => {
    return { cluster, manifests: manifests.get(cluster.name) ?? [] };
  });
}

/** Clusters that hold the release. Without a state only the decision says where it was. */
function holdersOf({ desired, prior }: Basis): ReadonlySet<string> {
  if (prior === undefined) return new Set(desired.dropped.keys());
  const there = prior.clusters.filter(({ standing }) => standing !== 'evacuated');
  return new Set(there.map(({ name }) => name));
}

function evacuatedBefore({ prior }: Basis): readonly string[] {
  const gone = (prior?.clusters ?? []).filter(({ standing }) => standing === 'evacuated');
  return gone.map(({ name }) => name);
}

interface Inspected {
  readonly seen: readonly Seen[];
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly certificates: ReadonlyMap<string, readonly CertificateStatus[]>;
}

/** Compares desired and live objects. A cluster that stops answering meanwhile counts as unreachable. */
async function inspectAll(
  seen: readonly Seen[],
  { desired, rollout, repairs = false }: Basis,
  claimant: Claimant,
  { clock = Date.now }: World,
): Promise<Inspected> {
  const findings = new Map<string, readonly Finding[]>();
  const certificates = new Map<string, readonly CertificateStatus[]>();
  const byName = new Map(desired.clusters.map((one) => [one.name, one]));
  const now = await eachOf(seen, rollout.parallelism, async (one): Promise<Seen> => {
    const wanted = byName.get(one.name);
    if (wanted === undefined || !one.reachable) return one;
    if (isHeldByOther(one.inventory?.owner, claimant)) return one;
    try {
      const { release, namespace } = desired;
      const found = await inspect(one, wanted, { release, namespace, repairs });
      const shown = await certificatesOf(one.client, wanted.manifests, namespace, clock());
      if (shown.length > 0) certificates.set(one.name, shown);
      const isNew = one.inventory === undefined && one.broken === undefined;
      findings.set(one.name, isNew ? withoutUnusable(found, shown, namespace) : found);
      return one;
    } catch (thrown) {
      const { reason, dead } = failureOf(thrown);
      await one.client.close();
      const absent: Absent = { name: one.name, reachable: false, reason };
      return dead ? absent : { ...absent, refused: true };
    }
  });
  return { seen: now, findings, certificates };
}
