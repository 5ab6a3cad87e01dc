/** EdgeApp: a workload with its policy, as a construct that any tree of constructs can hold. */
import { ApiObject, Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { Bundle } from '../model/app/bundle';
import type { Manifest } from '../model/app/workload';
import type { AppDecision } from '../model/decision';
import { EdgeError, edgeErrorsOf } from '../parsing';
import type { Clusters, SynthProps } from './props';
import { type Placed, render } from './render';
import { synth } from './synth';

/** What runs, and untouched what decides where: policy and demand are for the placement. */
export interface EdgeAppProps extends SynthProps {
  /** The placement policy as the document writes it; not read here. */
  readonly policy?: unknown;
  /** The demand source as the document writes it; not read here. */
  readonly demand?: unknown;
  /** Whose app it is, for fleets that grant clusters to teams; not read here. */
  readonly team?: string;
  /** The clusters it may run on. Default: not known yet; then a chart may not look at `site.cluster`. */
  readonly fleet?: Clusters;
}

/** A decision for one app and the digest of the document it is from. */
export interface DecisionForApp {
  /** Name and chosen clusters of the app. */
  readonly decision: Pick<AppDecision, 'app' | 'clusters'>;
  /** Digest of the whole PlacementDecision, `sha256:` and hexadecimal digits. */
  readonly digest: string;
}

const brand = Symbol.for('littoral.EdgeApp');

/**
 * A workload plus a policy. It renders nothing by itself, because where it runs is decided later: hand `bundle` to
 * a release, or call `charts` when a decision is at hand. Mistakes in the props are reported when the tree is validated.
 */
export class EdgeApp<Props extends EdgeAppProps = EdgeAppProps> extends Construct {
  /** True for any EdgeApp, also from another copy of this package. */
  static isEdgeApp(construct: IConstruct): construct is EdgeApp {
    return brand in construct;
  }

  /** As given; `policy` and `demand` are carried through. */
  readonly props: Props;
  #bundle: Bundle | undefined;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    Object.defineProperty(this, brand, { value: true });
    this.props = props;
    this.node.addValidation({ validate: () => this.#problems() });
  }

  /** What to run, synthesized on first use. Throws EdgeErrors. */
  get bundle(): Bundle {
    this.#bundle ??= synth(this.props, this.props.fleet);
    return this.#bundle;
  }

  /** The objects for one chosen cluster, in the order they are applied. Throws EdgeErrors. */
  manifests(placed: Placed, decisionDigest: string): readonly Manifest[] {
    return render(this.bundle, placed, { decisionDigest, ...this.#facts(placed.name) });
  }

  /** One cdk8s chart per chosen cluster below this construct, so that `app.synth()` writes `<app>-<cluster>`. Throws EdgeErrors. */
  charts({ decision, digest }: DecisionForApp): readonly Chart[] {
    const { name } = this.props;
    if (decision.app !== name) {
      throw new EdgeError({
        code: 'UnknownName',
        path: 'decision.app',
        summary: `got the decision of ${decision.app} for the app ${name}`,
        remedy: `Pass the decision of ${name}.`,
      });
    }
    return decision.clusters.map((placed) => {
      const chart = new Chart(this, placed.name);
      this.manifests(placed, digest).forEach((manifest, index) => {
        const id = `${index}-${manifest.kind}-${manifest.metadata.name}`.replaceAll('/', '-');
        new ApiObject(chart, id, { ...manifest });
      });
      return chart;
    });
  }

  #facts(name: string) {
    const cluster = this.props.fleet?.clusters.find((one) => one.name === name);
    return cluster === undefined ? {} : { cluster };
  }

  #problems(): string[] {
    try {
      void this.bundle;
      return [];
    } catch (thrown) {
      const errors = edgeErrorsOf(thrown);
      if (errors === undefined) throw thrown;
      return errors.map((error) => error.message);
    }
  }
}
