/** Configurations that tests of the resources start from, in a folder of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fields, Value } from '../../providers/terraform/protocol/provider';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { appsShape, placementSchema } from '../../providers/terraform/resources/placement/schema';
import { releaseSchema, rolloutShape } from '../../providers/terraform/resources/release/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { demandDocument, fleetDocumentOf, inputs } from '../conformance/placement-inputs';
import { contextIn } from '../conformance/terraform';
import { bundleOf, decisionFor, namespace, settings, web } from '../resources/fixtures';

export const folder = mkdtempSync(join(tmpdir(), 'littoral-resources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
export const context = contextIn(folder);
export const { apps } = inputs();
export const placing = (more: Readonly<Record<string, Value>> = {}): Fields =>
  fieldsOf(placementSchema.attributes, {
    apps: hclValue(appsShape, apps),
    fleet: JSON.stringify(fleetDocumentOf()),
    demands: { shop: JSON.stringify(demandDocument({ oa: 100, oc: 100, od: 1 })) },
    ...more,
  });
writeFileSync(
  join(folder, 'bundle.json'),
  JSON.stringify(bundleOf(namespace, settings({ color: 'blue' }), web('shop:1'))),
);
export const releasing = (
  chosen: readonly string[],
  more: Readonly<Record<string, Value>> = {},
): Fields =>
  fieldsOf(releaseSchema.attributes, {
    bundle: 'bundle.json',
    decision: JSON.stringify(decisionFor(chosen)),
    fleet: JSON.stringify(fleetOf(chosen)),
    rollout: hclValue(rolloutShape, { minClusters: 1, waves: [{ share: 0.5 }] }),
    ...more,
  });
export const fleetOf = (names: readonly string[]) => ({
  clusters: names.map((name) => ({ name, latitude: 1, longitude: 1, region: 'r', country: 'DE' })),
});
