/** Certificates of a release: read on each cluster while it is planned, and counted before an authority is asked. */
import type { CaaRecord } from 'node:dns';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import { edgeErrorsOf } from '../../constructs/parsing';
import { release } from '../../providers/resources/release';
import { basisOf, observeAndPlan } from '../../providers/resources/release/apply/observe-and-plan';
import { statusOf } from '../../providers/resources/release/observe/status';
import { makeCertificates } from '../testbed/certificates';
import { Clusters } from './cluster-double';
import { apply, namespace, releaseOf, settings, web, worldIn } from './fixtures';

const folder = mkdtempSync(join(tmpdir(), 'littoral-certificates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The certificate, the end of its chain, and its key, of a day. */
function pairFor(...names: readonly string[]) {
  const home = join(folder, names.join('_').replaceAll('*', 'any'));
  mkdirSync(home, { recursive: true });
  const of = names.map((name) => `DNS:${name}`);
  const { serverCert, serverKey, ca } = makeCertificates(home, undefined, of);
  const chain = `${readFileSync(serverCert, 'utf8')}${readFileSync(ca, 'utf8')}`;
  return { certificate: chain, key: readFileSync(serverKey, 'utf8') };
}

const hosts = ['*.shop.example.com', 'shop.example.com'];
const ingress: Manifest = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { tls: [{ hosts, secretName: 'mine' }] },
};
const secretWith = ({ certificate, key }: ReturnType<typeof pairFor>): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mine', namespace: 'shop' },
  type: 'kubernetes.io/tls',
  data: {
    'tls.crt': Buffer.from(certificate).toString('base64'),
    'tls.key': Buffer.from(key).toString('base64'),
  },
});
const objects = [namespace, web('shop:1'), ingress];
const good = pairFor(...hosts);
const day = 24 * 3600 * 1000;

async function lookedAt(clusters: Clusters, letters: string, now = Date.now()) {
  const world = { ...worldIn(clusters), clock: () => now };
  return observeAndPlan(basisOf(releaseOf(letters, objects), undefined, true), world);
}

function clustersWith(secrets: Readonly<Record<string, Manifest | undefined>>): Clusters {
  const clusters = new Clusters();
  for (const [name, secret] of Object.entries(secrets)) {
    clusters.named(name).apply('kubectl', namespace);
    if (secret !== undefined) clusters.named(name).apply('kubectl', secret);
  }
  return clusters;
}

describe('a certificate of one’s own', () => {
  it('is read on every cluster, for its hosts and its end', async () => {
    const clusters = clustersWith({ a: secretWith(good), b: undefined });
    const { certificates } = await lookedAt(clusters, 'ab');
    const [there] = certificates.get('a') ?? [];
    expect(there).toMatchObject({ secret: 'mine', issued: false, hosts, names: hosts });
    expect(there?.daysLeft).toBe(0);
    expect(there?.trouble).toMatchObject({ kind: 'soon' });
    expect(certificates.get('b')).toMatchObject([
      { trouble: { kind: 'absent', reason: expect.stringMatching(/no Secret mine in shop/) } },
    ]);
    expect(JSON.stringify([...certificates])).not.toContain('PRIVATE');
  });

  it('that browsers refuse keeps the app off a new cluster, and holds up none where it runs', async () => {
    const clusters = clustersWith({
      a: secretWith(good),
      b: secretWith(pairFor('shop.example.com')),
      c: { ...secretWith(good), data: { 'tls.crt': 'bm9uZQ==' } },
    });
    const { plan } = await lookedAt(clusters, 'abc');
    const refused = (name: string) =>
      plan.clusters
        .find((one) => one.name === name)
        ?.objects.filter(({ change }) => change === 'refused')
        .map(({ ref, reason }) => `${ref.kind}: ${reason}`);
    expect(refused('a')).toEqual([]);
    expect(refused('b')).toEqual([
      'Ingress: the Secret mine: its certificate is for shop.example.com, and not for *.shop.example.com',
    ]);
    expect(refused('c')).toEqual([
      'Ingress: the Secret mine: the Secret mine has no certificate in tls.crt',
    ]);
    const later = Date.now() + 3 * day;
    expect((await lookedAt(clusters, 'a', later)).plan.clusters[0]?.objects).toContainEqual(
      expect.objectContaining({
        change: 'refused',
        reason: expect.stringMatching(/certificate expired on/),
      }),
    );
    const { state } = await apply(clusters, releaseOf('a', objects));
    const world = { ...worldIn(clusters), clock: () => later };
    const props = releaseOf('a', [namespace, web('shop:2'), ingress]);
    const again = await observeAndPlan(basisOf(props, state, true), world);
    expect(again.plan.clusters[0]).toMatchObject({ step: 'update' });
    expect(again.plan.clusters[0]?.objects.some(({ change }) => change === 'refused')).toBe(false);
    expect(again.certificates.get('a')).toMatchObject([{ trouble: { kind: 'unusable' } }]);
    const options = { release: 'shop', namespace: 'shop', parallelism: 2, answerSeconds: 5 };
    const [status] = await statusOf([{ name: 'a' }], options, world);
    expect(status?.certificates).toMatchObject([{ secret: 'mine', daysLeft: -3 }]);
  });

  it('is not judged where it may not be read, and the app goes on', async () => {
    const clusters = clustersWith({ a: secretWith(good) });
    clusters.fault = (_, { verb, object }) =>
      verb === 'get' && object.startsWith('/Secret/') ? '500' : undefined;
    const { plan, certificates } = await lookedAt(clusters, 'a');
    expect(plan.clusters[0]).toMatchObject({ step: 'add' });
    expect(certificates.get('a')).toMatchObject([{ trouble: { kind: 'unknown' } }]);
  });
});

describe('certificates of an authority', () => {
  const certificate: Manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {
      name: 'shop-tls',
      namespace: 'shop',
      annotations: { 'littoral.dev/certificate-authority': 'letsencrypt' },
    } as Manifest['metadata'],
    spec: { secretName: 'mine', dnsNames: hosts },
  };
  const all = [...objects, certificate];
  const served = () => {
    const clusters = new Clusters();
    for (const name of 'abcdefgh') {
      clusters.named(name).serve('cert-manager.io/v1', 'Certificate', 'Namespaced');
    }
    return clusters;
  };
  const saying = async (work: () => unknown) => {
    try {
      await work();
    } catch (thrown) {
      return (edgeErrorsOf(thrown) ?? []).map(({ summary }) => summary).join('; ');
    }
    return 'nothing was thrown';
  };

  it('are counted while a plan is made from the state, before any cluster is asked', async () => {
    expect(await saying(() => release.plan(undefined, releaseOf('abcdef', all)))).toMatch(
      /issues 5 certificates for the same names in seven days, and 6 are asked for/,
    );
    expect(await saying(() => release.plan(undefined, releaseOf('abcde', all)))).toBe(
      'nothing was thrown',
    );
  });

  it('are counted with those of the last week, and nothing is asked for beyond', async () => {
    const clusters = served();
    const { state } = await release.reconcile(undefined, releaseOf('abcd', all), worldIn(clusters));
    clusters.restart();
    const more = releaseOf('abcdef', all);
    // The state does not know when they were issued, so the plan cannot tell.
    expect(await saying(() => release.plan(state, more))).toBe('nothing was thrown');
    for (const name of 'abcd') {
      const at = { notBefore: new Date(Date.now() - day).toISOString() };
      clusters
        .named(name)
        .edit('cert-manager', 'cert-manager.io/Certificate/shop/shop-tls', ['status'], at);
    }
    expect(await saying(() => release.reconcile(state, more, worldIn(clusters)))).toMatch(
      /and 2 are asked for .* after 4 in the seven days before this/,
    );
    expect(clusters.writes()).toEqual([]);
    const weekLater = { ...worldIn(clusters), clock: () => Date.now() + 8 * day };
    const done = await release.reconcile(state, more, weekLater);
    expect(done.problems).toEqual([]);
  });

  it('are told with when they are renewed, and those that were not renewed in time', async () => {
    const clusters = served();
    const { state } = await release.reconcile(undefined, releaseOf('a', all), worldIn(clusters));
    clusters.named('a').apply('cert-manager', secretWith(good));
    const key = 'cert-manager.io/Certificate/shop/shop-tls';
    const renewalTime = new Date(Date.now() - 2 * day).toISOString();
    clusters.named('a').edit('cert-manager', key, ['status'], { renewalTime });
    const basis = basisOf(releaseOf('a', all), state, true);
    const { certificates } = await observeAndPlan(basis, worldIn(clusters));
    expect(certificates.get('a')).toMatchObject([
      {
        issued: true,
        renewalTime,
        trouble: { kind: 'soon', reason: expect.stringMatching(/should have been renewed on/) },
      },
    ]);
  });
});

const caaOf = (lookup: (name: string) => Promise<readonly CaaRecord[]>) => {
  const clusters = new Clusters();
  const annotations = {
    'littoral.dev/certificate-caa': 'letsencrypt.org',
    'littoral.dev/certificate-challenge': 'dns-01',
  };
  const certificate: Manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'shop-tls', namespace: 'shop', annotations },
    spec: { secretName: 'shop-tls', dnsNames: hosts },
  };
  const props = releaseOf('ab', [namespace, settings({}), certificate]);
  return {
    clusters,
    done: release.reconcile(undefined, props, { ...worldIn(clusters), caa: lookup }),
  };
};

describe('CAA records of a release', () => {
  it('forbid before any cluster is written, on every wire, and each name is asked for once', async () => {
    const asked: string[] = [];
    const { done, clusters } = caaOf(async (name) => {
      asked.push(name);
      return name === 'example.com' ? [{ critical: 0, issue: 'ca.example' }] : [];
    });
    const errors = await done.then(
      () => [],
      (thrown) => edgeErrorsOf(thrown) ?? [],
    );
    expect(errors.map(({ summary }) => summary)).toEqual(
      hosts.map(
        (host) =>
          `${host} would get no certificate: CAA records of example.com let ca.example issue, and not letsencrypt.org`,
      ),
    );
    expect(asked).toEqual(['shop.example.com', 'example.com']);
    expect(clusters.writes()).toEqual([]);
  });

  it('that nobody answers for are a warning, and forbid nothing', async () => {
    const silent = Object.assign(new Error('silent'), { code: 'ETIMEOUT' });
    const { warnings } = await caaOf(() => Promise.reject(silent)).done;
    expect(warnings).toEqual(
      hosts.map((host) => expect.stringMatching(`${host.replace('*', '\\*')}.*ETIMEOUT`)),
    );
  });
});
