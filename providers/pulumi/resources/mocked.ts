/** Mocked: under the mocks of a unit test no provider runs; what ours would compute is computed here, by their own checks. */
import * as pulumi from '@pulumi/pulumi';
import { type Bag, type DynamicProvider, pick } from '../runtime/property-bag';
import { UNKNOWN } from '../runtime/unknown';

/** True in a program that runs under `pulumi.runtime.setMocks`. */
export function isMocked(): boolean {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  return monitor !== undefined && 'mocks' in monitor;
}

/** What an output holds; the marker of the SDK where it, or a part of it, is not known. */
interface Inner {
  readonly isKnown: Promise<boolean>;
  readonly promise: (withUnknowns: boolean) => Promise<unknown>;
}

/** The inputs that the check of a provider leaves of those of a new resource; rejects with RunError where it refuses them. */
export async function checkedHere(
  { check }: Pick<DynamicProvider, 'check'>,
  inputs: pulumi.Inputs,
): Promise<Bag> {
  const whole = pulumi.output(inputs) as unknown as Inner;
  const given = withUnknowns(await whole.promise(true)) as Bag;
  const { inputs: checked, failures = [] } = await check({}, pick(given, Object.keys(given)));
  if (failures.length === 0) return checked;
  const lines = failures.map(({ property, reason }) => `${property}: ${reason}`);
  throw new pulumi.RunError(lines.join('\n'));
}

function withUnknowns(value: unknown): unknown {
  if (value === pulumi.unknown) return UNKNOWN;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withUnknowns);
  // As on the way to the engine, nothing undefined arrives.
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(members.map(([key, one]) => [key, withUnknowns(one)]));
}

/** What the mocks say of an output; where they say nothing, what was computed here. */
export function orComputed<T>(
  output: pulumi.Output<T>,
  computed: Promise<Bag>,
  key: string,
): pulumi.Output<T> {
  const own = output as unknown as Inner;
  const value = Promise.all([own.isKnown, own.promise(true), computed]).then(
    ([isKnown, said, { [key]: here }]) => {
      // Mocks give inputs back, and the decision is an empty text among them.
      if (isKnown && said !== undefined && said !== '') return said;
      return here === UNKNOWN ? pulumi.unknown : here;
    },
  );
  return pulumi.output(value) as pulumi.Output<T>;
}
