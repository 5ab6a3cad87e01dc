/** Retirement: removes a release from clusters that left its decision, once DNS no longer leads there and nobody comes any more. */
import { EdgeError, throwAll, z } from '../../../constructs/parsing';
import type { Problem, Reconciled, Resource } from '../contract';
import { leaveClusters, type ReleaseState } from '../release';
import { waitUntilGone, waitUntilServing } from '../traffic';
import { waitForAnswers } from './live-answers';
import { type Asking, parseRetirement, type RetirementProps, retirementSchema } from './props';
import type { RetirementWorld } from './world';

export {
  parseRetirement,
  type RetirementInput,
  type RetirementProps,
  retirementSchema,
} from './props';
export { type RetirementWorld, retirementWorldOf } from './world';

const stateSchema = z.strictObject({
  app: z.string(),
  ttlSeconds: z.number(),
});
/** What is kept between runs: how long resolvers may keep what the last table answered. */
export type RetirementState = z.output<typeof stateSchema>;

/** What is to be done. */
export interface RetirementPlan {
  /** Clusters that are cleaned. */
  readonly leaving: readonly string[];
  /** One line per cluster. */
  readonly lines: readonly string[];
  /** Why nothing may be removed. */
  readonly refusals: readonly EdgeError[];
}

/** The resource `retirement`. */
export const retirement: Resource<
  RetirementProps,
  RetirementState,
  RetirementPlan,
  RetirementPlan,
  RetirementWorld
> = {
  kind: 'retirement',
  doc: 'Removes a release from clusters that left its decision, once the records that others write no longer lead there and nobody comes any more.',
  schema: retirementSchema,
  parse: parseRetirement,
  plan: (_prior, props) =>
    props === undefined ? { leaving: [], lines: [], refusals: [] } : planRetirement(props),
  // It has nothing of its own: what it removed is gone from the clusters.
  read: async (prior) => prior,
  reconcile,
  delete: async () => {
    const outcome = { leaving: [], lines: [], refusals: [] };
    return { state: undefined, outcome, problems: [], warnings: [] };
  },
  import: async (id) => ({ app: id, ttlSeconds: 0 }),
};

/** A state as it was kept; of one that cannot be read nothing but the wait for its TTL is lost. */
export function readRetirementState(kept: unknown): RetirementState | undefined {
  const read = stateSchema.safeParse(kept);
  return read.success ? read.data : undefined;
}

/** What is to be done, without the release, which a plan may not know yet. */
export function planRetirement({
  leaving,
  table,
}: Pick<RetirementProps, 'leaving' | 'table'>): RetirementPlan {
  const { drain, ttlSeconds, hosts } = table;
  const least = ttlSeconds + drain.floorSeconds;
  const most = ttlSeconds + Math.max(drain.floorSeconds, drain.ceilingSeconds);
  const until =
    drain.query === undefined ? `${least} s have passed` : `nobody comes, ${least} to ${most} s`;
  const lines = leaving.map(
    (name) => `- ${name}  once DNS answers ${hosts.join(', ')} without it, and ${until}`,
  );
  return { leaving, lines, refusals: leaving.length === 0 ? [] : stillAnswered(leaving, table) };
}

function stillAnswered(
  leaving: readonly string[],
  { slots }: RetirementProps['table'],
): readonly EdgeError[] {
  const named = new Set(
    slots.flatMap(({ answers, failover }) => [
      ...answers.map(({ cluster }) => cluster),
      ...failover,
    ]),
  );
  return leaving.flatMap((name) =>
    named.has(name)
      ? [
          new EdgeError({
            code: 'GuardStopped',
            path: 'table',
            summary: `${name} is to be retired, but the table still sends users there`,
            remedy: 'Pass the table of the decision that the release follows.',
          }),
        ]
      : [],
  );
}

async function reconcile(
  prior: RetirementState | undefined,
  props: RetirementProps,
  world: RetirementWorld,
): Promise<Reconciled<RetirementState, RetirementPlan>> {
  const outcome = planRetirement(props);
  throwAll(outcome.refusals);
  const { table, release, leaving } = props;
  const state = { app: table.app, ttlSeconds: table.ttlSeconds };
  const going = release.clusters.filter(({ name }) => leaving.includes(name));
  if (going.length === 0) return { state, outcome, problems: [], warnings: [] };
  const reason = await reasonToStay(prior, props, world);
  if (reason !== undefined) {
    return {
      state: prior,
      outcome,
      problems: leaving.map((name) => kept(name, reason)),
      warnings: [],
    };
  }
  const part: ReleaseState = { ...release, clusters: going };
  const { problems, warnings } = await leaveClusters(part, world.releases);
  return { state: problems.length === 0 ? state : prior, outcome, problems, warnings };
}

/** Why nothing may be removed: users are still sent there, or nobody else serves them. */
export async function reasonToStay(
  prior: RetirementState | undefined,
  props: Asking,
  world: RetirementWorld,
): Promise<string | undefined> {
  const { table, leaving, readySeconds, endpointCaFile } = props;
  const before = await waitForAnswers(props, world);
  if (before.reasons.length > 0) return before.reasons.join('; ');
  const answered = table.slots.flatMap(({ answers }) => answers.map(({ cluster }) => cluster));
  const clusters = [...new Set(answered)].sort();
  const unready = await waitUntilServing({ table, clusters, readySeconds, endpointCaFile }, world);
  const [first] = unready;
  if (first !== undefined) return `${first.cluster} does not serve: ${first.reason}`;
  const ttlSeconds = Math.max(before.ttlSeconds, table.ttlSeconds, prior?.ttlSeconds ?? 0);
  const stopped = await waitUntilGone({ drain: table.drain, ttlSeconds, leaving }, world);
  if (stopped !== undefined) return stopped;
  // Somebody may have gone back meanwhile.
  const after = await waitForAnswers({ ...props, answerSeconds: 0 }, world);
  return after.reasons.length === 0 ? undefined : after.reasons.join('; ');
}

const kept = (name: string, reason: string): Problem => ({
  subject: name,
  summary: `${name} is kept: ${reason.replace(/\.$/, '')}`,
  remedy: 'Nothing was removed. Apply again once DNS answers as the table says.',
});
