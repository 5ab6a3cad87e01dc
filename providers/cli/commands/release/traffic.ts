/** littoral traffic: shows and publishes the answers of DNS that send users to the chosen clusters. */
import type { Reconciled } from '../../../resources/contract';
import {
  changesTraffic,
  liveTraffic,
  traffic as resource,
  type TrafficPlan,
  type TrafficProps,
  type TrafficWorld,
  trafficWorldOf,
} from '../../../resources/traffic';
import { approvalFlags, approved } from '../../input/approval';
import { type Flags, usageError, type Values } from '../../input/flags';
import { decidedFlags } from '../../input/inputs';
import { type AppTraffic, liveHostsOf, trafficFlags, trafficOf } from '../../input/traffic';
import { type ExitCode, exit } from '../../output/exit';
import { printWarnings } from '../../output/print';
import { remarkRefusals, trafficText } from '../../output/print/traffic';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...decidedFlags,
  ...trafficFlags,
  'take-over': { doc: 'Replaces records of another owner, or that littoral did not write.' },
  json: { doc: 'Prints the routing tables and what would change.' },
  ...approvalFlags,
} as const satisfies Flags;
type TrafficFlags = Values<typeof flags>;
type Action = 'plan' | 'apply' | 'delete';

/** The command `traffic`. */
export const traffic = command({
  name: 'traffic',
  usage: [
    'littoral traffic plan --app APP.yaml [--app ...] --fleet FLEET.yaml [--decision LOCK] [--powerdns URL]',
    'littoral traffic apply --app APP.yaml ... --powerdns URL [--yes]',
    'littoral traffic delete --app APP.yaml ... --powerdns URL [--yes]',
  ],
  about:
    'Computes for each app with exposure which cluster DNS answers users of each country with, says how well that fits the decision, and publishes it to PowerDNS: in one transaction, once every cluster that is newly answered serves. Refused (exit code 4) are records of others, a decision older than the published one, and moving too many users at once. plan ends with exit code 10 when something would change.',
  flags,
  words: 1,
  examples: [
    [
      'littoral traffic plan --app shop.yaml --fleet fleet.yaml --decision shop.lock.json --powerdns http://127.0.0.1:8081',
      'who would be answered otherwise, country by country',
    ],
    [
      'littoral traffic apply --app shop.yaml --fleet fleet.yaml --decision shop.lock.json --powerdns http://127.0.0.1:8081 --yes',
      'the same, done',
    ],
  ],
  run: async (values, session, [word]) => {
    const action = actionOf(word, values);
    const world = trafficWorldOf(session.cwd, session.env);
    if (action === 'delete') return withdraw(values, world, session);
    const apps = await trafficOf('traffic', { ...values, previous: undefined }, session);
    const planned = await Promise.all(apps.map((one) => plannedOf(one, world)));
    if (values.json) session.print(`${JSON.stringify(planned.map(documentOf), null, 2)}\n`);
    else for (const { props, plan } of planned) session.print(trafficText(props, plan, session));
    for (const { plan } of planned) remarkRefusals(plan, session);
    if (planned.some(({ plan }) => plan.refusals.length > 0)) return exit.guard;
    const isIdle = !planned.some(({ plan }) => changesTraffic(plan));
    if (action === 'plan') return isIdle ? exit.done : exit.difference;
    if (!isIdle && !values.yes && !(await approved('apply', session))) return exit.guard;
    const done = [];
    for (const { props, live } of planned) {
      const one = await resource.reconcile(live, props, world);
      done.push(one);
      const isPublished = one.problems.length === 0 && changesTraffic(one.outcome);
      if (isPublished && !values.json) session.print(publishedText(props, session));
    }
    return reportOf(done, session);
  },
});

function actionOf(word: string | undefined, { powerdns }: TrafficFlags): Action {
  if (word !== 'plan' && word !== 'apply' && word !== 'delete') {
    const summary = word === undefined ? 'is missing' : `got ${JSON.stringify(word)}`;
    throw usageError('traffic', 'ACTION', `${summary}, expected plan, apply or delete`);
  }
  if (word === 'plan' || powerdns !== undefined) return word;
  throw usageError('traffic', '--powerdns', 'is missing', 'Add --powerdns URL.');
}

async function plannedOf({ props, live: hosts }: AppTraffic, world: TrafficWorld) {
  const live = await liveTraffic(hosts, world);
  return { props, live, plan: resource.plan(live, props) };
}

async function withdraw(
  values: TrafficFlags,
  world: TrafficWorld,
  session: Session,
): Promise<ExitCode> {
  const states = await Promise.all(
    liveHostsOf('traffic', values, session).map((one) => liveTraffic(one, world)),
  );
  const lines = states.flatMap((state) => resource.plan(state, undefined).lines);
  for (const line of lines) session.print(`${line}\n`);
  if (lines.length > 0 && !values.yes && !(await approved('destroy', session))) return exit.guard;
  const done = [];
  for (const state of states) done.push(await resource.delete(state, world));
  return reportOf(done, session);
}

function publishedText({ table, powerdns }: TrafficProps, { paint }: Session): string {
  return `${paint('green', 'published')} ${table.hosts.join(', ')} at ${powerdns?.url}\n`;
}

function documentOf({ props, plan }: { readonly props: TrafficProps; readonly plan: TrafficPlan }) {
  const { hosts, changes, movedShare, refusals } = plan;
  const reasons = refusals.map(({ path, summary, remedy }) => ({ path, summary, remedy }));
  return { table: props.table, hosts, changes, movedShare, refusals: reasons };
}

function reportOf(
  done: readonly Pick<Reconciled<unknown, unknown>, 'problems' | 'warnings'>[],
  session: Session,
): ExitCode {
  for (const { problems, warnings } of done) {
    printWarnings(warnings, session);
    for (const { summary, remedy } of problems) session.remark(`${summary}\n  ${remedy}\n`);
  }
  const short = done.filter(({ problems }) => problems.length > 0).length;
  if (short === 0) return exit.done;
  return short === done.length ? exit.failure : exit.partial;
}
