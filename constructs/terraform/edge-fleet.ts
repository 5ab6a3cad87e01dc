/** EdgeFleet: the clusters to choose from, as a file, as objects, or asked of the contexts of a kubeconfig. */

import { Construct, type IConstruct } from 'constructs';
import type { Fleet } from '../model/fleet';
import { type FleetInput, parseFleet } from '../model/fleet-document';
import { API_VERSION, edgeErrorsOf, type KnownKeys } from '../parsing';
import { DataLittoralFleet } from './data-fleet';
import { exactlyOne, strayProps } from './dependencies';
import { escaped } from './escape';
import { fromProject, listFromProject, readProjectFile } from './stack-folder';

/** Exactly one of `file`, `kubeconfig` and `document`. Paths start in the folder the program runs in. */
export interface EdgeFleetProps {
  /** A Fleet document, YAML or JSON. Read when the stack is synthesized and again in every plan. */
  readonly file?: string;
  /** A path, or several as in KUBECONFIG: asks the API server of every context in every plan. Only this goes into the stack. */
  readonly kubeconfig?: string;
  /** Asks only these contexts. Default: all. */
  readonly contexts?: readonly string[];
  /** A file with what no API server tells: coordinates, regions, providers, prices. */
  readonly overlay?: string;
  /** The Fleet document of the last time: a silent cluster keeps what was known of it. */
  readonly previous?: string;
  /** How long a cluster may take to answer before it counts as unreachable. Default 10. */
  readonly deadlineSeconds?: number;
  /** The clusters themselves. */
  readonly document?: FleetInput | Fleet;
}

const propKeys: KnownKeys<EdgeFleetProps> = {
  file: true,
  kubeconfig: true,
  contexts: true,
  overlay: true,
  previous: true,
  deadlineSeconds: true,
  document: true,
};

const brand = Symbol.for('littoral.EdgeFleet');

/** The clusters of a stack. Apps that share it are placed together; see EdgePlacement. */
export class EdgeFleet extends Construct {
  /** True for any EdgeFleet, also from another copy of this package. */
  static isEdgeFleet(construct: IConstruct): construct is EdgeFleet {
    return brand in construct;
  }

  /** The props that the construct was created with. */
  readonly props: EdgeFleetProps;
  /** What reads the fleet in a plan; absent for a `document`. */
  readonly source: DataLittoralFleet | undefined;
  readonly #problems: string[] = [];
  #known: Fleet | undefined;

  constructor(scope: Construct, id: string, props: EdgeFleetProps) {
    super(scope, id);
    Object.defineProperty(this, brand, { value: true });
    this.props = props;
    const { file, kubeconfig, document } = props;
    this.source =
      document === undefined ? new DataLittoralFleet(this, 'Default', read(props)) : undefined;
    this.#known = this.#read();
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, props, propKeys),
        ...exactlyOne(this.node.path, { file, kubeconfig, document }),
        ...this.#problems,
      ],
    });
  }

  /** The Fleet as JSON text, as the provider will read it. */
  get document(): string {
    if (this.source !== undefined) return this.source.document;
    const { document } = this.props;
    return escaped(JSON.stringify({ apiVersion: API_VERSION, kind: 'Fleet', ...document }));
  }

  /** The clusters, where they are known already now; undefined with `kubeconfig`. */
  get known(): Fleet | undefined {
    return this.#known;
  }

  #read(): Fleet | undefined {
    const { file, document } = this.props;
    try {
      if (document !== undefined) return parseFleet(document);
      if (file === undefined) return undefined;
      const folder = file.replace(/[^/\\]*$/, '');
      return parseFleet(readProjectFile(file, 'fleet.file'), {
        file,
        read: (path) =>
          readProjectFile(/^([/\\]|\w:)/.test(path) ? path : folder + path, 'latency'),
      });
    } catch (thrown) {
      const errors = edgeErrorsOf(thrown);
      if (errors === undefined) throw thrown;
      this.#problems.push(...errors.map((error) => error.message));
      return undefined;
    }
  }
}

function read({ document: _, ...props }: EdgeFleetProps) {
  const path = (value: string | undefined) =>
    value === undefined ? undefined : escaped(fromProject(value));
  const { file, kubeconfig, contexts, overlay, previous, ...rest } = props;
  return {
    ...rest,
    file: path(file),
    kubeconfig: kubeconfig === undefined ? undefined : escaped(listFromProject(kubeconfig)),
    contexts: escaped(contexts),
    overlay: path(overlay),
    previous: path(previous),
  };
}
