/** Public interface of routing: what other folders may import. */
export {
  type AnswerChange,
  type AnswerChanges,
  type AnswersBySlot,
  answerChanges,
  answersFor,
  answersOf,
  type TargetShare,
  tableChanges,
} from './answer-changes';
export type { CountryOf } from './assigned-demand';
export type { CountryFit } from './country-fit';
export { continentOf } from './places';
export { type AzureRecords, azureRecords } from './records/azure';
export { type CloudflareRecords, cloudflareRecords } from './records/cloudflare';
export { type DnsEndpoint, dnsEndpoint, type ExternalDnsEndpoint } from './records/external-dns';
export { type GdnsdFiles, gdnsdFiles } from './records/gdnsd';
export { type GoogleRecordSet, googleRecordSets } from './records/google';
export { type Ns1Record, ns1Records } from './records/ns1';
export { type PlainRecord, plainRecords } from './records/plain';
export { type GeoipZone, geoipZone } from './records/powerdns-geoip';
export { type PowerDnsRrset, powerDnsLua } from './records/powerdns-lua';
export { type Route53Record, type Route53Records, route53Records } from './records/route53';
export { checkTable, withTargets } from './records/targets';
export { type RoutingInput, routingByCountry, routingOf } from './routing-of';
export type { ClusterFit, Fit, RoutingTable, Slot, SlotAnswer, SlotKind } from './routing-table';
export { type Vocabulary, vocabularies } from './vocabularies';
