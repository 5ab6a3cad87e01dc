/** Three clusters, and programs for the real `pulumi` on them; all of it is there from the first test to the last. */
import { demandOf } from '../pulumi/inputs';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { noPulumi, oneApp, type Program, program } from './pulumi-program';

/** What the tests work with. */
export interface PulumiSite {
  readonly testbed: () => Testbed;
  /** Whether a cluster answers at `path` with an object. */
  readonly isThere: (cluster: string, path: string) => Promise<boolean>;
  /** A program that is removed at the end. */
  readonly keep: (made: Promise<Program>) => Promise<Program>;
  /** A program of one app: `app` overrides its props, `source` is another program over the same files. */
  readonly open: (app?: object, source?: string) => Promise<Program>;
}

const missing = noPulumi ?? whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

/** Describes tests on fra, iad and sin; skipped, with the reason, where they cannot run. */
export function onThreeClusters(title: string, tests: (site: PulumiSite) => void): void {
  whenPossible(`${title}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let started: Testbed | undefined;
    const programs: Program[] = [];
    beforeAll(async () => {
      started = await startClusters(['fra', 'iad', 'sin']);
    });
    afterAll(async () => {
      for (const one of programs) one.remove();
      await started?.stop();
    });

    const testbed = () => started as Testbed;
    const keep = async (made: Promise<Program>) => {
      programs.push(await made);
      return made;
    };
    const open = async (app: object = {}, source = oneApp) => {
      const made = await keep(program(source));
      made.write('fleet.json', testbed().fleetDocument());
      made.write('demand.json', demandOf(120, 100, 20));
      made.write('app.json', app);
      made.write('opts.json', {});
      return made;
    };
    const isThere = async (cluster: string, path: string) =>
      (await testbed().cluster(cluster).ask('GET', path)).status === 200;
    tests({ testbed, isThere, keep, open });
  });
}
