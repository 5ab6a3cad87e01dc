/**
 * Public instances with known optima, through the documents and the command that users have.
 * The large ones take minutes; LITTORAL_ALL=1 runs them too.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacementDecision } from '../../constructs/model/decision';
import { littoral } from '../command';
import { hasData, type Instance, libraryInstances, worldInstances } from './public-data';

const all = (process.env.LITTORAL_ALL ?? '') !== '';
/** Candidates times customers that a run of every change still has time for. */
const quick = (instance: Instance) => all || instance.pairs <= 100_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-instance-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The decision of `littoral place --json` on the instance's documents. */
async function decide({ build }: Instance): Promise<PlacementDecision> {
  const { fleet, app, latency } = build();
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify(fleet));
  writeFileSync(join(folder, 'app.json'), JSON.stringify(app));
  if (latency !== undefined) writeFileSync(join(folder, 'latency.csv'), latency);
  const words = ['place', '--app', 'app.json', '--fleet', 'fleet.json', '--json'];
  const { stdout, stderr, exitCode } = await littoral(words, folder);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as PlacementDecision;
}

/** The known optimum, found and proved. */
function expectOptimum({ objective }: PlacementDecision, { optimum }: Instance): void {
  expect(objective.value).toBeGreaterThanOrEqual(optimum * (1 - 1e-6));
  expect(objective.value).toBeLessThanOrEqual(optimum * (1 + 1e-6));
  expect(objective.gap).toBe(0);
}

const library = hasData ? libraryInstances() : [];
const places = hasData ? worldInstances() : [];
const minutes = 10 * 60_000;

if (!hasData) {
  it.skip('public instances: the folder with their files is not beside this repository', () => {});
} else {
  describe('OR-Library', () => {
    it.each(library.filter(quick).map((one) => [one.name, one] as const))(
      '%s: the known optimum',
      async (_, instance) => expectOptimum(await decide(instance), instance),
      minutes,
    );
  });

  describe('places and people of the world', () => {
    it.each(places.filter(quick).map((one) => [one.name, one] as const))(
      '%s: the proved kilometres',
      async (_, instance) => {
        const decision = await decide(instance);
        expectOptimum(decision, instance);
        expect(decision.objective.value.toFixed(6)).toBe(instance.optimum.toFixed(6));
      },
      minutes,
    );
  });

  const left = [...library, ...places].filter((instance) => !quick(instance));
  if (left.length > 0) {
    it.skip(`${left.length} larger instances, from ${left[0]?.name}: set LITTORAL_ALL=1`, () => {});
  }
}
