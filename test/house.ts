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

export interface Rule {
  readonly name: string;
  readonly check: (house: House) => readonly string[];
}

const model = 'constructs/model';
const anyConstructs = ['model', 'placement', 'kubernetes', 'terraform', 'testing'].map(
  (room) => `constructs/${room}`,
);
const inner = ['providers/sources', 'providers/clusters', 'constructs', ...anyConstructs];
const outer = ['providers/resources', 'providers/delivery', ...inner];

/** Which rooms a room may import besides itself. A new room needs a line here. */
export const rooms: Rooms = {
  constructs: anyConstructs,
  'constructs/model': [],
  'constructs/placement': [model],
  'constructs/kubernetes': [model],
  'constructs/terraform': [model, 'constructs/placement', 'constructs/kubernetes'],
  'constructs/testing': anyConstructs,
  'providers/sources': ['providers/clusters', 'constructs', ...anyConstructs],
  'providers/clusters': ['constructs', ...anyConstructs],
  'providers/resources': inner,
  'providers/delivery': ['providers/resources', ...inner],
  'providers/cli': outer,
  'providers/terraform': outer,
  'providers/pulumi': outer,
};

/** Packages that only some rooms know, so that leaving one of them is a change to one room. */
export const packages: Packages = [
  { match: /^(cdktf|cdktn|@cdktf\/.*|@cdktn\/.*)$/, rooms: ['constructs/terraform'] },
  { match: /^cdk8s(-.*)?$/, rooms: ['constructs/kubernetes'] },
  { match: /^@pulumi\//, rooms: ['providers/pulumi'] },
];

/** Where constructs/ writes files all the same: to synthesize a cdktf stack is to write it, and what it needs beside it. */
const mayWrite = /^constructs\/terraform\/stack-folder\.ts$/;
/** Where a line to a human, the one line of the plugin handshake, or a line of the log may be written. */
const mayPrint = /^providers\/(cli\/|terraform\/(plugin|log)\.ts$)/;

export function house(sources: Readonly<Record<string, string>>): House {
  const parse = (path: string, text: string) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const sorted = Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(sorted.map(([path, text]) => [path, parse(path, text)])) };
}

export const rules: readonly Rule[] = [
  {
    name: 'rooms import only what the table allows',
    check: (h) => eachImport(h, (one) => direction(one, rooms)),
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
  { name: 'no default exports', check: (h) => each(h, everywhere, defaultExport) },
  { name: 'no any', check: (h) => each(h, everywhere, anyType) },
  { name: 'nothing is put off or silenced', check: (h) => each(h, everywhere, unfinished) },
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
