/** An override of a request leaves the limit alone, unless Kubernetes would refuse the two, or they were one number. */

import { synth } from '../../constructs/kubernetes';
import { objectOf } from '../../constructs/testing';
import { at, fleetOf, fra, sizing } from '../kubernetes/apps';

const deployment = (requests: string, limits: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 2, template: {spec: {containers: [{name: web, image: web, resources: {requests: {${requests}}, limits: {${limits}}}}]}}}
`;

describe('a limit beside an overridden request', () => {
  it.each([
    ['stays above a lower request', 'cpu: 500m', 'cpu: "2"', { cpuMillicores: 250 }, { cpu: '2' }],
    [
      'stays above a higher request',
      'cpu: 500m',
      'cpu: "2"',
      { cpuMillicores: 1500 },
      { cpu: '2' },
    ],
    [
      'rises to a request above it',
      'cpu: 500m',
      'cpu: "1"',
      { cpuMillicores: 1500 },
      { cpu: '1500m' },
    ],
    ['follows what it was', 'cpu: 500m', 'cpu: 0.5', { cpuMillicores: 250 }, { cpu: '250m' }],
    [
      'stays in another unit',
      'memory: 64Mi',
      'memory: 1Gi',
      { memoryMebibytes: 512 },
      { memory: '1Gi' },
    ],
    [
      'stays of another resource',
      'cpu: 1',
      'memory: 1Gi',
      { cpuMillicores: 2000 },
      { memory: '1Gi' },
    ],
    ['stays without a request before', '', 'cpu: 2', { cpuMillicores: 500 }, { cpu: 2 }],
  ])('%s', (_, requests, limits, resources, expected) => {
    const app = {
      name: 'web',
      manifests: [{ text: deployment(requests, limits), file: 'web.yaml' }],
      scaling: { component: 'web', ...sizing },
      overrides: [{ match: {}, set: { resources } }],
    };
    const { spec } = objectOf(at(synth(app, fleetOf(fra)), 'fra'), 'Deployment') as unknown as {
      spec: { template: { spec: { containers: [{ resources: { limits: object } }] } } };
    };
    expect(spec.template.spec.containers[0].resources.limits).toEqual(expected);
  });
});
