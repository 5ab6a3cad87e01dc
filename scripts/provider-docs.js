// The pages of the Terraform provider: what its schemas say, and around it the example and the words below.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { littoral } = require('../dist/providers/terraform/littoral.js');
const { blockIn, pagesOf } = require('../dist/providers/terraform/schema/docs.js');

const main = readFileSync(join(__dirname, '..', 'examples', 'terraform', 'main.tf'), 'utf8');
const block = (start) => ({ example: blockIn(main, start) });

const words = {
  provider: {
    example: `${blockIn(main, 'terraform {')}\n\n${blockIn(main, 'provider "littoral"')}`,
    more: `## Installation

The provider is one file that runs with Node 20.19 or newer, on Linux and macOS (on Windows in its Subsystem for Linux), and with Terraform
and OpenTofu 1.8 and newer. It comes with the package; in the folder of the configuration:

\`\`\`shell
npm install littoral
node_modules/littoral/dist/terraform/terraform-provider-littoral --install
terraform init
\`\`\`

It lies below \`terraform.d/plugins\` then. It is in no registry: the host \`littoral.invalid\` in its address can belong to nobody, so that a
provider that is not installed is not looked for where somebody else might have taken its name. Where the configuration of the command line
has \`provider_installation\`, as with a company's mirror, the tools do not look beside the configuration; \`--install\` then prints what to add:

\`\`\`hcl
provider_installation {
  filesystem_mirror {
    path    = "/absolute/path/of/terraform.d/plugins"
    include = ["littoral.invalid/*/*"]
  }
  network_mirror {
    url     = "https://mirror.example/"
    exclude = ["littoral.invalid/*/*"]
  }
}
\`\`\`

Where littoral is the only provider, \`terraform init -plugin-dir=terraform.d/plugins\` does without. For one folder of providers on several
platforms, copy the same file below \`VERSION/OS_ARCH\` of each, such as \`darwin_arm64\` and \`linux_arm64\`.

## Clusters of the same configuration

Where no kubeconfig leads to a cluster, the provider block says how it is reached, in the words of HashiCorp's Kubernetes provider. A fleet needs no
\`access\` then. What is known only after apply may stand here: until then the plan says of such a cluster only what is to be there.

\`\`\`hcl
provider "littoral" {
  clusters = {
    fra = {
      host                   = aws_eks_cluster.fra.endpoint
      cluster_ca_certificate = aws_eks_cluster.fra.certificate_authority[0].data
      exec = {
        command = "aws"
        args    = ["eks", "get-token", "--cluster-name", aws_eks_cluster.fra.name]
      }
    }
  }
}

locals {
  fleet = jsonencode({ clusters = [
    { name = "fra", latitude = 50.11, longitude = 8.68, region = "europe", country = "DE", usdPerHour = 0.4 },
  ] })
}
\`\`\`

A provider block is in no state and in no plan. A release that is destroyed together with its cluster goes first, by the address in the configuration.

## What a plan promises

- Metrics and clusters are read by data sources, once, while planning: what was reviewed is what is applied.
- A placement is computed from its arguments alone. Metrics that move without moving a cluster are no change.
- What a placement chooses is known while planning, so \`count\` and \`for_each\` may depend on it.
- A release plans from its last refresh, never from live calls. It may be cut off anywhere: applying again goes on.
- Credentials stay where they are; plans and states hold references to them. Values of Secrets are in neither.
- What a plan and the next ones need not do again lies in \`.terraform/littoral\`: decisions, digests of arguments without a mistake, compiled code.
  It may be deleted at any time.`,
  },
  littoral_demand: block('data "littoral_demand"'),
  littoral_fleet: {
    ...block('data "littoral_fleet"'),
    more: `## The overlay

With \`kubeconfig\`, what no API server tells is in a file of its own, YAML or JSON:

\`\`\`yaml
clusters:
  - name: fra
    latitude: 50.11
    longitude: 8.68
    region: europe
    country: DE
    usdPerHour: 0.4
    labels: { tier: gold }
\`\`\`

An entry may have \`context\`, \`latitude\`, \`longitude\`, \`region\`, \`country\`, \`city\`, \`provider\`, \`labels\`, \`allocatable\`, \`taints\`, \`signals\`,
\`requestsPerSecond\`, \`usdPerHour\`, \`usdPerReplicaHour\` and \`usdPerGibibyteEgress\`, as a cluster of a Fleet document has them.

## Outside of littoral

\`by_name\` has what other resources may need: \`data.littoral_fleet.edge.by_name["fra"].region\`.`,
  },
  littoral_placement: {
    ...block('resource "littoral_placement"'),
    more: `## Import

A decision that was made elsewhere becomes the one in force; the ID is the path of a PlacementDecision:

\`\`\`shell
terraform import littoral_placement.shop shop.lock.json
\`\`\`

The next plan fills in the arguments. It moves clusters only when the same inputs would, and the plan after it is empty. With an import block the resource
block is written beside it; \`terraform plan -generate-config-out\` cannot write it, as a decision holds neither the apps nor the fleet.

\`\`\`terraform
import {
  to = littoral_placement.shop
  id = "shop.lock.json"
}
\`\`\``,
  },
  littoral_release: {
    ...block('resource "littoral_release"'),
    more: `## Import

A release that is there is found in the clusters of a fleet. With the decision in force the next plan is empty:

\`\`\`shell
terraform import littoral_release.shop fleet=fleet.yaml,bundle=shop.yaml,decision=shop.lock.json
\`\`\`

An import block beside the resource block takes the same id; \`terraform plan -generate-config-out\` cannot write the resource block, as it leaves out what is
long. Without \`decision\`, clusters that do not answer are left out. \`name\` and \`app\` may follow. When nothing is imported,
applying adopts what is there too.

## When some clusters fail

The others are done, the errors name each cluster that is not, and the state keeps what was done: applying again goes on. A first
apply that fell short leaves the resource tainted, and Terraform plans a replacement; the provider then leaves what runs
as it is and finishes. Do not set \`create_before_destroy\`: old and new are the same objects.

A cluster that does not answer after it left the decision stays recorded as unreachable until it was seen clean;
\`rollout.evacuate\` lets go of it.`,
  },
  littoral_retirement: {
    example: `resource "littoral_release" "shop" {
  decision = littoral_placement.edge.decision
  fleet    = data.littoral_fleet.edge.document
  document = littoral_placement.edge.app_documents["shop"]
  rollout  = { retire = "later" }
}

resource "littoral_retirement" "shop" {
  release    = littoral_release.shop.inventory
  leaving    = littoral_release.shop.leaving
  table      = littoral_placement.edge.routing["shop"]
  depends_on = [aws_route53_record.shop]
}`,
    more: `## When something is not so

Nothing is removed while a name server does not answer, answers with an address that is no cluster of the table, or while a cluster that users are sent to
does not serve. The apply ends with an error that says which, and applying again goes on. Destroying a retirement removes nothing: it has nothing of its own.`,
  },
  littoral_traffic: {
    example: `resource "littoral_traffic" "shop" {
  table      = littoral_placement.edge.routing["shop"]
  powerdns   = { url = "http://127.0.0.1:8081" } # or none: then records are data
  depends_on = [littoral_release.shop]
}

# Records of another provider, by slot: a move changes them in place.
resource "aws_route53_record" "shop" {
  for_each       = littoral_traffic.shop.records.records
  zone_id        = var.zone_id
  name           = each.value.name
  type           = each.value.type
  ttl            = each.value.ttl
  records        = each.value.records
  set_identifier = each.value.set_identifier

  geolocation_routing_policy {
    continent   = try(each.value.geolocation_routing_policy.continent, null)
    country     = try(each.value.geolocation_routing_policy.country, null)
    subdivision = try(each.value.geolocation_routing_policy.subdivision, null)
  }
}`,
    more: `## The key of the API

It is in the environment variable \`PDNS_API_KEY\`, in a file or variable that \`powerdns\` names, or in \`powerdns_api_key\` of the provider
block, which takes ephemeral values. It is in no plan and in no state.

## Import

Hosts that littoral answers for already, with the address of the API:

\`\`\`shell
terraform import littoral_traffic.shop shop.example.com@http://127.0.0.1:8081
\`\`\``,
  },
};

Object.assign(words, {
  app: {
    example: `resource "littoral_placement" "shop" {
  fleet = data.littoral_fleet.edge.document
  documents = [
    merge(provider::littoral::app(file("shop.yaml")), { name = "shop-\${terraform.workspace}" })
  ]
}`,
  },
  decision: {
    example: `# Where another stack runs its shop, from its lock or from an output of its decision.
locals {
  shop = provider::littoral::decision(file("../shop/shop.lock.json"))
}

resource "terraform_data" "record" {
  for_each = toset(local.shop.placements["shop"].clusters)
  input    = "\${each.key}.shop.example has \${local.shop.replicas[each.key]} replicas"
}`,
    more: `A stack may also give away the attributes of its placement that others need: \`output "clusters" { value = littoral_placement.shop.clusters }\`, which
\`terraform_remote_state\` reads.`,
  },
  distance_kilometers: {
    example: `output "frankfurt_to_ashburn" {
  value = provider::littoral::distance_kilometers(50.11, 8.68, 39.04, -77.49)
}`,
  },
  explain: {
    example: `output "why" {
  value = nonsensitive(provider::littoral::explain(littoral_placement.shop.decision, "shop"))
}`,
  },
});

/** The pages by path below docs/. */
exports.pages = () => pagesOf(littoral, (name) => words[name]);
