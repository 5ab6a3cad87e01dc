/** What happens to pods on nodes that kwok plays: ready at once, ready later, an image that cannot be pulled, jobs that end. */
import { stringify } from 'yaml';

/** Pods with an image whose name ends in this never start, with any tag: `registry.example/broken:2`. */
export const brokenImage = 'registry.example/broken';
/** On a pod: how long it takes to become ready, as in `5s`. */
export const readyAfterAnnotation = 'testbed.littoral.dev/ready-after';

const isBroken = '.spec.containers[].image | test("(^|/)broken(:|@|$)")';
const alive = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const isNew = { key: '.status.startTime', operator: 'DoesNotExist' };

/** The stages as a kwok configuration file. */
export function stagesFile(): string {
  return stages.map((stage) => stringify(stage)).join('---\n');
}

const stages = [
  podStage('image-broken', {
    selector: {
      matchExpressions: [alive, isNew, { key: isBroken, operator: 'In', values: ['true'] }],
    },
    next: { statusTemplate: broken() },
  }),
  podStage('ready', {
    selector: {
      matchExpressions: [alive, isNew, { key: isBroken, operator: 'NotIn', values: ['true'] }],
    },
    delay: {
      durationMilliseconds: 0,
      durationFrom: { expressionFrom: `.metadata.annotations["${readyAfterAnnotation}"]` },
    },
    next: { statusTemplate: running() },
  }),
  podStage('complete', {
    selector: {
      matchExpressions: [
        alive,
        { key: '.status.phase', operator: 'In', values: ['Running'] },
        { key: '.metadata.ownerReferences[].kind', operator: 'In', values: ['Job'] },
      ],
    },
    next: { statusTemplate: 'phase: Succeeded\n' },
  }),
  podStage('delete', {
    selector: { matchExpressions: [{ ...alive, operator: 'Exists' }] },
    next: { finalizers: { empty: true }, delete: true },
  }),
];

function podStage(name: string, spec: object): object {
  const resourceRef = { apiGroup: 'v1', kind: 'Pod' };
  const head = { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name } };
  return { ...head, spec: { resourceRef, ...spec } };
}

/** Status of a pod on its node: its three conditions, its containers, and where it is. */
function status(phase: string, ready: 'True' | 'False', container: string, more: string): string {
  const condition = (type: string, value: string) =>
    `- { type: ${type}, status: "${value}", lastTransitionTime: {{ Now | Quote }} }\n`;
  return `conditions:
${condition('Initialized', 'True')}${condition('PodScheduled', 'True')}${condition('ContainersReady', ready)}${condition('Ready', ready)}containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${ready === 'True'}
  started: ${ready === 'True'}
  restartCount: 0
  state:
${container}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
phase: ${phase}
startTime: {{ Now | Quote }}
${more}`;
}

function running(): string {
  const where =
    '{{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}';
  const container = '    running: { startedAt: {{ Now | Quote }} }';
  return status('Running', 'True', container, `podIP: ${where}\n`);
}

function broken(): string {
  const message = '{{ printf "Back-off pulling image %q" .image | Quote }}';
  const container = `    waiting:\n      reason: ImagePullBackOff\n      message: ${message}`;
  return status('Pending', 'False', container, '');
}
