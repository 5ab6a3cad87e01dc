/** EdgePlacement: one decision for all apps that share a fleet. */
import { Construct, type IConstruct } from 'constructs';
import { byCodeUnits } from '../model/canonical';
import { EdgeError, edgeErrorsOf, type KnownKeys, quoted } from '../parsing';
import { outsideSource } from '../policy';
import { type AppProps, type DocumentedApp, documentArgument, documented } from './app-document';
import { Lazy, TerraformStack } from './cdktf';
import { DataLittoralDemand } from './data-demand';
import { strayProps } from './dependencies';
import type { EdgeFleet } from './edge-fleet';
import { escaped } from './escape';
import { LittoralPlacement, type PlacedAppAttributes } from './placement-resource';
import { fromProject, projectFrom } from './stack-folder';

/** What a placement is told besides its apps. */
export interface EdgePlacementProps {
  /** The clusters to choose from. */
  readonly fleet: EdgeFleet;
  /** Apps to place; deployments that name this placement add theirs. */
  readonly apps?: readonly AppProps[];
  /** Demand by app as JSON text, instead of what the app says. */
  readonly demands?: Readonly<Record<string, string>>;
  /** Path of a committed PlacementDecision to replay instead of deciding. */
  readonly lockFile?: string;
  /** The clock. Default: when a demand was last read live, else when the newest was observed. */
  readonly now?: string;
  /** Go on, with a warning, where no placement satisfies a policy. Default false. */
  readonly allowUnsatisfied?: boolean;
  /** Guards lifted this once. */
  readonly allow?: readonly string[];
}

const propKeys: KnownKeys<EdgePlacementProps> = {
  fleet: true,
  apps: true,
  demands: true,
  lockFile: true,
  now: true,
  allowUnsatisfied: true,
  allow: true,
};

const brand = Symbol.for('littoral.EdgePlacement');

/** One littoral_placement, and a littoral_demand for every app whose demand is read. */
export class EdgePlacement extends Construct {
  /** True for any EdgePlacement, also from another copy of this package. */
  static isEdgePlacement(construct: IConstruct): construct is EdgePlacement {
    return brand in construct;
  }

  /** The placement of all apps on `fleet` that ask for no other. */
  static sharedOn(fleet: EdgeFleet): EdgePlacement {
    const { id, scope = fleet } = fleet.node;
    // Beside the fleet, so that the address is short: littoral_placement.placement.
    const name = id === 'fleet' ? 'placement' : `${id}-placement`;
    const found = scope.node.tryFindChild(name) as EdgePlacement | undefined;
    return found ?? new EdgePlacement(scope as Construct, name, { fleet });
  }

  /** The props that the construct was created with. */
  readonly props: EdgePlacementProps;
  /** The resource `littoral_placement` behind the construct. */
  readonly resource: LittoralPlacement;
  readonly #apps = new Map<string, DocumentedApp>();
  readonly #demands = new Map<string, string>();
  readonly #problems: string[] = [];

  constructor(scope: Construct, id: string, props: EdgePlacementProps) {
    super(scope, id);
    Object.defineProperty(this, brand, { value: true });
    this.props = props;
    const { fleet, lockFile, now, allowUnsatisfied, allow } = props;
    this.resource = new LittoralPlacement(this, 'Default', {
      fleet: fleet.document,
      documents: Lazy.anyValue({ produce: () => this.#documents() }) as unknown as string[],
      demands: Lazy.anyValue({ produce: () => this.#demandMap() }) as unknown as Record<
        string,
        string
      >,
      ...(lockFile === undefined ? {} : { lock: this.#lock(lockFile) }),
      ...(now === undefined ? {} : { now }),
      ...(allowUnsatisfied === undefined ? {} : { allowUnsatisfied }),
      ...(allow === undefined ? {} : { allow: [...allow] }),
    });
    this.node.addValidation({ validate: () => this.#validate() });
    for (const app of props.apps ?? []) this.add(app);
  }

  /** Places this app too. Mistakes in it are reported when the tree is validated. */
  add(props: AppProps): void {
    try {
      this.#add(props);
    } catch (thrown) {
      const errors = edgeErrorsOf(thrown);
      if (errors === undefined) throw thrown;
      this.#problems.push(...errors.map((error) => error.message));
    }
  }

  /** Where one app runs; tokens. */
  placed(app: string): PlacedAppAttributes {
    return this.resource.placed(app);
  }

  /** Names of the apps so far, sorted. */
  get apps(): readonly string[] {
    return [...this.#apps.keys()].sort(byCodeUnits);
  }

  #add(props: AppProps): void {
    const { name } = props;
    if (this.#apps.has(name)) {
      throw new EdgeError({
        code: 'Duplicate',
        path: 'name',
        summary: `got the app ${quoted(name)} twice in one placement`,
        remedy: 'Rename one of them, or give one of them a placement of its own.',
      });
    }
    const one = documented(props);
    this.#apps.set(name, one);
    const source = demandSource(one);
    if (source === undefined) return;
    const data = new DataLittoralDemand(this, `demand-${name}`, source);
    if (this.node.scope === TerraformStack.of(this)) {
      data.overrideLogicalId(`${this.resource.friendlyUniqueId}_${name}`);
    }
    this.#demands.set(name, data.document);
  }

  #documents(): unknown[] {
    return this.apps.map((name) => documentArgument(this.#apps.get(name)!.document));
  }

  #demandMap(): Record<string, string> | undefined {
    const all = { ...Object.fromEntries(this.#demands), ...this.props.demands };
    const names = Object.keys(all).sort(byCodeUnits);
    return names.length === 0
      ? undefined
      : Object.fromEntries(names.map((name) => [name, all[name]!]));
  }

  #lock(file: string): string {
    const path = Lazy.stringValue({ produce: () => `${projectFrom(this)}/${fromProject(file)}` });
    return `\${file("${path}")}`;
  }

  #validate(): string[] {
    const stray = strayProps(this.node.path, this.props, propKeys);
    if (this.#apps.size > 0 || this.#problems.length > 0) return [...stray, ...this.#problems];
    return [...stray, `${this.node.path}: got no app to place. Add one, or remove the placement.`];
  }
}

/** Metrics and files are read in the plan; what is given in the app goes with it. */
function demandSource({ app }: DocumentedApp) {
  const source = outsideSource(app);
  if (source === undefined) return undefined;
  if ('file' in source) return { file: escaped(fromProject(source.file)) };
  const { minRequestsPerSecond, minClusters } = app.policy.constraints;
  return {
    ...source,
    stretchBelowRequestsPerSecond: minRequestsPerSecond * minClusters,
  };
}
