/** What the resources do with what Terraform does not know, with what is too much to tell, and with states of other times. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type Fields,
  isKnown,
  type Path,
  Unknown,
  unknown,
  type Value,
} from '../../providers/terraform/protocol/provider';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { demand } from '../../providers/terraform/resources/demand';
import { fleet } from '../../providers/terraform/resources/fleet';
import { readDecision } from '../../providers/terraform/resources/placement/decision';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { appsShape } from '../../providers/terraform/resources/placement/schema';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { settingsMistakes } from '../../providers/terraform/resources/settings';
import { hclValue } from '../../providers/terraform/schema/values';
import { demandDocument, fleetDocumentOf } from '../conformance/placement-inputs';
import { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { apps, context, folder, placing, releasing } from './configurations';
import { Core } from './core';

/** Every place in a value that has something. */
function placesIn(value: Value, path: Path = []): readonly Path[] {
  if (value === null || value instanceof Unknown) return [];
  if (typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))];
}

function withUnknown(value: Value, [step, ...rest]: Path): Value {
  if (step === undefined || value instanceof Unknown || value === null) return unknown;
  if (Array.isArray(value)) {
    return value.map((one, index) =>
      String(index) === String(step) ? withUnknown(one, rest) : one,
    );
  }
  const record = value as Readonly<Record<string, Value>>;
  return { ...record, [step]: withUnknown(record[step] ?? null, rest) };
}

describe.each([
  ['a placement', placement, placing()],
  ['a release', releaseIn(() => worldIn(new Clusters())), releasing(['a', 'b'])],
] as const)('%s with unknown inputs', (_, resource, config) => {
  const places = placesIn(config).filter((path) => path.length > 0);
  const some = fc
    .subarray([...places], { minLength: 1, maxLength: 3 })
    .map((paths) => paths.reduce<Value>(withUnknown, config) as Fields);
  const computed = resource.schema.attributes.filter(({ use }) => use === 'computed');

  it('plans nothing that it cannot know, at any depth', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (proposed) => {
        const request = { prior: null, proposed, config: proposed, hidden: new Uint8Array() };
        const { planned, diagnostics = [] } = await resource.plan(request, context);
        expect(diagnostics).toEqual([]);
        const complete = await resource.plan(
          { prior: null, proposed: config, config, hidden: new Uint8Array() },
          context,
        );
        for (const { name } of computed) {
          if (!isKnown(planned?.[name] ?? null)) continue;
          expect(planned?.[name]).toEqual(complete.planned?.[name]);
        }
        for (const [name, value] of Object.entries(proposed)) {
          if (!computed.some((one) => one.name === name)) expect(planned?.[name]).toEqual(value);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('blames nobody for what may still be right', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (written) => {
        expect(await resource.validate(written)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('validating', () => {
  const wrong = (app: object) => placement.validate(placing({ apps: hclValue(appsShape, [app]) }));

  it('still finds what is wrong beside something unknown', async () => {
    const [app] = hclValue(appsShape, apps) as readonly Fields[];
    const config = placing({
      apps: [{ ...app, name: unknown, demand: '' } as Value],
    });
    expect(await placement.validate(config)).toEqual([
      expect.objectContaining({
        path: ['apps'],
        detail: expect.stringMatching(/apps\[0\]\.demand/),
      }),
    ]);
  });

  it('does not hold a known bound against an unknown one', async () => {
    const [app] = apps as readonly { readonly policy: object }[];
    const policy = { constraints: { minClusters: 7 } };
    const [written] = hclValue(appsShape, [{ ...app, policy }]) as readonly Fields[];
    const bounded = (max: Value) => placing({ apps: [withUnknownAt(written ?? {}, max)] });
    expect(await placement.validate(bounded(unknown))).toEqual([]);
    expect(await placement.validate(bounded(6))).toHaveLength(1);
  });

  it('wants one of two ways to say it', async () => {
    expect(await wrong({ ...apps[0], manifests: ['a.yaml'] })).toHaveLength(1);
    expect(await placement.validate(placing({ apps: null }))).toHaveLength(1);
    expect(await placement.validate(placing({ documents: ['x'] }))).toHaveLength(1);
    const release = releaseIn(() => worldIn(new Clusters()));
    expect(await release.validate(releasing(['a'], { document: 'x' }))).toHaveLength(1);
    expect(await release.validate(releasing(['a'], { bundle: null }))).toHaveLength(1);
  });

  it('names the line of a document', async () => {
    const text =
      'apiVersion: littoral.dev/v1alpha1\nkind: EdgeApp\nname: Shop\nworkload: {image: a}\n';
    const [first, ...rest] = await placement.validate(placing({ apps: null, documents: [text] }));
    expect(first).toMatchObject({
      path: ['documents'],
      detail: expect.stringMatching(/line 3, name/),
    });
    expect(rest.length).toBeGreaterThan(0);
  });

  it('keeps seconds of the provider block in bounds', () => {
    expect(settingsMistakes({ request_timeout_seconds: 0 })).toHaveLength(1);
    expect(settingsMistakes({ request_timeout_seconds: 30 })).toEqual([]);
    expect(settingsMistakes({ request_timeout_seconds: unknown })).toEqual([]);
  });
});

/** The app with this bound above. */
function withUnknownAt(app: Fields, max: Value): Value {
  const policy = app.policy as Fields;
  const constraints = { ...(policy.constraints as Fields), max_clusters: max };
  return { ...app, policy: { ...policy, constraints } };
}

describe('the data sources', () => {
  const reading = (more: Fields): Fields => fieldsOf(demand.schema.attributes, more);
  const home = join(folder, 'clusters');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'demand.json'), JSON.stringify(demandDocument({ oa: 1.5, ob: 2 })));
  const access = { kubeconfig: 'kubeconfig', context: 'a' };
  const [one] = (fleetDocumentOf() as { clusters: object[] }).clusters;
  const document = { ...fleetDocumentOf(), clusters: [{ ...one, access }] };
  writeFileSync(join(home, 'fleet.json'), JSON.stringify(document));

  it('read relative to base_directory (pitfall 16), and tell it in one line', async () => {
    const { state } = await demand.read(reading({ file: 'clusters/demand.json' }), context);
    expect(state).toMatchObject({
      requests_per_second: 3.5,
      origins: 2,
      summary: '3.50 requests/s from 2 origins, observed at 2026-11-21T05:30:00Z',
    });
  });

  it('tell what is known of each cluster by its name', async () => {
    writeFileSync(join(folder, 'known.json'), JSON.stringify(fleetDocumentOf()));
    const config = fieldsOf(fleet.schema.attributes, { file: 'known.json' });
    const { state } = await fleet.read(config, context);
    const known = state.by_name as Readonly<Record<string, Fields>>;
    expect(Object.keys(known)).toEqual(state.clusters);
    expect(known.b).toMatchObject({ region: 'equator', country: 'CD', longitude: 20, city: null });
  });

  it('keep what a fleet refers to reachable from where its text goes', async () => {
    const config = fieldsOf(fleet.schema.attributes, { file: 'clusters/fleet.json' });
    const { state } = await fleet.read(config, context);
    const read = JSON.parse(String(state.document));
    expect(read.clusters[0].access.kubeconfig).toBe('clusters/kubeconfig');
    expect(state).toMatchObject({ clusters: ['a'], unreachable: [], summary: '1 cluster' });
  });

  it('take failing metrics for no demand, or for an error, as they are told', async () => {
    const prometheus = { url: 'http://127.0.0.1:9', query: 'up', retries: 0 };
    const quiet = await demand.read(reading({ prometheus }), context);
    expect(quiet.state.document).toBe(null);
    expect(quiet.diagnostics?.map(({ severity }) => severity)).toEqual(['warning']);
    const strict = await demand.read(reading({ prometheus, allow_missing: false }), context);
    expect(strict.diagnostics?.map(({ severity }) => severity)).toEqual(['error']);
  });

  it('never repeat a credential', async () => {
    const url = 'http://ann:correct-horse@127.0.0.1:9';
    const told = await demand.validate(reading({ prometheus: { url, query: 'up' } }));
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain('correct-horse');
  });
});

it('names the keys of a demand as the demand has them, not as HCL would', async () => {
  const { observedAt, ...rest } = demandDocument({ oa: 1 }) as { readonly observedAt: string };
  const demands = { shop: JSON.stringify({ ...rest, observed: observedAt }) };
  const { diagnostics } = await new Core(placement, context).plan(placing({ demands }));
  expect(JSON.stringify(diagnostics)).toContain('observedAt');
  expect(JSON.stringify(diagnostics)).toContain('validForSeconds');
});

describe('several apps', () => {
  it('are told by their names', async () => {
    const [app] = apps;
    const both = [app, { ...app, name: 'cart' }];
    const text = JSON.stringify(demandDocument({ oa: 100, oc: 100 }));
    const core = new Core(placement, context);
    const config = placing({
      apps: hclValue(appsShape, both),
      demands: { shop: text, cart: text },
    });
    expect(await core.apply(config)).toEqual([]);
    const { fields } = core.state ?? {};
    expect(fields?.id).toBe('cart,shop');
    expect(fields?.delta).toContainEqual(expect.stringMatching(/^\+ cart\/a {2}/));
    expect(fields?.replicas).toEqual({ a: 2, c: 2 });
    // Of both apps together, and as much as each has by itself.
    const { placements } = readDecision(fields?.decision as string);
    const each = Object.values(placements as object) as Readonly<
      Record<string, Readonly<Record<string, number>> & number>
    >[];
    const of = (cluster: string) =>
      each.reduce((sum, one) => sum + (one.requests_per_second?.[cluster] ?? 0), 0);
    expect(of('a')).toBeGreaterThan(0);
    expect(fields?.requests_per_second).toEqual({ a: of('a'), c: of('c') });
    const cost = each.reduce((sum, one) => sum + (one.usd_per_hour ?? Number.NaN), 0);
    expect(fields?.usd_per_hour).toBeCloseTo(cost, 3);
    const told = fields?.requirements as readonly string[];
    expect(told.every((line) => /^(cart|shop): /.test(line))).toBe(true);
  });

  it('tell of a change only the apps that it moves, and of a new image nothing', async () => {
    const [app] = apps as readonly [{ readonly workload: object }];
    const texts = (oc: number) => JSON.stringify(demandDocument({ oa: 100, oc }));
    const config = (image: string, oc: number) =>
      placing({
        apps: hclValue(appsShape, [
          { ...app, workload: { ...app.workload, image } },
          { ...app, name: 'cart' },
        ]),
        demands: { shop: texts(oc), cart: texts(100) },
      });
    const core = new Core(placement, context);
    expect(await core.apply(config('r.example/shop:1', 100))).toEqual([]);
    await core.refresh();
    const image = await core.plan(config('r.example/shop:2', 100));
    expect(image.action).toBe('update');
    expect(image.planned?.delta).toEqual([]);
    const moved = await core.plan(config('r.example/shop:2', 2500));
    const lines = moved.planned?.delta as readonly string[];
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !/^[+=-] shop\//.test(line))).toEqual([]);
    expect(JSON.parse((moved.planned?.origins as Fields).shop as string).oa).toEqual({ a: 1 });
  });

  it('that ask Prometheus themselves are sent to the data source', async () => {
    const app = { ...apps[0], demand: { prometheus: { url: 'http://x', query: 'up' } } };
    const core = new Core(placement, context);
    const plan = await core.plan(placing({ apps: hclValue(appsShape, [app]), demands: null }));
    expect(plan.diagnostics[0]).toMatchObject({
      path: ['apps'],
      detail: expect.stringContaining('demands = { "shop" = data.littoral_demand.shop.document }'),
    });
  });
});

describe('state of an older version', () => {
  it('is made new from the decision, whatever else it says', async () => {
    const core = new Core(placement, context);
    await core.apply(placing());
    const { fields } = core.state ?? {};
    const old = { apps: fields?.apps, fleet: fields?.fleet, decision: fields?.decision, chosen: 1 };
    const now = placement.upgrade(0, old);
    expect(now).toMatchObject({ apps: fields?.apps, clusters: ['a', 'c'], digest: fields?.digest });
    expect(Object.keys(now).sort()).toEqual(Object.keys(fields ?? {}).sort());
  });

  it('of a newer one is refused', () => {
    expect(() => placement.upgrade(7, {})).toThrow(/a newer littoral wrote it/);
    expect(() => releaseIn(() => worldIn(new Clusters())).upgrade(7, {})).toThrow(/newer/);
  });
});
