/** A shop that runs where its users are: `pulumi preview` shows the clusters and why, `pulumi up` goes there. */
import * as pulumi from '@pulumi/pulumi';
import * as littoral from 'littoral/pulumi';

const config = new pulumi.Config();
const query = 'sum by (geohash) (rate(http_requests_total{app="shop"}[30s]))';
const url = config.get('prometheus');
const answer = config.get('answer') ?? '../quickstart/prometheus.json';

const site = new littoral.EdgeApp('shop', {
  name: 'shop',
  workload: {
    image: config.get('image') ?? 'registry.example/shop:1.4.2',
    port: 8080,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  network: { ingress: [{ namespace: 'envoy-gateway-system' }] },
  policy: {
    constraints: { minClusters: 2, maxClusters: 5, minRequestsPerSecond: 20 },
    objective: { latency: 1, money: 100 },
  },
  // Recorded requests, until there is a server to ask: pulumi config set prometheus http://...
  demand: { prometheus: url === undefined ? { query, answer } : { query, url } },
  fleet: littoral.getFleet({ file: config.get('fleet') ?? '../quickstart/fleet.yaml' }),
});

export const clusters = site.clusters;
export const replicas = site.replicas;
export const summary = site.summary;
export const endpoints = site.endpoints;
