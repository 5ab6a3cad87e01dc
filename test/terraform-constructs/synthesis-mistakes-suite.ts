/** Mistakes that show at synthesis, each told where it was made. */
import { TerraformStack, TerraformVariable } from 'cdktf';
import {
  DataLittoralDemand,
  DataLittoralFleet,
  EdgeDeployment,
  type EdgeDeploymentProps,
  EdgePlacement,
  LittoralPlacement,
  LittoralRelease,
} from '../../constructs/terraform';
import { edge, refusal, shop } from './edge-shop';
import { synthesized } from './stacks';

/** Registers the suite. */
export function synthesisMistakesSuite(): void {
  describe('a mistake that shows at synthesis', () => {
    it.each<[string, object, string]>([
      ['in the policy', { policy: { constraints: { minClusterz: 1 } } }, 'minClusterz'],
      ['in the workload', { workload: { ...shop.workload, imge: 'x' } }, 'imge'],
      [
        'of contradicting bounds',
        { policy: { constraints: { minClusters: 5, maxClusters: 2 } } },
        'minClusters',
      ],
    ])('%s is told there', (_where, change, what) => {
      const refused = refusal(() =>
        edge(
          (one) => new EdgeDeployment(one, 'shop', { ...shop, ...change } as EdgeDeploymentProps),
        ),
      );
      expect(refused).toContain(what);
    });

    it('of a value that only Terraform knows and on which the placement depends is told with its place', () => {
      const refused = refusal(() =>
        edge((one) => {
          const region = new TerraformVariable(one, 'region', { type: 'string' }).stringValue;
          const constraints = { ...shop.policy.constraints, mustInclude: [{ region }] };
          new EdgeDeployment(one, 'shop', { ...shop, policy: { constraints } });
        }),
      );
      expect(refused).toContain('policy.constraints.mustInclude[0].region');
      expect(refused).toContain('only Terraform will know');
    });

    it('of a data source that waits is told, because the plan would be empty', () => {
      const refused = refusal(() =>
        edge((one) => {
          const data = new DataLittoralFleet(one, 'other', { file: 'fleet.yaml' });
          data.dependsOn = ['null_resource.x'];
          new EdgeDeployment(one, 'shop', shop);
        }),
      );
      expect(refused).toContain('got dependsOn null_resource.x');
    });

    it('of a missing fleet is thrown where the deployment is made', () => {
      const refused = refusal(() =>
        synthesized((app) => {
          const stack = new TerraformStack(app, 'edge');
          new EdgeDeployment(stack, 'shop', shop);
          return stack;
        }),
      );
      expect(refused).toContain('nothing says which clusters the app shop may run on');
    });

    it('of a placement without apps, and of arguments that exclude each other, is told', () => {
      expect(
        refusal(() => edge((one) => new EdgePlacement(one, 'none', { fleet: one.fleet! }))),
      ).toContain('got no app to place');
      expect(
        refusal(() =>
          edge(
            (one) =>
              new LittoralPlacement(one, 'p', { fleet: '{}', apps: [shop], documents: ['{}'] }),
          ),
        ),
      ).toContain('got apps and documents of apps, documents');
      expect(refusal(() => edge((one) => new DataLittoralDemand(one, 'd', {})))).toContain(
        'got none of prometheus, file',
      );
      expect(
        refusal(() =>
          edge((one) => new LittoralRelease(one, 'r', { decision: '{}', fleet: '{}' })),
        ),
      ).toContain('got none of bundle, document');
    });
  });
}
