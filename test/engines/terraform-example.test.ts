/** The Terraform example as its page tells it: real clusters with pods, a live Prometheus, and every command on the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agrees, stepsOf, wordsOf } from '../consoles';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until, whyMissing } from '../testbed/process';
import { onceFor, openStack, terraforms } from './terraforming';

const folder = join(__dirname, '../../examples/terraform');
const page = readFileSync(join(folder, 'README.md'), 'utf8');
const main = readFileSync(join(folder, 'main.tf'), 'utf8');
/** As `npm run testbed` has it. */
const demand = { u33d: 120, gcpv: 90, dr5r: 150, '9q8y': 80, w21z: 60, xn76: 70 };

interface Answered {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** The lines by which a plan tells of one resource. */
const linesAbout = (address: string, plan: string) => {
  const start = plan.indexOf(`  # ${address} will be`);
  return plan.slice(start, plan.indexOf('\n    }\n', start) + 6).split('\n');
};

/** Rates that Prometheus measures differ in their last digits from run to run. */
const measured = (text: string) => text.replace(/\d+/g, '#');

for (const [name, noTool, binary] of terraforms) {
  const missing = noTool ?? whyNoClusters() ?? whyMissing('prometheus');
  const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let testbed: Testbed;
    beforeAll(async () => {
      testbed = await startClusters(3, { demand });
      const query = encodeURIComponent('sum(rate(http_requests_total[10s]))');
      const total = Object.values(demand).reduce((sum, rate) => sum + rate, 0);
      // A rate is right once its whole window was scraped; until then it grows.
      await until(async () => {
        const answer = await fetch(`${testbed.prometheus?.url}/api/v1/query?query=${query}`);
        const { data } = (await answer.json()) as Answered;
        const rate = Number(data.result[0]?.value[1] ?? 0);
        return Math.abs(rate - total) < 0.02 * total;
      }, 90);
    });
    afterAll(() => testbed?.stop());

    const open = (name = 'stack') =>
      openStack(binary(), join(testbed.folder, name), {
        'main.tf': main,
        'fleet.json': testbed.fleetDocument(),
        'terraform.tfvars.json': { fleet: 'fleet.json', prometheus: testbed.prometheus?.url },
      });

    onceFor(name, () => {
      it('prints what its page says', async () => {
        const stack = await open();
        for (const { command, output } of stepsOf(page)) {
          const words = wordsOf(command).slice(1).join(' ');
          const { out } = await stack.try(words);
          const printed = measured(out.trim());
          if (!agrees(measured(output), printed)) expect(printed).toBe(measured(output));
        }
      });

      it('tells of a placement and its release in at most 80 lines, of the placement in 60', async () => {
        const plan = await (await open('counted')).run('plan');
        const [placed, released] = ['littoral_placement.shop', 'littoral_release.shop'].map(
          (address) => linesAbout(address, plan),
        );
        expect(placed?.at(-1)).toBe('    }');
        expect(placed?.join('\n')).toContain('"min_requests_per_second 20"');
        expect(placed?.length).toBeLessThanOrEqual(60);
        expect(placed!.length + released!.length).toBeLessThanOrEqual(80);
      });
    });

    if (name === 'OpenTofu') {
      it('applies, has nothing left to do, and destroys', async () => {
        const stack = await open();
        expect(await stack.run('apply -auto-approve')).toContain('5 added');
        expect(await stack.run('plan')).toContain('No changes.');
        expect(await stack.run('destroy -auto-approve')).toContain('5 destroyed');
      });
    }
  });
}
