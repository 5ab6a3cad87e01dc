/** Register: one value that several processes share, changed only by who has seen its latest version. */

/** What a register holds. */
export interface Held<T> {
  /** Undefined where nothing was ever written. */
  readonly value: T | undefined;
  /** Changes with every write. */
  readonly version: string;
  /** Why a person wants nothing to move, where somebody said so beside the value. */
  readonly pause?: string;
}

/** Compare and swap. Failures of the disk or the server are thrown as EdgeErrors. */
export interface Register<T> {
  readonly read: () => Promise<Held<T>>;
  /** Writes where the version is still the one that was read; false where somebody else was faster. */
  readonly swap: (value: T, version: string) => Promise<boolean>;
}
