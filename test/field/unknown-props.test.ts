/** A prop that a construct does not have is refused with the nearest spelling: programs in JavaScript have no compiler. */
import { App } from 'cdk8s';
import { EdgeApp } from '../../constructs/kubernetes';
import {
  DataLittoralDemand,
  DataLittoralFleet,
  EdgeDeployment,
  EdgeFleet,
  EdgePlacement,
  type EdgeStack,
  LittoralPlacement,
  LittoralProvider,
  LittoralRelease,
} from '../../constructs/terraform';
import { edge, fleet, provider, refusal, shop } from '../terraform-constructs/edge-shop';
import { enter, leave } from '../terraform-constructs/stacks';

beforeEach(() => void enter());
afterEach(leave);

const stray = (given: object) => given as never;

describe('an unknown prop of', () => {
  it.each<[string, (stack: EdgeStack) => void, string, string]>([
    [
      'EdgeDeployment',
      (one) => new EdgeDeployment(one, 'shop', stray({ ...shop, polciy: {} })),
      'polciy',
      'Write policy',
    ],
    [
      'EdgeDeployment, meant for delivery',
      (one) => new EdgeDeployment(one, 'shop', stray({ ...shop, rolout: {} })),
      'rolout',
      '',
    ],
    [
      'the delivery of EdgeDeployment',
      (one) =>
        new EdgeDeployment(one, 'shop', {
          ...shop,
          delivery: 'kubernetes',
          kubernetes: stray({ clsters: ['fra'] }),
        }),
      'clsters',
      'Write clusters',
    ],
    [
      'the rollout of EdgeDeployment',
      (one) => new EdgeDeployment(one, 'shop', { ...shop, rollout: stray({ maxFailure: 1 }) }),
      'maxFailure',
      'Write maxFailures',
    ],
    [
      'EdgeFleet',
      (one) => {
        const other = new EdgeFleet(one, 'other', stray({ document: fleet, contxts: ['a'] }));
        new EdgeDeployment(one, 'shop', { ...shop, fleet: other });
      },
      'contxts',
      'Write contexts',
    ],
    [
      'EdgePlacement',
      (one) =>
        new EdgePlacement(one, 'p', stray({ fleet: one.fleet, apps: [shop], lockfile: 'x' })),
      'lockfile',
      'Write lockFile',
    ],
    [
      'an app of EdgePlacement',
      (one) => {
        const apps = [stray({ ...shop, overides: [] })];
        new EdgePlacement(one, 'p', { fleet: one.fleet!, apps });
      },
      'overides',
      'Write overrides',
    ],
    [
      'LittoralPlacement',
      (one) => new LittoralPlacement(one, 'p', stray({ fleet: '{}', apps: [shop], alow: ['x'] })),
      'alow',
      'Write allow',
    ],
    [
      'LittoralRelease',
      (one) =>
        new LittoralRelease(one, 'r', stray({ decision: '', fleet: '', bundle: 'b', rolout: {} })),
      'rolout',
      'Write rollout',
    ],
    [
      'DataLittoralFleet',
      (one) => new DataLittoralFleet(one, 'f', stray({ file: 'f', overly: 'x' })),
      'overly',
      'Write overlay',
    ],
    [
      'DataLittoralDemand',
      (one) => new DataLittoralDemand(one, 'd', stray({ file: 'f', alowMissing: true })),
      'alowMissing',
      'Write allowMissing',
    ],
    [
      'LittoralProvider',
      (one) => new LittoralProvider(one, 'l', stray({ ...provider, alias: 'x', instal: false })),
      'instal',
      'Write install',
    ],
  ])('%s is refused', (_, add, key, remedy) => {
    const refused = refusal(() => edge(add));
    expect(refused).toContain(`got the key ${key}, which does not exist here`);
    expect(refused).toContain(remedy);
  });

  it('EdgeStack is refused', () => {
    const refused = refusal(() => edge(() => undefined, { flet: 'fleet.yaml' }));
    expect(refused).toContain('got the key flet, which does not exist here. Write fleet');
  });

  it('EdgeApp, also in its autoscaling, is refused', () => {
    const problems = (more: object) => {
      const app = new App();
      const { demand: _, policy: __, ...what } = shop;
      return new EdgeApp(app, 'shop', { ...what, ...more } as never).node.validate().join('\n');
    };
    expect(problems({})).toBe('');
    expect(problems({ overides: [] })).toContain('got the key overides');
    expect(problems({ autoscaling: { targetCpuPercnt: 50 } })).toContain('Write targetCpuPercent');
  });
});
