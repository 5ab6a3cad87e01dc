/** An explanation as text: each cluster with its reason, its other choice, and the origins it serves. */
import type { AppDecision } from '../../../../constructs/model/decision';
import type { Fleet } from '../../../../constructs/model/fleet';
import {
  counted,
  milliseconds,
  percent,
  signed,
  threeDigits,
} from '../../../../constructs/model/numbers';
import type { ClusterExplanation, Explanation } from '../../../../constructs/placement';
import { columns, hanging, wrap } from '../layout';
import { conflictLines, headlineOf, type View } from './decision';

const mostOrigins = 10;

/** One section per app; origins are listed when one cluster is explained. Ends with a line break. */
export function explanationText(
  { decision, clusters }: Explanation,
  view: View,
  isOne: boolean,
): string {
  const sections = decision.apps.flatMap((app) => {
    const mine = clusters.filter((one) => one.app === app.app);
    if (app.satisfied && mine.length === 0) return [];
    const lines = app.satisfied
      ? mine.flatMap((one) => [
          '',
          ...clusterLines(one, app, decision.objective.value, view, isOne),
        ])
      : [];
    const head = app.satisfied ? headlineOf(decision, app, view) : conflictLines(app, view);
    return [...head, ...lines, ''];
  });
  return `${sections.join('\n').replace(/\n*$/, '')}\n`;
}

/** Where latencies come from, and how far off that may be; nothing for a fleet with measured ones. */
export function latencySource(
  { latency, latencyModel }: Pick<Fleet, 'latency' | 'latencyModel'>,
  { paint, width }: Pick<View, 'paint' | 'width'>,
): string {
  if (latency.length > 0) return '';
  const { baseMilliseconds, per1000KilometersMilliseconds } = latencyModel;
  const model = `${baseMilliseconds} ms and ${per1000KilometersMilliseconds} ms per 1,000 km`;
  const isUsual = baseMilliseconds === 5 && per1000KilometersMilliseconds === 20;
  const error = isUsual ? `; ${MODEL_ERROR}` : '';
  const text = `latency follows distance here, ${model}${error}. Measured round trips in the fleet replace it.`;
  return `\n${wrap(text, width - 2)
    .map((line) => `  ${paint('dim', line)}`)
    .join('\n')}\n`;
}

/** The usual model held against the round trips that WonderProxy measured between 246 cities in 2020. */
const MODEL_ERROR =
  'of 60,000 measured pairs of cities half are within a fifth of that, and one in ten is off by 78 ms or more';

function clusterLines(
  one: ClusterExplanation,
  app: AppDecision,
  value: number,
  view: View,
  isOne: boolean,
): string[] {
  const { paint, width } = view;
  const replicas = app.clusters.find(({ name }) => name === one.cluster)?.replicas;
  const facts = [
    paint('bold', one.cluster),
    paint(
      one.status === 'chosen' ? 'green' : 'yellow',
      one.status === 'chosen' ? 'chosen' : `${one.status === 'dropped' ? 'dropped' : 'not chosen'}`,
    ),
    one.rule === undefined ? undefined : paint('dim', one.rule),
    one.requestsPerSecond > 0 ? `${threeDigits(one.requestsPerSecond)} requests/s` : undefined,
    replicas === undefined ? undefined : counted(replicas, 'replica'),
  ].filter((fact) => fact !== undefined);
  return [
    `  ${facts.join('   ')}`,
    ...wrap(one.reason, width - 4).map((line) => `    ${line}`),
    ...hanging(
      `    ${paint('cyan', one.otherwise.question)}: `,
      otherChoice(one, value, view),
      width,
    ),
    ...(isOne ? originLines(one, view) : []),
  ];
}

function otherChoice({ otherwise }: ClusterExplanation, value: number, { paint }: View): string {
  const { satisfied, delta, added, dropped, conflict } = otherwise;
  if (!satisfied)
    return `no placement satisfies the policy; ${conflict ?? 'its rules cannot hold together'}`;
  const share = Math.abs(delta) / Math.max(Math.abs(value), 1);
  const moves = [
    ...added.map((name) => paint('green', `+${name}`)),
    ...dropped.map((name) => paint('red', `-${name}`)),
  ].join(' ');
  const difference =
    delta === 0
      ? 'equally good'
      : `objective ${percent(share)} ${delta > 0 ? 'higher' : 'lower'} (${signed(threeDigits(delta))})`;
  return moves === '' ? difference : `${moves}, ${difference}`;
}

function originLines({ origins }: ClusterExplanation, { width }: View): string[] {
  if (origins.length === 0) return [];
  const shown = origins
    .slice(0, mostOrigins)
    .map((one) => [
      '',
      one.origin,
      `${threeDigits(one.requestsPerSecond)}/s`,
      milliseconds(one.milliseconds),
      '',
    ]);
  const rest = origins.slice(mostOrigins);
  const restRate = rest.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  return [
    '',
    ...columns(shown, width, ['left', 'left', 'right', 'right']).map((line) => `  ${line}`),
    ...(rest.length > 0
      ? [`    and ${counted(rest.length, 'more origin')}, ${threeDigits(restRate)}/s`]
      : []),
  ];
}
