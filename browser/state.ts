/** State: what the reader looks at now, and who wants to know when that changes. */
import type {
  ReportData,
  ReportDetails,
  ReportFlows,
  ReportOrigins,
} from '../constructs/report/report-data';

/** The decision, or the one before it. */
export type When = 'after' | 'before';

/** What the reader looks at. */
export interface Look {
  /** Position in `ReportData.apps`. */
  readonly app: number;
  readonly when: When;
  /** A cluster that is singled out. */
  readonly cluster: number | undefined;
  /** A what-if that is shown on the map, by its position. */
  readonly whatIf: number | undefined;
}

type Watcher = (look: Look, before: Look) => void;

/** Holds the look of the reader. */
export class State {
  readonly data: ReportData;
  #look: Look;
  readonly #watchers: Watcher[] = [];
  #ofApp: Watcher[] = [];

  constructor(data: ReportData) {
    this.data = data;
    this.#look = { app: 0, when: 'after', cluster: undefined, whatIf: undefined };
  }

  get look(): Look {
    return this.#look;
  }

  change(part: Partial<Look>): void {
    const before = this.#look;
    this.#look = { ...before, ...part };
    for (const watcher of [...this.#watchers, ...this.#ofApp]) watcher(this.#look, before);
  }

  /** Called at every change, not now. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** The same for a part of the page that is about one app: until the next app. */
  watchForApp(watcher: Watcher): void {
    this.#ofApp.push(watcher);
  }

  /** The parts about one app are made anew. */
  forgetApp(): void {
    this.#ofApp = [];
  }

  get details(): ReportDetails | undefined {
    return this.data.apps[this.#look.app]?.details;
  }

  get origins(): ReportOrigins | undefined {
    const position = this.details?.origins;
    return position === undefined ? undefined : this.data.origins[position];
  }

  /** Who serves whom in what is looked at. */
  get flows(): ReportFlows | undefined {
    const { details } = this;
    return this.#look.when === 'before' ? details?.before?.flows : details?.flows;
  }

  /** Clusters of what is looked at, the most requests first. */
  get chosen(): readonly number[] {
    const { details } = this;
    if (this.#look.when === 'before') return details?.before?.clusters ?? [];
    return details?.chosen.map(({ cluster }) => cluster) ?? [];
  }

  nameOf(cluster: number): string {
    return this.data.clusters.name[cluster] ?? 'a cluster that is left out';
  }
}
