/** Changed fields: what differs in each object between what a release was and what it is to be, found without calling a cluster. */

import type { Manifest } from '../../../../constructs/model/app/workload';
import { exactDigits } from '../../../../constructs/model/exact-integer';
import type { ObjectRef } from '../../../clusters/cluster';
import { type Desired, desiredOf } from '../state/desired';
import { changedFields, type FieldChange } from '../state/fields';
import { keyOf, refOf } from '../state/identity';
import type { ReleaseProps } from '../state/props';
import type { ReleasePlan } from './plan';
import { isShown, withoutValues } from './sealed';

/** The object of a cluster; undefined when it is not known. */
export type Versions = (cluster: string, ref: ObjectRef) => Manifest | undefined;

/** The plan with the fields that change from one version of an object to the other. */
export function withChangedFields(plan: ReleasePlan, was: Versions, is: Versions): ReleasePlan {
  const clusters = plan.clusters.map((cluster) => ({
    ...cluster,
    objects: cluster.objects.map((one) => {
      if (one.change !== 'changed') return one;
      const [before, after] = [was(cluster.name, one.ref), is(cluster.name, one.ref)];
      if (before === undefined || after === undefined) return one;
      return { ...one, fields: changedFields(one.ref, before, after) };
    }),
  }));
  return { ...plan, clusters };
}

/** The objects that a release wants, without the values of Secrets; rendered when the first is asked for. */
export function versionsIn(props: ReleaseProps): Versions {
  let rendered: Versions | undefined;
  return (cluster, ref) => {
    rendered ??= manifestsIn(desiredOf(props));
    return rendered(cluster, ref);
  };
}

/** Finds the manifest of an object; the one or the other has no namespace where the server knew better. */
function manifestsIn({ clusters }: Desired): Versions {
  const named = (cluster: string, ref: ObjectRef) => `${cluster} ${keyOf(ref)}`;
  const exact = new Map<string, Manifest>();
  const loose = new Map<string, Manifest>();
  for (const { name, manifests } of clusters) {
    for (const manifest of manifests) {
      const { namespace: _, ...rest } = refOf(manifest);
      exact.set(named(name, refOf(manifest)), withoutValues(manifest));
      loose.set(named(name, rest), withoutValues(manifest));
    }
  }
  return (cluster, ref) => {
    const { namespace, ...rest } = ref;
    const others = namespace === undefined ? loose : exact;
    return exact.get(named(cluster, ref)) ?? others.get(named(cluster, rest));
  };
}

/** Fields that are listed; the rest are counted. */
const most = 6;

/** `image: shop:1 → shop:2, replicas: 10 → 11, + env LOG`; empty without fields. Values that may be secrets are not shown. */
export function fieldsText(fields: readonly FieldChange[]): string {
  const names = shortNames(fields.map(({ path }) => path));
  const texts = fields.map((field, index) => oneText(field, names[index] ?? field.path));
  const rest = texts.length > most ? [`${texts.length - most} more`] : [];
  return [...texts.slice(0, most), ...rest].join(', ');
}

function oneText({ path, before, after }: FieldChange, name: string): string {
  const shown = (value: unknown) => (isShown(path, value) ? `: ${plain(value)}` : '');
  if (before === undefined) return `+ ${name}${shown(after)}`;
  if (after === undefined) return `- ${name}${shown(before)}`;
  const open = isShown(path, before) && isShown(path, after);
  return open ? `${name}: ${plain(before)} → ${plain(after)}` : `${name} changes`;
}

function plain(value: unknown): unknown {
  return exactDigits(value) ?? value;
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
