/** Object names: what the servers take as the name of each kind, and what their controllers can work with. */
import { EdgeError, quoted } from '../parsing';
import { groupOf, kindIn, type NameRule } from './kinds';
import { placeOf } from './manifests';
import type { Template } from './slots';

interface NamePattern {
  readonly pattern: RegExp;
  /** Characters. */
  readonly most: number;
  readonly expected: string;
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const letters = 'lower-case letters, digits and "-", starting and ending with a letter or digit';
const anyName: NamePattern = {
  pattern: subdomain,
  most: 253,
  expected: `${letters}, parted by "."`,
};
/** What a controller appends: a hash of up to ten digits, and a dash. */
const hashed = 11;
const patterns: Readonly<Record<NameRule, NamePattern>> = {
  label: { pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, most: 63, expected: letters },
  serviceLabel: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    most: 63,
    expected: `a letter first, then ${letters}`,
  },
  labelValue: { ...anyName, most: 63 },
  replicaSetOwner: { ...anyName, most: 253 - hashed },
  // Its pods carry the name of a revision as a label. The server takes longer ones, and no pod ever comes.
  revisionOwner: { ...anyName, most: 63 - hashed },
  cronJob: { ...anyName, most: 63 - hashed },
  pathSegment: {
    pattern: /^(?!\.\.?$)[^/%]+$/,
    most: 1024,
    expected: 'neither "/" nor "%", and not only dots',
  },
  withColons: {
    pattern: /^[a-z0-9:]([-.:a-z0-9]*[a-z0-9:])?$/,
    most: 253,
    expected: `${letters}, "." and ":"`,
  },
};

/** What is wrong with the name of an object, if anything. */
export function nameErrors(template: Template): readonly EdgeError[] {
  const { kind, apiVersion, metadata } = template.manifest;
  // A slot fills it later.
  if (metadata.name === null) return [];
  const named = kindIn(groupOf(apiVersion), kind)?.nameRule;
  const rule = named === undefined ? anyName : patterns[named];
  const { length } = metadata.name;
  if (length <= rule.most && rule.pattern.test(metadata.name)) return [];
  const got = length > rule.most ? `a name of ${length} characters` : 'a name';
  return [
    new EdgeError({
      code: 'InvalidDocument',
      path: '',
      summary: `got ${got} for ${kind} ${quoted(metadata.name)}, expected at most ${rule.most}: ${rule.expected}`,
      remedy: 'Choose a shorter or simpler name.',
      ...placeOf(template),
    }),
  ];
}
