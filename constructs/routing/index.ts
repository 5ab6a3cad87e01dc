/** Public interface of routing: what other folders may import. */
export type { CountryOf } from './place-tree';
export { continentOf } from './places';
export { type PlainRecord, plainRecords } from './records/plain';
export { type PowerDnsRrset, powerDnsLua } from './records/powerdns-lua';
export { checkTable, withTargets } from './records/targets';
export { type RoutingInput, routingOf } from './routing-of';
export type { ClusterFit, Fit, RoutingTable, Slot, SlotAnswer, SlotKind } from './routing-table';
export { type Vocabulary, vocabularies } from './vocabularies';
