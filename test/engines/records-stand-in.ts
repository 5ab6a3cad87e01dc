/** Records of another provider: a configuration in which a stand-in writes them, one resource each, and notes when it did. */
import { header } from './terraforming';

/** The program of the stand-in: replaces one RRset by the API of PowerDNS, unless it is told to fail, and notes it. */
export const writer = `
const { appendFileSync, existsSync } = require('node:fs');
const { name, type, values, ttl_seconds: ttl } = JSON.parse(process.env.RECORD);
(async () => {
  if (existsSync('refuse')) throw new Error('the other provider refuses');
  const rrset = { name: name + '.', type, ttl, changetype: 'REPLACE', records: values.map((content) => ({ content, disabled: false })) };
  const reply = await fetch(process.env.ZONE_URL, {
    method: 'PATCH',
    headers: { 'x-api-key': process.env.ZONE_KEY },
    body: JSON.stringify({ rrsets: [rrset] }),
  });
  if (!reply.ok) throw new Error(await reply.text());
  appendFileSync('records.log', values.join(' ') + '\\n');
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

/** The three resources of a move, with records held by somebody else between them. */
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
