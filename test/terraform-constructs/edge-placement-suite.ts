/** How several apps of a stack are placed: together, or apart where they are told to be. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { EdgeDeployment, EdgePlacement } from '../../constructs/terraform';
import { demand, edge, refusal, shop } from './edge-shop';
import { only } from './stacks';

/** Registers the suite. */
export function edgePlacementSuite(): void {
  describe('several apps', () => {
    it('on one fleet are placed together, and each is released', () => {
      const stack = edge((one) => {
        new EdgeDeployment(one, 'shop', { ...shop, demand });
        new EdgeDeployment(one, 'chat', { ...shop, name: 'chat' });
      });
      const placement = only(stack.resource, 'littoral_placement');
      const names = (placement.documents as string[]).map((text) => JSON.parse(text).name);
      expect(names).toEqual(['chat', 'shop']);
      expect(Object.keys(placement.demands as object)).toEqual(['chat']);
      expect(Object.keys(stack.resource?.littoral_release ?? {})).toEqual(['chat', 'shop']);
    });

    it('are placed apart where they are told to be', () => {
      const stack = edge((one) => {
        const own = new EdgePlacement(one, 'own', {
          fleet: one.fleet!,
          lockFile: 'chat.lock.json',
          now: '2026-11-21T05:30:00Z',
          allowUnsatisfied: true,
          allow: ['maxDroppedShare'],
        });
        new EdgeDeployment(one, 'shop', shop);
        new EdgeDeployment(one, 'chat', {
          ...shop,
          name: 'chat',
          placement: own,
          demand: 'metrics/demand.yaml',
        });
      });
      const { placement, own } = stack.resource?.littoral_placement ?? {};
      expect(placement?.demands).toEqual({
        shop: '${data.littoral_demand.placement_shop.document}',
      });
      expect(own).toMatchObject({
        demands: { chat: '${data.littoral_demand.own_chat.document}' },
        lock: '${file("../../../chat.lock.json")}',
        now: '2026-11-21T05:30:00Z',
        allow_unsatisfied: true,
        allow: ['maxDroppedShare'],
      });
      expect(stack.data?.littoral_demand?.own_chat).toMatchObject({ file: 'metrics/demand.yaml' });
    });

    it('of one name are refused', () => {
      const twice = () =>
        edge((one) => {
          new EdgeDeployment(one, 'a', shop);
          new EdgeDeployment(one, 'b', shop);
        });
      expect(refusal(twice)).toContain('got the app "shop" twice in one placement');
    });
  });
}
