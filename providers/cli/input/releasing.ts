/** Releasing: what plan, apply, status, drift and destroy share: the flags, the releases they name, and observing clusters. */
import { dirname } from 'node:path';
import { type DeliverySettings, engineOf } from '../../../constructs/delivery';
import { objectsByCluster } from '../../../constructs/kubernetes/collisions';
import { synth as synthesize } from '../../../constructs/kubernetes/synth';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Fleet } from '../../../constructs/model/fleet';
import { type EdgeError, throwAll } from '../../../constructs/parsing';
import {
  type ObservedPlan,
  type Owner,
  parseRelease,
  type ReleaseProps,
  type Rollout,
} from '../../resources/release';
import { readManifests } from '../../sources/files/manifest-files';
import { resolvePath } from '../../sources/files/text-file';
import { type ExitCode, exit } from '../output/exit';
import { printWarnings } from '../output/print';
import { decisionText } from '../output/print/decision';
import type { Shown } from '../output/print/plan';
import type { Session } from '../output/terminal';
import type { AppFile } from './app-demand';
import { broughtSecrets } from './brought-secrets';
import { decide, decisionFlags, mayAct, replay } from './deciding';
import { deliveryFlags, deliveryOf } from './delivery';
import { type Flags, usageError, type Values } from './flags';
import { loadDocuments } from './inputs';
import { stateFlags } from './release-state';

/** Whoever calls the commands is one owner: a team shares what it applies by them. */
export const commandLine: Owner = { id: 'the command line', name: 'the command line' };

/** How to reach clusters. */
export const reachFlags = {
  parallelism: { value: 'CLUSTERS', doc: 'Clusters at the same time. Default: 16.' },
  deadline: {
    value: 'SECONDS',
    doc: 'How long a cluster may take to become ready, and to let go. Default: 300.',
  },
  answer: {
    value: 'SECONDS',
    doc: 'How long a cluster may take to say what it has before it counts as unreachable. Default: 30.',
  },
} as const satisfies Flags;

/** How carefully to change them. */
export const rolloutFlags = {
  waves: {
    value: 'LIST',
    doc: 'Clusters that go first, small ones before large: counts, shares and label=value, such as 1,25%,tier=canary. The rest goes last; a wave that fails is rolled back.',
  },
  'max-unavailable': {
    value: 'CLUSTERS',
    doc: 'Clusters that change at the same time. Default: all of a wave.',
  },
  'max-failures': {
    value: 'CLUSTERS',
    doc: 'More failed clusters than this stop it. Default: 0 with --waves.',
  },
  soak: { value: 'SECONDS', doc: 'Pause after each wave. Default: 0.' },
  evacuate: {
    value: 'NAME',
    multiple: true,
    doc: 'Lets go of an unreachable cluster that left the decision; it is cleaned when it is back.',
  },
  'force-conflicts': { doc: 'Takes fields that other managers own with other values.' },
  'delete-adopted': {
    doc: 'Also deletes objects that were there before the release, once it is done with them.',
  },
  'take-over': {
    doc: 'Takes the release from another stack, workspace or tool that holds it.',
  },
} as const satisfies Flags;

/** How much of a plan is shown. */
export const onlyFlags = {
  only: {
    value: 'PART',
    doc: 'changed: leaves out apps and clusters that stay as they are.',
  },
} as const satisfies Flags;

/** What plan and apply share. */
export const releaseFlags = {
  ...decisionFlags,
  ...rolloutFlags,
  ...reachFlags,
  ...stateFlags,
  ...deliveryFlags,
} as const satisfies Flags;
/** Values of all of them. */
type ReleaseValues = Omit<Values<typeof releaseFlags>, 'state'>;
type ReachValues = Values<typeof reachFlags>;

/** The releases that flags name. */
export interface Releases {
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly apps: readonly AppFile[];
  readonly releases: readonly ReleaseProps[];
  /** Where relative kubeconfig paths start: beside the fleet. */
  readonly folder: string;
}

/** Places or replays, then synthesizes each app. An exit code when policy or guard say stop. */
export async function releasesOf(
  name: string,
  values: ReleaseValues,
  session: Session,
  more: object = {},
): Promise<Releases | ExitCode> {
  const rollout = { ...rolloutOf(name, values), ...more };
  const chosen = await choose(name, values, session);
  if (typeof chosen === 'number') return chosen;
  const how = { rollout, delivery: deliveryOf(values, session) };
  return { ...chosen, ...(await released(chosen, how, values.fleet ?? '', session)) };
}

interface Chosen {
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly apps: readonly AppFile[];
}

/** How releases are carried out. */
interface How {
  readonly rollout: object;
  readonly delivery: DeliverySettings | undefined;
}

/** One release per app. Throws EdgeErrors where two apps define one object. */
export async function released(
  { decision, fleet, apps }: Chosen,
  { rollout, delivery }: How,
  fleetPath: string,
  session: Session,
): Promise<Pick<Releases, 'releases' | 'folder'>> {
  const folder = dirname(resolvePath(fleetPath, session.cwd));
  const brought = await broughtSecrets(apps, fleet, folder);
  const releases = apps.map(({ app, file }) => {
    const { manifests, ...rest } = app;
    const props = manifests === undefined ? rest : { ...rest, manifests: readManifests(app, file) };
    const bundle = synthesize(props, fleet, brought.get(app.name));
    printWarnings(
      bundle.warnings.map((text) => `${app.name}: ${text}`),
      session,
    );
    const { minClusters = 1 } = app.policy.constraints;
    const { apiVersion: _, kind: __, ...inputs } = { apiVersion: '', kind: '', ...fleet };
    const engine = delivery === undefined ? {} : { delivery };
    const how = { rollout: { minClusters, ...rollout }, ...engine };
    return parseRelease({ bundle, decision, fleet: inputs, ...how });
  });
  objectsByCluster(
    releases.map(({ bundle }) => bundle),
    decision,
  );
  return { releases, folder };
}

async function choose(
  name: string,
  values: ReleaseValues,
  session: Session,
): Promise<Chosen | ExitCode> {
  if (values.decision !== undefined) {
    const replayed = replay(name, '--decision', values.decision, values, session);
    const isSatisfied = replayed.decision.apps.every(({ satisfied }) => satisfied);
    return isSatisfied ? replayed : exit.unsatisfied;
  }
  const { decision, input, apps } = await decide(name, values, session);
  const code = mayAct({ decision, input }, values.allow, session);
  if (code === exit.done) return { decision, fleet: input.fleet, apps };
  if (code === exit.unsatisfied) session.remark(decisionText(decision, session));
  return code;
}

/** The part of a rollout that flags say. Throws EdgeErrors. */
export function rolloutOf(
  name: string,
  values: ReachValues & Partial<Values<typeof rolloutFlags>>,
): Partial<Rollout> {
  const errors: EdgeError[] = [];
  const number = (
    flag: 'parallelism' | 'deadline' | 'answer' | 'soak' | 'max-unavailable' | 'max-failures',
    key: keyof Rollout,
    least: number,
    isWhole: boolean,
  ) => {
    const text = values[flag];
    if (text === undefined) return {};
    const value = Number(text);
    const isGood =
      text.trim() !== '' &&
      value >= least &&
      value <= 86400 &&
      (!isWhole || Number.isInteger(value));
    if (isGood) return { [key]: value };
    const what = isWhole ? 'a whole number' : 'a number';
    errors.push(
      usageError(name, `--${flag}`, `got ${JSON.stringify(text)}, expected ${what} from ${least}`),
    );
    return {};
  };
  const rollout = {
    ...number('parallelism', 'parallelism', 1, true),
    ...number('deadline', 'deadlineSeconds', 0.1, false),
    ...number('answer', 'answerSeconds', 0.1, false),
    ...number('soak', 'soakSeconds', 0, false),
    ...number('max-unavailable', 'maxUnavailableClusters', 1, true),
    ...number('max-failures', 'maxFailures', 0, true),
    ...(values.waves === undefined ? {} : { waves: wavesOf(name, values.waves, errors) }),
    ...(values.evacuate === undefined ? {} : { evacuate: [...values.evacuate] }),
    ...(values['force-conflicts'] === true ? { force: true } : {}),
    ...(values['delete-adopted'] === true ? { deleteAdopted: true } : {}),
    ...(values['take-over'] === true ? { takeOver: true } : {}),
  };
  throwAll(errors);
  return rollout;
}

function wavesOf(name: string, text: string, errors: EdgeError[]): Rollout['waves'] {
  return text.split(',').flatMap((part): Rollout['waves'] => {
    const [, share] = /^(\d+(?:\.\d+)?)\s*%$/.exec(part) ?? [];
    const [, label, value] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (share !== undefined && Number(share) > 0 && Number(share) <= 100) {
      return [{ share: Number(share) / 100 }];
    }
    if (/^[1-9]\d{0,5}$/.test(part)) return [{ clusters: Number(part) }];
    if (label !== undefined && value !== undefined) return [{ match: matchOf(label, value) }];
    const summary = `got the wave ${JSON.stringify(part)}, expected a count, a share or label=value`;
    errors.push(usageError(name, '--waves', summary, 'Write it like 1,25%,tier=canary.'));
    return [];
  });
}

function matchOf(label: string, value: string) {
  const attributes = ['region', 'country', 'provider', 'city', 'name'];
  return attributes.includes(label) ? { [label]: value } : { labels: { [label]: value } };
}

/** What of plans is shown, and what the decision adds to the costs. Throws an EdgeError for a part that there is not. */
export function shownOf(
  name: string,
  { only }: Values<typeof onlyFlags>,
  { apps, inputs }: PlacementDecision,
): Shown {
  if (only !== undefined && only !== 'changed') {
    const summary = `got ${JSON.stringify(only)}, expected changed`;
    throw usageError(name, '--only', summary, 'Write --only changed, or leave it out.');
  }
  // Against nothing, the costs of what runs already would be said to be added.
  const isKnown = inputs.previous !== null;
  const usdPerHourDelta = isKnown ? apps.reduce((sum, { cost }) => sum + cost.delta, 0) : 0;
  return { onlyChanged: only === 'changed', usdPerHourDelta };
}

/** Runs `work` and closes what is open, whatever happens. */
export async function closing<T>(
  open: readonly Pick<ObservedPlan, 'close'>[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all(open.map((one) => one.close()));
  }
}

/** Releases by name and namespace alone, for commands that need no decision. */
export function homesOf(
  name: string,
  values: Pick<ReleaseValues, 'app' | 'fleet'> & Partial<Pick<ReleaseValues, 'delivery'>>,
  session: Session,
): {
  readonly fleet: Fleet;
  readonly homes: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly delivery: DeliverySettings | undefined;
  }[];
  readonly folder: string;
} {
  const { apps, fleet } = loadDocuments(name, values, session);
  const delivery = deliveryOf({ delivery: values.delivery }, session);
  const homes = apps.map(({ app, file }) => {
    const { manifests, ...rest } = app;
    const props = manifests === undefined ? rest : { ...rest, manifests: readManifests(app, file) };
    const home = delivery === undefined ? undefined : engineOf(delivery).namespace;
    const namespace = home ?? synthesize(props, fleet).namespace;
    return { name: app.name, namespace, delivery };
  });
  return { fleet, homes, folder: dirname(resolvePath(values.fleet ?? '', session.cwd)) };
}
