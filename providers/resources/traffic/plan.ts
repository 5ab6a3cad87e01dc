/** Plan: what publishing would do, host by host and country by country, from what is known; pure. */
import type { EdgeError } from '../../../constructs/parsing';
import type {
  AnswerChange,
  AnswerChanges,
  RoutingTable,
  TargetShare,
} from '../../../constructs/routing';
import {
  type HostStep,
  type PublicationPlan,
  type PublishedHost,
  planPublication,
  planRemoval,
  renderedFor,
} from '../../dns/powerdns/publication';
import type { TrafficProps } from './props';
import { leavingHosts, namesOf, published, publishedFor, type TrafficState } from './state';

/** What would be done. */
export interface TrafficPlan extends AnswerChanges {
  readonly hosts: readonly HostStep[];
  /** Why nothing may be written. */
  readonly refusals: readonly EdgeError[];
  /** All of it in lines for people. */
  readonly lines: readonly string[];
}

/** Longer lists end in a line that says how many more there are. */
const MOST_LINES = 200;
/** As MOST_LINES, for places in a line. */
const MOST_PLACES = 12;

/** From the state alone. */
export function planTraffic(
  prior: TrafficState | undefined,
  props: TrafficProps | undefined,
): TrafficPlan {
  if (props === undefined) return planOfRemoval(prior);
  return planFrom(publishedFor(props, prior), leavingHosts(props, prior), props, prior).plan;
}

/** From hosts as they were read. */
export function planFrom(
  present: readonly PublishedHost[],
  leaving: readonly PublishedHost[],
  props: TrafficProps,
  prior: TrafficState | undefined,
): { readonly plan: TrafficPlan; readonly publication: PublicationPlan } {
  const { powerdns, table } = props;
  const rendered = powerdns === undefined ? [] : renderedFor(table);
  const publication = planPublication(present, props, rendered);
  const { changes, movedShare, refusals } = publication;
  const hosts = [...publication.hosts, ...planRemoval(leaving, props.owner).hosts];
  const lines = linesOf({ hosts, changes, movedShare }, namesOf(props, prior));
  return { plan: { hosts, changes, movedShare, refusals, lines }, publication };
}

function planOfRemoval(prior: TrafficState | undefined): TrafficPlan {
  const there = (prior?.hosts ?? []).map(published);
  const hosts = prior?.powerdns === undefined ? [] : planRemoval(there, prior.owner).hosts;
  const none = { changes: [], movedShare: 0 };
  return { ...none, hosts, refusals: [], lines: linesOf({ ...none, hosts }, {}) };
}

/** Whether anything would be written. */
export function changesTraffic({ hosts }: TrafficPlan): boolean {
  return hosts.some(({ step }) => step !== 'keep');
}

const signs: Readonly<Record<HostStep['step'], string>> = {
  create: '+',
  change: '~',
  'take over': '>',
  delete: '-',
  keep: '=',
};

function linesOf(
  { hosts, changes, movedShare }: Pick<TrafficPlan, 'hosts' | 'changes' | 'movedShare'>,
  names: TrafficState['names'],
): readonly string[] {
  const moving = hosts.filter(({ step }) => step !== 'keep');
  const lines = [
    ...moving.map(
      ({ host, step }) => `${signs[step]} ${host}${step === 'take over' ? ', taken over' : ''}`,
    ),
    ...changes.filter(hasUsers).map((one) => changeLine(one, names)),
    ...linesWithoutUsers(
      changes.filter((one) => !hasUsers(one)),
      names,
    ),
    ...(movedShare > 0 ? [`${percent(movedShare)} of the requests get another cluster`] : []),
  ];
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `... and ${lines.length - MOST_LINES} more`];
}

const hasUsers = ({ requestsPerSecond }: AnswerChange) => requestsPerSecond > 0;

function changeLine(change: AnswerChange, names: TrafficState['names']): string {
  const { place, requestsPerSecond } = change;
  const rate = `${Number(requestsPerSecond.toFixed(1))} requests/s`;
  return `${place}: ${wayOf(change, names)}, ${rate}`;
}

/** Places from where nobody comes yet, together where they change alike. */
function linesWithoutUsers(
  changes: readonly AnswerChange[],
  names: TrafficState['names'],
): readonly string[] {
  const places = new Map<string, string[]>();
  for (const one of changes) {
    const way = wayOf(one, names);
    places.set(way, [...(places.get(way) ?? []), one.place]);
  }
  return [...places].map(([way, all]) => `${listed(all)}: ${way}`);
}

function listed(places: readonly string[]): string {
  const shown = places.slice(0, MOST_PLACES).join(' ');
  const rest = places.length - MOST_PLACES;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function wayOf({ before, after }: AnswerChange, names: TrafficState['names']): string {
  const from = before === undefined ? '' : `${answersText(before, names)} -> `;
  return `${from}${answersText(after, names)}`;
}

/** How well the answers of a table fit, in one line. */
export function fitText({ fit }: RoutingTable): string {
  const added = `${fit.addedMeanMilliseconds < 0 ? '' : '+'}${fit.addedMeanMilliseconds.toFixed(1)} ms`;
  return `DNS can send ${percent(fit.matchedShare)} of the requests to their cluster, ${added} on average`;
}

/** Clusters of an answer in words: `fra`, or `fra 70 %, ams 30 %`. */
export function answersText(answers: readonly TargetShare[], names: TrafficState['names']): string {
  if (answers.length === 0) return 'nothing';
  const [only] = answers;
  const name = (target: string) => names[target] ?? target;
  if (answers.length === 1 && only !== undefined) return name(only.target);
  return answers.map(({ target, share }) => `${name(target)} ${percent(share)}`).join(', ');
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
