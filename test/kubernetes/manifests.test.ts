/** Existing manifests and rendered Helm charts run as they are, with the replicas of the decision. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SynthProps, synth } from '../../constructs/kubernetes';
import { manifestsOf, objectOf } from '../../constructs/testing';
import { mistakes, sizing } from './apps';

const helm = {
  file: 'helm.yaml',
  text: readFileSync(join(__dirname, 'fixtures', 'helm.yaml'), 'utf8'),
};
const chart: SynthProps = {
  name: 'web',
  manifests: [helm],
  scaling: { component: 'release-web', ...sizing },
};
const texts = (...all: readonly string[]): SynthProps => ({
  name: 'web',
  manifests: all.map((text, index) => ({ text, file: `${index}.yaml` })),
});
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 2, template: {spec: {containers: [{name: web, image: web}]}}}
`;
const autoscaler = (target: string, more: string) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${target}}, ${more}}
`;

describe('the output of Helm', () => {
  it('comes out in the order it is applied, without tests and empty documents', () => {
    expect(manifestsOf(chart).map((one) => `${one.kind} ${one.metadata.name}`)).toEqual([
      'Namespace web',
      'ServiceAccount release-web',
      'ConfigMap release-web',
      'Deployment release-web',
      'Job release-web-migrate',
    ]);
  });

  it('takes the replicas of the decision', () => {
    expect(objectOf(manifestsOf(chart, { replicas: 9 }), 'Deployment').spec).toMatchObject({
      replicas: 9,
    });
  });

  it('is warned about where a hook stays and where it goes', () => {
    expect(synth(chart).warnings).toEqual([
      'Pod release-web-test is a hook of Helm (test); it is left out',
      'Job release-web-migrate is a hook of Helm (pre-install, pre-upgrade); a release runs it before the workloads, at first and whenever it has changed',
    ]);
  });

  it('keeps a hook that also runs at installation', () => {
    const job = helm.text.replace('pre-install, pre-upgrade', 'post-delete, post-install');
    const manifests = manifestsOf({ ...chart, manifests: [{ text: job }] });
    expect(objectOf(manifests, 'Job').metadata.name).toBe('release-web-migrate');
  });

  it('is read as kubectl reads it: octal modes, dates as text', () => {
    const manifests = manifestsOf(chart);
    expect(JSON.stringify(objectOf(manifests, 'Deployment'))).toContain('"defaultMode":420');
    expect(objectOf(manifests, 'ConfigMap').data).toEqual({
      start: '2026-11-21',
      window: '22:30',
      motd: 'hello\n  world\n',
    });
  });

  it('is overridden in the container that kubectl would choose, limits with requests', () => {
    const set = {
      image: 'web:2',
      env: { LEVEL: 'debug', NEW: '1' },
      resources: { cpuMillicores: 500 },
    };
    const spec = objectOf(
      manifestsOf({ ...chart, overrides: [{ match: {}, set }] }),
      'Deployment',
    ).spec;
    expect(spec).toMatchObject({
      template: {
        spec: {
          containers: [
            { name: 'proxy', image: 'registry.example/proxy:2' },
            {
              image: 'web:2',
              env: [
                { name: 'LEVEL', value: 'debug' },
                { name: 'TOKEN' },
                { name: 'NEW', value: '1' },
              ],
              resources: {
                requests: { cpu: '500m', memory: '64Mi' },
                limits: { cpu: '500m', memory: '64Mi' },
              },
            },
          ],
        },
      },
    });
  });
});

describe('existing manifests', () => {
  const scaling = { component: 'web', ...sizing };

  it('keep their replicas when no scaling is given', () => {
    expect(objectOf(manifestsOf(texts(deployment)), 'Deployment').spec).toMatchObject({
      replicas: 2,
    });
  });

  it.each([
    ['below', 3, 20],
    ['above', 30, 30],
  ])(
    'leave the count to their autoscaler; its upper bound stays, unless the decision is %s it',
    (_, replicas, most) => {
      const app = { ...texts(deployment, autoscaler('web', 'maxReplicas: 20')), scaling };
      const manifests = manifestsOf(app, { replicas });
      expect(objectOf(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
      expect(objectOf(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({
        minReplicas: replicas,
        maxReplicas: most,
      });
    },
  );

  it('may be named by their autoscaler', () => {
    const app = {
      ...texts(deployment, autoscaler('web', 'maxReplicas: 5')),
      scaling: { ...scaling, component: 'scaler' },
    };
    expect(
      objectOf(manifestsOf(app, { replicas: 4 }), 'HorizontalPodAutoscaler').spec,
    ).toMatchObject({ minReplicas: 4 });
  });

  it('may be scaled by KEDA', () => {
    const keda = `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web}
spec: {scaleTargetRef: {name: web}, maxReplicaCount: 9}
`;
    const manifests = manifestsOf({ ...texts(deployment, keda), scaling }, { replicas: 4 });
    expect(objectOf(manifests, 'ScaledObject').spec).toMatchObject({
      minReplicaCount: 4,
      maxReplicaCount: 9,
    });
  });

  it('may be lists, JSON, and objects', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }],
    });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } };
    const app: SynthProps = { name: 'web', manifests: [{ text: list }, object] };
    expect(manifestsOf(app).map((one) => one.metadata.name)).toEqual(['web', 'b', 'a']);
  });

  it('lose what a server wrote', () => {
    const live = `${deployment.replace('{name: web}', '{name: web, uid: u, resourceVersion: "5", creationTimestamp: null}')}status: {replicas: 2}\n`;
    const found = objectOf(manifestsOf(texts(live)), 'Deployment');
    expect(found).not.toHaveProperty('status');
    expect(Object.keys(found.metadata).sort()).toEqual(['name', 'namespace']);
  });

  it('get a namespace only if they live in one and have none', () => {
    const crd = (scope: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${scope.toLowerCase()}s.example.com}
spec: {group: example.com, scope: ${scope === 'Wide' ? 'Cluster' : 'Namespaced'}, names: {kind: ${scope}}}
`;
    const custom = (kind: string) =>
      `apiVersion: example.com/v1\nkind: ${kind}\nmetadata: {name: x}\n`;
    const role =
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "a:b"}\n';
    const own = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: own}\n';
    const manifests = manifestsOf(texts(crd('Wide'), custom('Wide'), custom('Near'), role, own));
    expect(Object.fromEntries(manifests.map((one) => [one.kind, one.metadata.namespace]))).toEqual({
      Namespace: undefined,
      CustomResourceDefinition: undefined,
      Wide: undefined,
      Near: 'web',
      ClusterRole: undefined,
      Secret: 'own',
    });
  });
});

describe('manifests are refused', () => {
  it('when the object that takes the replicas is not there', () => {
    const app = { ...texts(deployment), scaling: { component: 'wbe', ...sizing } };
    expect(mistakes(() => synth(app))).toEqual([
      'UnknownName at scaling.component: got "wbe", which is no Deployment or StatefulSet of the manifests\n  Write web.',
    ]);
  });

  it('when documents are not Kubernetes objects, each with its file and line', () => {
    const found = mistakes(() =>
      synth(texts(`${deployment}---\nkind: Service\nmetadata: {}\n`, '\n- 1\n')),
    );
    expect(found).toEqual([
      'InvalidDocument at 0.yaml:6: got a "Service" object without apiVersion, metadata.name, expected a Kubernetes object with apiVersion, kind and metadata.name, in Service (document 2)\n  Complete the object, or leave the document out.',
      'InvalidDocument at 1.yaml:2: got a list, expected a Kubernetes object with apiVersion, kind and metadata.name, in document 1\n  Complete it, or leave the document out.',
    ]);
  });

  it('when the same object comes twice, saying where', () => {
    expect(mistakes(() => synth(texts(deployment, `---\n${deployment}`)))).toEqual([
      'Duplicate at 1.yaml:2: got Deployment web twice, first at 0.yaml:1\n  Keep one of the two, or give one another name or namespace.',
    ]);
  });

  it('when the text is not YAML, without repeating it', () => {
    const found = mistakes(() => synth(texts('a: 1\nsecret: "hunter2\n')));
    expect(found[0]).toMatch(/^InvalidDocument at 0\.yaml:\d: got text that is not YAML/);
    expect(found[0]).not.toContain('hunter2');
  });

  it('when there are none, when they are paths, and when there is a workload too', () => {
    expect(mistakes(() => synth(texts('---\n')))[0]).toContain('got no Kubernetes object');
    expect(mistakes(() => synth({ name: 'web', manifests: ['k8s/*.yaml'] as never }))[0]).toContain(
      'got a path',
    );
    const both = { ...texts(deployment), workload: { image: 'x', ...sizing } };
    expect(mistakes(() => synth(both))[0]).toContain('got manifests and workload');
  });

  it('when a name is longer than its kind may be', () => {
    const long = deployment.replace('name: web}', `name: ${'w'.repeat(243)}}`);
    expect(mistakes(() => synth(texts(long)))[0]).toContain(
      'got a name of 243 characters for Deployment',
    );
  });
});
