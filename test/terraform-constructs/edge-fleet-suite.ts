/** What a fleet becomes in a stack, by where it comes from. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { EdgeDeployment, type EdgeFleet } from '../../constructs/terraform';
import { clusters, demand, edge, fleet, refusal, shop } from './edge-shop';
import { enter, only } from './stacks';

/** Registers the suite. */
export function edgeFleetSuite(): void {
  describe('a fleet', () => {
    const at = (props: ConstructorParameters<typeof EdgeFleet>[2] | string) =>
      edge((one) => new EdgeDeployment(one, 'shop', { ...shop, demand }), { fleet: props });

    it('in a file is read in the plan, at its place in the project', () => {
      const written = JSON.stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'Fleet',
        ...fleet,
      });
      const folder = enter({ 'data/fleet ${a}.json': written });
      for (const path of [
        'data/fleet ${a}.json',
        './data/../data/fleet ${a}.json',
        `${folder}/data/fleet ${'$'}{a}.json`,
      ]) {
        expect(only(at(path).data, 'littoral_fleet')).toEqual({ file: 'data/fleet $${a}.json' });
      }
    });

    it('of a kubeconfig is discovered in the plan', () => {
      const { data, resource } = at({
        kubeconfig: '~/.kube/config',
        contexts: ['fra'],
        overlay: 'overlay.yaml',
        deadlineSeconds: 5,
      });
      expect(only(data, 'littoral_fleet')).toEqual({
        kubeconfig: '~/.kube/config',
        contexts: ['fra'],
        overlay: 'overlay.yaml',
        deadline_seconds: 5,
      });
      expect(only(resource, 'littoral_placement').fleet).toBe(
        '${data.littoral_fleet.fleet.document}',
      );
    });

    it('given as objects is part of the stack', () => {
      const { data, resource } = at(fleet as never);
      expect(data).toBeUndefined();
      expect(JSON.parse(only(resource, 'littoral_placement').fleet as string)).toMatchObject({
        kind: 'Fleet',
        clusters,
      });
    });

    it('that is wrong or ambiguous is refused before Terraform starts', () => {
      enter({
        'fleet.yaml':
          'apiVersion: littoral.dev/v1alpha1\nkind: Fleet\nclusters:\n  - {name: fra, latitud: 1, longitude: 2}\n',
      });
      expect(refusal(() => at('fleet.yaml'))).toContain('latitud');
      expect(refusal(() => at('missing.yaml'))).toContain('cannot be read');
      expect(refusal(() => at({ file: 'fleet.yaml', kubeconfig: 'k' }))).toContain(
        'expected exactly one. Remove kubeconfig.',
      );
      expect(refusal(() => at({}))).toContain('got none of file, kubeconfig, document');
    });
  });
}
