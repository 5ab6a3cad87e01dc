/** Plans for people: a line per cluster or per group of clusters alike, a line per object that changes, a line per field; of several apps the totals. */

import { exactJson } from '../../../../constructs/model/exact-integer';
import { counted } from '../../../../constructs/model/numbers';
import {
  type ClusterPlan,
  clusterSteps,
  courseOf,
  type FieldChange,
  type ObjectPlan,
  objectText,
  type ReleasePlan,
  releaseCourses,
  totalsText,
} from '../../../resources/release';
import { type Alike, alikeOf, listed, type Merged, mergedObjects } from '../alike';
import { wrap } from '../layout';
import type { Paint, Style } from '../terminal';

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
  retire: ['=', 'yellow', 'to be retired'],
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

/** Which part of plans is shown: `changed` leaves out what stays as it is. */
export interface Shown {
  readonly onlyChanged: boolean;
  /** Of all apps together; 0 where nothing is known. */
  readonly usdPerHourDelta: number;
}

/** Lines of details of several apps; of those behind them only the headline is shown. */
const mostLines = 200;
/** Apps that are named at all. */
const mostApps = 100;

/** Everything a reviewer needs, worst first; what stays as it is takes one line. Of several apps the totals come last. */
export function plansText(plans: readonly ReleasePlan[], shown: Shown, voice: Voice): string {
  const { paint, width } = voice;
  const [only] = plans;
  if (plans.length === 1 && only !== undefined) return planText(only, shown, voice);
  const rank = (plan: ReleasePlan) => releaseCourses.indexOf(courseOf(plan));
  const moving = plans
    .filter((plan) => courseOf(plan) !== 'unchanged')
    .sort((a, b) => rank(a) - rank(b));
  const named = moving.slice(0, mostApps);
  const texts: string[] = [];
  let lines = 0;
  let withoutDetails = 0;
  for (const plan of named) {
    const text = planText(plan, shown, voice);
    const length = text.split('\n').length - 1;
    // A long one makes no room for a shorter one behind it: then nobody could say what is left out.
    const fits = withoutDetails === 0 && (lines + length <= mostLines || lines === 0);
    if (!fits) withoutDetails += 1;
    lines += fits ? length : 0;
    texts.push(fits ? text : `${headline(plan, voice)}\n`);
  }
  const same = plans.filter((plan) => courseOf(plan) === 'unchanged');
  const notes = [
    ...(moving.length > named.length
      ? [`and ${counted(moving.length - named.length, 'more app')} of these kinds`]
      : []),
    ...(withoutDetails > 0
      ? [
          `${counted(withoutDetails, 'app')} without details: --json has them, or one --app at a time`,
        ]
      : []),
    ...(same.length > 0 && !shown.onlyChanged
      ? [
          `= ${counted(same.length, 'app')} unchanged: ${listed(same.map(({ release }) => release))}`,
        ]
      : []),
  ];
  const aside = notes.flatMap((text) => wrap(text, width).map((line) => paint('dim', line)));
  const all = wrap(totalsText(plans, shown.usdPerHourDelta), width).map((line) =>
    paint('bold', line),
  );
  const below = [...(withoutDetails > 0 ? [''] : []), ...aside, ...all, '', ''];
  return texts.join('') + below.join('\n');
}

/** One release. */
function planText(plan: ReleasePlan, { onlyChanged }: Shown, voice: Voice): string {
  const { clusters } = plan;
  const { paint } = voice;
  const shown = clusters.filter(({ step, chosen, holds }) => {
    return step !== 'keep' && (step !== 'unreachable' || chosen || holds);
  });
  const kept = clusters.filter(({ step }) => step === 'keep').length;
  const aside = clusters.filter((one) => one.step === 'unreachable' && !shown.includes(one));
  const lines = alikeOf(shown).flatMap((group) => clusterLines(group, voice));
  return [
    headline(plan, voice),
    '',
    ...lines,
    ...(kept > 0 && !onlyChanged
      ? [`  ${paint('dim', `= ${counted(kept, 'cluster')} as planned before`)}`]
      : []),
    ...(aside.length > 0
      ? wrap(
          `${counted(aside.length, 'cluster')} of the fleet did not answer and may hold nothing: ${listed(aside.map(({ name }) => name))}`,
          voice.width - 2,
        ).map((line) => `  ${paint('dim', line)}`)
      : []),
    '',
    '',
  ].join('\n');
}

function headline({ release, clusters }: ReleasePlan, { paint }: Voice): string {
  return `${paint('bold', release)}   ${summary(clusters)}`;
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

function clusterLines(group: Alike, { paint, width }: Voice): readonly string[] {
  const [cluster] = group;
  const [sign, style, word] = steps[cluster.step];
  const name = listed(group.map((one) => one.name));
  const reason = cluster.reason === undefined ? '' : `   ${cluster.reason}`;
  const indent = Math.min(name.length, 16) + 7;
  const [first = '', ...rest] = wrap(`${word}${reason}`, width - name.length - 7);
  const objects = mergedObjects(group, valuesText).filter(
    ({ object }) => object.change !== 'unchanged',
  );
  const same = cluster.objects.length - objects.length;
  return [
    `  ${paint(style, sign)} ${paint('bold', name)}   ${first}`,
    ...rest.map((line) => ' '.repeat(indent) + line),
    ...objects.flatMap(({ object, differing }) => objectLines(object, { paint, width }, differing)),
    ...(same > 0 ? [`      ${paint('dim', `= ${counted(same, 'object')} unchanged`)}`] : []),
  ];
}

/** The object, who stands in the way, its fields, and those of which clusters have other values. */
export function objectLines(
  object: ObjectPlan,
  { paint, width }: Voice,
  differing: Merged['differing'] = [],
): readonly string[] {
  const [sign, style] = signs[object.change];
  const drifted = object.drifted ? ', changed by others' : '';
  const reason = object.reason === undefined ? '' : `: ${object.reason}`;
  const said = `${objectText(object.ref)} ${paint('dim', object.change + drifted)}${reason}`;
  return [
    `      ${paint(style, sign)} ${said}`,
    ...object.fields.map((field) => `          ${fieldText(field, width - 12)}`),
    ...differing.map(({ path, texts }) => `          ${fitting(path, texts, width - 12)}`),
  ];
}

function fieldText({ path, ...change }: FieldChange, width: number): string {
  return fitting(path, valuesText(change), width);
}

function valuesText(change: Omit<FieldChange, 'path'>): string {
  return `${valueText(change, 'before')} -> ${valueText(change, 'after')}`;
}

/** The last steps of the path say what it is, and the values what happens: the front of the path goes first. */
function fitting(path: string, values: string, width: number): string {
  const text = `${path}: ${values}`;
  const over = text.length - width;
  if (over <= 0) return text;
  const steps = path.split(/(?=[.[])/);
  let rest = path;
  while (steps.length > 1 && `...${rest}: ${values}`.length > width) {
    steps.shift();
    rest = steps.join('');
  }
  const short = `...${rest.replace(/^\./, '')}: ${values}`;
  return short.length <= width ? short : `${short.slice(0, Math.max(20, width - 3))}...`;
}

function valueText(change: Omit<FieldChange, 'path'>, side: 'before' | 'after'): string {
  if (!(side in change)) return '(none)';
  const value = change[side];
  return value === '(hidden)' ? value : exactJson(value);
}
