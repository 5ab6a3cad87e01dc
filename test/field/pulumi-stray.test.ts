/** What a program writes and nothing reads: at every depth of untyped args it is refused by name; an option without effect is warned about. */
import { spawnSync } from 'node:child_process';
import * as pulumi from '@pulumi/pulumi';
import { EdgeApp, type EdgeAppArgs, Placement, Release } from '../../providers/pulumi';
import { app, demandOf, fleetOf } from '../pulumi/inputs';
import { programFolder } from '../pulumi/program-folder';

const { apiVersion: _, kind: __, ...demand } = demandOf(120, 100, 20);
const fleet = fleetOf() as EdgeAppArgs['fleet'];
const args = { ...app, demand, fleet, rollout: {}, autoscaling: {} };
const workload = app.workload as object;

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ inputs }) => inputs,
  }),
);

/** What programs say that give an EdgeApp more or other props: in a process of their own, because nobody handles what they reject. */
function refusals(cases: readonly object[]): readonly string[] {
  const program = programFolder();
  const code = `
const pulumi = require('@pulumi/pulumi');
const { EdgeApp, Placement } = require('littoral/pulumi');
const { args, cases } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const said = cases.map(() => '');
let index = -1;
process.on('unhandledRejection', ({ message }) => { said[index] += message; });
const both = { apps: [args], fleet: args.fleet };
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
  call: ({ inputs }) => inputs,
});
(async () => {
  for (const { placed, ...more } of cases) {
    index += 1;
    const { rollout: _, autoscaling: __, fleet: ___, ...document } = args;
    const placement = placed ? { placement: new Placement('both', { ...both, apps: [document] }) } : {};
    try { new EdgeApp('shop', { ...args, ...placement, ...more }); } catch ({ message }) { said[index] = message; }
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
  }
  console.log(JSON.stringify(said));
})();`;
  try {
    const input = JSON.stringify({ args, cases });
    const options = { cwd: program.path, input, encoding: 'utf8' as const };
    // It ends badly: programs that were refused leave promises behind.
    return JSON.parse(spawnSync(process.execPath, ['-e', code], options).stdout) as string[];
  } finally {
    program.remove();
  }
}

describe('an EdgeApp with what nothing reads', () => {
  const table: readonly (readonly [string, object, RegExp])[] = [
    ['a key at the top', { rolout: {} }, /^rolout: got the key rolout.*Write rollout/],
    ['in the workload', { workload: { ...workload, prot: 1 } }, /workload\.prot: .*Write port/],
    ['in resources', { workload: { ...workload, resources: { cpuMilicores: 1 } } }, /cpuMilicores/],
    ['in the policy', { policy: { constrains: {} } }, /constrains.*Write constraints/],
    ['in constraints', { policy: { constraints: { minCluster: 1 } } }, /minCluster.*minClusters/],
    ['in an override', { overrides: [{ match: {}, sett: {} }] }, /sett/],
    ['in what it sets', { overrides: [{ match: {}, set: { imagee: 'a' } }] }, /imagee/],
    ['in autoscaling', { autoscaling: { targetCpu: 50 } }, /targetCpu.*targetCpuPercent/],
    ['in the rollout', { rollout: { deadlineSecond: 5 } }, /deadlineSecond/],
    ['in a wave', { rollout: { waves: [{ cluster: 1 }] } }, /waves/],
    ['in the demand', { demand: { ...demand, origin: [] } }, /origin/],
    ['a delivery', { delivery: 'kubernets' }, /kubernets.*'release' or 'kubernetes'/],
    ['in the fleet', { fleet: { ...(fleet as object), latancy: [] } }, /latancy.*latency/],
    ['a lock beside a placement', { placed: true, lock: '{}' }, /^lock: got lock beside placement/],
    ['a clock beside a placement', { placed: true, now: '' }, /^now: got now beside placement/],
    [
      'a placement of others',
      { placed: true, name: 'shp' },
      /got a (placement|decision) without the app "?shp.*Write shop/,
    ],
    ['nothing of that kind', { apiVersion: 'littoral.dev/v1', kind: 'EdgeApp' }, /^$/],
  ];
  const said = refusals(table.map(([, more]) => more));

  it.each(table.map(([title, , words], index) => [title, words, said[index]] as const))(
    '%s: it is said in words that name it',
    (_title, words, message) => {
      expect(message).toMatch(words);
    },
  );
});

describe('resources of their own', () => {
  it('refuse keys and the option import', () => {
    const decided = { apps: [app], fleet: fleet as never };
    expect(() => new Placement('p', { ...decided, demand: {} } as never)).toThrow(
      /got the key demand.*Write demands/,
    );
    expect(() => new Release('r', { bundl: '', decision: '', fleet: '' } as never)).toThrow(
      /bundl/,
    );
    expect(() => new Placement('p', decided, { import: 'any' })).toThrow(
      /import: got the option import.*adopted when the resource is created/,
    );
  });

  it('warn of options that a component passes over', async () => {
    const warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue();
    const site = new EdgeApp('shop', args as EdgeAppArgs, {
      ignoreChanges: ['workload'],
      replaceOnChanges: ['name'],
    });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^shop: ignoreChanges, replaceOnChanges has no effect on an EdgeApp/),
    ]);
    await new Promise((resolve) => site.release?.changes.apply(resolve));
    await new Promise((resolve) => site.endpoints.apply(resolve));
    warn.mockRestore();
  });
});
