/** Changed fields: what differs in each object between what a release was and what it is to be, found without calling a cluster. */
import type { Manifest } from '../../../../constructs/model/workload';
import type { ObjectRef } from '../../../clusters/cluster';
import { type Desired, desiredOf } from '../state/desired';
import { changedFields, type FieldChange, HIDDEN } from '../state/fields';
import { isSecret, keyOf, refOf } from '../state/identity';
import type { ReleaseProps } from '../state/props';
import type { ReleasePlan } from './plan';

/** The plan with the fields that change, where `before` says what was applied last. */
export function withChangedFields(
  plan: ReleasePlan,
  before: ReleaseProps | undefined,
  after: ReleaseProps,
): ReleasePlan {
  const changes = plan.clusters.some(({ objects }) =>
    objects.some(({ change }) => change === 'changed'),
  );
  if (before === undefined || !changes) return plan;
  const [old, wanted] = [manifestsIn(desiredOf(before)), manifestsIn(desiredOf(after))];
  const clusters = plan.clusters.map((cluster) => ({
    ...cluster,
    objects: cluster.objects.map((one) => {
      const [was, is] = [old(cluster.name, one.ref), wanted(cluster.name, one.ref)];
      if (one.change !== 'changed' || was === undefined || is === undefined) return one;
      return { ...one, fields: changedFields(one.ref, withoutValues(was), withoutValues(is)) };
    }),
  }));
  return { ...plan, clusters };
}

/** Finds the manifest of an object; the one or the other has no namespace where the server knew better. */
function manifestsIn({
  clusters,
}: Desired): (cluster: string, ref: ObjectRef) => Manifest | undefined {
  const named = (cluster: string, ref: ObjectRef) => `${cluster} ${keyOf(ref)}`;
  const exact = new Map<string, Manifest>();
  const loose = new Map<string, Manifest>();
  for (const { name, manifests } of clusters) {
    for (const manifest of manifests) {
      const { namespace: _, ...rest } = refOf(manifest);
      exact.set(named(name, refOf(manifest)), manifest);
      loose.set(named(name, rest), manifest);
    }
  }
  return (cluster, ref) => {
    const { namespace, ...rest } = ref;
    const others = namespace === undefined ? loose : exact;
    return exact.get(named(cluster, ref)) ?? others.get(named(cluster, rest));
  };
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

/** Fields that are listed; the rest are counted. */
const most = 6;
/** Texts whose value may be a secret of the user are listed by name: environment, configuration, arguments, annotations. */
const silent = /\.env\[|^\.(data|stringData|binaryData)\b|\.(args|command|annotations)\b/;

/** `image: shop:1 → shop:2, replicas: 10 → 11, + env LOG`; empty without fields. Values of environments and configuration are not shown. */
export function fieldsText(fields: readonly FieldChange[]): string {
  const names = shortNames(fields.map(({ path }) => path));
  const texts = fields.map((field, index) => oneText(field, names[index] ?? field.path));
  const rest = texts.length > most ? [`${texts.length - most} more`] : [];
  return [...texts.slice(0, most), ...rest].join(', ');
}

function oneText({ path, before, after }: FieldChange, name: string): string {
  const open = !silent.test(path);
  if (before === undefined) return `+ ${name}${open ? valueText(after, ': ') : ''}`;
  if (after === undefined) return `- ${name}${open ? valueText(before, ': ') : ''}`;
  const [was, is] = [valueText(before), valueText(after)];
  return open && was !== '' && is !== '' ? `${name}: ${was} → ${is}` : `${name} changes`;
}

/** Numbers, booleans and short texts; nothing for what is long or has parts, and for what is hidden. */
function valueText(value: unknown, lead = ''): string {
  if (value === HIDDEN || (typeof value === 'object' && value !== null)) return '';
  const text = String(value);
  return text.length > 200 || /[\n\r]/.test(text) ? '' : `${lead}${text}`;
}

/** The shortest ends of paths that tell them apart: `image`, `[name=web].image` where two containers have one. */
function shortNames(paths: readonly string[]): readonly string[] {
  const steps = paths.map(stepsOf);
  return steps.map((own, index) => {
    for (let count = least(own); count < own.length; count++) {
      const end = own.slice(-count).join('');
      const isAlone = steps.every(
        (other, at) => at === index || other.slice(-count).join('') !== end,
      );
      if (isAlone) return readable(end);
    }
    return readable(own.join(''));
  });
}

/** A name alone says nothing where it is that of a resource or of a list's element. */
function least(steps: readonly string[]): number {
  const [owner = '', last = ''] = steps.slice(-2);
  if (/^\.(limits|requests|labels|annotations|data|stringData|binaryData|env)$/.test(owner))
    return 2;
  if (/^\.(value|valueFrom)$/.test(last) && owner.startsWith('[')) return 3;
  return last.startsWith('[') ? 2 : 1;
}

function stepsOf(path: string): readonly string[] {
  return path.match(/\.[A-Za-z0-9_-]+|\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]/g) ?? [path];
}

/** `env LOG` for `.env[name=LOG].value`, `data key` for `.data.key`. */
function readable(end: string): string {
  const variable = /^\.env\[name=([^\]]+)\](\.value)?$/.exec(end);
  if (variable !== null) return `env ${variable[1]}`;
  const member =
    /^\.(data|stringData|binaryData|labels|annotations)(?:\.([A-Za-z0-9_-]+)|\["(.*)"\])$/.exec(
      end,
    );
  if (member !== null) return `${member[1]} ${member[2] ?? member[3]}`;
  return end.replace(/^\./, '');
}
