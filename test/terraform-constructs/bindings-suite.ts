/** What the constructs and bindings offer in any stack: brands, import blocks, several providers. */
import { type App, TerraformStack } from 'cdktf';
import {
  DataLittoralFleet,
  EdgeDeployment,
  EdgeFleet,
  EdgePlacement,
  EdgeStack,
  LittoralPlacement,
  LittoralProvider,
  LittoralRelease,
} from '../../constructs/terraform';
import { edge, provider, shop } from './edge-shop';
import { only, synthesized } from './stacks';

/** Registers the suite. */
export function bindingsSuite(): void {
  describe('brands', () => {
    it('tell the constructs of this package from others', () => {
      edge((one) => {
        const deployment = new EdgeDeployment(one, 'shop', shop);
        const all = [
          [EdgeStack.isEdgeStack, one],
          [EdgeFleet.isEdgeFleet, one.fleet!],
          [EdgeDeployment.isEdgeDeployment, deployment],
          [EdgePlacement.isEdgePlacement, deployment.placement],
        ] as const;
        const table = all.map(([is]) => all.map(([, construct]) => is(construct)));
        expect(table).toEqual(all.map((_, row) => all.map((__, column) => row === column)));
        expect(TerraformStack.isStack(one)).toBe(true);
      });
    });
  });

  describe('bindings', () => {
    it('write import blocks', () => {
      const { import: imports } = edge((one) => {
        LittoralPlacement.generateConfigForImport(one, 'found', 'shop.lock.json');
        LittoralRelease.generateConfigForImport(one, 'there', 'app=chat,fleet=fleet.yaml');
        const { release } = new EdgeDeployment(one, 'shop', shop);
        release?.importFrom('app=shop,fleet=fleet.yaml,bundle=shop.bundle.json');
      }) as unknown as { import: unknown };
      expect(imports).toEqual([
        { id: 'shop.lock.json', to: 'littoral_placement.found' },
        { id: 'app=chat,fleet=fleet.yaml', to: 'littoral_release.there' },
        { id: 'app=shop,fleet=fleet.yaml,bundle=shop.bundle.json', to: 'littoral_release.shop' },
      ]);
    });

    it('work in any stack, with several providers', () => {
      const stack = synthesized((app: App) => {
        const plain = new TerraformStack(app, 'edge');
        const exec = { command: 'aws', args: ['eks'], env: { AWS_PROFILE: 'edge' } };
        const reached = { host: `\${made.fra.endpoint}`, clusterCaCertificate: 'PEM', exec };
        new LittoralProvider(plain, 'littoral', {
          ...provider,
          requestTimeoutSeconds: 5,
          clusters: { myCluster: reached },
        });
        const second = new LittoralProvider(plain, 'second', {
          ...provider,
          alias: 'second',
          baseDirectory: '/srv',
        });
        new DataLittoralFleet(plain, 'fleet', { file: 'fleet.yaml', provider: second });
        return plain;
      }).edge!;
      expect(stack.provider?.littoral).toEqual([
        {
          base_directory: '../../..',
          request_timeout_seconds: 5,
          clusters: {
            myCluster: {
              host: '$${made.fra.endpoint}',
              cluster_ca_certificate: 'PEM',
              exec: { command: 'aws', args: ['eks'], env: { AWS_PROFILE: 'edge' } },
            },
          },
        },
        { alias: 'second', base_directory: '/srv' },
      ]);
      expect(only(stack.data, 'littoral_fleet')).toEqual({
        file: 'fleet.yaml',
        provider: 'littoral.second',
      });
    });
  });
}
