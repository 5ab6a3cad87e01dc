/** Apps of one Pulumi program that are placed one by one do not see each other: the program says so where it matters. */
import * as pulumi from '@pulumi/pulumi';
import { EdgeApp, type EdgeAppArgs, Placement } from '../../providers/pulumi';
import { app, demandOf, fleetOf } from '../pulumi/inputs';
import { mocked } from '../pulumi/mocked';

const { apiVersion: _, kind: __, ...demand } = demandOf(120, 100, 20);
const fleet = (allocatable?: object) =>
  ({
    ...fleetOf(),
    clusters: fleetOf().clusters.map((one) => ({
      ...one,
      ...(allocatable === undefined ? {} : { allocatable }),
    })),
  }) as EdgeAppArgs['fleet'];

async function warningsOf(program: () => void): Promise<readonly string[]> {
  const warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
  await mocked(program);
  const said = warn.mock.calls.map(([text]) => text);
  warn.mockRestore();
  return said.filter((text) => text.includes('one by one'));
}

describe('two EdgeApps of one program', () => {
  const news = { ...app, name: 'news' };
  const small = { cpuMillicores: 1500 };

  it('are told that neither sees what the other uses', async () => {
    const said = await warningsOf(() => {
      new EdgeApp('shop', { ...app, demand, fleet: fleet(small) });
      new EdgeApp('news', { ...news, demand, fleet: fleet(small) });
    });
    expect(said).toEqual([expect.stringMatching(/^news and shop are placed one by one/)]);
  });

  it('are told nothing on clusters without limits, alone, or with a placement of both', async () => {
    const free = await warningsOf(() => {
      new EdgeApp('shop', { ...app, demand, fleet: fleet() });
      new EdgeApp('news', { ...news, demand, fleet: fleet() });
    });
    const alone = await warningsOf(() => {
      new EdgeApp('shop', { ...app, demand, fleet: fleet(small) });
    });
    const together = await warningsOf(() => {
      const placement = new Placement('apps', {
        apps: [
          { ...app, demand },
          { ...news, demand },
        ],
        fleet: fleet(small) as never,
      });
      new EdgeApp('shop', { ...app, fleet: fleet(small), placement });
      new EdgeApp('news', { ...news, fleet: fleet(small), placement });
    });
    expect([free, alone, together]).toEqual([[], [], []]);
  });
});
