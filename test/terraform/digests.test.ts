/** The same app gives the same decision through Terraform and through the command line, as a document and in HCL. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { demand } from '../../providers/terraform/resources/demand';
import { fleet } from '../../providers/terraform/resources/fleet';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { appsShape, placementSchema } from '../../providers/terraform/resources/placement/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { caller } from '../cli/calling';
import { contextIn } from '../conformance/terraform';
import { Core } from './core';

const quickstart = join(__dirname, '../../examples/quickstart');
const shop = readFileSync(join(quickstart, 'shop.yaml'), 'utf8');

it.each([
  ['documents', [shop]],
  ['apps', hclValue(appsShape, [parse(shop)])],
])('%s: the digest of the command line', async (argument, apps) => {
  const there = caller({});
  cpSync(quickstart, there.folder, { recursive: true });
  const { out } = await there.call('place --app shop.yaml --fleet fleet.yaml --json');
  const placed = JSON.parse(out) as { readonly digest: string };

  const context = contextIn(there.folder);
  const { prometheus } = (parse(shop) as { demand: { prometheus: Record<string, string> } }).demand;
  const read = async (source: typeof demand, config: object) =>
    (await source.read(fieldsOf(source.schema.attributes, { ...config }), context)).state.document;
  const core = new Core(placement, context);
  const config = fieldsOf(placementSchema.attributes, {
    [argument]: apps,
    fleet: (await read(fleet, { file: 'fleet.yaml' })) ?? null,
    demands: { shop: (await read(demand, { prometheus })) ?? null },
  });
  expect(await core.apply(config)).toEqual([]);
  expect(core.state?.fields.digest).toBe(placed.digest);
});
