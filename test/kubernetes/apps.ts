/** Apps and fleets that several tests of this room start from. */
import type { Bundle, SynthProps } from '../../constructs/kubernetes';
import { render } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import type { Cluster } from '../../constructs/model/fleet';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { testCluster } from '../../constructs/testing';

export const sizing = {
  resources: { cpuMillicores: 250, memoryMebibytes: 256 },
  requestsPerSecondPerReplica: 50,
};

export const shop: SynthProps = {
  name: 'shop',
  workload: { image: 'registry.example/shop:1.4.2', port: 8080, ...sizing },
};

export const fra = testCluster({ name: 'fra', country: 'DE', region: 'europe' });
export const ams = testCluster({ name: 'ams', country: 'NL', region: 'europe' });
export const sin = testCluster({ name: 'sin', country: 'SG', region: 'asia' });

export const fleetOf = (...clusters: readonly Cluster[]) => ({ clusters });

export const manyClusters = (
  count: number,
  facts: (index: number) => Partial<Cluster> = () => ({}),
) =>
  fleetOf(
    ...Array.from({ length: count }, (_, index) =>
      testCluster({ name: `cluster-${String(index).padStart(4, '0')}`, ...facts(index) }),
    ),
  );

export const at = (
  bundle: Bundle,
  name: string,
  replicas = 3,
  requestsPerSecond = 120.5,
): readonly Manifest[] =>
  render(bundle, { name, replicas, requestsPerSecond }, { decisionDigest: 'sha256:decided' });

/** The messages of everything `act` reports, for tests about mistakes. */
export function mistakes(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors !== undefined) return errors.map((error) => error.message);
    throw thrown;
  }
  throw new Error('nothing was reported');
}
