/** An autoscaler is found wherever its manifests leave something out, and its absent bounds mean what its controller takes them for. */
import { type SynthProps, synth } from '../../constructs/kubernetes';
import { manifestsOf, objectOf } from '../../constructs/testing';
import { mistakes, sizing } from '../kubernetes/apps';

const workload = (namespace: string, kind = 'Deployment') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web${namespace}}
spec: {replicas: 2, template: {spec: {containers: [{name: web, image: web}]}}}
`;
const hpa = (namespace: string, spec = 'maxReplicas: 20', target = 'kind: Deployment, name: web') =>
  `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler${namespace}}
spec: {scaleTargetRef: {${target}}, ${spec}}
`;
const keda = (spec: string) => `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: scaler}
spec: {scaleTargetRef: {name: web}${spec}}
`;
const app = (texts: readonly string[], more: Partial<SynthProps> = {}): SynthProps => ({
  name: 'web',
  namespace: 'shop',
  manifests: texts.map((text, index) => ({ text, file: `${index}.yaml` })),
  ...more,
});
const scaling = { component: 'web', ...sizing };
const named = ', namespace: shop';

describe('an autoscaler and its workload meet', () => {
  it.each([
    ['neither names a namespace', '', ''],
    ['both do', named, named],
    ['only the workload does', named, ''],
    ['only the autoscaler does', '', named],
    ['the autoscaler leaves it empty, as Helm does', named, ', namespace: ""'],
  ])('when %s', (_, ofWorkload, ofAutoscaler) => {
    const given = app([workload(ofWorkload), hpa(ofAutoscaler)], { scaling });
    const manifests = manifestsOf(given, { replicas: 4 });
    expect(objectOf(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(objectOf(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 4 });
  });

  it.each([
    ['another namespace', hpa(', namespace: other')],
    ['another kind', hpa('', 'maxReplicas: 9', 'kind: StatefulSet, name: web')],
    [
      'another group',
      hpa('', 'maxReplicas: 9', 'apiVersion: x.dev/v1, kind: Deployment, name: web'),
    ],
  ])('but not when it scales something of %s', (_, autoscaler) => {
    const manifests = manifestsOf(app([workload(''), autoscaler], { scaling }), { replicas: 4 });
    expect(objectOf(manifests, 'Deployment').spec).toMatchObject({ replicas: 4 });
  });
});

describe('an absent upper bound', () => {
  it.each([
    ['', 4, 100],
    ['', 120, 120],
    [', maxReplicaCount: 9', 4, 9],
  ])('of KEDA is 100: with "%s" %i replicas may become %i', (spec, replicas, most) => {
    const manifests = manifestsOf(app([workload(''), keda(spec)], { scaling }), { replicas });
    expect(objectOf(manifests, 'ScaledObject').spec).toMatchObject({
      minReplicaCount: replicas,
      maxReplicaCount: most,
    });
  });

  it('of a HorizontalPodAutoscaler is a mistake, as it is for Kubernetes', () => {
    const given = app([workload(''), hpa('', 'minReplicas: 2')], { scaling });
    expect(mistakes(() => synth(given))[0]).toContain(
      'got no spec.maxReplicas in HorizontalPodAutoscaler scaler, expected a number',
    );
  });
});

describe('replicas that an autoscaler owns', () => {
  it.each([
    ['HorizontalPodAutoscaler', hpa('')],
    ['ScaledObject', keda('')],
  ])('are warned about beside a %s', (kind, autoscaler) => {
    expect(synth(app([workload(''), autoscaler])).warnings).toEqual([
      `Deployment web states spec.replicas, and ${kind} scaler scales it; the number counts only when it is created`,
    ]);
  });

  it('are no warning where the decision gives them to the autoscaler, or where nothing scales', () => {
    expect(synth(app([workload(''), hpa('')], { scaling })).warnings).toEqual([]);
    expect(synth(app([workload('')])).warnings).toEqual([]);
  });
});
