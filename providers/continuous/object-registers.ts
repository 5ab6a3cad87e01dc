/** Registers in a cluster: a Lease says who leads, a ConfigMap beside it what was decided. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { EdgeError } from '../../constructs/parsing';
import type { ClusterClient, LiveObject, ObjectRef } from '../clusters/cluster';
import { ClusterError } from '../clusters/errors';
import type { LeaseRecord } from './leadership';
import type { Held, Register } from './register';

/** Where both are: equal names in one namespace. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** An annotation of the Lease by which a person stops all moves; its value is the reason. */
export const PAUSE_ANNOTATION = 'littoral.dev/pause';

/** A coordination.k8s.io/v1 Lease as other controllers use it. */
export function leaseRegister(client: ClusterClient, place: Place): Register<LeaseRecord> {
  const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...place };
  const specOf = (live: LiveObject): LeaseRecord | undefined => {
    const { spec } = live as { spec?: LeaseSpec };
    if (spec?.leaseDurationSeconds === undefined) return undefined;
    return {
      holder: spec.holderIdentity ?? '',
      seconds: spec.leaseDurationSeconds,
      acquired: spec.acquireTime ?? '',
      renewed: spec.renewTime ?? '',
      transitions: spec.leaseTransitions ?? 0,
    };
  };
  const written = ({ holder, seconds, acquired, renewed, transitions }: LeaseRecord) => ({
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      acquireTime: micro(acquired),
      renewTime: micro(renewed),
      leaseTransitions: transitions,
    },
  });
  return objectRegister(client, ref, specOf, written);
}

/** What was decided, compressed: 10,000 origins fit into the 1 MiB of an object. */
export function stateRegister<T>(client: ClusterClient, place: Place): Register<T> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', ...place };
  const valueIn = (live: LiveObject): T | undefined => {
    const text = (live as { binaryData?: { state?: string } }).binaryData?.state;
    if (text === undefined) return undefined;
    try {
      return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as T;
    } catch (cause) {
      throw new EdgeError({
        code: 'SourceFailed',
        path: '--keep',
        summary: `ConfigMap ${place.namespace}/${place.name} in cluster ${client.name} holds something that littoral run did not write`,
        remedy: 'Give --keep a name that nothing else uses.',
        cause,
      });
    }
  };
  return objectRegister(client, ref, valueIn, (value) => ({
    binaryData: { state: gzipSync(JSON.stringify(value)).toString('base64') },
  }));
}

function objectRegister<T>(
  client: ClusterClient,
  ref: ObjectRef,
  valueIn: (live: LiveObject) => T | undefined,
  written: (value: T) => object,
): Register<T> {
  const { apiVersion, kind, ...metadata } = ref;
  return {
    read: async (): Promise<Held<T>> => {
      const live = await client.get(ref);
      if (live === undefined) return { value: undefined, version: '' };
      const { annotations = {} } = live.metadata as { annotations?: Record<string, string> };
      const pause = annotations[PAUSE_ANNOTATION];
      return {
        value: valueIn(live),
        version: live.metadata.resourceVersion,
        ...(pause === undefined ? {} : { pause: pause === '' ? 'no reason given' : pause }),
      };
    },
    swap: async (value, version) => {
      const onlyIf = version === '' ? ('absent' as const) : { resourceVersion: version };
      try {
        const manifest = { apiVersion, kind, metadata, ...written(value) };
        await client.apply(manifest, { force: true, onlyIf });
        return true;
      } catch (thrown) {
        // Also where our own first attempt succeeded and its answer was lost: who reads again sees it.
        if (thrown instanceof ClusterError && thrown.status === 409) return false;
        throw thrown;
      }
    },
  };
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** MicroTime of Kubernetes: six digits after the second, whether we wrote the instant or the server did. */
const micro = (instant: string) =>
  instant.replace(/(\.\d+)?Z$/, (_, fraction = '.') => `${fraction.padEnd(7, '0').slice(0, 7)}Z`);
