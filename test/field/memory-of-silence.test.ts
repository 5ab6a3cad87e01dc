/** Memory of silence: since when a cluster does not answer outlives each reading of it, so that its toleration runs out unattended. */
import fc from 'fast-check';
import { fleetDocument } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import type { EdgeAppInput } from '../../constructs/policy/edge-app-document';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { verify } from '../../constructs/verification';
import { placementProvider } from '../../providers/pulumi/runtime/placement-provider';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { placement as terraformPlacement } from '../../providers/terraform/resources/placement/placement';
import { appsShape } from '../../providers/terraform/resources/placement/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { cluster, demand, fleet, NOW, origin } from '../build';
import { caller } from '../cli/calling';
import { context, placing } from '../terraform/configurations';
import { Core } from '../terraform/core';

const instant = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

type State = 'ready' | 'unreachable';
/** What a live reading at `seconds` says: a silent cluster is silent since now, as no reading knows more. */
const reading = (seconds: number, state: State = 'unreachable', more: object = {}) => ({
  ...fleet(
    cluster('fra').with(state === 'ready' ? more : { state, since: instant(seconds), ...more }),
    cluster('iad').at(39, -77),
  ),
  observedAt: instant(seconds),
});
const written: EdgeAppInput = {
  name: 'shop',
  workload: {
    image: 'shop:1',
    port: 80,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 50,
  },
  demand: { observedAt: NOW, validForSeconds: 1800, origins: [origin('de', 100).written] },
  policy: {
    constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 0 },
    guard: { maxDroppedShare: 1 },
  },
};
const shop = parseEdgeApp(written);
const where = (decision: ReturnType<typeof place>) =>
  decision.apps[0]?.clusters.map(({ name }) => name).join();

/** Decides once for each reading, each from the decision before. */
function decideAlong(fleets: readonly ReturnType<typeof reading>[], app = shop) {
  const first = place({ apps: [app], fleet: reading(-60, 'ready') });
  const all = [first];
  for (const one of fleets) {
    const input = { apps: [app], fleet: one, previous: all.at(-1) ?? first };
    const decision = place(input);
    expect(verify(decision, input).findings).toEqual([]);
    all.push(decision);
  }
  return all.slice(1).map(where);
}

describe('a cluster that falls silent', () => {
  it('is left when its toleration has passed, although every reading says since now', () => {
    const seconds = [0, 120, 299, 300, 420];
    expect(decideAlong(seconds.map((at) => reading(at)))).toEqual([
      'fra',
      'fra',
      'fra',
      'iad',
      'iad',
    ]);
  });

  it('has a clock that starts anew once a decision saw it answer', () => {
    const ready = reading(200, 'ready');
    const all = [reading(0), reading(150), ready, reading(250), reading(500), reading(550)];
    expect(decideAlong(all)).toEqual(['fra', 'fra', 'fra', 'fra', 'fra', 'iad']);
  });

  it('is left by the earliest decision that saw it, in any rhythm of readings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
        (steps) => {
          const times = steps.map((_, i) => steps.slice(0, i + 1).reduce((a, b) => a + b, 0));
          const [first = 0] = times;
          expect(decideAlong(times.map((at) => reading(at)))).toEqual(
            times.map((at) => (at - first < 300 ? 'fra' : 'iad')),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps its clock while the metrics are gone as well', () => {
    const blind = parseEdgeApp({ ...written, demand: undefined });
    const demands = { shop: demand(origin('de', 100)) };
    const first = place({ apps: [blind], demand: demands, fleet: reading(-60, 'ready') });
    const silent = place({ apps: [blind], fleet: reading(0), previous: first });
    expect(silent.apps[0]?.clusters[0]?.unreachableSince).toBe(instant(0));
    expect(verify(silent, { apps: [blind], fleet: reading(0), previous: first }).findings).toEqual(
      [],
    );
    const seen = { ...demands.shop, observedAt: instant(310) };
    const back = { apps: [blind], demand: { shop: seen }, fleet: reading(310), previous: silent };
    expect(where(place(back))).toBe('iad');
  });

  it('does not make a demand stale that was measured before the fleet was asked', () => {
    const late = place({ apps: [shop], fleet: reading(86_400, 'ready') });
    expect(late.apps[0]?.warnings).toEqual([]);
    expect(late.now).toBe(instant(86_400));
  });

  it('is not said to be of another fleet only because it was asked again', () => {
    const at = (seconds: number) => place({ apps: [shop], fleet: reading(seconds, 'ready') });
    expect(at(0).inputs.fleet).toBe(at(60).inputs.fleet);
  });
});

describe('a taint that evicts after a while', () => {
  const tolerant = parseEdgeApp({
    ...written,
    policy: {
      ...written.policy,
      constraints: {
        ...written.policy?.constraints,
        tolerations: [{ key: 'spot', operator: 'Exists', tolerationSeconds: 100 }],
      },
    },
  });
  const tainted = (seconds: number) =>
    reading(seconds, 'ready', { taints: [{ key: 'spot', effect: 'Evict' }] });

  it('evicts, although the fleet never says since when it is there', () => {
    expect(decideAlong([0, 60, 99, 100].map(tainted), tolerant)).toEqual([
      'fra',
      'fra',
      'fra',
      'iad',
    ]);
  });
});

const text = (seconds: number, state: State = 'unreachable') =>
  JSON.stringify(fleetDocument(reading(seconds, state)));

describe('every wire remembers', () => {
  it('Terraform, in the state of the placement, told once', async () => {
    const core = new Core(terraformPlacement, context);
    const config = (fleetText: string) =>
      placing({ apps: hclValue(appsShape, [written]), fleet: fleetText, demands: null });
    const step = async (seconds: number, state?: State) => {
      const wanted = config(text(seconds, state));
      const reviewed = await core.plan(wanted);
      const said = await core.apply(wanted, reviewed);
      expect(said.filter(({ severity }) => severity === 'error')).toEqual([]);
      return [reviewed.action, core.state?.fields.clusters];
    };
    expect(await step(-60, 'ready')).toEqual(['create', ['fra']]);
    expect(await step(0)).toEqual(['update', ['fra']]);
    expect(await step(120)).toEqual(['none', ['fra']]);
    expect(await step(420)).toEqual(['update', ['iad']]);
  });

  it('Pulumi, in the outputs of the placement', async () => {
    const provider = placementProvider(() => {
      throw new Error('nothing is read');
    });
    let olds: Bag = {};
    const step = async (seconds: number, state?: State) => {
      const inputs = { apps: [written], fleet: text(seconds, state), decision: '' };
      const { inputs: news, failures } = await provider.check(olds, inputs);
      expect(failures ?? []).toEqual([]);
      const isQuiet = JSON.stringify(news.decision) === JSON.stringify(olds.decision);
      olds = { ...news };
      return [isQuiet ? 'none' : 'update', news.clusters];
    };
    expect(await step(-60, 'ready')).toEqual(['update', ['fra']]);
    expect(await step(0)).toEqual(['update', ['fra']]);
    expect(await step(120)).toEqual(['none', ['fra']]);
    expect(await step(420)).toEqual(['update', ['iad']]);
  });

  it('the command line, in the decision that the next one starts from', async () => {
    const { write, call } = caller({
      'shop.yaml': JSON.stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'EdgeApp',
        ...written,
      }),
    });
    const line = 'place --app shop.yaml --fleet fleet.yaml -o lock.json';
    const step = async (seconds: number, state?: State, more = '--previous lock.json') => {
      write('fleet.yaml', text(seconds, state));
      const { code, err } = await call(`${line} ${more}`);
      expect([code, err]).toEqual([0, expect.anything()]);
      return (await call('place --app shop.yaml --fleet fleet.yaml --locked lock.json --json')).out;
    };
    const chosen = (out: string) => where(JSON.parse(out));
    expect(chosen(await step(-60, 'ready', ''))).toBe('fra');
    expect(chosen(await step(0))).toBe('fra');
    expect(chosen(await step(420))).toBe('iad');
  });
});
