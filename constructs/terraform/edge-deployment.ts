/** EdgeDeployment: an app on the clusters that its policy chooses, in a stack. */
import { Construct, type IConstruct } from 'constructs';
import { EdgeApp } from '../kubernetes/edge-app';
import { EdgeError, type KnownKeys, withPeers } from '../parsing';
import type { AppProps } from './app-document';
import { Fn, Lazy, TerraformLocal, TerraformOutput, TerraformStack } from './cdktf';
import { strayProps } from './dependencies';
import type { EdgeFleet } from './edge-fleet';
import { EdgePlacement } from './edge-placement';
import { EdgeStack } from './edge-stack';
import { escaped, tokenIn } from './escape';
import { onSynthesis } from './littoral-provider';
import { LittoralRelease, type RolloutConfig } from './release-resource';
import { type KubernetesDelivery, sitesOf, stacksFor } from './sites';
import { fromProject, stackFolder, writeBeside } from './stack-folder';

/** The same as for the construct EdgeApp of `littoral/kubernetes`, and where and how it is delivered. */
export interface EdgeDeploymentProps extends AppProps {
  /** The clusters to choose from. Default: those of the EdgeStack around it. */
  readonly fleet?: EdgeFleet;
  /** The decision it takes part in. Default: that of all apps on the fleet that name no other. */
  readonly placement?: EdgePlacement;
  /**
   * `release`: one littoral_release that talks to all clusters; moves make before they break. `kubernetes`: resources
   * of HashiCorp's provider, one block per cluster and object. Default `release`.
   */
  readonly delivery?: 'release' | 'kubernetes';
  /** How carefully, with `release`. */
  readonly rollout?: RolloutConfig;
  /** With `release`: its name. Default: the app's. */
  readonly releaseName?: string;
  /** With `kubernetes`: clusters, stacks and waiting. */
  readonly kubernetes?: KubernetesDelivery;
}

const kubernetesKeys: KnownKeys<KubernetesDelivery> = { clusters: true, stacks: true, wait: true };

const brand = Symbol.for('littoral.EdgeDeployment');

/** An app, its share of a placement, and what delivers it. Outputs: `<id>_clusters`, `_replicas`, `_summary` and `_decision`. */
export class EdgeDeployment extends Construct {
  /** True for any EdgeDeployment, also from another copy of this package. */
  static isEdgeDeployment(construct: IConstruct): construct is EdgeDeployment {
    return brand in construct;
  }

  /** The props that the construct was created with. */
  readonly props: EdgeDeploymentProps;
  /** What runs. */
  readonly app: EdgeApp;
  /** The placement that decides where the app runs. */
  readonly placement: EdgePlacement;
  /** Absent with delivery `kubernetes`. */
  readonly release: LittoralRelease | undefined;

  /** Throws EdgeError when nothing says which clusters there are. */
  constructor(scope: Construct, id: string, props: EdgeDeploymentProps) {
    super(scope, id);
    Object.defineProperty(this, brand, { value: true });
    this.props = props;
    const { placement, delivery = 'release' } = props;
    const fleet = placement?.props.fleet ?? fleetFor(this, props);
    const app = appPropsOf(props);
    const { known } = fleet;
    this.app = new EdgeApp(this, 'app', {
      ...app,
      ...(known === undefined ? {} : { fleet: known }),
    });
    this.placement = placement ?? EdgePlacement.sharedOn(fleet);
    this.placement.add(app);
    this.release = delivery === 'release' ? this.#releaseOf(fleet) : undefined;
    if (delivery === 'kubernetes') this.#deliverTyped(fleet);
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, props.kubernetes, kubernetesKeys, ['kubernetes']),
        ...this.#meaningless(delivery),
      ],
    });
    this.#output();
  }

  /** Where the app runs, sorted; a token. */
  get clusters(): string[] {
    return this.placement.placed(this.props.name).clusters;
  }
  /** Replicas by cluster; a token. */
  get replicas(): Record<string, number> {
    return this.placement.placed(this.props.name).replicas;
  }
  /** The app's decision in one line; a token. */
  get summary(): string {
    return this.placement.placed(this.props.name).summary;
  }
  /** The decision that it is part of, as JSON text; a token. */
  get decision(): string {
    return this.placement.resource.decision;
  }

  #releaseOf(fleet: EdgeFleet): LittoralRelease {
    const { name, rollout, releaseName } = this.props;
    const more = {
      decision: this.decision,
      fleet: fleet.document,
      app: name,
      ...(releaseName === undefined ? {} : { name: releaseName }),
      ...(rollout === undefined ? {} : { rollout }),
    };
    if (this.#hasTokens())
      return new LittoralRelease(this, 'Default', { ...more, ...this.#text() });
    const file = `assets/${TerraformStack.of(this).getLogicalId(this.node)}.bundle.json`;
    onSynthesis(this, () =>
      writeBeside(this, file, `${JSON.stringify(this.app.bundle, null, 1)}\n`),
    );
    const bundle = Lazy.stringValue({
      produce: () => escaped(fromProject(`${stackFolder(this)}/${file}`)),
    });
    return new LittoralRelease(this, 'Default', { ...more, bundle });
  }

  /** What Terraform has to complete cannot lie in a file: the bundle is a local value, and the release gets its text. */
  #text(): { readonly document: string } {
    const bundle = Lazy.anyValue({ produce: () => escaped(this.app.bundle) });
    const local = new TerraformLocal(this, 'bundle', bundle);
    return { document: Fn.jsonencode(local.expression) };
  }

  #hasTokens(): boolean {
    const { chart, ...props } = appPropsOf(this.props);
    if (tokenIn(props) !== undefined) return true;
    // Only what a chart makes tells whether it holds tokens; its mistakes are told by the validation of `app`.
    return (
      chart !== undefined &&
      this.app.node.validate().length === 0 &&
      tokenIn(this.app.bundle) !== undefined
    );
  }

  #deliverTyped(fleet: EdgeFleet): void {
    const { kubernetes = {}, name } = this.props;
    const { sites, problems } = sitesOf(this, fleet, kubernetes);
    this.node.addValidation({ validate: () => [...problems, ...this.#untypedProblems()] });
    // A mistake in the app is told by the validation of `app`; there is nothing to deliver then.
    if (this.app.node.validate().length > 0) return;
    deliverer()(this, {
      app: name,
      bundle: this.app.bundle,
      placement: this.placement.resource,
      sites,
      wait: kubernetes.wait ?? false,
      stacks: stacksFor(sites.length, kubernetes),
    });
  }

  /** A custom resource cannot be planned before its definition is in the cluster. */
  #untypedProblems(): string[] {
    if (this.app.node.validate().length > 0) return [];
    const kinds = new Set(this.app.bundle.objects.map(({ manifest }) => manifest.kind));
    if (!kinds.has('CustomResourceDefinition')) return [];
    return [
      `${this.node.path}: got a CustomResourceDefinition with delivery kubernetes, which plans against the API server. Use the delivery release, or install the definition beforehand.`,
    ];
  }

  /** What was asked for and can have no effect with this delivery. */
  #meaningless(delivery: 'release' | 'kubernetes'): string[] {
    const { rollout, releaseName, kubernetes } = this.props;
    const others = delivery === 'release' ? { kubernetes } : { rollout, releaseName };
    return Object.entries(others)
      .filter(([, value]) => value !== undefined)
      .map(
        ([name]) =>
          `${this.node.path}: got ${name} with delivery ${delivery}, which has no use for it. Remove ${name}.`,
      );
  }

  #output(): void {
    const { clusters, replicas, summary, decision } = this;
    const isNear = this.node.scope === TerraformStack.of(this);
    const output = (what: string, description: string, value: unknown, hidden = {}) => {
      const id = isNear ? `${this.node.id}_${what}` : what;
      const output = { value: value as string, description, ...hidden };
      new TerraformOutput(this, id, { ...output, staticId: isNear });
    };
    output('clusters', 'Where the app runs.', clusters);
    output('replicas', 'Replicas by cluster, of all components together.', replicas);
    output('summary', 'The decision in one line.', summary);
    // Nothing in it is secret; a decision of a hundred clusters would fill the screen.
    output('decision', 'The decision, as JSON; hidden only for its length.', decision, {
      sensitive: true,
    });
  }
}

/** What is told of the app itself. */
function appPropsOf(props: EdgeDeploymentProps): AppProps {
  const {
    fleet: _,
    placement: __,
    delivery: ___,
    rollout: ____,
    releaseName: _____,
    kubernetes: ______,
    ...app
  } = props;
  return app;
}

function fleetFor(construct: Construct, { fleet, name }: EdgeDeploymentProps): EdgeFleet {
  const stack = construct.node.scopes.find((one) => EdgeStack.isEdgeStack(one));
  const found = fleet ?? (stack as EdgeStack | undefined)?.fleet;
  if (found !== undefined) return found;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'fleet',
    summary: `nothing says which clusters the app ${name} may run on`,
    remedy: 'Give the EdgeStack a fleet, or the deployment a fleet or a placement.',
  });
}

/** Loaded when it is needed: HashiCorp's bindings are an optional peer. */
function deliverer(): typeof import('./kubernetes/delivery')['deliver'] {
  const load = () => require('./kubernetes/delivery') as typeof import('./kubernetes/delivery');
  const packages = ['@cdktf/provider-kubernetes@12'];
  return withPeers("delivery 'kubernetes'", packages, load, 'delivery').deliver;
}
