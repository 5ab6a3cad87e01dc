/** The shop of shop.yaml in TypeScript: one definition for every tool that takes an EdgeApp. */
import { edgeApp } from '../../constructs';

/** A shop of three services that runs where people are: at least 20 requests per second in every chosen cluster. */
export const shop = edgeApp({
  name: 'shop',
  workload: {
    components: [
      {
        name: 'web',
        image: 'registry.example/shop-web:1.4.2',
        port: 8080,
        resources: { cpuMillicores: 250, memoryMebibytes: 256 },
        requestsPerSecondPerReplica: 50,
        kibibytesPerResponse: 40,
        probes: { readiness: { path: '/healthz' } },
      },
      {
        name: 'cart',
        image: 'registry.example/shop-cart:1.4.2',
        port: 8081,
        resources: { cpuMillicores: 150, memoryMebibytes: 192 },
        requestsPerRequest: 0.35,
        requestsPerSecondPerReplica: 40,
        probes: { readiness: { path: '/healthz' } },
      },
      {
        name: 'search',
        image: 'registry.example/shop-search:2.0.1',
        port: 8082,
        resources: { cpuMillicores: 500, memoryMebibytes: 512 },
        requestsPerRequest: 0.2,
        requestsPerSecondPerReplica: 25,
        probes: { readiness: { path: '/healthz' } },
      },
    ],
  },
  network: { ingress: [{ namespace: 'envoy-gateway-system', component: 'web' }] },
  policy: {
    constraints: {
      minRequestsPerSecond: 20,
      residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
      spread: [{ by: 'provider', maxPerGroup: 3 }],
    },
    objective: { latency: 1, money: 100 },
  },
  demand: {
    prometheus: {
      query: 'sum by (geohash) (rate(http_requests_total{app="shop"}[5m]))',
      answer: 'prometheus.json',
    },
  },
});
