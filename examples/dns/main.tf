# A move whose records are held by another provider: the release leaves its old clusters serving, the records change in
# place, and the retirement cleans what nobody is sent to any more. Keep the resource of the DNS that you have.

resource "littoral_release" "shop" {
  decision = littoral_placement.edge.decision
  fleet    = data.littoral_fleet.edge.document
  document = littoral_placement.edge.app_documents["shop"]
  rollout  = { retire = "later" }
}

# Without `powerdns` it writes nothing: it waits until new clusters serve, and gives the records.
resource "littoral_traffic" "shop" {
  table      = littoral_placement.edge.routing["shop"]
  depends_on = [littoral_release.shop]
}

# exposure.dns.system: route53-geolocation. Never `create_before_destroy` here: old and new would be one record.
resource "aws_route53_record" "shop" {
  for_each        = littoral_traffic.shop.records.records
  zone_id         = var.zone_id
  name            = each.value.name
  type            = each.value.type
  ttl             = each.value.ttl
  records         = each.value.records
  set_identifier  = each.value.set_identifier
  health_check_id = try(aws_route53_health_check.shop[each.value.health_check].id, null)

  geolocation_routing_policy {
    continent   = try(each.value.geolocation_routing_policy.continent, null)
    country     = try(each.value.geolocation_routing_policy.country, null)
    subdivision = try(each.value.geolocation_routing_policy.subdivision, null)
  }
}

resource "aws_route53_health_check" "shop" {
  for_each          = littoral_traffic.shop.records.health_checks
  ip_address        = each.value.ip_address
  fqdn              = each.value.fqdn
  port              = each.value.port
  type              = each.value.type
  resource_path     = each.value.resource_path
  request_interval  = each.value.request_interval
  failure_threshold = each.value.failure_threshold
}

# exposure.dns.system: cloudflare-geo. A pool is a cluster; one that leaves is deleted after the load balancer let go of it.
resource "cloudflare_load_balancer_pool" "shop" {
  for_each        = littoral_traffic.shop.records.pools
  account_id      = var.account_id
  name            = each.value.name
  minimum_origins = each.value.minimum_origins
  origins         = each.value.origins

  lifecycle {
    create_before_destroy = true
  }
}

resource "cloudflare_load_balancer" "shop" {
  for_each          = littoral_traffic.shop.records.load_balancers
  zone_id           = var.zone_id
  name              = each.value.name
  proxied           = each.value.proxied
  ttl               = each.value.ttl
  steering_policy   = each.value.steering_policy
  location_strategy = each.value.location_strategy
  default_pools     = [for key in each.value.default_pools : cloudflare_load_balancer_pool.shop[key].id]
  fallback_pool     = cloudflare_load_balancer_pool.shop[each.value.fallback_pool].id
  country_pools = {
    for country, keys in each.value.country_pools :
    country => [for key in keys : cloudflare_load_balancer_pool.shop[key].id]
  }
}

# exposure.dns.system: ns1.
resource "ns1_record" "shop" {
  for_each          = littoral_traffic.shop.records.records
  zone              = var.zone
  domain            = each.value.domain
  type              = each.value.type
  ttl               = each.value.ttl
  use_client_subnet = each.value.use_client_subnet

  dynamic "regions" {
    for_each = each.value.regions
    content {
      name = regions.value.name
      meta = regions.value.meta
    }
  }
  dynamic "answers" {
    for_each = each.value.answers
    content {
      answer = answers.value.answer
      region = answers.value.region
      meta   = answers.value.meta
    }
  }
  dynamic "filters" {
    for_each = each.value.filters
    content {
      filter = filters.value.filter
      config = try(filters.value.config, null)
    }
  }
}

# exposure.dns.system: google.
resource "google_dns_record_set" "shop" {
  for_each     = littoral_traffic.shop.records.record_sets
  managed_zone = var.managed_zone
  name         = each.value.name
  type         = each.value.type
  ttl          = each.value.ttl

  routing_policy {
    enable_geo_fencing = each.value.routing_policy.enable_geo_fencing
    dynamic "geo" {
      for_each = each.value.routing_policy.geo
      content {
        location = geo.value.location
        rrdatas  = geo.value.rrdatas
      }
    }
  }
}

# After the records, whoever writes them: it asks the name servers of the zone, waits, and removes.
resource "littoral_retirement" "shop" {
  release    = littoral_release.shop.inventory
  leaving    = littoral_release.shop.leaving
  table      = littoral_placement.edge.routing["shop"]
  depends_on = [aws_route53_record.shop]
}
