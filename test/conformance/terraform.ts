/** Terraform as a wire: configurations in, Terraform's own rules, gRPC, and the provider behind them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetirementWorld } from '../../providers/resources/retirement';
import type { TrafficWorld } from '../../providers/resources/traffic';
import { littoral } from '../../providers/terraform/littoral';
import type {
  Context,
  Diagnostic,
  Fields,
  Provider,
  Value,
} from '../../providers/terraform/protocol/provider';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { appsShape, placementSchema } from '../../providers/terraform/resources/placement/schema';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { releaseSchema, rolloutShape } from '../../providers/terraform/resources/release/schema';
import { retirementIn } from '../../providers/terraform/resources/retirement';
import {
  retirementSchema,
  retirementShape,
} from '../../providers/terraform/resources/retirement-schema';
import { trafficIn } from '../../providers/terraform/resources/traffic';
import { trafficSchema, trafficShape } from '../../providers/terraform/resources/traffic-schema';
import { hclValue } from '../../providers/terraform/schema/values';
import type { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { host, powerdns } from '../resources/traffic-world';
import { Core, type Reviewed } from '../terraform/core';
import { type Over, servedOver, wired } from '../terraform/over-wire';
import { stoppable } from './contract';
import type {
  PlacementInputs,
  PlacementWire,
  ReleaseInputs,
  ReleaseWire,
  RetirementInputs,
  TrafficInputs,
  TrafficWire,
  Wire,
  WireOutcome,
  WirePlan,
} from './wire';

/** A call's surroundings in a folder. */
export function contextIn(folder: string, signal = new AbortController().signal): Context {
  return {
    signal,
    log: () => undefined,
    settings: { base_directory: folder, request_timeout_seconds: null },
  };
}

const textsOf = (diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']) =>
  diagnostics
    .filter((one) => one.severity === severity)
    .map(({ summary, detail }) => `${summary} ${detail}`);

function planOf({ action, planned, diagnostics }: Reviewed): WirePlan {
  return {
    changes: action !== 'none',
    errors: textsOf(diagnostics, 'error'),
    warnings: textsOf(diagnostics, 'warning'),
    text: JSON.stringify(planned),
  };
}

const outcomeOf = (diagnostics: readonly Diagnostic[]): WireOutcome => ({
  errors: textsOf(diagnostics, 'error'),
});

const opened: Promise<Over>[] = [];

function serve(provider: Provider, folder: string): Promise<Over> {
  const over = servedOver(provider, contextIn(folder).settings);
  opened.push(over);
  return over;
}

/** Ends every server that a test has started. */
export async function endAll(): Promise<void> {
  for (const over of opened.splice(0)) (await over).end();
}

/** The verbs that are the same for both resources. */
function managed<Inputs>(core: Core, configOf: (inputs: Inputs) => Fields) {
  return {
    plan: async (inputs: Inputs) => planOf(await core.plan(configOf(inputs))),
    apply: async (inputs: Inputs) => outcomeOf(await core.apply(configOf(inputs))),
    refresh: async () => void (await core.refresh()),
    destroy: async () => outcomeOf(await core.apply(null)),
    forget: () => {
      core.state = undefined;
    },
    state: () => JSON.stringify(core.state ?? null),
  };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function releaseWire(clusters: Clusters, stack = 'one'): ReleaseWire {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-wire-'));
  folders.push(folder);
  let world = worldIn(clusters) as ReturnType<typeof stoppable>;
  const started = () =>
    releaseIn(
      () => world,
      () => stack,
    );
  const core = new Core(started(), contextIn(folder));
  const configOf = ({ bundle, decision, fleet, rollout, name }: ReleaseInputs): Fields => {
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
    const header = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet' };
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ ...header, ...fleet }));
    writeFileSync(join(folder, 'lock.json'), JSON.stringify(decision));
    // Every command starts the provider anew.
    core.resource = started();
    return fieldsOf(releaseSchema.attributes, {
      bundle: 'bundle.json',
      decision: JSON.stringify(decision),
      fleet: JSON.stringify(fleet),
      rollout: hclValue(rolloutShape, rollout),
      name: name ?? null,
    });
  };
  const verbs = managed(core, configOf);
  return {
    ...verbs,
    applyUntil: async (inputs, when) => {
      world = stoppable(clusters, when);
      const outcome = await verbs.apply(inputs);
      world = worldIn(clusters);
      return outcome;
    },
    import: async (inputs) => {
      configOf(inputs);
      const id = 'fleet=fleet.json,bundle=bundle.json,decision=lock.json';
      const { state, hidden = new Uint8Array() } = await core.resource.import(
        id,
        contextIn(folder),
      );
      core.state = { fields: state, hidden, tainted: false };
      return { errors: [] };
    },
  };
}

function placementWire(): PlacementWire {
  const open = serve(littoral, '/');
  const core = new Core(wired(open, 'littoral_placement', placementSchema), contextIn('/'));
  const json = (value: object | null): string | null => value && JSON.stringify(value);
  const configOf = (inputs: PlacementInputs): Fields =>
    fieldsOf(placementSchema.attributes, {
      apps: hclValue(appsShape, inputs.apps),
      fleet: JSON.stringify(inputs.fleet),
      demands: Object.fromEntries(
        Object.entries(inputs.demands ?? {}).map(([app, one]) => [app, json(one)]),
      ),
      lock: json(inputs.lock ?? null),
      allow_unsatisfied: inputs.allowUnsatisfied ?? null,
      allow: (inputs.allow ?? null) as Value,
    });
  return {
    ...managed(core, configOf),
    pathStyle: 'snake_case',
    import: async () => ({ errors: [] }),
    decided: () => {
      const { digest, clusters } = core.state?.fields ?? {};
      return { digest: String(digest), clusters: clusters as readonly string[] };
    },
  };
}

function trafficWire(world: TrafficWorld, stack = 'one'): TrafficWire {
  const folder = '/';
  const started = () =>
    trafficIn(
      () => world,
      () => stack,
    );
  const core = new Core(started(), contextIn(folder));
  const configOf = ({ table, ...inputs }: TrafficInputs): Fields => {
    // Every command starts the provider anew.
    core.resource = started();
    const written = hclValue(trafficShape, inputs) as Fields;
    return fieldsOf(trafficSchema.attributes, { ...written, table: JSON.stringify(table) });
  };
  return {
    ...managed(core, configOf),
    records: async (inputs) => (await core.plan(configOf(inputs))).planned?.records,
    import: async () => {
      const id = `${host}@${powerdns.url}`;
      const { state, hidden = new Uint8Array() } = await core.resource.import(
        id,
        contextIn(folder),
      );
      core.state = { fields: state, hidden, tainted: false };
      return { errors: [] };
    },
  };
}

function retirementWire(world: RetirementWorld): ReturnType<Wire['retirement']> {
  const core = new Core(
    retirementIn(() => world),
    contextIn('/'),
  );
  const configOf = ({ release, table, ...inputs }: RetirementInputs): Fields =>
    fieldsOf(retirementSchema.attributes, {
      ...(hclValue(retirementShape, inputs) as Fields),
      release: JSON.stringify({ release }),
      table: JSON.stringify(table),
    });
  return managed(core, configOf);
}

/** Terraform. */
export const terraform: Wire = {
  name: 'Terraform',
  release: releaseWire,
  placement: placementWire,
  traffic: trafficWire,
  retirement: retirementWire,
};
