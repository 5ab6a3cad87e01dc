# A shop that runs where its users are: the demand is read from Prometheus while Terraform plans, and what the plan shows is what is
# applied.
terraform {
  required_version = ">= 1.8"
  required_providers {
    littoral = {
      source = "littoral.invalid/littoral/littoral"
    }
  }
}

variable "fleet" {
  description = "Path of a Fleet document: the clusters there are, and how to reach them."
  type        = string
}

variable "prometheus" {
  description = "Address of a Prometheus-compatible server."
  type        = string
}

provider "littoral" {}

data "littoral_fleet" "edge" {
  file = var.fleet
}

data "littoral_demand" "shop" {
  prometheus = {
    url   = var.prometheus
    query = "sum by (geohash) (rate(http_requests_total{app=\"shop\"}[10s]))"
    mode  = "instant"
  }
}

resource "littoral_placement" "shop" {
  fleet   = data.littoral_fleet.edge.document
  demands = { shop = data.littoral_demand.shop.document }

  apps = [{
    name = "shop"
    workload = {
      image                           = "registry.example/shop:1.4.2"
      port                            = 8080
      resources                       = { cpu_millicores = 250, memory_mebibytes = 256 }
      requests_per_second_per_replica = 90
    }
    policy = {
      constraints = {
        min_requests_per_second = 20
        residency = [{
          origins  = { region = ["europe"] }
          clusters = { region = ["europe"] }
        }]
        spread = [{ by = "region", max_per_group = 2 }]
      }
    }
  }]
}

resource "littoral_release" "shop" {
  decision = littoral_placement.shop.decision
  fleet    = data.littoral_fleet.edge.document
  document = littoral_placement.shop.app_documents["shop"]
}

# Which clusters were chosen is known while planning, so whatever else belongs to a cluster comes and goes with it.
resource "terraform_data" "record" {
  for_each = toset(littoral_placement.shop.clusters)
  input    = "${each.key}.shop.example has ${littoral_placement.shop.replicas[each.key]} replicas"
}

output "summary" {
  value = littoral_placement.shop.summary
}

output "clusters" {
  value = littoral_release.shop.clusters
}
