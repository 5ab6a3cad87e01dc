/** The rules of the house: who may do what, which files a rule is about, and the sentences about what is wrong. */
import * as ts from 'typescript';
import {
  cycles,
  direction,
  independentVerifier,
  type Packages,
  packageRoom,
  type Rooms,
} from './house/directions';
import { type Import, importsOf } from './house/imports';
import { kindLists } from './house/kinds';
import { digits, purity } from './house/purity';
import {
  anyType,
  defaultExport,
  fileLength,
  fileName,
  functionLength,
  opening,
  printing,
  unfinished,
} from './house/shape';
import type { FileCheck, House } from './house/syntax';
import { words } from './house/words';

export interface Rule {
  readonly name: string;
  readonly check: (house: House) => readonly string[];
}

// Words for rooms that many may import.
const model = 'constructs/model';
/** The keys of an app. */
const appModel = `${model}/app`;
/** What is wrong between the keys of an app that no single key tells. */
const appMistakes = `${appModel}/mistakes`;
const parsing = 'constructs/parsing';
const policy = 'constructs/policy';
/** All that documents say about apps, fleets and decisions. */
const modelled = [model, appModel];
const documents = [...modelled, parsing, policy];
const optimizer = 'constructs/optimizer';
/** Effort constants: read everywhere in the optimizer. */
const options = `${optimizer}/options`;
// Rooms of the optimizer in the order in which each builds on those before it.
const problem = `${optimizer}/problem`;
const primitives = `${optimizer}/primitives`;
const assignment = `${optimizer}/assignment`;
const enumeration = `${optimizer}/enumeration`;
const uncapacitated = `${optimizer}/uncapacitated`;
const singleAppOptions = `${optimizer}/single-app-options`;
const capacitated = `${optimizer}/capacitated`;
const forAnySearch = [options, model, problem, primitives, assignment, enumeration];
const placement = 'constructs/placement';
const decided = [...documents, optimizer, `${placement}/compile`, `${placement}/explain`];
const verification = 'constructs/verification';
const routing = 'constructs/routing';
const judging = [...documents, `${verification}/input`, `${verification}/assignment`];
const certificates = 'constructs/certificates';
/** What engines get for a decision. */
const delivery = 'constructs/delivery';
const computing = [
  ...documents,
  delivery,
  placement,
  routing,
  verification,
  certificates,
  'constructs/kubernetes',
  'constructs/kubernetes/rights',
];
const report = 'constructs/report';
/** What a decision must keep. */
const promises = 'constructs/promises';
/** Policies over past demand. */
const backtests = 'constructs/backtest';
const fronts = [
  'constructs',
  'constructs/terraform',
  'constructs/testing',
  report,
  promises,
  backtests,
  ...computing,
];
const clusters = 'providers/clusters';
const sources = 'providers/sources';
/** Which proxy leads to an address. */
const proxy = 'providers/proxy';
/** One question by HTTP and its answer. */
const exchange = 'providers/exchange';
const dns = 'providers/dns';
/** Comments and proposals on the server of a repository. */
const pullRequests = 'providers/pull-requests';
/** How long we may still ask clusters, and who asks them from then on. */
const credentials = 'providers/credentials';
/** Whether an address serves. */
const probe = 'providers/probe';
/** What users get now. */
const endpoints = 'providers/endpoints';
const inner = [
  proxy,
  exchange,
  probe,
  credentials,
  endpoints,
  `${dns}/**`,
  `${sources}/**`,
  clusters,
  `${clusters}/**`,
  ...fronts,
];
const resources = 'providers/resources';
const release = `${resources}/release`;
/** What a resource is described by, and what it is made from. */
const described = [`${resources}/contract`, `${resources}/source-world`, ...inner];
/** What all clusters of a fleet have, as one. */
const fleetView = 'providers/fleet-view';
const outer = [`${resources}/**`, ...inner];
const commands = 'providers/cli/commands';
const output = 'providers/cli/output';
/** One of many that decides again and again. */
const continuous = 'providers/continuous';
const besideCommands = [output, `${output}/print`, fleetView, continuous, ...outer];
const forCommands = ['providers/cli/input', ...besideCommands];
const terraformResources = 'providers/terraform/resources';

/** Which rooms a room may import besides itself. A new room needs a line here; DESIGN.md has the picture. */
export const rooms: Rooms = {
  constructs: [promises, ...computing],
  [model]: [parsing],
  [appModel]: [model, parsing],
  [appMistakes]: [...modelled, parsing],
  [parsing]: [],
  [policy]: [...modelled, appMistakes, parsing, `${policy}/constraints`],
  [`${policy}/constraints`]: [...modelled, parsing, optimizer],

  [optimizer]: [model, `${optimizer}/**`],
  [options]: [],
  [singleAppOptions]: [],
  [problem]: [options],
  [primitives]: [options, problem],
  [assignment]: [options, model, problem, primitives],
  [enumeration]: [options, problem, primitives, assignment],
  [uncapacitated]: [...forAnySearch, singleAppOptions],
  [capacitated]: [...forAnySearch, uncapacitated],
  [`${optimizer}/implicit`]: [options, singleAppOptions, model, problem, primitives, uncapacitated],
  [`${optimizer}/joint/assignment`]: [options, problem, primitives, assignment],
  [`${optimizer}/joint/columns`]: [...forAnySearch, `${optimizer}/joint/assignment`],
  [`${optimizer}/joint`]: [
    ...forAnySearch,
    uncapacitated,
    capacitated,
    `${optimizer}/joint/assignment`,
    `${optimizer}/joint/columns`,
  ],

  [placement]: [...decided, `${placement}/decide`, `${placement}/scenarios`],
  [`${placement}/compile`]: [...documents, optimizer],
  [`${placement}/explain`]: [...documents, optimizer, `${placement}/compile`],
  [`${placement}/decide`]: decided,
  [`${placement}/scenarios`]: [...decided, `${placement}/decide`],

  [verification]: [...documents, `${verification}/**`],
  [`${verification}/input`]: documents,
  [`${verification}/assignment`]: [...documents, `${verification}/input`],
  [`${verification}/rules`]: judging,
  [`${verification}/bound`]: [...judging, `${verification}/rules`],
  [`${verification}/stability`]: [...judging, `${verification}/rules`, `${verification}/bound`],

  [certificates]: [...modelled, parsing],
  [routing]: [...documents, placement, `${routing}/records`],
  [`${routing}/records`]: [...documents, routing],

  [report]: [...documents, placement, routing],
  [promises]: [...documents, placement],
  [backtests]: [...documents, placement, promises],

  'constructs/kubernetes': [
    ...modelled,
    appMistakes,
    parsing,
    certificates,
    'constructs/kubernetes/**',
  ],
  [delivery]: [...modelled, parsing, 'constructs/kubernetes'],
  'constructs/kubernetes/reading': [parsing],
  'constructs/kubernetes/overrides': [...modelled, parsing, 'constructs/kubernetes'],
  'constructs/kubernetes/charts': [...modelled, parsing, 'constructs/kubernetes'],
  'constructs/kubernetes/isolation': [...modelled, parsing, 'constructs/kubernetes'],
  'constructs/kubernetes/rights': [
    ...modelled,
    parsing,
    certificates,
    'constructs/kubernetes',
    'constructs/kubernetes/isolation',
  ],
  'constructs/kubernetes/exposure': [...modelled, parsing, certificates, 'constructs/kubernetes'],
  'constructs/terraform': [
    ...documents,
    placement,
    'constructs/kubernetes',
    'constructs/terraform/kubernetes',
  ],
  'constructs/terraform/kubernetes': [
    ...modelled,
    parsing,
    'constructs/kubernetes',
    'constructs/terraform',
    'constructs/terraform/kubernetes/generated',
  ],
  'constructs/terraform/kubernetes/generated': ['constructs/terraform/kubernetes'],
  'constructs/testing': [promises, ...computing],

  // The words of the room: a client, its errors, its deadlines.
  [clusters]: fronts,
  [`${clusters}/auth`]: [clusters, ...fronts],
  [proxy]: [],
  [`${clusters}/http`]: [clusters, proxy, `${clusters}/auth`, ...fronts],
  [`${clusters}/readiness`]: fronts,
  [`${clusters}/api`]: [
    clusters,
    proxy,
    `${clusters}/auth`,
    `${clusters}/http`,
    `${clusters}/readiness`,
    ...fronts,
  ],

  [exchange]: [proxy],
  [probe]: [exchange, proxy],
  [endpoints]: [`${dns}/question`, probe, clusters, proxy, ...fronts],
  [`${dns}/question`]: [`${sources}/files`, parsing],
  [`${dns}/powerdns`]: [exchange, proxy, `${sources}/files`, ...fronts],

  [`${sources}/files`]: fronts,
  [`${sources}/places`]: [`${sources}/files`, ...fronts],
  [`${sources}/demand`]: [exchange, proxy, `${sources}/files`, `${sources}/places`, ...fronts],
  [`${sources}/fleet/observation`]: [exchange, clusters, `${clusters}/**`, ...fronts],
  [`${sources}/fleet/inventories`]: [clusters, `${sources}/fleet/observation`, ...fronts],
  [`${sources}/fleet`]: [clusters, `${clusters}/**`, `${sources}/**`, ...fronts],
  [`${resources}/contract`]: [parsing],
  [`${resources}/source-world`]: [parsing],
  [`${resources}/placement`]: described,
  [`${resources}/traffic`]: described,
  [`${resources}/retirement`]: [...described, release, `${resources}/traffic`],
  [release]: [...described, `${release}/**`],
  [`${release}/state`]: inner,
  [`${release}/observe`]: [`${release}/state`, ...inner],
  [`${release}/plan`]: [`${release}/state`, `${release}/observe`, ...inner],
  [`${release}/hub`]: [`${release}/state`, `${release}/observe`, ...inner],
  [`${release}/apply`]: [`${release}/**`, ...inner],
  [resources]: [...described, `${resources}/**`],

  [fleetView]: outer,
  [continuous]: [clusters, `${sources}/files`, parsing],
  [pullRequests]: [exchange, proxy, parsing],

  [credentials]: [clusters, `${clusters}/auth`, `${clusters}/api`, `${sources}/files`, ...fronts],

  [output]: outer,
  [`${output}/print`]: [output, ...outer],
  'providers/cli/input': besideCommands,
  [commands]: [`${commands}/**`, pullRequests, ...forCommands],
  [`${commands}/decision`]: [commands, ...forCommands],
  [`${commands}/fleet-view`]: [commands, ...forCommands],
  [`${commands}/release`]: [commands, ...forCommands],
  'providers/cli': ['providers/cli/**', ...outer],

  'providers/terraform/protocol': fronts,
  'providers/terraform/schema': ['providers/terraform/protocol', ...outer],
  'providers/terraform/functions': [
    'providers/terraform/protocol',
    `${terraformResources}/placement`,
    ...fronts,
  ],
  [terraformResources]: ['providers/terraform/protocol', 'providers/terraform/schema', ...outer],
  [`${terraformResources}/placement`]: [
    terraformResources,
    'providers/terraform/protocol',
    'providers/terraform/schema',
    ...outer,
  ],
  [`${terraformResources}/release`]: [
    terraformResources,
    `${terraformResources}/placement`,
    'providers/terraform/protocol',
    'providers/terraform/schema',
    ...outer,
  ],
  'providers/terraform': ['providers/terraform/**', ...fronts],

  'providers/pulumi/runtime': outer,
  'providers/pulumi/delivery': ['providers/pulumi/runtime', ...outer],
  'providers/pulumi/resources': ['providers/pulumi/delivery', 'providers/pulumi/runtime', ...outer],
  'providers/pulumi': ['providers/pulumi/**', ...outer],
};

/** Rooms that others enter by their index.ts alone. */
export const doors = [
  parsing,
  policy,
  optimizer,
  placement,
  verification,
  routing,
  certificates,
  delivery,
  report,
  promises,
  backtests,
];

/** Packages that only some rooms know, so that leaving one of them is a change to one room. */
export const packages: Packages = [
  // Elsewhere it would be loaded by who needs no schema.
  { match: /^zod$/, rooms: ['constructs/parsing'] },
  { match: /^tldts$/, rooms: ['constructs/certificates'] },
  { match: /^(cdktf|cdktn|@cdktf\/.*|@cdktn\/.*)$/, rooms: ['constructs/terraform'] },
  { match: /^cdk8s(-.*)?$/, rooms: ['constructs/kubernetes', 'constructs/kubernetes/charts'] },
  { match: /^@pulumi\//, rooms: ['providers/pulumi'] },
];

/** Where constructs/ writes files all the same: to synthesize a cdktf stack is to write it, and what it needs beside it. */
const mayWrite = /^constructs\/terraform\/stack-folder\.ts$/;
/** Where a line to a human, the one line of the plugin handshake, or a line of the log may be written. */
const mayPrint = /^providers\/(cli\/|terraform\/protocol\/(plugin|log)\.ts$)/;

export function house(sources: Readonly<Record<string, string>>): House {
  const parse = (path: string, text: string) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const sorted = Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(sorted.map(([path, text]) => [path, parse(path, text)])) };
}

export const rules: readonly Rule[] = [
  {
    name: 'rooms import only what the table allows',
    check: (h) => eachImport(h, (one) => direction(one, rooms, doors)),
  },
  {
    name: 'packages stay in their rooms',
    check: (h) => eachImport(h, (one) => packageRoom(one, packages)),
  },
  { name: 'the verifier shares no code with the solver', check: independentVerifier },
  {
    name: 'constructs/ computes and does nothing else',
    check: (h) => each(h, inConstructs, purity),
  },
  {
    name: 'constructs/ computes the same digits on every machine',
    check: (h) => each(h, inConstructs, digits),
  },
  { name: 'no imports go round in a circle', check: (h) => cycles(h, inWings) },
  {
    name: 'a file says in its first line what it is for',
    check: (h) => each(h, inSource, opening),
  },
  { name: 'files are short', check: (h) => each(h, inSource, fileLength) },
  { name: 'functions are short', check: (h) => each(h, inSource, functionLength) },
  { name: 'file names say something', check: (h) => each(h, everywhere, fileName) },
  { name: 'kinds of Kubernetes are in one table', check: (h) => each(h, inWings, kindLists) },
  { name: 'no default exports', check: (h) => each(h, everywhere, defaultExport) },
  { name: 'no any', check: (h) => each(h, everywhere, anyType) },
  { name: 'nothing is put off or silenced', check: (h) => each(h, everywhere, unfinished) },
  { name: 'names are terms of the field', check: (h) => each(h, inWings, words) },
  { name: 'only the command line speaks', check: (h) => each(h, inSilence, printing) },
];

/** Every sentence, over all rules. */
export const inspect = (sources: Readonly<Record<string, string>>): readonly string[] => {
  const built = house(sources);
  return rules.flatMap((rule) => rule.check(built));
};

// Where a rule applies. Generated files are read by nobody, so they are measured by nobody.

const everywhere = (path: string) => !/(^|\/)generated\//.test(path);
const inConstructs = (path: string) => path.startsWith('constructs/') && !mayWrite.test(path);
const inWings = (path: string) => /^(constructs|providers)\//.test(path) && everywhere(path);
const inSilence = (path: string) => inWings(path) && !mayPrint.test(path);
const inSource = (path: string) => !path.startsWith('test/') && everywhere(path);

const each = (h: House, applies: (path: string) => boolean, check: FileCheck) =>
  [...h.files.values()].filter((file) => applies(file.fileName)).flatMap(check);

const eachImport = (h: House, check: (one: Import) => string | undefined) =>
  [...h.files.values()]
    .filter((file) => inWings(file.fileName))
    .flatMap((file) => importsOf(h, file))
    .flatMap((one) => check(one) ?? []);
