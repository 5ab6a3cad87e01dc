/** An object of a hub as it came: readers that take what is there and pass over what is not. */

/** An object of the Kubernetes API. */
export interface HubObject {
  readonly apiVersion?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  /** Of a Secret: values in Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** A condition of a status. */
export interface HubCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** True when it has what every object has. */
export function isHubObject(value: unknown): value is HubObject {
  return text(member(value, 'metadata', 'name')) !== undefined;
}

/** The member at a path; undefined where any part is missing. */
export function member(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** A text that is not empty, else undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list, else an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A map of texts, without members of other types. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}

/** The condition of a type in a list of conditions. */
export function conditionIn(conditions: unknown, type: string): HubCondition | undefined {
  return list(conditions).find((one): one is HubCondition => member(one, 'type') === type);
}

/** An instant that can be read, in ISO 8601. */
export function instant(value: unknown): string | undefined {
  const written = text(value);
  return written !== undefined && !Number.isNaN(Date.parse(written)) ? written : undefined;
}

/** Why a condition is as it is, in one line. */
export function reasonOf({ type, status, reason, message }: HubCondition): string {
  const said = (message ?? '').replace(/\s+/g, ' ').trim().slice(0, 200);
  const words = [reason, said].filter((one) => one !== undefined && one !== '').join(': ');
  return `${type} is ${status}${words === '' ? '' : ` (${words})`}`;
}
