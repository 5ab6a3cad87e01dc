/** What a preview decided serves its update, and nothing else does: not another question, another build, a damaged file. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecisionFolder } from '../../providers/pulumi/runtime/kept-decisions';
import { placementProvider } from '../../providers/pulumi/runtime/placement-provider';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { placement } from '../../providers/resources/placement';
import { demandOf, fleetOf, placementInputs } from './inputs';

let folder: string;
let planned: jest.SpyInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-kept-'));
  planned = jest.spyOn(placement, 'plan');
});
afterEach(() => {
  planned.mockRestore();
  rmSync(folder, { recursive: true });
});

const world = () => ({ now: '2026-11-21T05:30:00Z', folder, environment: {} });
const preview = placementInputs(demandOf(120, 100, 20));
/** Checks as another process does, `seconds` later. */
function check(olds: Bag, news: Bag, { seconds = 0, lifetimeSeconds = 600 } = {}) {
  const kept: DecisionFolder = { folder, lifetimeSeconds, clock: () => seconds * 1000 };
  return placementProvider(world, () => kept).check(olds, news);
}
/** Rewrites the one answer that is kept. */
function rewrite(change: (kept: Record<string, unknown>) => object) {
  const [name = ''] = readdirSync(folder);
  const { answer } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { answer: string };
  const text = JSON.stringify(change(JSON.parse(answer) as Record<string, unknown>));
  const checksum = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, name), JSON.stringify({ checksum, answer: text }));
}

describe('a placement between preview and update', () => {
  it('is decided once, and is the same in both', async () => {
    const shown = await check({}, preview);
    expect(await check({}, preview)).toEqual(shown);
    expect(planned).toHaveBeenCalledTimes(1);
  });

  it('is decided again for other traffic, another fleet, another policy and another decision in force', async () => {
    const { inputs } = await check({}, preview);
    const [app] = preview.apps as readonly object[];
    const questions: readonly (readonly [Bag, Bag])[] = [
      [{}, placementInputs(demandOf(121, 100, 20))],
      [{}, placementInputs(demandOf(120, 100, 20), { now: '2026-11-21T06:00:00Z' })],
      [{}, { ...preview, apps: [{ ...app, policy: { constraints: { minClusters: 3 } } }] }],
      [{}, placementInputs(demandOf(120, 100, 20), {}, fleetOf(['sin']))],
      [{}, { ...preview, allow: ['maxDroppedShare'] }],
      [inputs, preview],
    ];
    for (const [olds, news] of questions) await check(olds, news);
    expect(planned).toHaveBeenCalledTimes(1 + questions.length);
  });

  it('is decided again where a file is cut short, changed or gone', async () => {
    const shown = await check({}, preview);
    const [name = ''] = readdirSync(folder);
    const text = readFileSync(join(folder, name), 'utf8');
    for (const damaged of [text.slice(0, -9), '', 'null', text.replace('fra', 'sin')]) {
      writeFileSync(join(folder, name), damaged);
      expect(await check({}, preview)).toEqual(shown);
    }
    rmSync(join(folder, name));
    expect(await check({}, preview)).toEqual(shown);
    expect(planned).toHaveBeenCalledTimes(6);
  });

  it('is taken from a preview of another version while it is young, and never from another build of this one', async () => {
    const shown = await check({}, preview);
    rewrite((kept) => ({ ...kept, version: '0.0.9', program: '0.0.9 1 2' }));
    expect(await check({}, preview, { seconds: 599 })).toEqual(shown);
    expect(planned).toHaveBeenCalledTimes(1);
    await check({}, preview, { seconds: 601 });
    expect(planned).toHaveBeenCalledTimes(2);
    rewrite((kept) => ({ ...kept, program: 'another build' }));
    await check({}, preview);
    expect(planned).toHaveBeenCalledTimes(3);
  });

  it('is decided again where the decision of another version cannot be read', async () => {
    await check({}, preview);
    rewrite((kept) => {
      const answer = kept.answer as { readonly outputs: object };
      const outputs = { ...answer.outputs, decision: '{"apiVersion":"littoral.dev/v9"}' };
      return { ...kept, version: '9.0.0', program: '9', answer: { ...answer, outputs } };
    });
    const { inputs } = await check({}, preview);
    expect(inputs.clusters).toEqual(['fra', 'iad']);
    expect(planned).toHaveBeenCalledTimes(2);
  });

  it('keeps no refusal, and nothing at all where nothing may be kept', async () => {
    const [app] = preview.apps as readonly object[];
    const constraints = { minClusters: 4, maxClusters: 4 };
    const { failures } = await check(
      {},
      { ...preview, apps: [{ ...app, policy: { constraints } }] },
    );
    expect(failures).toHaveLength(1);
    await check({}, preview, { lifetimeSeconds: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });
});
