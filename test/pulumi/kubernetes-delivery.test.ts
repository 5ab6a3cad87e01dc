/** Delivery by @pulumi/kubernetes: held and evacuated clusters, the order of a move, and a class for every kind. */
import * as pulumi from '@pulumi/pulumi';
import { synth } from '../../constructs';
import type { ClusterDecision } from '../../constructs/model/decision';
import type { Cluster, Fleet } from '../../constructs/model/fleet';
import { parseFleet } from '../../constructs/model/fleet-document';
import {
  deliverWithKubernetes,
  providerSettings,
} from '../../providers/pulumi/delivery/kubernetes';
import { classOf, typedKinds } from '../../providers/pulumi/delivery/kubernetes-kinds';
import type { HeldCluster } from '../../providers/pulumi/runtime/placement-provider';
import { decisionFor } from '../resources/fixtures';
import { app, fleetOf } from './inputs';
import { mocked } from './mocked';

/** Delivers to clusters, `kept` ones among them; iad is silent. */
async function delivered(
  chosen: readonly string[],
  kept: readonly string[],
  held: readonly HeldCluster[] = [],
  evacuate: readonly string[] = [],
) {
  const decision = decisionFor(chosen);
  const clusters = decision.apps[0]?.clusters.map((one) => {
    return { ...one, change: kept.includes(one.name) ? ('kept' as const) : ('added' as const) };
  });
  const where = { ...decision, apps: [{ ...decision.apps[0], clusters }] } as typeof decision;
  const fleet: Fleet = parseFleet(fleetOf(['iad']));
  return mocked(() => {
    deliverWithKubernetes(
      'shop',
      {
        bundle: pulumi.output(synth(app, fleet)),
        decision: pulumi.output(where),
        fleet: pulumi.output(fleet),
        held: pulumi.output(held),
        evacuate: pulumi.output(evacuate),
      },
      {},
    );
  });
}

const placed = {
  ...decisionFor(['iad']).apps[0]?.clusters[0],
  replicas: 7,
  componentReplicas: undefined,
} as ClusterDecision;
const iad: HeldCluster = { app: 'shop', cluster: placed, decision: 'sha256:before' };

describe('delivery by @pulumi/kubernetes', () => {
  it('keeps declaring what runs in a silent cluster that was dropped', async () => {
    const { named, one } = await delivered(['fra'], ['fra'], [iad]);
    expect(named('pulumi:providers:kubernetes')).toEqual(['shop-fra', 'shop-iad']);
    expect(one('pulumi:providers:kubernetes', 'shop-iad').inputs).toMatchObject({
      skipUpdateUnreachable: 'true',
    });
    expect(named('kubernetes:apps/v1:Deployment')).toContain('shop-iad-Deployment-shop/shop');
    const scaler = 'kubernetes:autoscaling/v2:HorizontalPodAutoscaler';
    const { inputs } = one(scaler, 'shop-iad-HorizontalPodAutoscaler-shop/shop');
    expect(inputs).toMatchObject({ spec: { minReplicas: 7 } });
  });

  it('lets go of it only when asked: a provider that may, and nothing to keep', async () => {
    const { named, one } = await delivered(['fra'], ['fra'], [iad], ['iad']);
    expect(one('pulumi:providers:kubernetes', 'shop-iad').inputs).toMatchObject({
      deleteUnreachable: 'true',
    });
    expect(named('kubernetes:apps/v1:Deployment')).toEqual(['shop-fra-Deployment-shop/shop']);
  });

  it('declares no provider for clusters that have nothing', async () => {
    const { named } = await delivered(['sin'], []);
    expect(named('pulumi:providers:kubernetes')).toEqual(['shop-sin']);
  });

  it('registers what is added before what is kept', async () => {
    const { named } = await delivered(['fra', 'sin'], ['fra']);
    expect(named('kubernetes:apps/v1:Deployment')).toEqual([
      'shop-sin-Deployment-shop/shop',
      'shop-fra-Deployment-shop/shop',
    ]);
  });
});

describe('the settings of a provider', () => {
  it('name the cluster, and where to find it', () => {
    const [fra] = parseFleet(fleetOf()).clusters;
    expect(providerSettings(fra as Cluster, false)).toEqual({
      kubeconfig: 'clusters.kubeconfig',
      context: 'fra',
      clusterIdentifier: 'fra',
    });
  });

  it('are refused without a kubeconfig, with the path in the fleet', () => {
    const [fra] = parseFleet(fleetOf()).clusters;
    const { access: _, ...bare } = fra as Cluster;
    expect(() => providerSettings(bare, false)).toThrow(
      /fleet\.clusters\.fra\.access: got no kubeconfig for fra/,
    );
  });
});

describe('kinds of @pulumi/kubernetes', () => {
  it.each([...typedKinds.keys()])('%s has a class of its own, of that kind', async (kind) => {
    const cut = kind.lastIndexOf('/');
    const [apiVersion, name] = [kind.slice(0, cut), kind.slice(cut + 1)];
    const made = classOf(apiVersion, name) as unknown as { readonly __pulumiType: string };
    const version = apiVersion === 'v1' ? 'core/v1' : apiVersion;
    expect(made.__pulumiType).toBe(`kubernetes:${version}:${name}`);
  });
});
