/** Release owner: which release a resource of Terraform holds, whose it may follow, and what creating it would find in the clusters. */
import { randomUUID } from 'node:crypto';
import type {
  ObjectPlan,
  ObservedPlan,
  Owner,
  ReleasePlan,
  ReleaseProps,
  ReleaseState,
  World,
} from '../../../resources/release/index';
import type { Diagnostic } from '../../protocol/provider';
import { diagnosticsOf, warningsOf } from '../diagnostics';
import { inWords } from './lines';

/** What one run of Terraform, which is one process, knows about owners. */
export class Owners {
  private readonly inState = new Set<string>();
  private readonly staying = new Set<string>();
  private readonly followed = new Set<string>();
  private readonly made = new Set<string>();

  /** `origin` tells in which state the releases of this run are. */
  constructor(private readonly origin: () => string) {}

  /** Notes the owner of a release in the state of this run: what is created in its place may follow it. */
  saw(state: ReleaseState | undefined): void {
    if (state?.owner !== undefined) this.inState.add(state.owner.id);
  }

  /** Notes a resource that stays: no other of this configuration may follow it. False when one already does. */
  stays({ owner }: ReleaseState): boolean {
    if (owner === undefined) return true;
    this.staying.add(owner.id);
    return !this.followed.has(owner.id);
  }

  /** Notes that a resource that seemed to stay is to be replaced. */
  goes(id: string): void {
    this.staying.delete(id);
    this.inState.add(id);
  }

  /** The world of a resource that has a state. */
  acting(world: World): World {
    return this.following(world, ({ id }) => this.inState.has(id));
  }

  /** The world of a resource that has no state yet. */
  creating(world: World): World {
    return this.following(world, (held) => this.inState.has(held.id) || this.goesOnWith(held));
  }

  /**
   * Whether an earlier run for the same state made what `held` holds: one that was cut off before Terraform kept
   * anything of it, or whose resource is no longer in the state.
   */
  goesOnWith({ id, origin }: Owner): boolean {
    return origin === this.origin() && !this.made.has(id) && !this.inState.has(id);
  }

  private following(world: World, mayFollow: (held: Owner) => boolean): World {
    const follows = (held: Owner) => {
      const may = mayFollow(held) && !this.staying.has(held.id);
      if (may) this.followed.add(held.id);
      return may;
    };
    const owner = { id: randomUUID(), name: 'Terraform', origin: this.origin() };
    this.made.add(owner.id);
    return { ...world, owner, follows };
  }
}

/** What is wrong when two resources of one configuration are the same release. */
export const twice: Diagnostic = {
  severity: 'error',
  summary: 'Another resource of this configuration is the same release.',
  detail:
    'Got two of one name and namespace, expected one. Give one of them another name, or move the state: terraform state mv.',
};

/** Seconds that a plan waits for a cluster that it only looks at. */
const lookSeconds = 10;

/**
 * What creating the release would find: errors where another owner holds it, warnings about what it goes on with, and
 * would delete, adopt or not be allowed. A plan of a creation has no refresh before it, so the clusters are asked; one
 * that does not answer tells nothing.
 */
export async function foundByCreating(
  props: ReleaseProps,
  world: World,
  owners: Owners,
): Promise<readonly Diagnostic[]> {
  const { basisOf, observeAndPlan } =
    require('../../../resources/release/index') as typeof import('../../../resources/release/index');
  const { rollout } = props;
  const answerSeconds = Math.min(rollout.answerSeconds, lookSeconds);
  const quick = { ...props, rollout: { ...rollout, answerSeconds } };
  const { onEvent: _, ...silent } = world;
  const creating = owners.creating(silent);
  const open = await observeAndPlan(basisOf(quick, undefined), creating);
  await open.close();
  const refused = new Set(open.plan.clusters.flatMap(({ name, held }) => (held ? name : [])));
  const begun = open.seen.filter((one) => {
    const held = one.reachable ? one.inventory?.owner : undefined;
    return held !== undefined && !refused.has(one.name) && owners.goesOnWith(held);
  });
  const names = begun.map(({ name }) => name).join(', ');
  const goesOn = `creating ${props.name} goes on with what an earlier run of this configuration left on ${names}`;
  const lines = begun.length === 0 ? [] : [goesOn];
  return [
    ...heldErrors(open.plan),
    ...warningsOf([...lines, ...takenOver(props, open.seen, creating), ...findings(open.plan)]),
  ];
}

/** Whose release a creation that may take over takes, and where. */
function takenOver(
  { name: release, rollout }: ReleaseProps,
  seen: ObservedPlan['seen'],
  { owner, follows }: World,
): readonly string[] {
  if (!rollout.takeOver) return [];
  const { isHeldByOther, ownerText } =
    require('../../../resources/release/index') as typeof import('../../../resources/release/index');
  const taken = seen.flatMap((one) => {
    const held = one.reachable ? one.inventory?.owner : undefined;
    const isTaken = isHeldByOther(held, { owner, follows, takeOver: false });
    return isTaken ? [[ownerText(held), one.name] as const] : [];
  });
  return [...grouped(taken)].map(
    ([owner, names]) => `creating ${release} takes over what ${owner} holds on ${names.join(', ')}`,
  );
}

/** Errors for the clusters where another owner holds the release, one for all that say the same. */
export function heldErrors({ clusters }: ReleasePlan): readonly Diagnostic[] {
  const held = clusters.flatMap((one) =>
    one.held === true ? [[inHcl(one.reason ?? ''), one.name] as const] : [],
  );
  const errors = [...grouped(held)].map(([reason, names]) => {
    const [summary = '', remedy = ''] = reason.split('. ');
    const named = { name: 'EdgeError', message: '', code: 'GuardStopped' as const, path: '' };
    return { ...named, summary: `${names.join(', ')}: ${summary}`, remedy: `${remedy}.` };
  });
  return diagnosticsOf(errors, () => []);
}

/** A text about a release that somebody else holds, with the way to take it over as HCL writes it. */
export function inHcl(text: string): string {
  const { TAKE_OVER } =
    require('../../../resources/release/index') as typeof import('../../../resources/release/index');
  return text.replace(TAKE_OVER, 'rollout = { take_over = true }, for one apply');
}

/** Names by the text that is true of them, in the order of the texts. */
function grouped(pairs: readonly (readonly [text: string, name: string])[]) {
  const groups = new Map<string, string[]>();
  for (const [text, name] of pairs) groups.set(text, [...(groups.get(text) ?? []), name]);
  return groups;
}

const shownChanges: readonly (readonly [ObjectPlan['change'], string])[] = [
  ['deleted', 'deletes'],
  ['changed', 'changes'],
  ['replaced', 'replaces'],
  ['adopted', 'adopts'],
  ['kept', 'leaves'],
  ['refused', 'is refused'],
];

function findings({ release, clusters }: ReleasePlan): readonly string[] {
  return clusters.flatMap(({ name, objects }) =>
    shownChanges.flatMap(([change, verb]) => {
      const names = objects.filter((one) => one.change === change).map(textOf);
      if (names.length === 0) return [];
      const first = names.slice(0, most).join(', ');
      const more = names.length > most ? ` and ${names.length - most} more` : '';
      return [`creating ${release} on ${name} ${verb} ${first}${more}, which it finds there`];
    }),
  );
}

/** Objects that are named. */
const most = 10;

function textOf({ ref, reason, change, fields }: ObjectPlan): string {
  const hasReason = change === 'refused' && reason !== undefined;
  const isMoved = (change === 'changed' || change === 'replaced') && fields.length > 0;
  const why = hasReason ? ` (${reason})` : isMoved ? ` (${inWords(fields)})` : '';
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}${why}`;
}
