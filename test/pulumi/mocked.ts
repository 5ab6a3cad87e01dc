/** Runs a Pulumi program against mocks: our resources live by their real check, everything else is remembered. */

import * as pulumi from '@pulumi/pulumi';
import { placementProvider } from '../../providers/pulumi/runtime/placement-provider';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { retirementProvider } from '../../providers/pulumi/runtime/retirement-provider';
import { trafficProvider } from '../../providers/pulumi/runtime/traffic-provider';
import { UNKNOWN } from '../../providers/pulumi/runtime/unknown';
import { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';

/** A resource as the engine was told of it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What a program registered. */
export interface Mocked {
  readonly registered: readonly Registered[];
  /** Names of resources by type. */
  readonly named: (type: string) => readonly string[];
  readonly one: (type: string, name: string) => Registered;
}

const worldless = () => {
  throw new Error('nothing is read with mocks');
};
const empty = () => worldIn(new Clusters());
/** The providers of one program: each run of Pulumi has a process of its own. */
const livesOfOneRun = (): Readonly<
  Record<string, Pick<ReturnType<typeof placementProvider>, 'check'>>
> => ({
  'pulumi-nodejs:dynamic/littoral:Placement': placementProvider(worldless),
  'pulumi-nodejs:dynamic/littoral:Release': releaseProvider(empty),
  'pulumi-nodejs:dynamic/littoral:Retirement': retirementProvider(worldless),
  'pulumi-nodejs:dynamic/littoral:Traffic': trafficProvider(worldless),
});

/** Runs `program` in a preview or an update of its own, until all of its resources are registered. */
export async function mocked(program: () => void, preview = true): Promise<Mocked> {
  const registered: Registered[] = [];
  const lives = livesOfOneRun();
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const plain = withoutSecrets(inputs) as Record<string, unknown>;
        registered.push({ type, name, inputs });
        const life = lives[type];
        if (life === undefined) return { id: name, state: inputs };
        const { inputs: checked, failures = [] } = await life.check({}, plain);
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
        return { id: name, state: checked };
      },
      call: ({ token }) => {
        throw new Error(`${token} was called`);
      },
    },
    'littoral',
    'test',
    preview,
  );
  program();
  await settled(registered);
  const one = (type: string, name: string) => {
    const found = registered.find((each) => each.type === type && each.name === name);
    if (found === undefined) throw new Error(`no ${type} ${name}`);
    return found;
  };
  const named = (type: string) =>
    registered.filter((each) => each.type === type).map(({ name }) => name);
  return { registered, named, one };
}

/** Resources are registered inside of outputs, which nobody can wait for: until nothing comes for a while. */
async function settled(registered: readonly Registered[]): Promise<void> {
  let quiet = 0;
  for (let count = -1; quiet < 30; await new Promise((done) => setTimeout(done, 10))) {
    quiet = registered.length === count ? quiet + 1 : 0;
    count = registered.length;
  }
}

/** As the engine hands inputs to a provider that takes no secrets. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value === pulumi.unknown) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  const entries = Object.entries(value);
  if ('value' in value && isSecret(value)) return withoutSecrets(value.value);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutSecrets(one)]));
}

/** True for a value that went to the engine as a secret. */
export function isSecret(value: unknown): boolean {
  const mark = pulumi.runtime.specialSigKey;
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<string, unknown>)[mark] === pulumi.runtime.specialSecretSig
  );
}

/** The value of an output, once it is known; `UNKNOWN` when it is not. */
export async function known<T>(output: pulumi.Output<T>): Promise<T | typeof UNKNOWN> {
  const inner = output as unknown as { promise: () => Promise<T>; isKnown: Promise<boolean> };
  return (await inner.isKnown) ? inner.promise() : UNKNOWN;
}
