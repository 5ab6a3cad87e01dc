/** Promise about losses: what remains can serve all requests within the policy. */
import { amountSchema } from '../model/fleet';
import { describeMatch, matches, matchSchema } from '../model/match';
import { milliseconds, usd } from '../model/numbers';
import { z } from '../parsing';
import { eachLoss, type Scenario, type ScenarioResult, simulate } from '../placement';
import type { PlaceInput } from '../policy';
import { latencyAt, percentileSchema } from './latency-and-cost';
import type { Measurement, PromiseContext } from './measurement';
import { promise } from './row';

const schema = z.strictObject({
  lose: matchSchema.optional().describe('Loses all clusters that match, at once.'),
  each: z
    .enum(['cluster', 'pair', 'provider', 'region', 'country'])
    .optional()
    .describe('Loses any one of these that the decision uses, one after another.'),
  scale: amountSchema.optional().describe('While demand is so many times as large. Default 1.'),
  withoutMoving: z
    .boolean()
    .default(false)
    .describe('Only clusters that already run the app may take over. Default: any of the fleet.'),
  latency: z
    .strictObject({
      percentile: percentileSchema,
      milliseconds: amountSchema.describe('At most so many milliseconds, for each app.'),
    })
    .optional()
    .describe('What users wait then. Default: what the policy allows.'),
  usdPerHour: amountSchema.optional().describe('What all apps cost then, at most. Default: any.'),
});
/** What is lost, and what must hold then. */
export type Survival = z.output<typeof schema>;

/** After a loss every app of the promise has a placement that its policy allows. */
export const survives = promise({
  doc: 'After a loss, under more demand, or both, every app still has a placement that its policy allows.',
  schema,
  words: (value) => {
    const { lose, each, scale, withoutMoving, latency, usdPerHour } = value;
    return [
      `survives ${lossWords(lose, each) ?? `${scale} times the demand`}`,
      ...(scale === undefined || lossWords(lose, each) === undefined
        ? []
        : [`at ${scale} times the demand`]),
      ...(withoutMoving ? ['without moving'] : []),
      ...(latency === undefined
        ? []
        : [`with ${latency.percentile} at most ${milliseconds(latency.milliseconds)}`]),
      ...(usdPerHour === undefined ? [] : [`for at most ${usd(usdPerHour)} USD/h`]),
    ].join(' ');
  },
  measure: (value, context) => {
    const { decision, apps } = context;
    const input = value.withoutMoving ? withoutNewClusters(context) : context.input;
    const results = simulate(input, scenariosOf(value, context), decision);
    const names = new Set(apps.map(({ app }) => app));
    return results.flatMap((result) => measured(result, value, names));
  },
  absent: ({ lose }, { input }) => {
    const { clusters } = input.fleet;
    if (lose === undefined || clusters.some((one) => matches(lose, one))) return [];
    const attributes = ['provider', 'region', 'country', 'city', 'name'] as const;
    const written = attributes.find((key) => lose[key] !== undefined);
    const known = written === undefined ? [] : clusters.flatMap((one) => one[written] ?? []);
    const received = `cluster of ${describeMatch(lose)}`;
    return [{ path: 'lose', received, known: [...new Set(known)].sort() }];
  },
});

/** Undefined where nothing is lost. */
function lossWords(lose: Survival['lose'], each: Survival['each']): string | undefined {
  const words = [
    ...(lose === undefined ? [] : [`the loss of ${describeMatch(lose)}`]),
    ...(each === undefined
      ? []
      : [`the loss of any ${each === 'pair' ? 'two clusters' : `one ${each}`}`]),
  ];
  return words.length === 0 ? undefined : words.join(', and ');
}

/** What is lost that nobody uses changes nothing, except beside what is used. */
function scenariosOf(value: Survival, { input, apps }: PromiseContext): readonly Scenario[] {
  const { lose, each, scale: factor } = value;
  const scale = factor === undefined ? {} : { scale: [{ origins: {}, factor }] };
  const used = new Set(apps.flatMap(({ clusters }) => clusters.map(({ name }) => name)));
  const inUse = input.fleet.clusters.filter(({ name }) => used.has(name));
  const touches = (match: NonNullable<Scenario['lose']>) =>
    inUse.some((cluster) => match.some((one) => matches(one, cluster)));
  const losses = [
    ...(lose === undefined ? [] : [{ name: `lose ${describeMatch(lose)}`, lose: [lose] }]),
    ...(each === undefined ? [] : eachLoss(input, each).filter((one) => touches(one.lose ?? []))),
  ];
  if (losses.length > 0 || each !== undefined) return losses.map((one) => ({ ...one, ...scale }));
  return [{ name: `demand x ${factor}`, ...scale }];
}

function measured(
  { name, apps }: ScenarioResult,
  { latency, usdPerHour }: Survival,
  names: ReadonlySet<string>,
): readonly Measurement[] {
  const mine = apps.filter(({ app }) => names.has(app));
  const failed = mine.filter(({ satisfied }) => !satisfied).map(({ app }) => app);
  const unit = 'apps without a placement';
  const note = failed.length === 0 ? {} : { note: failed.slice(0, 8).join(' ') };
  const survived: Measurement = {
    where: name,
    received: failed.length,
    limit: 0,
    relation: 'atMost',
    unit,
    ...note,
  };
  if (failed.length > 0) return [survived];
  const slow = mine.map((app): Measurement[] => {
    if (latency === undefined) return [];
    const received = latencyAt(app.latency, latency.percentile);
    const limit = latency.milliseconds;
    return [{ where: `${name}, app ${app.app}`, received, limit, relation: 'atMost', unit: 'ms' }];
  });
  const received = mine.reduce((sum, app) => sum + app.usdPerHour, 0);
  const dear: Measurement[] =
    usdPerHour === undefined
      ? []
      : [{ where: name, received, limit: usdPerHour, relation: 'atMost', unit: 'USD/h' }];
  return [survived, ...slow.flat(), ...dear];
}

/** The documents in which each app may only be where it is already. */
function withoutNewClusters({ input, decision }: PromiseContext): PlaceInput {
  const apps = input.apps.map((app) => {
    const chosen = new Set(
      decision.apps.find((one) => one.app === app.name)?.clusters.map(({ name }) => name),
    );
    const others = input.fleet.clusters.map(({ name }) => name).filter((name) => !chosen.has(name));
    if (others.length === 0) return app;
    const { constraints } = app.policy;
    const mustNotInclude = [...constraints.mustNotInclude, { name: others }];
    return { ...app, policy: { ...app.policy, constraints: { ...constraints, mustNotInclude } } };
  });
  return { ...input, apps };
}
