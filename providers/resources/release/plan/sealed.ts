/** Sealed: an object in which every text that may be a secret of the user is a keyed digest, so that it may be kept and compared. */
import { createHmac } from 'node:crypto';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { canonicalJson } from '../../../../constructs/model/canonical';
import { HIDDEN, stepText } from '../state/fields';
import { isSecret, keyOf, refOf } from '../state/identity';

type Plain = Readonly<Record<string, unknown>>;

/** Anything in them may be a secret: environments, configuration, arguments, annotations. */
const silent = /\.(env|data|stringData|binaryData|args|command|annotations)\b/;
/** Amounts of resources have names of their own. */
const amount = /\.(limits|requests)(\.[A-Za-z0-9_-]+|\["[^"]*"\])$/;
/** Fields of Kubernetes whose texts name, count or choose something; any other text may be a secret. */
const openTexts = new Set(
  [
    'apiVersion kind name namespace image type host',
    'imagePullPolicy restartPolicy concurrencyPolicy podManagementPolicy externalTrafficPolicy',
    'port targetPort containerPort protocol pathType schedule timeZone',
    'maxUnavailable minAvailable maxSurge',
    'serviceAccountName serviceName priorityClassName runtimeClassName storageClassName',
    'ingressClassName loadBalancerClass schedulerName',
  ]
    .join(' ')
    .split(' '),
);
/** What stands for a value: the first 16 hexadecimal digits of an HMAC-SHA-256. */
const seal = /^hmac:[0-9a-f]{16}$/;
/** Characters; a longer text is not shown. */
const longest = 200;

/** Whether plans show the value beside the name of its field. */
export function isShown(path: string, value: unknown): boolean {
  if (silent.test(path)) return false;
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value !== 'string' || value.length > longest || /[\n\r]/.test(value)) return false;
  if (value === HIDDEN || seal.test(value)) return false;
  const [, last = ''] = /\.([A-Za-z0-9_-]+)$/.exec(path) ?? [];
  return openTexts.has(last) || amount.test(path);
}

/** The object with its names and what plans show; other values are digests, and those of a Secret are left out. */
export function sealed(manifest: Manifest, key: string): Manifest {
  // Its namespace may be known to the server alone.
  const { namespace: _, ...ref } = refOf(manifest);
  const object = keyOf(ref);
  const digest = (path: string, value: unknown) => {
    const hmac = createHmac('sha256', key).update(canonicalJson([object, path, value]));
    return `hmac:${hmac.digest('hex').slice(0, 16)}`;
  };
  return sealedValue('', withoutValues(manifest), digest) as Manifest;
}

/** Equal for the same value at the same place of the same release alone. */
type Digest = (path: string, value: unknown) => string;

function sealedValue(path: string, value: unknown, digest: Digest): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const name = nameOf(item);
      if (name === undefined) return sealedValue(`${path}[${index}]`, item, digest);
      // Items of a list are told apart by their names.
      return { ...(sealedValue(`${path}[name=${name}]`, item, digest) as Plain), name };
    });
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    return Object.fromEntries(
      members.map(([name, member]) => [
        name,
        sealedValue(`${path}${stepText(name)}`, member, digest),
      ]),
    );
  }
  const isOpen = value === null || value === HIDDEN || isShown(path, value);
  return isOpen ? value : digest(path, value);
}

function nameOf(item: unknown): string | undefined {
  const name = (item as Plain | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** A Secret with its keys alone; any other object as it is. */
export function withoutValues(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest;
  const hidden = (values: unknown) =>
    Object.fromEntries(Object.keys((values ?? {}) as object).map((key) => [key, HIDDEN]));
  return {
    ...manifest,
    ...(manifest.data === undefined ? {} : { data: hidden(manifest.data) }),
    ...(manifest.stringData === undefined ? {} : { stringData: hidden(manifest.stringData) }),
  };
}
