/** Placement outputs: the names of what a placement computes, for the resource that shows them and the provider that fills them. */
export const placementOutputs = [
  'clusters',
  'replicas',
  'requestsPerSecond',
  'usdPerHour',
  'placements',
  'satisfied',
  'gap',
  'summary',
  'delta',
  'warnings',
  'decision',
  'digest',
  'routing',
  'origins',
  'held',
] as const;
