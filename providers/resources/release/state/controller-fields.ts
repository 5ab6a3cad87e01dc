/** Controller fields: what a manifest carries only as a place for a controller to fill, and what we therefore leave alone. */
import { groupOf } from '../../../../constructs/kubernetes/kinds';
import type { Manifest } from '../../../../constructs/model/app/workload';

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Annotations by which a controller writes its authority into every caBundle of an object. */
const injection =
  /^(cert-manager\.io\/inject-(ca-from|ca-from-secret|apiserver-ca)|service\.(beta|alpha)\.openshift\.io\/inject-cabundle)$/;

/** The manifest without the fields that a controller owns by what the manifest itself says. */
export function withoutControllerFields(manifest: Manifest): Manifest {
  if (isAggregated(manifest)) {
    const { rules: _, ...rest } = manifest as Manifest & { readonly rules?: unknown };
    return rest;
  }
  const annotations = manifest.metadata.annotations;
  const isInjected =
    isPlain(annotations) && Object.keys(annotations).some((key) => injection.test(key));
  if (!isInjected) return manifest;
  const { metadata, ...rest } = manifest;
  return { ...(withoutBundles(rest) as Omit<Manifest, 'metadata'>), metadata } as Manifest;
}

function isAggregated({ apiVersion, kind, aggregationRule }: Manifest): boolean {
  const isRole = kind === 'ClusterRole' && groupOf(apiVersion) === 'rbac.authorization.k8s.io';
  return isRole && isPlain(aggregationRule);
}

function withoutBundles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBundles);
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => key !== 'caBundle' || isPlain(item));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutBundles(item)]));
}

/** The manifest without `field`, written as the server does, where it is empty there; undefined where it is not. */
export function withoutEmptyField(manifest: Manifest, field: string): Manifest | undefined {
  const steps = stepsOf(field);
  if (steps === undefined) return undefined;
  const rest = without(manifest, steps);
  return rest === undefined ? undefined : (rest as Manifest);
}

/** Keys of objects, and of list items what they hold: `.webhooks[name="a"].clientConfig`. Undefined for anything else. */
function stepsOf(field: string): readonly (string | Plain)[] | undefined {
  const steps: (string | Plain)[] = [];
  const pattern = /\.([^.[\]]+)|\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]/gy;
  for (let at = 0; at < field.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(field);
    if (found === null) return undefined;
    const [, key, item] = found;
    if (key !== undefined) steps.push(key);
    else if (item === undefined) return undefined;
    else {
      const pairs = [...item.matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)];
      if (pairs.length === 0) return undefined;
      steps.push(Object.fromEntries(pairs.map(([, name, value]) => [name!, literal(value!)])));
    }
  }
  return steps;
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function without(value: unknown, [step, ...rest]: readonly (string | Plain)[]): unknown {
  if (step === undefined) return undefined;
  if (typeof step === 'string') {
    if (!isPlain(value) || !Object.hasOwn(value, step)) return undefined;
    const { [step]: inner, ...others } = value;
    if (rest.length === 0) return isEmpty(inner) ? others : undefined;
    const changed = without(inner, rest);
    return changed === undefined ? undefined : { ...value, [step]: changed };
  }
  if (!Array.isArray(value)) return undefined;
  const at = value.findIndex(
    (item) => isPlain(item) && Object.entries(step).every(([key, one]) => item[key] === one),
  );
  const changed = at < 0 ? undefined : without(value[at], rest);
  return changed === undefined
    ? undefined
    : value.map((item, index) => (index === at ? changed : item));
}

/** Nothing, or the line break in base64 that stands for a certificate still to come. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === 'Cg==' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
