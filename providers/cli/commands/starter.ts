/** STARTER: the three documents that `littoral init` writes, ready to place. */
const app = `# What runs, where it may run, and where its requests come from.
apiVersion: littoral.dev/v1alpha1
kind: EdgeApp
name: shop
workload:
  image: registry.example/shop:1.4.2
  port: 8080
  resources: {cpuMillicores: 250, memoryMebibytes: 256}
  requestsPerSecondPerReplica: 50 # how many replicas a cluster gets follows from this
  kibibytesPerResponse: 40 # for the price of egress
network: # everything else is refused
  ingress: [{namespace: envoy-gateway-system}] # where the pods of your gateway are
  # egress: [{host: api.example.com, addresses: [192.0.2.0/28]}]
policy:
  constraints:
    minClusters: 2
    maxClusters: 5
    minRequestsPerSecond: 20 # no cluster for fewer requests than this
    residency: # requests from Europe are served in Europe
      - {origins: {region: europe}, clusters: {region: europe}}
    # mustInclude: [{region: asia}]
    # mustNotInclude: [{provider: acme}]
    # latency: {milliseconds: 80, share: 0.95}
    # budget: {usdPerHour: 5}
  objective:
    latency: 1 # per request/s and millisecond
    money: 100 # per USD/h: one USD an hour is worth 100 requests/s x ms
demand: demand.yaml # or {prometheus: {url: ..., query: ...}}
`;

const fleet = `# The clusters the application may use. \`littoral discover\` writes this from a kubeconfig.
apiVersion: littoral.dev/v1alpha1
kind: Fleet
clusters:
  - {name: ams, latitude: 52.37, longitude: 4.90, region: europe, country: NL, city: Amsterdam, provider: acme, usdPerHour: 0.40, usdPerReplicaHour: 0.03, usdPerGibibyteEgress: 0.02}
  - {name: fra, latitude: 50.11, longitude: 8.68, region: europe, country: DE, city: Frankfurt, provider: globex, usdPerHour: 0.40, usdPerReplicaHour: 0.03, usdPerGibibyteEgress: 0.02}
  - {name: gru, latitude: -23.55, longitude: -46.63, region: south-america, country: BR, city: São Paulo, provider: acme, usdPerHour: 0.52, usdPerReplicaHour: 0.05, usdPerGibibyteEgress: 0.12}
  - {name: iad, latitude: 39.04, longitude: -77.49, region: north-america, country: US, city: Ashburn, provider: globex, usdPerHour: 0.38, usdPerReplicaHour: 0.03, usdPerGibibyteEgress: 0.02}
  - {name: lhr, latitude: 51.51, longitude: -0.13, region: europe, country: GB, city: London, provider: globex, usdPerHour: 0.42, usdPerReplicaHour: 0.03, usdPerGibibyteEgress: 0.02}
  - {name: nrt, latitude: 35.68, longitude: 139.69, region: asia, country: JP, city: Tokyo, provider: acme, usdPerHour: 0.46, usdPerReplicaHour: 0.04, usdPerGibibyteEgress: 0.09}
  - {name: sfo, latitude: 37.77, longitude: -122.42, region: north-america, country: US, city: San Francisco, provider: acme, usdPerHour: 0.42, usdPerReplicaHour: 0.03, usdPerGibibyteEgress: 0.02}
  - name: sin
    latitude: 1.35
    longitude: 103.82
    region: asia
    country: SG
    city: Singapore
    provider: globex
    labels: {tier: edge}
    allocatable: {cpuMillicores: 16000, memoryMebibytes: 65536, pods: 110} # left out: no limit
    requestsPerSecond: 2000 # ceiling of requests/s; left out: no limit
    usdPerHour: 0.46
    usdPerReplicaHour: 0.04
    usdPerGibibyteEgress: 0.09
    # access: {kubeconfig: ~/.kube/edge, context: sin} # a reference, never a secret
`;

const demand = `# Where the requests come from. \`littoral demand --prometheus URL --query Q\` writes this from metrics.
apiVersion: littoral.dev/v1alpha1
kind: Demand
observedAt: "2026-11-21T05:30:00Z"
validForSeconds: 1800
origins:
  - {name: amsterdam, latitude: 52.37, longitude: 4.90, country: NL, region: europe, requestsPerSecond: 31}
  - {name: berlin, latitude: 52.52, longitude: 13.40, country: DE, region: europe, requestsPerSecond: 64}
  - {name: chicago, latitude: 41.88, longitude: -87.63, country: US, region: north-america, requestsPerSecond: 58}
  - {name: jakarta, latitude: -6.21, longitude: 106.85, country: ID, region: asia, requestsPerSecond: 44}
  - {name: london, latitude: 51.51, longitude: -0.13, country: GB, region: europe, requestsPerSecond: 71}
  - {name: los-angeles, latitude: 34.05, longitude: -118.24, country: US, region: north-america, requestsPerSecond: 39}
  - {name: mumbai, latitude: 19.08, longitude: 72.88, country: IN, region: asia, requestsPerSecond: 52}
  - {name: new-york, latitude: 40.71, longitude: -74.01, country: US, region: north-america, requestsPerSecond: 96}
  - {name: paris, latitude: 48.86, longitude: 2.35, country: FR, region: europe, requestsPerSecond: 57}
  - {name: sao-paulo, latitude: -23.55, longitude: -46.63, country: BR, region: south-america, requestsPerSecond: 14}
  - {name: u6s, geohash: u6s, requestsPerSecond: 9} # a geohash names the centre of its cell
`;

/** File names and texts, in the order they are written, and the file of the JSON Schema of each. */
export const starter: readonly (readonly [name: string, text: string, schema: string])[] = [
  ['app.yaml', app, 'edge-app.json'],
  ['fleet.yaml', fleet, 'fleet.json'],
  ['demand.yaml', demand, 'demand.json'],
];
