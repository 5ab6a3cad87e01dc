/** What engines are given: the same objects as a release applies, each leaving everything behind until it is told otherwise. */

import fc from 'fast-check';
import { parse } from 'yaml';
import {
  deliver,
  deliveryFiles,
  type EngineName,
  engineNames,
  engineOf,
  hubName,
  parseDelivery,
} from '../../constructs/delivery';
import { render, synth } from '../../constructs/kubernetes';
import { overlay } from '../../constructs/kubernetes/overlay';
import type { Manifest } from '../../constructs/model/app/workload';
import { canonicalJson } from '../../constructs/model/canonical';
import { edgeErrorsOf } from '../../constructs/parsing';
import { withCapacity } from '../../providers/resources/release/state/capacity';
import { slowRuns } from '../placement/runs';
import { deliveredBy, plain } from './delivered';
import {
  appOf,
  decisionOf,
  fleetNamed,
  placements,
  revision,
  settingsOf,
  wholeFleet,
} from './world';

const hubEngines = engineNames.filter((name) => name !== 'directories');
const nothingBefore = new Map<string, string>();

function filesFor(
  engine: EngineName,
  apps: Readonly<Record<string, Readonly<Record<string, number>>>>,
  before: ReadonlyMap<string, string> = nothingBefore,
  leaving: 'keep' | 'delete' | 'gone' = 'keep',
) {
  const bundles = Object.keys(apps).map((name) => synth(appOf(name) as never, wholeFleet));
  const delivery = deliver(bundles, decisionOf(apps), wholeFleet, settingsOf[engine]);
  return deliveryFiles(delivery, before, leaving);
}

function objectsOf(files: ReadonlyMap<string, string>, kind: RegExp): readonly Manifest[] {
  return [...files]
    .filter(([path]) => path.startsWith('hub/'))
    .map(([, text]) => parse(text) as Manifest)
    .filter((one) => kind.test(one.kind));
}

describe.each(engineNames)('%s', (engine) => {
  it('brings to every cluster what a release would apply there, and nothing else', () => {
    fc.assert(
      fc.property(placements, ({ bundles, decision }) => {
        const delivery = deliver(bundles, decision, wholeFleet, settingsOf[engine]);
        const { files } = deliveryFiles(delivery, nothingBefore, 'keep');
        const wanted = new Map<string, string[]>();
        for (const bundle of bundles) {
          for (const placed of decision.apps.find(({ app }) => app === bundle.app)!.clusters) {
            const made = render(bundle, placed, { decisionDigest: decision.digest });
            const texts = withCapacity(made).manifests.map(canonicalJson);
            wanted.set(placed.name, [...(wanted.get(placed.name) ?? []), ...texts]);
          }
        }
        const got = [...deliveredBy(engine, files)].map(
          ([name, all]) => [name, all.map((one) => canonicalJson(plain(one))).sort()] as const,
        );
        expect(Object.fromEntries(got)).toEqual(
          Object.fromEntries([...wanted].map(([name, all]) => [name, all.sort()])),
        );
      }),
      { numRuns: slowRuns(20) },
    );
  });
});

describe.each(hubEngines)('%s', (engine) => {
  it('has one name for every app and cluster, whatever they are called', () => {
    const { files } = filesFor(engine, { shop: { 'eu-fra': 2 }, 'shop-eu': { fra: 2 } });
    const ids = objectsOf(files, /./).map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('takes nothing away by the end of any object before a withdrawal says so', () => {
    const { files } = filesFor(engine, { shop: { fra: 2 } });
    const text = [...files.entries()]
      .filter(([path]) => path.startsWith('hub/'))
      .map(([, one]) => one)
      .join('---\n');
    const leaves = {
      flux: /deletionPolicy: "?Orphan/,
      argocd: /^(?![\s\S]*finalizers)/,
      ocm: /propagationPolicy: "?Orphan/,
      karmada: /preserveResourcesOnDeletion: true/,
      kubefleet: /propagationPolicy: "?Abandon/,
    } as Readonly<Record<string, RegExp>>;
    expect(text).toMatch(leaves[engine]!);
    expect(text).not.toMatch(
      /deletionPolicy: "?(Delete|Wait|Mirror)|propagationPolicy: "?(Delete|Foreground)|preserveResourcesOnDeletion: false/,
    );
  });

  it('keeps what it has of a cluster that left, then has it taken away, then forgets it', () => {
    const before = filesFor(engine, { shop: { ams: 2, fra: 3 } }).files;
    const kept = filesFor(engine, { shop: { ams: 2 } }, before, 'keep');
    expect(kept.leaving).toEqual([{ app: 'shop', cluster: 'fra' }]);
    expect(kept.files).toEqual(before);
    const leaving = filesFor(engine, { shop: { ams: 2 } }, kept.files, 'delete');
    const changed = [...leaving.files].filter(([path, text]) => before.get(path) !== text);
    expect([...leaving.files.keys()].sort()).toEqual([...before.keys()].sort());
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every(([path]) => path.startsWith('hub/fra/'))).toBe(true);
    const gone = filesFor(engine, { shop: { ams: 2 } }, leaving.files, 'gone');
    expect(gone.files).toEqual(filesFor(engine, { shop: { ams: 2 } }).files);
  });

  it('loses nothing by a decision that has come out empty, and nothing of an app that is not given', () => {
    const before = filesFor(engine, { shop: { ams: 2, fra: 3 }, cart: { ams: 1 } }).files;
    expect(filesFor(engine, { shop: {} }, before).files).toEqual(before);
  });

  it('leaves Namespaces in a cluster that is left, since other apps may be in them', () => {
    const { files } = filesFor(engine, { shop: { fra: 2 } });
    const settings = engineOf(settingsOf[engine]);
    const inCluster = deliveredBy(engine, files).get('fra')!;
    const namespace = inCluster.find(({ kind }) => kind === 'Namespace')!;
    const notes = JSON.stringify(namespace.metadata.annotations ?? {});
    const carrier = objectsOf(files, /./).filter((one) =>
      JSON.stringify(one).includes('"kind":"Namespace"'),
    );
    const changes = carrier.map((one) => settings.withdrawing(one));
    const isNoted = /"(disabled|Prune=false,Delete=false)"/.test(notes);
    const isOrphaned = changes.every((one) =>
      one === undefined ? true : JSON.stringify(one).includes('"resource":"namespaces"'),
    );
    expect(isNoted || (carrier.length > 0 && isOrphaned)).toBe(true);
  });
});

describe('limits', () => {
  const big = (bytes: number) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'big', namespace: 'shop' },
    data: { x: 'x'.repeat(bytes) },
  });
  const bundleWith = (manifests: readonly Manifest[]) =>
    synth({ name: 'shop', manifests, namespace: 'shop' } as never, fleetNamed('fra'));

  it.each([
    ['ocm', 512_000],
    ['karmada', 1_000_000],
    ['kubefleet', 800_000],
  ] as const)('of %s are told at plan, by object and size', (engine, limit) => {
    const bundle = bundleWith([big(limit + 1)]);
    const act = () =>
      deliver([bundle], decisionOf({ shop: { fra: 1 } }), fleetNamed('fra'), settingsOf[engine]);
    expect(act).toThrow(
      new RegExp(`ConfigMap shop/big has \\d+ bytes, and a \\w+ holds at most ${limit}`),
    );
  });

  it('share objects out, so that none is passed', () => {
    const manifests = Array.from({ length: 120 }, (_, at) => ({
      ...big(9000),
      metadata: { name: `big-${at}`, namespace: 'shop' },
    }));
    const bundle = bundleWith(manifests);
    for (const engine of ['ocm', 'karmada', 'kubefleet'] as const) {
      const made = deliver(
        [bundle],
        decisionOf({ shop: { fra: 1 } }),
        fleetNamed('fra'),
        settingsOf[engine],
      );
      const { files } = deliveryFiles(made, nothingBefore, 'keep');
      const all = deliveredBy(engine, files)
        .get('fra')!
        .filter(({ kind }) => kind === 'ConfigMap');
      expect(all.map(({ metadata }) => metadata.name).sort()).toEqual(
        manifests.map(({ metadata }) => metadata.name).sort(),
      );
      for (const one of made.delivered.flatMap(({ hub }) => hub)) {
        const inside = (one.data ?? {}) as object;
        expect(Object.keys(inside).length).toBeLessThanOrEqual(50);
        expect(JSON.stringify(one).length).toBeLessThan(1_048_576);
      }
    }
  });
});

describe('names', () => {
  it('are another one for every app and cluster, and fit a label', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/);
    const app = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(app, part), { selector: ([a, b]) => `${a} ${b}`, maxLength: 20 }),
        (pairs) => {
          const all = pairs.map(([a, b]) => hubName(a, b));
          expect(new Set(all).size).toBe(all.length);
          for (const one of all) expect(one).toMatch(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/);
        },
      ),
    );
  });
});

describe('settings', () => {
  it('of another engine are told by key, with the nearest one', () => {
    const act = () => parseDelivery('engine: ocm\nproject: edge\n');
    expect(edgeErrorsOf(thrown(act))?.[0]?.message).toMatch(/project/);
  });

  it('say which engines there are', () => {
    expect(() => parseDelivery('engine: fluxx\n')).toThrow(/flux/);
  });

  it('refuse a revision that is none', () => {
    const source = { kind: 'OCIRepository', url: 'oci://r.example/x', revision: 'latest' };
    expect(() => parseDelivery({ engine: 'flux', source })).toThrow(/40 digits|sha256/);
  });
});

describe('an ApplicationSet', () => {
  it('has a list that is ours, one element a cluster, and takes nothing away', () => {
    const settings = parseDelivery({
      engine: 'argocd',
      source: { url: 'https://git.example/edge.git', revision: revision.slice(7, 47) },
      servers: { fra: 'https://fra.example:6443', ams: 'https://ams.example:6443' },
      applicationSet: true,
    });
    const bundle = synth(appOf('shop') as never, wholeFleet);
    const made = deliver([bundle], decisionOf({ shop: { fra: 1, ams: 2 } }), wholeFleet, settings);
    const { files } = deliveryFiles(made, nothingBefore, 'keep');
    const [set] = objectsOf(files, /^ApplicationSet$/);
    expect(objectsOf(files, /^Application$/)).toEqual([]);
    expect(set?.spec).toMatchObject({
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [
        {
          list: {
            elements: [
              {
                application: 'shop.fra',
                path: 'apps/shop/fra',
                server: 'https://fra.example:6443',
              },
              {
                application: 'shop.ams',
                path: 'apps/shop/ams',
                server: 'https://ams.example:6443',
              },
            ],
          },
        },
      ],
      syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
      template: { spec: { destination: { server: '{{.server}}' } } },
    });
  });
});

it('lays a change over an object key by key', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a' },
    spec: { a: 1, b: { c: [1] } },
  };
  expect(overlay(object as Manifest, { spec: { b: { c: [2] } } }).spec).toEqual({
    a: 1,
    b: { c: [2] },
  });
});

function thrown(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
