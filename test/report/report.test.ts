/** Reports: what is in the data of a page, that it stays small, and that no name in a document becomes markup. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { reportOf } from '../../constructs/report';
import { MAX_ORIGINS } from '../../constructs/report/columns';
import { reportData } from '../../constructs/report/gather';
import { pageOf } from '../../constructs/report/page';
import { routingOf } from '../../constructs/routing';
import { app as edgeApp } from '../build';
import { shopInput } from './world';

const shop = shopInput();
const data = reportData(shop);
const [details] = data.apps.map((one) => one.details);
const nameOf = (cluster: number) => data.clusters.name[cluster];

describe('the data', () => {
  it('has every chosen cluster with its reason and its load, the largest first', () => {
    const [decided] = shop.decision.apps;
    const told = details?.chosen.map((one) => [nameOf(one.cluster), one.reason]);
    const sorted = [...(decided?.clusters ?? [])].sort(
      (a, b) => b.requestsPerSecond - a.requestsPerSecond,
    );
    expect(told).toEqual(sorted.map(({ name, reason }) => [name, reason]));
  });

  it('costs as much by cluster as the decision says in sum', () => {
    const sum = details?.chosen.reduce((total, { usdPerHour }) => total + (usdPerHour ?? 0), 0);
    expect(sum).toBeCloseTo(shop.decision.apps[0]?.cost.usdPerHour ?? 0, 2);
  });

  it('says of every cluster why it is not chosen', () => {
    const rejected = details?.rejected.flatMap(({ clusters }) => clusters) ?? [];
    const dropped = details?.dropped.map(({ cluster }) => cluster) ?? [];
    const chosen = details?.chosen.map(({ cluster }) => cluster) ?? [];
    const all = [...rejected, ...dropped, ...chosen].sort((a, b) => a - b);
    expect(all).toEqual([...data.clusters.name.keys()]);
  });

  it('names neighbours that are not chosen, the nearest first', () => {
    const chosen = new Set(details?.chosen.map(({ cluster }) => cluster));
    const london = details?.chosen.find(({ cluster }) => nameOf(cluster) === 'ams');
    expect(london?.neighbours.map(([cluster]) => nameOf(cluster)).slice(0, 2)).toEqual([
      'lhr',
      'fra',
    ]);
    for (const one of details?.chosen ?? []) {
      const far = one.neighbours.map(([, kilometers]) => kilometers);
      expect(far).toEqual([...far].sort((a, b) => a - b));
      expect(one.neighbours.some(([cluster]) => chosen.has(cluster))).toBe(false);
    }
  });

  it('has who serves whom, now and before, as the decisions have it', () => {
    const [origins] = data.origins;
    const previous = shop.documents?.previous as PlacementDecision;
    for (const [decision, flows] of [
      [shop.decision, details?.flows],
      [previous, details?.before?.flows],
    ] as const) {
      const served = new Map(
        decision.apps[0]?.assignments.map(({ origin, cluster }) => [origin, cluster]),
      );
      origins?.name.forEach((name, at) => {
        const cluster = flows?.cluster[at] ?? -1;
        expect([name, nameOf(cluster)]).toEqual([name, served.get(name) ?? undefined]);
      });
    }
  });

  it('has the fit of every country, which adds up to the fit of all', () => {
    const routing = details?.routing;
    if (routing === undefined || 'problem' in routing) throw new Error('there is no fit');
    const { documents, decision } = shop;
    const [app] = documents?.apps ?? [];
    if (documents === undefined || app === undefined) throw new Error('there are no documents');
    const demand = documents.demand as Parameters<typeof routingOf>[0]['demand'];
    const table = routingOf({ decision, demand, fleet: documents.fleet, app });
    const sum = routing.countries.reduce((total, one) => total + one.requestsPerSecond, 0);
    const matched = routing.countries.reduce(
      (total, one) => total + one.requestsPerSecond * one.matchedShare,
      0,
    );
    expect(matched / sum).toBeCloseTo(table.fit.matchedShare, 2);
    expect(routing.matchedShare).toBe(table.fit.matchedShare);
  });

  it('tells the worst what-ifs first, and none that loses the whole fleet', () => {
    const worst = data.whatIfs ?? [];
    expect(worst.length).toBeGreaterThan(5);
    const satisfied = worst.filter((one) => one.satisfied).map(({ delta }) => delta);
    expect(worst.findIndex((one) => one.satisfied)).toBe(worst.length - satisfied.length);
    expect(Math.max(...worst.map(({ lost }) => lost.length))).toBeLessThan(
      data.clusters.name.length,
    );
  });

  it('does with a decision alone, and says nothing of places', () => {
    const alone = reportData({ decision: shop.decision });
    expect(alone.clusters.latitude.every((one) => one === null)).toBe(true);
    expect(alone.clusters.name).toEqual(data.clusters.name);
    expect(alone.whatIfs).toBeUndefined();
    expect(alone.apps[0]?.details?.chosen).toHaveLength(details?.chosen.length ?? 0);
  });

  it('says why there are no what-ifs where nothing says where requests come from', () => {
    const { documents, decision } = shop;
    if (documents === undefined) throw new Error('there are no documents');
    const { demand: _, ...rest } = documents;
    const { whatIfs, notes } = reportData({ decision, documents: rest });
    expect(whatIfs).toBeUndefined();
    expect(notes.join()).toContain('There are no what-ifs: ');
  });
});

describe('the page', () => {
  it('has equal bytes for equal inputs', () => {
    expect(reportOf(shopInput())).toBe(reportOf(shop));
  });

  it('lets only its own script and style run, and forbids the network', () => {
    const page = reportOf(shop);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const directives = new Map(
      policy.split('; ').map((one) => one.split(/ (.*)/) as [string, string]),
    );
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '-';
    const digest = createHash('sha256').update(script).digest('base64');
    expect(directives.get('default-src')).toBe("'none'");
    expect(directives.get('script-src')).toBe(`'sha256-${digest}'`);
    expect([...directives.keys()].some((one) => /connect|img|frame/.test(one))).toBe(false);
    expect(page).not.toMatch(/(src|href)=|url\(|@import|https?:\/\//);
  });

  it('takes any text of a document as text', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '</script><script>alert(1)</script>',
        '<!--<script>',
        '" onload="alert(1)',
        "'><img src=x onerror=alert(1)>",
        '\u2028\u2029',
        '&lt;/title&gt;</title>',
        ']]>',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const changed = {
          ...data,
          title: name,
          apps: data.apps.map((one) => ({ ...one, app: name })),
          clusters: { ...data.clusters, name: data.clusters.name.map(() => name) },
          notes: [name],
        };
        const page = pageOf(changed);
        const inside = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page);
        expect(JSON.parse(inside?.[1] ?? '')).toEqual(JSON.parse(JSON.stringify(changed)));
        // As many elements as with harmless names: no name has made one.
        expect(page.match(/</g)).toHaveLength(plainTags);
      }),
      { numRuns: 30 },
    );
  });

  const plainTags = pageOf(data).match(/</g)?.length ?? 0;
});

describe('the size', () => {
  /** A decision that gives every origin one of the first clusters. */
  const large = (clusters: number, origins: number, apps: number) => {
    const names = [...Array(clusters).keys()].map((one) => `cluster-${one}`);
    const place = (one: number) => ({ latitude: (one * 37) % 80, longitude: (one * 101) % 180 });
    const fleet = parseFleet({
      clusters: names.map((name, at) => ({ name, region: 'earth', country: 'DE', ...place(at) })),
    });
    const demand = parseDemand({
      observedAt: '2026-11-21T05:30:00Z',
      origins: [...Array(origins).keys()].map((one) => ({
        name: `origin-of-somewhere-${one}`,
        requestsPerSecond: 1 + (one % 97),
        ...place(one),
      })),
    });
    const assignments = demand.origins.map(({ name }, at) => ({
      origin: name,
      cluster: names[at % 50] ?? null,
      share: 1,
      milliseconds: at % 300,
    }));
    const [like] = shop.decision.apps;
    const [chosen] = like?.clusters ?? [];
    if (like === undefined || chosen === undefined) throw new Error('there is no decision');
    const decided = [...Array(apps).keys()].map((one) => ({
      ...like,
      app: `app-${one}`,
      clusters: names.slice(0, 50).map((name) => ({ ...chosen, name })),
      dropped: [],
      rejected: [{ rule: 'objective', reason: 'costs {} more', clusters: names.slice(50) }],
      assignments,
    }));
    const decision: PlacementDecision = { ...shop.decision, apps: decided, prices: [] };
    const documents = {
      apps: decided.map((one) => edgeApp(one.app)),
      fleet,
      demand,
      previous: decision,
    };
    return { decision, documents, whatIfs: [] };
  };
  /** What the built page has besides its data. */
  const ownParts = 210_000;

  it('is at most 1.5 MB for 1,000 clusters and 10,000 origins with a decision before', () => {
    expect(reportOf(large(1_000, 10_000, 1)).length + ownParts).toBeLessThan(1_500_000);
  });

  it('is at most 1.5 MB for more of everything, and says what it leaves out', () => {
    const input = large(2_100, 10_500, 8);
    const page = reportOf(input);
    expect(page.length + ownParts).toBeLessThan(1_500_000);
    const { notes, origins, apps } = reportData(input);
    expect(origins[0]?.name).toHaveLength(MAX_ORIGINS);
    expect(apps).toHaveLength(8);
    expect(notes.join('\n')).toMatch(/clusters? that nobody chose are left out/);
    expect(notes.join('\n')).toMatch(/10,000 of 10,500 origins/);
    expect(notes.join('\n')).toMatch(/To stay small/);
  });
});
