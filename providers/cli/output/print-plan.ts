/** A plan for people: a line per cluster, a line per object that changes, a line per field. */

import { counted } from '../../../constructs/model/numbers';
import {
  type ClusterPlan,
  clusterSteps,
  type FieldChange,
  type ObjectPlan,
  objectText,
  type ReleasePlan,
} from '../../resources/release';
import { wrap } from './layout';
import type { Paint, Style } from './terminal';

interface Voice {
  readonly paint: Paint;
  readonly width: number;
}

const steps: Readonly<
  Record<ClusterPlan['step'], readonly [sign: string, style: Style, word: string]>
> = {
  add: ['+', 'green', 'install'],
  update: ['~', 'yellow', 'change'],
  keep: ['=', 'dim', 'nothing to do'],
  remove: ['-', 'red', 'remove'],
  leave: ['=', 'yellow', 'left'],
  unreachable: ['?', 'yellow', 'unreachable'],
  refused: ['!', 'red', 'refuses'],
  evacuate: ['-', 'yellow', 'let go of'],
};
const signs: Readonly<Record<ObjectPlan['change'], readonly [sign: string, style: Style]>> = {
  created: ['+', 'green'],
  changed: ['~', 'yellow'],
  replaced: ['-+', 'red'],
  adopted: ['>', 'cyan'],
  unchanged: ['=', 'dim'],
  deleted: ['-', 'red'],
  kept: ['=', 'yellow'],
  refused: ['!', 'red'],
};

/** Everything a reviewer needs; what stays as it is takes one line. */
export function planText({ release, clusters }: ReleasePlan, voice: Voice): string {
  const { paint } = voice;
  const shown = clusters.filter(({ step, chosen, holds }) => {
    return step !== 'keep' && (step !== 'unreachable' || chosen || holds);
  });
  const kept = clusters.filter(({ step }) => step === 'keep').length;
  const aside = clusters.filter((one) => one.step === 'unreachable' && !shown.includes(one));
  const lines = shown.flatMap((cluster) => clusterLines(cluster, voice));
  return [
    `${paint('bold', release)}   ${summary(clusters)}`,
    '',
    ...lines,
    ...(kept > 0 ? [`  ${paint('dim', `= ${counted(kept, 'cluster')} as planned before`)}`] : []),
    ...(aside.length > 0
      ? wrap(
          `${counted(aside.length, 'cluster')} of the fleet did not answer and may hold nothing: ${aside.map(({ name }) => name).join(', ')}`,
          voice.width - 2,
        ).map((line) => `  ${paint('dim', line)}`)
      : []),
    '',
    '',
  ].join('\n');
}

function summary(clusters: readonly ClusterPlan[]): string {
  const parts = clusterSteps.flatMap((step) => {
    const count = clusters.filter((one) => {
      return one.step === step && (step !== 'unreachable' || one.chosen || one.holds);
    }).length;
    return count === 0 ? [] : [`${count} ${step === 'keep' ? 'as it is' : steps[step][2]}`];
  });
  return parts.length === 0 ? 'nothing anywhere' : parts.join(', ');
}

function clusterLines(cluster: ClusterPlan, { paint, width }: Voice): readonly string[] {
  const [sign, style, word] = steps[cluster.step];
  const reason = cluster.reason === undefined ? '' : `   ${cluster.reason}`;
  const [first = '', ...rest] = wrap(`${word}${reason}`, width - cluster.name.length - 7);
  const indent = ' '.repeat(cluster.name.length + 7);
  const objects = cluster.objects.filter(({ change }) => change !== 'unchanged');
  const same = cluster.objects.length - objects.length;
  return [
    `  ${paint(style, sign)} ${paint('bold', cluster.name)}   ${first}`,
    ...rest.map((line) => indent + line),
    ...objects.flatMap((one) => objectLines(one, { paint, width })),
    ...(same > 0 ? [`      ${paint('dim', `= ${counted(same, 'object')} unchanged`)}`] : []),
  ];
}

/** The object, who stands in the way, and its fields. */
export function objectLines(object: ObjectPlan, { paint, width }: Voice): readonly string[] {
  const [sign, style] = signs[object.change];
  const drifted = object.drifted ? ', changed by others' : '';
  const reason = object.reason === undefined ? '' : `: ${object.reason}`;
  const said = `${objectText(object.ref)} ${paint('dim', object.change + drifted)}${reason}`;
  return [
    `      ${paint(style, sign)} ${said}`,
    ...object.fields.map((field) => `          ${fieldText(field, width - 12)}`),
  ];
}

function fieldText({ path, ...change }: FieldChange, width: number): string {
  const [before, after] = [valueText(change, 'before'), valueText(change, 'after')];
  const text = `${path}: ${before} -> ${after}`;
  return text.length <= width ? text : `${text.slice(0, Math.max(20, width - 3))}...`;
}

function valueText(change: Omit<FieldChange, 'path'>, side: 'before' | 'after'): string {
  if (!(side in change)) return '(none)';
  const value = change[side];
  return value === '(hidden)' ? value : JSON.stringify(value);
}
