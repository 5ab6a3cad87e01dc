/** A table of bad documents: each row says which mistake is found, where, and in which words. */

import { parseDecision } from '../constructs/model/decision-document';
import { parseDemand } from '../constructs/model/demand-document';
import { parseFleet } from '../constructs/model/fleet-document';
import { type EdgeError, edgeErrorsOf } from '../constructs/parsing/errors';
import { parseEdgeApp } from '../constructs/policy/edge-app-document';
import { parsePolicy } from '../constructs/policy/policy-document';

type Parse = (source: string) => unknown;
/** [what is wrong, the text, code, path, line, a part of the message] */
type Row = readonly [string, string, string, string, number | undefined, string];

const header = (kind: string) => `apiVersion: littoral.dev/v1alpha1\nkind: ${kind}\n`;
/** Line 3 is `clusters:`, line 4 the cluster's name; `more` is on line 5. */
const fleetWith = (more: string, first = 'name: fra') =>
  `${header('Fleet')}clusters:\n  - ${first}\n    ${more}\n    latitude: 50.1\n    longitude: 8.7\n    region: europe\n    country: DE\n`;
/** One origin on line 5. */
const demandWith = (origin: string, observedAt = '"2026-11-21T05:30:00Z"') =>
  `${header('Demand')}observedAt: ${observedAt}\norigins:\n  - ${origin}\n`;
/** `more` starts on line 9. */
const appWith = (more: string, workload = 'image: shop:1') =>
  `${header('EdgeApp')}name: shop\nworkload:\n  ${workload}\n  port: 8080\n  requestsPerSecondPerReplica: 50\n  resources: {cpuMillicores: 250, memoryMebibytes: 256}\n${more}\n`;
const constraints = (text: string) => `constraints:\n  ${text}\n`;

// biome-ignore format: a row is a line
const texts: readonly Row[] = [
  ['empty text', '', 'InvalidDocument', '', 1, 'an empty document, expected a Fleet document'],
  ['white space', ' \n\n', 'InvalidDocument', '', 1, 'an empty document'],
  ['a sentence', 'hello', 'InvalidDocument', '', 1, 'got "hello" (text), expected a Fleet'],
  ['a list', '- 1\n- 2', 'InvalidDocument', '', 1, 'got a list of 2, expected a Fleet document'],
  ['JSON null', 'null', 'InvalidDocument', '', 1, 'an empty document'],
  ['a tab', 'kind: Fleet\n\tclusters: []', 'InvalidDocument', '', 2, 'Tabs are not allowed'],
  ['an open bracket', 'kind: [', 'InvalidDocument', '', 1, 'not YAML'],
  ['broken JSON', '{"kind": "Fleet",\n "clusters": [}', 'InvalidDocument', '', 2, 'not YAML'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'InvalidDocument', '', 2, 'several YAML documents'],
  ['a NUL', 'kind: Fleet\nname: a\0b', 'InvalidDocument', '', 2, 'NUL'],
  ['bytes that are not UTF-8', 'kind: Fleet\ncity: Z\ufffdrich', 'InvalidDocument', '', 2, 'not UTF-8'],
  ['a key twice', fleetWith('city: a\n    city: b'), 'Duplicate', 'clusters[0].city', 6, 'twice'],
  ['a JSON key twice', '{"kind": "Fleet",\n"kind": "Fleet"}', 'Duplicate', 'kind', 2, 'twice'],
  ['an unknown alias', 'kind: *nobody', 'UnknownName', '', undefined, 'alias *nobody'],
  ['an unknown tag', 'kind: !!binary aGk=', 'InvalidDocument', 'kind', 1, 'expected a Fleet'],
  ['deep brackets', '['.repeat(20_000), 'InvalidDocument', '', undefined, '64 deep'],
  ['deep dashes', '- '.repeat(20_000), 'InvalidDocument', '', undefined, '64 deep'],
  ['deep JSON', `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`, 'InvalidDocument', 'a.a.a.a', 1, '64 deep'],
  ['another kind', header('Demand'), 'InvalidDocument', 'kind', 2, 'got a Demand, expected a Fleet'],
  ['a kind misspelt', header('Fleets'), 'InvalidDocument', 'kind', 2, 'got kind "Fleets" (text)'],
  ['a kind that is no text', 'kind: 5', 'InvalidDocument', 'kind', 1, 'got kind 5 (number)'],
  ['another version', 'apiVersion: apps/v1\nkind: Fleet', 'InvalidDocument', 'apiVersion', 1, '"apps/v1"'],
  ['a merge key', `${fleetWith('<<: {a: 1}')}`, 'UnknownKey', 'clusters[0]["<<"]', 5, '"<<"'],
  ['__proto__ in YAML', fleetWith('__proto__: {state: ready}'), 'UnknownKey', 'clusters[0].__proto__', 5, '__proto__'],
  ['__proto__ in JSON', '{"kind":"Fleet",\n"__proto__":{"a":1}}', 'UnknownKey', '__proto__', 2, 'Remove it'],
  ['__proto__ as a label', fleetWith('labels: {__proto__: x}'), 'UnknownKey', 'clusters[0].labels.__proto__', 5, 'never a key'],
];

// biome-ignore format: a row is a line
const fleets: readonly Row[] = [
  ['no clusters', header('Fleet'), 'InvalidDocument', 'clusters', 1, 'Add the key clusters'],
  ['an empty fleet', `${header('Fleet')}clusters: []`, 'InvalidDocument', 'clusters', 3, 'a list of at least 1 object'],
  ['clusters that are an object', `${header('Fleet')}clusters: {fra: 1}`, 'InvalidDocument', 'clusters', 3, 'got an object with fra'],
  ['an unknown key', fleetWith('lattitude: 5'), 'UnknownKey', 'clusters[0].lattitude', 5, 'Write latitude'],
  ['a key like a method', fleetWith('constructor: 5'), 'UnknownKey', 'clusters[0].constructor', 5, 'got the key constructor'],
  ['toString as a key', fleetWith('toString: 5'), 'UnknownKey', 'clusters[0].toString', 5, 'got the key toString'],
  ['a long unknown key', fleetWith(`${'k'.repeat(500)}: 5`), 'UnknownKey', `clusters[0]["${'k'.repeat(60)}…"]`, 5, 'kkk…'],
  ['a missing name', fleetWith('city: x', 'provider: y'), 'InvalidDocument', 'clusters[0].name', 4, 'got nothing, expected a text'],
  ['a name that is a number', fleetWith('city: x', 'name: 5'), 'InvalidDocument', 'clusters[0].name', 4, 'Put the value in quotes'],
  ['a name with a space', fleetWith('city: x', 'name: a b'), 'InvalidDocument', 'clusters[0].name', 4, 'letters, digits'],
  ['a name of 64 characters', fleetWith('city: x', `name: ${'a'.repeat(64)}`), 'InvalidDocument', 'clusters[0].name', 4, '1 to 63 characters'],
  ['a text for a number', fleetWith('usdPerHour: abc'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'got "abc" (text), expected a number of at least 0'],
  ['a number in quotes', fleetWith('usdPerHour: "5"'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'Remove the quotes'],
  ['a negative price', fleetWith('usdPerHour: -1'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'got -1 (number)'],
  ['an enormous price', fleetWith('usdPerHour: 1e308'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'from 0 to 1e15'],
  ['an infinite price', fleetWith('usdPerHour: .inf'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'got Infinity'],
  ['a price that is no number', fleetWith('usdPerHour: .nan'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'got NaN'],
  ['a price of null', fleetWith('usdPerHour: null'), 'InvalidDocument', 'clusters[0].usdPerHour', 5, 'got null'],
  ['latitude 91', fleetWith('city: x').replace('50.1', '91'), 'InvalidDocument', 'clusters[0].latitude', 6, 'got 91 (number), expected a number from -90 to 90'],
  ['longitude 181', fleetWith('city: x').replace('8.7', '181'), 'InvalidDocument', 'clusters[0].longitude', 7, 'from -180 to 180'],
  ['a country in words', fleetWith('city: x').replace('DE', 'Germany'), 'InvalidDocument', 'clusters[0].country', 9, 'two capital letters'],
  ['a country read as true', fleetWith('city: x').replace('DE', 'true'), 'InvalidDocument', 'clusters[0].country', 9, 'got true (boolean)'],
  ['an unknown state', fleetWith('state: redy'), 'UnknownName', 'clusters[0].state', 5, 'Write ready'],
  ['unreachable without since', fleetWith('state: unreachable'), 'InvalidDocument', 'clusters[0].since', 4, 'Add since'],
  ['a day without an hour', fleetWith('since: 2026-11-21'), 'InvalidDocument', 'clusters[0].since', 5, 'an instant with a zone'],
  ['an instant without a zone', fleetWith('since: 2026-11-21T05:00:00'), 'InvalidDocument', 'clusters[0].since', 5, 'an instant with a zone'],
  ['February 30', fleetWith('since: 2026-02-30T05:00:00Z'), 'InvalidDocument', 'clusters[0].since', 5, '2026-02-30'],
  ['an unknown effect', fleetWith('taints: [{key: a, effect: NoSchedule}]'), 'UnknownName', 'clusters[0].taints[0].effect', 5, 'NoPlace'],
  ['a label that is a number', fleetWith('labels: {rack: 5}'), 'InvalidDocument', 'clusters[0].labels.rack', 5, 'Put the value in quotes'],
  ['a signal without expiry', fleetWith('signals: {a: {value: 1, observedAt: 2026-11-21T05:00:00Z}}'), 'InvalidDocument', 'clusters[0].signals.a.validForSeconds', 5, 'Add the key'],
  ['an enormous signal', fleetWith( 'signals: {a: {value: -1e300, observedAt: 2026-11-21T05:00:00Z, validForSeconds: 1}}', ), 'InvalidDocument', 'clusters[0].signals.a.value', 5, 'got -1e+300'],
  ['two clusters of one name', `${fleetWith('city: x')}  - {name: fra, latitude: 1, longitude: 2, region: r, country: DE}`, 'Duplicate', 'clusters[1].name', 10, 'second cluster named "fra"'],
  ['latency that is a number', `${fleetWith('city: x')}latency: 5`, 'InvalidDocument', 'latency', 10, 'got 5 (number)'],
  ['latency from a file nobody reads', `${fleetWith('city: x')}latency: l.csv`, 'SourceFailed', 'latency', 10, 'nothing here reads files'],
  ['a short triple', `${fleetWith('city: x')}latency: [[a, fra]]`, 'InvalidDocument', 'latency[0]', 10, 'a list of 3'],
  ['a negative latency', `${fleetWith('city: x')}latency: [[a, fra, -1]]`, 'InvalidDocument', 'latency[0][2]', 10, 'got -1'],
  ['a latency twice', `${fleetWith('city: x')}latency:\n- [a, fra, 1]\n- [b, fra, 1]\n- [a, fra, 2]`, 'Duplicate', 'latency[2]', 13, 'from "a" to "fra"'],
  ['a latency to nowhere', `${fleetWith('city: x')}latency:\n- [a, fra, 1]\n- [a, frb, 1]`, 'UnknownName', 'latency[1]', 12, 'Write fra'],
];

// biome-ignore format: a row is a line
const demands: readonly Row[] = [
  ['no origins', `${header('Demand')}observedAt: 2026-11-21T05:30:00Z`, 'InvalidDocument', 'origins', 1, 'expected a list'],
  ['no place', demandWith('{name: a, requestsPerSecond: 1}'), 'InvalidDocument', 'origins[0]', 5, 'Add latitude and longitude, or a geohash'],
  ['half a place', demandWith('{name: a, latitude: 1, requestsPerSecond: 1}'), 'InvalidDocument', 'origins[0].longitude', 5, 'latitude without longitude'],
  ['two places', demandWith('{name: a, geohash: u3, latitude: 1, longitude: 2, requestsPerSecond: 1}'), 'Contradiction', 'origins[0].geohash', 5, 'one or the other'],
  ['a geohash with an a', demandWith('{name: a, geohash: ua, requestsPerSecond: 1}'), 'InvalidDocument', 'origins[0].geohash', 5, 'expected a geohash'],
  ['a geohash of 13', demandWith('{name: a, geohash: u333333333333, requestsPerSecond: 1}'), 'InvalidDocument', 'origins[0].geohash', 5, '1 to 12'],
  ['negative requests', demandWith('{name: a, geohash: u3, requestsPerSecond: -1}'), 'InvalidDocument', 'origins[0].requestsPerSecond', 5, 'of at least 0'],
  ['requests that are no number', demandWith('{name: a, geohash: u3, requestsPerSecond: .nan}'), 'InvalidDocument', 'origins[0].requestsPerSecond', 5, 'got NaN'],
  ['JSON that overflows', '{"apiVersion":"littoral.dev/v1alpha1","kind":"Demand","observedAt":"2026-11-21T05:30:00Z",\n"origins":[{"name":"a","geohash":"u3",\n"requestsPerSecond":1e999}]}', 'InvalidDocument', 'origins[0].requestsPerSecond', 3, 'got Infinity'],
  ['an empty name', demandWith('{name: "", geohash: u3, requestsPerSecond: 1}'), 'InvalidDocument', 'origins[0].name', 5, '1 to 253'],
  ['a name twice', demandWith( '{name: a, geohash: u3, requestsPerSecond: 1}\n  - {name: a, geohash: u3, requestsPerSecond: 1}', ), 'Duplicate', 'origins[1].name', 6, 'second origin named "a"'],
  ['a bad instant', demandWith('{name: a, geohash: u3, requestsPerSecond: 1}', 'yesterday'), 'InvalidDocument', 'observedAt', 3, 'got "yesterday"'],
];

// biome-ignore format: a row is a line
const apps: readonly Row[] = [
  ['nothing to run', `${header('EdgeApp')}name: shop`, 'InvalidDocument', '', 1, 'neither workload nor manifests'],
  ['two things to run', appWith('manifests: [k8s/*.yaml]'), 'Contradiction', 'manifests', 9, 'and also workload'],
  ['scaling of a workload', appWith( 'scaling: {component: a, requestsPerSecondPerReplica: 1, resources: {cpuMillicores: 1, memoryMebibytes: 1}}', ), 'InvalidDocument', 'scaling', 9, 'without manifests'],
  ['a name in capitals', appWith('overrides: []').replace('name: shop', 'name: Shop'), 'InvalidDocument', 'name', 3, 'lower-case letters'],
  ['no image', appWith('overrides: []', 'minReplicas: 1'), 'InvalidDocument', 'workload.image', 4, 'Add the key image'],
  ['port 0', appWith('overrides: []').replace('8080', '0'), 'InvalidDocument', 'workload.port', 6, 'from 1 to 65535'],
  ['half a port', appWith('overrides: []').replace('8080', '80.5'), 'InvalidDocument', 'workload.port', 6, 'a whole number'],
  ['a replica that serves nothing', appWith('overrides: []').replace('Replica: 50', 'Replica: 0'), 'InvalidDocument', 'workload.requestsPerSecondPerReplica', 7, 'above 0'],
  ['an env value that is a number', appWith('overrides: []', 'image: a\n  env: {PIN: 1234}'), 'InvalidDocument', 'workload.env.PIN', 6, 'got a number (not shown)'],
  ['an unknown workload key', appWith('overrides: []', 'image: a\n  replicas: 3'), 'UnknownKey', 'workload.replicas', 6, 'minReplicas'],
  ['a mistake in a component', `${header('EdgeApp')}name: shop\nworkload:\n  components:\n    - {name: web, image: a, resources: {cpuMillicores: 1}, requestsPerSecondPerReplica: 1}`, 'InvalidDocument', 'workload.components[0].resources.memoryMebibytes', 6, 'Add the key'],
  ['a component twice', `${header('EdgeApp')}name: shop\nworkload:\n  components:\n    - &a {name: web, image: a, resources: {cpuMillicores: 1, memoryMebibytes: 1}, requestsPerSecondPerReplica: 1}\n    - *a`, 'Duplicate', 'workload.components[1].name', 6, 'second component named "web"'],
  ['an override of nothing', appWith('overrides:\n- {match: {country: DE}, component: wbe, set: {}}'), 'UnknownName', 'overrides[0].component', 10, 'one component, shop'],
  ['demand of the wrong kind', appWith('demand: 5'), 'InvalidDocument', 'demand', 9, 'got 5 (number)'],
  ['inline demand without a place', appWith( 'demand:\n  observedAt: 2026-11-21T05:30:00Z\n  origins:\n  - {name: a, requestsPerSecond: 1}', ), 'InvalidDocument', 'demand.origins[0]', 12, 'no coordinates'],
  ['prometheus that is a text', appWith('demand: {prometheus: http://user:secret@host}'), 'InvalidDocument', 'demand.prometheus', 9, 'got a text (not shown)'],
  ['an assumed demand twice', appWith( 'policy: {assume: {observedAt: 2026-11-21T05:30:00Z, origins: [{name: a, geohash: u3, latitude: 1, requestsPerSecond: 1}]}}', ), 'Contradiction', 'policy.assume.origins[0].geohash', 9, 'one or the other'],
  ['an app together with itself', appWith('policy: {constraints: {together: [shop]}}'), 'Contradiction', 'policy.constraints.together[0]', 9, 'the app itself'],
  ['an app apart from itself', appWith('policy: {constraints: {apart: [shop]}}'), 'Contradiction', 'policy.constraints.apart[0]', 9, 'the app itself'],
];

// biome-ignore format: a row is a line
const policies: readonly Row[] = [
  ['an unknown constraint', constraints('minCluster: 3'), 'UnknownKey', 'constraints.minCluster', 2, 'Write minClusters'],
  ['a constraint outside', 'minClusters: 3', 'UnknownKey', 'minClusters', 1, 'constraints'],
  ['no cluster at all', constraints('minClusters: 0'), 'InvalidDocument', 'constraints.minClusters', 2, 'from 1 to 10000'],
  ['half a cluster', constraints('minClusters: 1.5'), 'InvalidDocument', 'constraints.minClusters', 2, 'a whole number'],
  ['an unknown Match key', constraints('mustInclude: [{contry: DE}]'), 'UnknownKey', 'constraints.mustInclude[0].contry', 2, 'Write country'],
  ['a Match of a number', constraints('chooseFrom: [{region: 5}]'), 'InvalidDocument', 'constraints.chooseFrom[0].region', 2, 'got 5 (number), expected a text'],
  ['a Match of an empty list', constraints('chooseFrom: [{region: []}]'), 'InvalidDocument', 'constraints.chooseFrom[0].region', 2, 'an empty list'],
  ['a number inside a Match list', constraints('chooseFrom: [{region: [a, 5]}]'), 'InvalidDocument', 'constraints.chooseFrom[0].region[1]', 2, 'got 5'],
  ['spread by an unknown word', constraints('spread: [{by: regon, minGroups: 2}]'), 'UnknownName', 'constraints.spread[0].by', 2, 'Write region'],
  ['spread without a limit', constraints('spread: [{by: region}]'), 'InvalidDocument', 'constraints.spread[0]', 2, 'without a limit'],
  ['capacity true', constraints('capacity: true'), 'InvalidDocument', 'constraints.capacity', 2, 'got true (boolean)'],
  ['an unknown assignment', constraints('capacity: {assignment: splt}'), 'UnknownName', 'constraints.capacity.assignment', 2, 'Write split'],
  ['headroom of everything', constraints('capacity: {headroom: 1}'), 'InvalidDocument', 'constraints.capacity.headroom', 2, 'below 1'],
  ['a latency share of zero', constraints('latency: {milliseconds: 80, share: 0}'), 'InvalidDocument', 'constraints.latency.share', 2, 'above 0'],
  ['a negative weight', 'objective: {latency: -1}', 'InvalidDocument', 'objective.latency', 1, 'got -1'],
  ['an unknown term', 'objective: {latncy: 1}', 'UnknownKey', 'objective.latncy', 1, 'Write latency'],
  ['an unknown guard', 'guard: {allow: [everything]}', 'UnknownName', 'guard.allow[0]', 1, 'maxDroppedShare'],
  ['min above max', constraints('minClusters: 7\n  maxClusters: 3'), 'Contradiction', 'constraints.minClusters', 2, 'minClusters 7 is above maxClusters 3 (constraints.maxClusters)'],
  ['a count above max', constraints('mustInclude: [{region: a, count: 6}]'), 'Contradiction', 'constraints.mustInclude[0].count', 2, 'count 6 is above maxClusters 5'],
  ['the same Match on both sides', constraints('mustInclude: [{country: [DE, FR]}]\n  mustNotInclude: [{country: [FR, DE, FR]}]'), 'Contradiction', 'constraints.mustInclude[0]', 2, 'constraints.mustNotInclude[0]'],
  ['too many groups', constraints('spread: [{by: region, minGroups: 6}]'), 'Contradiction', 'constraints.spread[0].minGroups', 2, 'minGroups 6 is above maxClusters 5'],
  ['survive everything', constraints('survive: 5'), 'Contradiction', 'constraints.survive', 2, 'survive 5 leaves no cluster of maxClusters 5'],
  ['a signal range upside down', constraints('signals: {a: {min: 2, max: 1}}'), 'Contradiction', 'constraints.signals.a.min', 2, 'min 2 is above max 1'],
  ['together and apart', constraints('together: [cart]\n  apart: [cart]'), 'Contradiction', 'constraints.together[0]', 2, 'apart from "cart"'],
  ['enter below exit', 'stability: {enterRequestsPerSecond: 5, exitRequestsPerSecond: 6}', 'Contradiction', 'stability.enterRequestsPerSecond', 1, 'enterRequestsPerSecond 5 is below exitRequestsPerSecond 6'],
  ['enter below the default exit', 'stability: {enterRequestsPerSecond: 5}', 'Contradiction', 'stability.enterRequestsPerSecond', 1, 'exitRequestsPerSecond 16'],
  ['a freeze that ends first', 'stability: {freeze: [{from: 2026-11-22T00:00:00Z, until: 2026-11-22T00:30:00+01:00}]}', 'Contradiction', 'stability.freeze[0].from', 1, 'Swap from and until'],
];

// biome-ignore format: a row is a line
const decisions: readonly Row[] = [
  ['an empty decision', header('PlacementDecision'), 'InvalidDocument', 'apps', 1, 'Add the key apps'],
  ['a fleet as a lock', header('Fleet'), 'InvalidDocument', 'kind', 2, 'got a Fleet, expected a PlacementDecision'],
];

const tables: readonly (readonly [string, Parse, readonly Row[]])[] = [
  ['text', parseFleet, texts],
  ['a fleet', parseFleet, fleets],
  ['a demand', parseDemand, demands],
  ['an app', parseEdgeApp, apps],
  ['a policy', parsePolicy, policies],
  ['a decision', parseDecision, decisions],
];

function errorsOf(parse: () => unknown): readonly EdgeError[] {
  try {
    parse();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors !== undefined) return errors;
    throw thrown;
  }
  return [];
}

describe.each(tables)('%s is refused for', (_what, parse, rows) => {
  it.each(rows)('%s', (_name, text, code, path, line, fragment) => {
    const errors = errorsOf(() => parse(text));
    const found = errors.find((error) => error.path === path && error.code === code);
    expect(errors.map((error) => `${error.code} ${error.path}`)).toContain(`${code} ${path}`);
    if (line !== undefined) expect(found?.line).toBe(line);
    expect(found?.message).toContain(fragment);
    for (const { message } of errors) {
      expect(message).not.toMatch(/\n\s+at |node_modules|\bundefined\b|\[object/);
      expect(message.length).toBeLessThan(2000);
    }
  });
});

describe('a bad document', () => {
  it('tells all its mistakes at once, in the order of the lines', () => {
    const text = `${header('Fleet')}latency: [[a, nowhere, 1], [a, fra, x]]\nclusters:
  - {name: fra, latitude: 99, longitude: 8, region: europe, country: DE, colour: red}
  - {name: ams, latitude: 52, longitude: 4, region: europe, country: nl, state: unreachable}
  - {name: ams, latitude: 52, longitude: 4, region: europe, country: NL, usdPerHour: -1}
`;
    const errors = errorsOf(() => parseFleet(text, { file: 'fleet.yaml' }));
    expect(errors.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '3 latency[1][2]',
      '5 clusters[0].latitude',
      '5 clusters[0].colour',
      '6 clusters[1].country',
      '7 clusters[2].usdPerHour',
    ]);
    expect(new Set(errors.map(({ file }) => file))).toEqual(new Set(['fleet.yaml']));
  });

  it('tells contradictions beside mistakes of shape, unless they follow from one', () => {
    const paths = (text: string) => errorsOf(() => parsePolicy(text)).map(({ path }) => path);
    expect(paths('constraints: {minClusters: 7, survive: x}')).toEqual([
      'constraints.survive',
      'constraints.minClusters',
    ]);
    expect(paths('constraints: {minClusters: 7, maxClusters: x}')).toEqual([
      'constraints.maxClusters',
    ]);
  });

  it('keeps the positions as written when other elements are wrong', () => {
    const text = demandWith(
      '{name: a, geohash: u3, requestsPerSecond: x}\n  - {name: b, geohash: u3, requestsPerSecond: 1}\n  - {name: c, geohash: u3, requestsPerSecond: 1}\n  - {name: b, geohash: u3, requestsPerSecond: 1}',
    );
    const errors = errorsOf(() => parseDemand(text));
    expect(errors.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '5 origins[0].requestsPerSecond',
      '8 origins[3].name',
    ]);
  });

  it('finds the same lines in JSON as in YAML', () => {
    const text = `{
  "apiVersion": "littoral.dev/v1alpha1", "kind": "Demand",
  "observedAt": "2026-11-21T05:30:00Z",
  "origins": [
    {"name": "a \\" b", "geohash": "u3", "requestsPerSecond": 1},
    {"name": "b",
     "geohash": "u3", "requestsPerSecond": "1"}
  ]
}`;
    const [error, ...others] = errorsOf(() => parseDemand(text));
    expect(others).toEqual([]);
    expect(error).toMatchObject({ line: 7, path: 'origins[1].requestsPerSecond' });
  });

  it('names the place of an anchor when an alias repeats the mistake', () => {
    const text = `${header('Fleet')}clusters:\n  - &a {name: a, latitude: 1, longitude: 2, region: r, country: DE,\n    usdPerHour: -1}\n  - *a\n`;
    const errors = errorsOf(() => parseFleet(text));
    expect(errors.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '4 clusters[1].name',
      '5 clusters[0].usdPerHour',
      '5 clusters[1].usdPerHour',
    ]);
  });

  it('refuses a YAML bomb quickly', () => {
    const level = (name: string, below: string) =>
      `${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`;
    const names = [...'abcdefghij'];
    const bomb = ['a: &a [x, x]', ...names.slice(1).map((name, i) => level(name, names[i] ?? ''))];
    const [error] = errorsOf(() => parseFleet(bomb.join('\n')));
    expect(error?.summary).toContain('aliases');
  });

  it('takes thousands of aliases that are no bomb', () => {
    const clusters = Array.from({ length: 3000 }, (_, i) =>
      `  - {name: c${i}, latitude: 1, longitude: 2, region: r, country: DE, labels: *l}`.replace(
        '*l',
        i === 0 ? '&l {tier: edge}' : '*l',
      ),
    );
    const fleet = parseFleet(`${header('Fleet')}clusters:\n${clusters.join('\n')}`);
    expect(fleet.clusters[2999]?.labels).toEqual({ tier: 'edge' });
  });

  it('does not repeat a long value, or anything unprintable', () => {
    const text = demandWith(
      `{name: a, geohash: "\\e[31m${'z'.repeat(1e6)}", requestsPerSecond: 1}`,
    );
    const [error] = errorsOf(() => parseDemand(text));
    expect(error?.message.length).toBeLessThan(300);
    expect(error?.message).toContain('\\u001b[31mzzz');
    expect(error?.message).not.toContain('\u001b');
  });

  it('never repeats what may be secret', () => {
    const secrets = [
      () => parseEdgeApp(appWith('overrides: []', 'image: a\n  env: {TOKEN: 987654321}')),
      () => parseEdgeApp(appWith('demand: {prometheus: "987654321"}')),
      () => parseFleet(fleetWith('access: {context: 987654321}')),
      () => parseFleet(fleetWith('access: 987654321')),
      () => parseFleet(fleetWith('access: {token: "987654321"}')),
      () => parseEdgeApp(appWith('overrides: []', 'image: a\n  env: {TOKEN: "987654321" "')),
      () => parseEdgeApp(`{"workload": {"env": {"TOKEN": "987654321" oops}}}`),
    ];
    for (const parse of secrets) {
      const errors = errorsOf(parse);
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.map(({ message }) => message).join()).not.toContain('987654321');
    }
  });

  it('lists a thousand mistakes, and counts the others', () => {
    const origins = Array.from({ length: 1500 }, (_, i) => ({
      name: `o${i}`,
      requestsPerSecond: -1,
    }));
    const errors = errorsOf(() => parseDemand({ observedAt: '2026-11-21T05:30:00Z', origins }));
    expect(errors).toHaveLength(1001);
    expect(errors.at(-1)?.summary).toContain('got 500 more mistakes');
  });

  it('never changes a prototype', () => {
    errorsOf(() =>
      parseFleet('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
    );
    errorsOf(() => parseFleet('__proto__:\n  polluted: 1\n'));
    expect('polluted' in {}).toBe(false);
  });

  it('may be an object with a cycle', () => {
    const circle: Record<string, unknown> = {};
    circle.query = circle;
    const errors = errorsOf(() => parseEdgeApp({ name: 'a', demand: { prometheus: circle } }));
    expect(errors.map(({ summary }) => summary)).toEqual(['got values nested more than 64 deep']);
  });
});
