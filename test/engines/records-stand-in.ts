/** Records of another provider: configurations in which a stand-in writes them, one resource each, and notes when it did. */
import { header } from './terraforming';

/** How the stand-in replaces one RRset by the API of PowerDNS, unless it is told to fail, and notes it. */
const writeRecord = `
async ({ name, type, values, ttl }) => {
  const { appendFileSync, existsSync } = require('node:fs');
  if (existsSync('refuse')) throw new Error('the other provider refuses');
  const rrset = { name: name + '.', type, ttl, changetype: 'REPLACE', records: values.map((content) => ({ content, disabled: false })) };
  const reply = await fetch(process.env.ZONE_URL, {
    method: 'PATCH',
    headers: { 'x-api-key': process.env.ZONE_KEY },
    body: JSON.stringify({ rrsets: [rrset] }),
  });
  if (!reply.ok) throw new Error(await reply.text());
  appendFileSync('records.log', values.join(' ') + '\\n');
}`;

/** The stand-in as a program, for Terraform. */
export const writer = `
const { ttl_seconds: ttl, ...record } = JSON.parse(process.env.RECORD);
(${writeRecord})({ ...record, ttl }).catch((error) => { console.error(error.message); process.exit(1); });
`;

/** The resources of a move in Terraform, with records held by somebody else between them. */
export const configuration = (nameserver: string) => `
${header}
data "littoral_fleet" "edge" {
  file = "fleet.yaml"
}

resource "littoral_placement" "edge" {
  documents = [file("app.yaml")]
  fleet     = data.littoral_fleet.edge.document
  demands   = { shop = file("demand.json") }
}

resource "littoral_release" "shop" {
  decision = littoral_placement.edge.decision
  fleet    = data.littoral_fleet.edge.document
  document = littoral_placement.edge.app_documents["shop"]
  rollout  = { retire = "later" }
}

resource "littoral_traffic" "shop" {
  table           = littoral_placement.edge.routing["shop"]
  max_moved_share = 1
  depends_on      = [littoral_release.shop]
}

resource "terraform_data" "record" {
  for_each         = littoral_traffic.shop.records.records
  triggers_replace = each.value

  provisioner "local-exec" {
    command     = "node write.js"
    environment = { RECORD = jsonencode(each.value) }
  }
}

resource "littoral_retirement" "shop" {
  release     = littoral_release.shop.inventory
  leaving     = littoral_release.shop.leaving
  table       = littoral_placement.edge.routing["shop"]
  nameservers = ["${nameserver}"]
  depends_on  = [terraform_data.record]
}
`;

/** The same for Pulumi, as a program. */
export const pulumiProgram = (nameserver: string) => `
const { readFileSync } = require('node:fs');
const pulumi = require('@pulumi/pulumi');
const littoral = require('littoral/pulumi');

const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const write = ${writeRecord};
const holder = {
  diff: async (_id, { record: old }, { record }) => ({ changes: JSON.stringify(old) !== JSON.stringify(record) }),
  create: async ({ record }) => {
    await write(record);
    return { id: record.name, outs: { record } };
  },
  update: async (_id, _old, { record }) => {
    await write(record);
    return { outs: { record } };
  },
};
class HeldRecord extends pulumi.dynamic.Resource {
  constructor(name, record, opts) {
    super(holder, name, { record }, opts);
  }
}

const { apiVersion: _, kind: __, ...app } = read('app.yaml');
const { placement, release } = new littoral.EdgeApp('shop', {
  ...app,
  demand: 'demand.json',
  fleet: littoral.getFleet({ file: 'fleet.yaml' }),
  rollout: { retire: 'later' },
});
const table = placement.routing.apply((routing) => routing.shop);
const traffic = new littoral.Traffic('shop', { table, maxMovedShare: 1 }, { dependsOn: [release] });
const records = traffic.records.apply(({ records }) =>
  Object.entries(records).map(([key, { name, type, values, ttlSeconds: ttl }]) => {
    return new HeldRecord(key, { name, type, values, ttl }, { dependsOn: [traffic] });
  }),
);
new littoral.Retirement(
  'shop',
  { release: release.state, leaving: release.leaving, table, nameservers: ['${nameserver}'] },
  { dependsOn: records },
);
`;
