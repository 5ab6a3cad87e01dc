/** Pods of a workload have no right that their app did not ask for, and what it asks for is said. */
import * as fc from 'fast-check';
import { type SynthProps, synth } from '../../../constructs/kubernetes';
import { objectsByCluster } from '../../../constructs/kubernetes/collisions';
import type { Manifest } from '../../../constructs/model/app/workload';
import { manifestsOf, objectOf } from '../../../constructs/testing';
import { mistakes, shop, sizing } from '../apps';
import { baselineViolations, type Pod, restrictedViolations, weaknesses } from './pod-standards';
import { app as randomApp } from './random-apps';

const podsOf = (manifests: readonly Manifest[]): readonly Pod[] =>
  manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => (spec as { readonly template: Pod }).template);
const labelsOf = (manifests: readonly Manifest[]) =>
  objectOf(manifests, 'Namespace').metadata.labels;
const enforced = (profile: string, version = 'v1.34') => ({
  'pod-security.kubernetes.io/enforce': profile,
  'pod-security.kubernetes.io/enforce-version': version,
});
const workload = (more: object) =>
  ({ ...shop, workload: { ...shop.workload, ...more } }) as SynthProps;

describe('a workload that asks for nothing', () => {
  const manifests = manifestsOf(workload({ writablePaths: ['/tmp'] }));

  it('has pods without any weakness, in a namespace that is held to restricted', () => {
    expect(podsOf(manifests).map(weaknesses)).toEqual([[]]);
    expect(labelsOf(manifests)).toMatchObject(enforced('restricted'));
    expect(synth({ ...shop, network: {} }).warnings).toEqual([]);
  });

  it('is weaker without any single one of its fields', () => {
    const [pod] = podsOf(manifests);
    const { spec } = pod!;
    const [container] = spec.containers;
    const without = (of: object, key: string) =>
      Object.fromEntries(Object.entries(of).filter(([one]) => one !== key));
    const inContainer = ['allowPrivilegeEscalation', 'capabilities', 'readOnlyRootFilesystem'];
    const inPod = ['runAsNonRoot', 'runAsUser', 'seccompProfile'];
    const weaker: readonly Pod[] = [
      { spec: without(spec, 'automountServiceAccountToken') as unknown as Pod['spec'] },
      ...inPod.map((key) => ({
        spec: { ...spec, securityContext: without(spec.securityContext!, key) },
      })),
      ...inContainer.map((key) => {
        const securityContext = without(container!.securityContext!, key);
        return { spec: { ...spec, containers: [{ ...container!, securityContext }] } };
      }),
    ];
    for (const one of weaker) expect(weaknesses(one)).not.toEqual([]);
  });
});

describe('whatever a workload asks for', () => {
  it('its pods keep to the profile of their namespace, and every weakness is said', () => {
    fc.assert(
      fc.property(randomApp, (app) => {
        const manifests = manifestsOf(app);
        const { warnings } = synth({ ...app, network: {} });
        const profile = app.security?.profile ?? 'restricted';
        expect(labelsOf(manifests)).toMatchObject(enforced(profile, app.security?.version));
        const violations = { restricted: restrictedViolations, baseline: baselineViolations };
        for (const pod of podsOf(manifests)) {
          if (profile !== 'privileged') expect(violations[profile](pod)).toEqual([]);
          if (weaknesses(pod).length > 0) expect(warnings.join()).not.toBe('');
          const isWritable = weaknesses(pod).includes('writable root');
          expect(warnings.join().includes('root file systems')).toBe(isWritable);
          expect(warnings.join().includes('token of')).toBe(weaknesses(pod).includes('token'));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('what it may write to is mounted once, with names that volumes may have', () => {
    fc.assert(
      fc.property(randomApp, (app) => {
        for (const { spec } of podsOf(manifestsOf(app))) {
          const names = (spec.volumes ?? []).map(({ name }) => String(name));
          const mounts = (
            spec.containers[0] as unknown as {
              readonly volumeMounts?: readonly { readonly name: string }[];
            }
          ).volumeMounts;
          expect(new Set(names).size).toBe(names.length);
          expect((mounts ?? []).map(({ name }) => name)).toEqual(names);
          for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a port below 1024 needs no capability: the sysctl that is safe lets anybody listen there', () => {
    const [pod] = podsOf(manifestsOf(workload({ port: 443 })));
    expect(pod?.spec.securityContext?.sysctls).toEqual([
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '443' },
    ]);
    expect(podsOf(manifestsOf(shop))[0]?.spec.securityContext).not.toHaveProperty('sysctls');
  });
});

describe('a namespace', () => {
  it('is not labelled for objects of an author who says nothing of security, and is where that is said', () => {
    const manifests = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
    ] as const;
    expect(labelsOf(manifestsOf({ name: 'shop', manifests }))).toEqual({
      'app.kubernetes.io/managed-by': 'littoral',
    });
    const security = { profile: 'baseline' } as const;
    expect(labelsOf(manifestsOf({ name: 'shop', manifests, security }))).toMatchObject(
      enforced('baseline'),
    );
  });

  it('that is not made here is named as held by nobody', () => {
    const app = { ...shop, namespace: 'default', network: {} };
    expect(manifestsOf(app).map(({ kind }) => kind)).not.toContain('Namespace');
    expect(synth(app).warnings).toEqual([
      'the namespace default is not made here, so nothing holds its pods to Pod Security restricted',
    ]);
  });

  it('of two apps holds to the profile that one of them asks for, and may not be asked for two', () => {
    const placed = (name: string) => ({
      app: name,
      clusters: [{ name: 'fra', requestsPerSecond: 1, replicas: 1 }],
    });
    const decision = { apps: [placed('shop'), placed('cart')], digest: 'sha256:x' } as never;
    const cart = {
      name: 'cart',
      namespace: 'shop',
      workload: { image: 'cart:1', ...sizing },
    } as const;
    const open = {
      name: 'cart',
      namespace: 'shop',
      manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    } as const;
    for (const both of [
      [shop, cart],
      [shop, open],
    ]) {
      const here = objectsByCluster(
        both.map((one) => synth(one)),
        decision,
      ).get('fra');
      expect(labelsOf(here ?? [])).toMatchObject(enforced('restricted'));
    }
    const weaker = { ...cart, security: { profile: 'baseline' } } as const;
    expect(mistakes(() => objectsByCluster([synth(shop), synth(weaker)], decision))).toEqual([
      expect.stringContaining(
        'the apps shop and cart share the namespace shop on fra and ask for different Pod Security there',
      ),
    ]);
  });
});

describe('rights that cannot be had', () => {
  const said = (more: object) =>
    mistakes(() => synth({ ...shop, ...more } as SynthProps))
      .join()
      .replaceAll(/\s+/g, ' ');

  it('are refused with the profile that allows them', () => {
    expect(said({ security: { capabilities: ['CHOWN'] } })).toContain(
      'got CHOWN, which the profile restricted does not allow Remove it, or use the profile baseline.',
    );
    expect(
      said({ security: { profile: 'baseline', capabilities: ['NET_ADMIN', 'CHOWN'] } }),
    ).toContain(
      'got NET_ADMIN, which the profile baseline does not allow Remove it, or use the profile privileged.',
    );
    expect(said({ ...workload({ user: 0 }) })).toContain('runs as user 0, root');
    expect(synth({ ...workload({ user: 0 }), security: { profile: 'baseline' } })).toBeDefined();
  });

  it('are refused where objects of an author say them', () => {
    const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }];
    const security = { serviceAccountToken: true };
    expect(mistakes(() => synth({ name: 'shop', manifests, security })).join()).toContain(
      'security.serviceAccountToken: got serviceAccountToken beside manifests or a chart',
    );
  });

  it.each(['tmp', '/', '/a/../b', '/a:b', '/a/', '//a', ''])(
    '%j is no path to write to',
    (path) => {
      expect(said(workload({ writablePaths: [path] }))).toContain('writablePaths');
    },
  );

  it('are refused twice over', () => {
    expect(said(workload({ writablePaths: ['/tmp', { path: '/tmp', mebibytes: 1 }] }))).toContain(
      'got /tmp twice',
    );
  });
});
