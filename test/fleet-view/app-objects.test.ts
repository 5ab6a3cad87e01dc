/** Selectors of workloads as the query of a list spells them. */
import { selectorText } from '../../providers/fleet-view/app-objects';

describe('a selector', () => {
  it('has its labels and its expressions', () => {
    const selector = {
      matchLabels: { app: 'shop', tier: 'web' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'new', operator: 'Exists' },
        { key: 'stage', operator: 'NotIn', values: ['test'] },
      ],
    };
    expect(selectorText(selector)).toBe(
      'app=shop,tier=web,zone in (a,b),!old,new,stage notin (test)',
    );
  });

  it('of nothing selects nothing', () => {
    expect(selectorText(undefined)).toBe('');
    expect(selectorText({})).toBe('');
  });
});
