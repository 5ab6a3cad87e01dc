/** Users: where a release moves, they are sent to its new clusters once those serve, and are gone from the old ones before anything is removed. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import { type RetirementWorld, reasonToStay, retirementWorldOf } from '../../resources/retirement';
import {
  changesTraffic,
  liveTraffic,
  type TrafficPlan,
  type TrafficProps,
  type TrafficState,
  traffic,
  trafficWorldOf,
  waitUntilGone,
} from '../../resources/traffic';
import { type ExitCode, exit } from '../output/exit';
import { printWarnings } from '../output/print';
import { remarkRefusals, trafficText } from '../output/print/traffic';
import type { Session } from '../output/terminal';
import type { InputValues } from './inputs';
import {
  type DecidedApps,
  type RetireValues,
  retireOf,
  type TrafficValues,
  trafficOf,
} from './traffic';

/** What an apply does with users. */
export interface Users {
  /** Whether answers would change. */
  readonly changes: boolean;
  /** Prints what would change; false when a guard forbids it. */
  readonly show: () => boolean;
  /** For the release: sends its users on and waits until they are gone. Why nothing may be removed, or undefined. */
  readonly beforeRemoval: (
    release: string,
    leaving: readonly string[],
  ) => Promise<string | undefined>;
  /** Sends users of apps that left no cluster. */
  readonly send: () => Promise<ExitCode>;
}

interface Planned {
  readonly props: TrafficProps;
  readonly live: TrafficState;
  readonly plan: TrafficPlan;
}

/** Where it is shown and stopped. */
export interface Around {
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** Reads what is published now. Without --powerdns nothing is; apps with exposure then get a remark. Throws EdgeErrors. */
export async function usersOf(
  name: string,
  values: InputValues & TrafficValues & RetireValues,
  decided: DecidedApps,
  around: Around,
): Promise<Users> {
  const isAfterDns = retireOf(name, values) === 'after-dns';
  const exposed = decided.apps.filter(({ app }) => app.exposure !== undefined);
  if (exposed.length === 0) return nobody(exposed, around);
  if (values.powerdns === undefined && !isAfterDns) return nobody(exposed, around);
  const world = trafficWorldOf(around.session.cwd, around.session.env);
  const all: Planned[] = [];
  for (const { props, live: hosts } of await trafficOf(name, values, around.session, decided)) {
    const live = await liveTraffic(hosts, world);
    all.push({ props, live, plan: traffic.plan(live, props) });
  }
  return values.powerdns === undefined ? afterOthers(all, values, around) : moving(all, around);
}

/** What failed is a reason to keep what runs; a bug is none. */
function reasonsIn(thrown: unknown): readonly string[] {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown;
  return errors.map(({ summary }) => summary);
}

function nobody(exposed: DecidedApps['apps'], { session }: Around): Users {
  return {
    changes: false,
    show: () => true,
    beforeRemoval: async (release, leaving) => {
      const app = exposed.find((one) => one.app.name === release)?.app;
      if (app === undefined) return undefined;
      const { hosts = [], dns } = app.exposure ?? {};
      printWarnings(
        [
          `${release} is removed from ${leaving.join(', ')} now; users of ${hosts.join(', ')} may still be sent there, since ${dns?.system ?? 'DNS'} is not written by this call (--powerdns URL)`,
        ],
        session,
      );
      return undefined;
    },
    send: async () => exit.done,
  };
}

function moving(all: readonly Planned[], around: Around): Users {
  const { session } = around;
  const sent = new Map<string, readonly string[]>();
  const world = trafficWorldOf(session.cwd, session.env);
  const sendOne = async ({ props, live }: Planned): Promise<readonly string[]> => {
    const { app } = props.table;
    const before = sent.get(app);
    if (before !== undefined) return before;
    const { problems, warnings } = await traffic.reconcile(live, props, world);
    printWarnings(warnings, session);
    const reasons = problems.map(({ summary }) => summary);
    sent.set(app, reasons);
    return reasons;
  };
  return {
    changes: all.some(({ plan }) => changesTraffic(plan)),
    show: () => {
      for (const { props, plan } of all) {
        session.print(trafficText(props, plan, session));
        remarkRefusals(plan, session);
      }
      return all.every(({ plan }) => plan.refusals.length === 0);
    },
    beforeRemoval: async (release, leaving) => {
      const its = all.find(({ props }) => props.table.app === release);
      if (its === undefined) return undefined;
      const [reason] = await sendOne(its).catch(reasonsIn);
      return reason ?? waited(its, leaving, around);
    },
    send: async () => {
      const reasons: string[] = [];
      for (const one of all) reasons.push(...(await sendOne(one)));
      for (const reason of reasons) session.remark(`${reason}\n`);
      return reasons.length === 0 ? exit.done : exit.partial;
    },
  };
}

/**
 * Waits until resolvers have forgotten the answers there were, and until nobody comes. When those were replaced by an
 * earlier call that was cut off, nobody knows since when, so the whole time is waited again.
 */
async function waited(
  { live, props }: Planned,
  leaving: readonly string[],
  around: Around,
): Promise<string | undefined> {
  const { drain, ttlSeconds: ttl } = props.table;
  const before = live.hosts.flatMap(({ rrsets }) => rrsets.map((one) => one.ttl));
  const ttlSeconds = Math.max(ttl, ...before);
  return waitUntilGone({ drain, ttlSeconds, leaving }, worldFor(around));
}

function worldFor({ session, signal }: Around): RetirementWorld {
  const say = (line: string) => session.remark(`${line}\n`);
  return retirementWorldOf(session.cwd, session.env, { say, signal });
}

/** Where others write DNS: a cluster is left once their name servers no longer lead there, and nobody comes. */
function afterOthers(
  all: readonly Planned[],
  { nameserver = [], geoip }: RetireValues,
  around: Around,
): Users {
  const world = worldFor(around);
  return {
    changes: false,
    show: () => true,
    beforeRemoval: async (release, leaving) => {
      const its = all.find(({ props }) => props.table.app === release);
      if (its === undefined) return undefined;
      const { table, readySeconds, endpointCaFile } = its.props;
      const asking = { nameservers: [...nameserver], geoip, answerSeconds: readySeconds };
      const whom = { table, leaving: [...leaving], readySeconds, endpointCaFile };
      return reasonToStay(undefined, { ...whom, ...asking }, world).catch((thrown: unknown) =>
        reasonsIn(thrown).join('; '),
      );
    },
    send: async () => exit.done,
  };
}
