# Where the shop would run, tested without a cluster and without a Prometheus: `terraform test` or `tofu test`.
# A placement is a function of its arguments, so a plan is all there is to test.
variables {
  fleet      = "tests/fleet.yaml"
  prometheus = "http://prometheus.invalid"
}

# What the metrics would say.
override_data {
  target = data.littoral_demand.shop
  values = {
    document = <<-EOT
      {
        "apiVersion": "littoral.dev/v1alpha1", "kind": "Demand", "observedAt": "2026-11-30T12:00:00Z",
        "origins": [
          {"name": "berlin", "latitude": 52.5, "longitude": 13.4, "country": "DE", "region": "europe", "requestsPerSecond": 120},
          {"name": "new-york", "latitude": 40.7, "longitude": -74.0, "country": "US", "region": "america", "requestsPerSecond": 90},
          {"name": "singapore", "latitude": 1.3, "longitude": 103.8, "country": "SG", "region": "asia", "requestsPerSecond": 12}
        ]
      }
    EOT
  }
}

# Nothing is released, and no cluster is asked.
override_resource {
  target = littoral_release.shop
}

run "europe_is_served_in_europe" {
  command = plan

  assert {
    condition     = keys(jsondecode(littoral_placement.shop.origins["shop"])["berlin"]) == ["fra"]
    error_message = "Berlin is served outside of Europe: ${littoral_placement.shop.summary}"
  }
}

run "no_cluster_for_less_than_twenty_requests_per_second" {
  command = plan

  assert {
    condition     = littoral_placement.shop.clusters == tolist(["fra", "iad"])
    error_message = "got ${join(", ", littoral_placement.shop.clusters)}"
  }

  assert {
    condition     = alltrue([for load in values(littoral_placement.shop.requests_per_second) : load >= 20])
    error_message = "a cluster serves less than the policy asks for"
  }
}

run "the_shop_stays_within_its_budget" {
  command = plan

  assert {
    condition     = littoral_placement.shop.usd_per_hour <= 1.2
    error_message = "got ${littoral_placement.shop.usd_per_hour} USD/h"
  }
}
