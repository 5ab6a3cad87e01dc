/** EdgeApp: a workload with its policy as one component: placed in the preview, delivered to the chosen clusters. */
import * as pulumi from '@pulumi/pulumi';
import type { PlacementDecision } from '../../../constructs/model/decision';
import { fleetDocument } from '../../../constructs/model/fleet-document';
import { EdgeError, useOneOf } from '../../../constructs/parsing';
import { endpointsOf } from '../delivery/endpoints';
import { deliverWithKubernetes } from '../delivery/kubernetes';
import { orMistake } from '../runtime/mistake';
import { bundleOf, demandsOf, documentOf, type EdgeAppArgs, fleetOf } from './edge-app-args';
import { checkEdgeAppArgs } from './edge-app-check';
import { failingAs, onOneSdk } from './failing';
import { warnOfNeighbours } from './neighbours';
import { type PlacedAppOutput, Placement } from './placement';
import { Release } from './release';
import { warnOfOptions, warnOfRollout } from './stray';

const brand = Symbol.for('littoral.pulumi.EdgeApp');

/**
 * Runs an app where its users are. In a preview its clusters, replicas and reasons are known, and what changes in
 * each cluster; only a change of its policy, its workload or of where users are moves it.
 */
export class EdgeApp extends pulumi.ComponentResource {
  /** True for any EdgeApp, also from another copy of this package. */
  static isEdgeApp(value: unknown): value is EdgeApp {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Names, sorted. */
  readonly clusters: pulumi.Output<readonly string[]>;
  /** By cluster, of all components together. */
  readonly replicas: pulumi.Output<Readonly<Record<string, number>>>;
  /** The placement in one line. */
  readonly summary: pulumi.Output<string>;
  /** Without what grows with origins and fleet; its digest is that of the whole. */
  readonly decision: pulumi.Output<PlacementDecision>;
  /** By cluster: hosts of Ingresses as URLs, and Services as `web.shop.svc:8080`. */
  readonly endpoints: pulumi.Output<Readonly<Record<string, readonly string[]>>>;
  /** The placement that decides where the app runs. */
  readonly placement: Placement;
  /** There unless `delivery` is `kubernetes`. */
  readonly release?: Release;

  constructor(name: string, args: EdgeAppArgs, opts: pulumi.ComponentResourceOptions = {}) {
    onOneSdk();
    checkEdgeAppArgs(args);
    super('littoral:index:EdgeApp', name, {}, opts);
    Object.defineProperty(this, brand, { value: true });
    warnOfOptions(name, opts);
    const child = this.childOptions(opts);
    const fleet = fleetOf(args);
    const bundle = bundleOf(args, fleet);
    // What is wrong with the app is told once: a placement would find it again.
    const text = failingAs(
      fleet.apply((known) => JSON.stringify(fleetDocument(known))),
      bundle,
    );
    if (args.placement === undefined) warnOfNeighbours(args.name, fleet);
    this.placement = args.placement ?? this.place(name, args, text, child);
    const its = this.placement.placements.apply((placements) =>
      orMistake(() => placedIn(placements, args.name)),
    );
    this.clusters = its.apply(({ clusters }) => clusters);
    this.replicas = its.apply(({ replicas }) => replicas);
    this.summary = its.apply(({ summary }) => summary);
    this.decision = this.placement.decision.apply((text) => JSON.parse(text) as PlacementDecision);
    this.endpoints = pulumi
      .all([bundle, this.decision, fleet])
      .apply(([what, where, clusters]) => endpointsOf(what, where, clusters));
    if (args.delivery === 'kubernetes') {
      const evacuate = pulumi.output(args.rollout).apply((rollout) => {
        warnOfRollout(name, rollout ?? {});
        return rollout?.evacuate ?? [];
      });
      const { decision, placement } = this;
      const what = { bundle, decision, fleet, held: placement.held, evacuate };
      deliverWithKubernetes(name, what, child);
    } else {
      const where = { decision: this.placement.decision, fleet: text, rollout: args.rollout };
      this.release = new Release(name, { bundle, ...where }, child);
    }
    const { clusters, replicas, summary, decision, endpoints } = this;
    this.registerOutputs({ clusters, replicas, summary, decision, endpoints });
  }

  private place(
    name: string,
    args: EdgeAppArgs,
    fleet: pulumi.Output<string>,
    child: pulumi.CustomResourceOptions,
  ): Placement {
    const { lock, now, allowUnsatisfied, allow } = args;
    const given = { lock, now, allowUnsatisfied, allow, demands: demandsOf(args) };
    const apps = [documentOf(args)] as unknown as ConstructorParameters<
      typeof Placement
    >[1]['apps'];
    const known = Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined));
    return new Placement(name, { apps, fleet, ...known }, child);
  }

  /** Children inherit protection, aliases, transforms and providers by having a parent; the rest has to be handed on. */
  private childOptions(opts: pulumi.ComponentResourceOptions): pulumi.CustomResourceOptions {
    const { retainOnDelete, dependsOn, deletedWith, customTimeouts } = opts;
    const handed = { retainOnDelete, dependsOn, deletedWith, customTimeouts };
    const given = Object.entries(handed).filter(([, value]) => value !== undefined);
    return { parent: this, ...Object.fromEntries(given) };
  }
}

function placedIn(
  placements: Readonly<Record<string, PlacedAppOutput>>,
  name: string,
): PlacedAppOutput {
  const placed = placements[name];
  if (placed !== undefined) return placed;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'placement',
    summary: `got a placement without the app ${name}`,
    remedy: useOneOf(name, Object.keys(placements)),
  });
}
