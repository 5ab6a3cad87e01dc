/** `npm run bench [-- NAME]`: measures the group of that name, else those that have it in theirs, and prints median and spread of every row. */
import { benchBacktest } from './backtest';
import { benchChurn } from './churn';
import { benchCli } from './cli';
import { benchEngine } from './engine';
import { benchJoint } from './joint';
import { benchMany } from './many';
import { benchManyReleases } from './many-releases';
import { benchParse } from './parse';
import { benchPlace } from './place';
import { benchPulumi } from './pulumi';
import { benchRelease } from './release';
import { benchReport } from './report';
import { benchRouting } from './routing';
import { type BenchRow, median } from './row';
import { benchSimulate } from './simulate';
import { benchSynth } from './synth';
import { benchTerraform } from './terraform';
import { benchTerraformPlan } from './terraform-plan';

/** A group of rows that is measured together. */
interface Group {
  readonly name: string;
  readonly measure: () => Promise<readonly BenchRow[]>;
}

const groups: readonly Group[] = [
  { name: 'parse', measure: benchParse },
  { name: 'place', measure: benchPlace },
  { name: 'engine', measure: () => benchEngine() },
  { name: 'even', measure: () => benchEngine('even') },
  { name: 'joint', measure: benchJoint },
  { name: 'many', measure: benchMany },
  { name: 'churn', measure: benchChurn },
  { name: 'routing', measure: benchRouting },
  { name: 'report', measure: benchReport },
  { name: 'simulate', measure: benchSimulate },
  { name: 'backtest', measure: benchBacktest },
  { name: 'synth', measure: benchSynth },
  { name: 'cli', measure: benchCli },
  { name: 'release', measure: benchRelease },
  { name: 'many-releases', measure: benchManyReleases },
  { name: 'pulumi', measure: benchPulumi },
  { name: 'terraform', measure: benchTerraform },
  { name: 'terraform-plan', measure: benchTerraformPlan },
];

async function main(wanted: string | undefined): Promise<void> {
  const exact = groups.filter(({ name }) => name === wanted);
  const some = groups.filter(({ name }) => wanted === undefined || name.includes(wanted));
  const chosen = exact.length > 0 ? exact : some;
  if (chosen.length === 0) {
    const names = groups.map(({ name }) => name).join(', ');
    console.error(`No bench has ${wanted} in its name. Use one of: ${names}.`);
    process.exitCode = 2;
    return;
  }
  console.log(`Node ${process.versions.node} on ${process.platform} ${process.arch}\n`);
  for (const { measure } of chosen) for (const row of await measure()) console.log(line(row));
}

/** `name  median unit (least - most)  note; ratio against the peer`. */
function line({ name, unit, samples, note, peer }: BenchRow): string {
  const [least, most] = [Math.min(...samples), Math.max(...samples)];
  const figures = `${number(median(samples))} ${unit}`;
  const spread =
    samples.length > 1 ? `(${number(least)}-${number(most)}, ${samples.length} runs)` : '';
  const versus = peer && `${peer.of} ${peer.ratio.toFixed(3)} x ${peer.name}`;
  const notes = [note, versus].filter((part) => part !== undefined).join('; ');
  return `${name.padEnd(46)}${figures.padStart(12)}  ${spread.padEnd(28)}${notes}`.trimEnd();
}

const number = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
