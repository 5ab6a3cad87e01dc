/** Namespace quota: the ResourceQuota that leaves room for every replica an autoscaler may make and for a rollout of them, and the LimitRange beside it. */

import type { autoscalingOf } from '../../model/app/autoscaling';
import type { Fill, Slot } from '../../model/app/bundle';
import type { Quota } from '../../model/app/quota';
import type { Component, Manifest } from '../../model/app/workload';
import { isAutoscaled } from '../autoscaler-objects';
import { cpuQuantity, memoryQuantity } from '../quantities';
import type { Template } from '../slots';

/** What the quota is summed from. */
export interface NamespaceQuotaProps {
  readonly app: string;
  readonly namespace: string;
  readonly components: readonly Component[];
  readonly autoscaling: ReturnType<typeof autoscalingOf>;
  readonly quota: Quota;
}

type Room = Extract<Fill, { readonly value: 'room' }>;

/** Units after the number: thousandths of a core, and kibibytes, so that parts of a mebibyte are whole. */
const limited = [
  { key: 'pods', of: 'pods', unit: '' },
  { key: 'requests.cpu', of: 'cpuMillicores', unit: 'm' },
  { key: 'requests.memory', of: 'memoryKibibytes', unit: 'Ki' },
] as const;

/** ResourceQuota, and LimitRange where containers without requests are to get some. */
export function namespaceQuota(props: NamespaceQuotaProps): readonly Template[] {
  const { app, namespace, quota } = props;
  const labels = {
    'app.kubernetes.io/managed-by': 'littoral',
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/part-of': app,
  };
  const metadata = { labels, name: app, namespace };
  const hard = Object.fromEntries(limited.map(({ key }) => [key, null]));
  const slots = limited.map(({ key, of, unit }): Slot => {
    return { pointer: `/spec/hard/${key}`, text: [roomFill(of, props), unit] };
  });
  const room = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } } as Manifest;
  const { containerRequests } = quota;
  if (containerRequests === undefined) return [{ manifest: room, slots }];
  // No maximum: the server would make it the limit of containers that have none.
  const defaultRequest = {
    cpu: cpuQuantity(containerRequests.cpuMillicores),
    memory: memoryQuantity(containerRequests.memoryMebibytes),
  };
  const spec = { limits: [{ defaultRequest, type: 'Container' }] };
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata, spec } as Manifest;
  return [
    { manifest: room, slots },
    { manifest: range, slots: [] },
  ];
}

function roomFill(of: Room['of'], { components, autoscaling, quota }: NamespaceQuotaProps): Room {
  const { headroomPercent = 0 } = quota;
  return {
    value: 'room',
    of,
    parts: components.map((component) => {
      const { cpuMillicores, memoryMebibytes } = component.resources;
      const isMoved = isAutoscaled(component, autoscaling) && autoscaling !== false;
      return {
        component: component.name,
        cpuMillicores,
        memoryMebibytes,
        ...(isMoved ? { times: autoscaling.maxReplicasFactor } : {}),
      };
    }),
    ...(headroomPercent === 0 ? {} : { headroomPercent }),
  };
}
