/** The shop that stacks are synthesized for: its clusters, its demand, and one stack named edge with what a test puts there. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { type EdgeDeploymentProps, EdgeStack } from '../../constructs/terraform';
import { testCluster } from '../../constructs/testing';
import { executable, synthesized } from './stacks';

export const provider = { executable };
export const clusters = ['ams', 'fra', 'sin'].map((name) =>
  testCluster({
    name,
    region: name === 'sin' ? 'asia' : 'europe',
    access: { kubeconfig: 'clusters/kubeconfig', context: name },
  }),
);
export const fleet = { clusters };
export const demand = {
  observedAt: '2026-11-21T05:30:00Z',
  validForSeconds: 1800,
  origins: [{ name: 'berlin', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 }],
};
export const shop = {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    env: { GREETING: 'hello ${USER}' },
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  policy: { constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 10 } },
  demand: {
    prometheus: {
      url: 'http://127.0.0.1:9090',
      query: 'sum by (geohash) (rate(r{app="${app}"}[5m]))',
    },
  },
} as const satisfies EdgeDeploymentProps;

/** One stack named edge with what `add` puts there. */
export const edge = (add: (stack: EdgeStack) => void, props = {}) =>
  synthesized((app) => {
    const stack = new EdgeStack(app, 'edge', { fleet, provider, ...props });
    add(stack);
    return stack;
  }).edge!;
/** What a mistake is answered with. */
export const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was refused');
};
