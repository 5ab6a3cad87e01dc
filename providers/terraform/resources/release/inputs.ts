/** Release inputs: the arguments of littoral_release as the props of a release, with the bundle read or synthesized. */

import type { Bundle } from '../../../../constructs/model/app/bundle';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { digestOf } from '../../../../constructs/model/canonical';
import { EdgeError } from '../../../../constructs/parsing';
import type { ReleaseProps, ReleaseState, World } from '../../../resources/release/index';
import type { Context, Fields, Path } from '../../protocol/provider';
import { readValue } from '../../schema/reading';
import { attributePath, stepsOf } from '../../schema/values';
import { textOf } from '../attributes';
import { givenAccess } from '../provider-clusters';
import { folderOf, jsonOf, requestSecondsOf } from '../settings';
import { type Applied, tryApplied } from './applied';
import { rolloutShape } from './schema';

/** The attribute that a path of an error is about. */
export function locateIn({ bundle }: Fields): (path: string) => Path {
  return (path) => {
    const [first = '', ...rest] = stepsOf(path);
    if (first === 'rollout') return ['rollout', ...attributePath(rolloutShape, rest)];
    if (['decision', 'fleet', 'name', 'app', 'document'].includes(String(first))) return [first];
    // Anything else is a place in what is run.
    return bundle === null ? ['document'] : ['bundle'];
  };
}

/** The arguments as props of a release. Reads the bundle. Throws EdgeErrors. */
export function propsOf(fields: Fields, context: Context): ReleaseProps {
  const fleet = jsonOf('fleet', textOf(fields.fleet) ?? '');
  const { apiVersion: _, kind: __, ...clusters } = { apiVersion: '', kind: '', ...fleet };
  const bundle = bundleIn(fields, clusters, folderOf(context));
  checkApp(textOf(fields.app), bundle.app);
  const name = textOf(fields.name);
  const rollout = readValue(rolloutShape, fields.rollout ?? null, ['rollout']);
  const { parseRelease } =
    require('../../../resources/release/index') as typeof import('../../../resources/release/index');
  return parseRelease({
    bundle,
    decision: jsonOf('decision', textOf(fields.decision) ?? ''),
    fleet: clusters,
    ...(name === undefined ? {} : { name }),
    ...(rollout === undefined ? {} : { rollout }),
  });
}

/** Throws an EdgeError unless exactly one of `bundle` and `document` is given. */
export function exactlyOne({ bundle, document }: Fields): void {
  if ((bundle === null) !== (document === null)) return;
  const both = bundle !== null;
  throw new EdgeError({
    code: both ? 'Contradiction' : 'InvalidDocument',
    path: 'bundle',
    summary: `got ${both ? 'both bundle and document' : 'neither bundle nor document'}, expected one of them`,
    remedy: `${both ? 'Remove' : 'Add'} bundle or document.`,
  });
}

/** How the arguments of a rollout read. Throws EdgeErrors. */
export function checkRollout({ rollout }: Fields): void {
  if (rollout === null || rollout === undefined) return;
  const written = readValue(rolloutShape, rollout, ['rollout']);
  const { withRolloutSchema: schema } =
    require('../../../resources/release/state/props') as typeof import('../../../resources/release/state/props');
  const { parseDocument } =
    require('../../../../constructs/parsing') as typeof import('../../../../constructs/parsing');
  parseDocument({ schema, build: (value) => value }, { rollout: written });
}

/** What is to be run: read, or synthesized for this fleet. Throws EdgeErrors. */
export function bundleIn(fields: Fields, fleet: object, folder: string): Bundle {
  exactlyOne(fields);
  const { readTextFile, resolvePath } =
    require('../../../sources/files/text-file') as typeof import('../../../sources/files/text-file');
  const path = textOf(fields.bundle);
  const file = resolvePath(path ?? 'document', folder);
  const text = textOf(fields.document) ?? readTextFile(file, { path: 'bundle' });
  return isBundle(text) ? readBundle(text, path) : synthesized(text, file, path, fleet);
}

function isBundle(text: string): boolean {
  return /^\s*\{/.test(text) && /"kind"\s*:\s*"Bundle"/.test(text);
}

function readBundle(text: string, file: string | undefined): Bundle {
  const { bundleSchema } =
    require('../../../../constructs/model/app/bundle') as typeof import('../../../../constructs/model/app/bundle');
  const { parseDocument } =
    require('../../../../constructs/parsing') as typeof import('../../../../constructs/parsing');
  const spec = { kind: 'Bundle', schema: bundleSchema, build: (value: Bundle) => value };
  return parseDocument(spec, text, file === undefined ? {} : { file });
}

function synthesized(text: string, file: string, path: string | undefined, fleet: object): Bundle {
  const { parseEdgeApp } =
    require('../../../../constructs/policy') as typeof import('../../../../constructs/policy');
  const { parseFleet } =
    require('../../../../constructs/model/fleet-document') as typeof import('../../../../constructs/model/fleet-document');
  const { synth } =
    require('../../../../constructs/kubernetes/synth') as typeof import('../../../../constructs/kubernetes/synth');
  const { readManifests } =
    require('../../../sources/files/manifest-files') as typeof import('../../../sources/files/manifest-files');
  const app = parseEdgeApp(text, path === undefined ? {} : { file: path });
  const { manifests, ...rest } = app;
  const props = manifests === undefined ? rest : { ...rest, manifests: readManifests(app, file) };
  return synth(props, parseFleet(fleet));
}

function checkApp(app: string | undefined, bundled: string): void {
  if (app === undefined || app === bundled) return;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'app',
    summary: `got the app ${app}, but what is run is ${bundled}`,
    remedy: `Write ${bundled}, or leave app out.`,
  });
}

/** A digest of what is run. Objects are digested one by one, so that the values of Secrets are left out. */
export function bundleDigest(bundle: Bundle): string {
  const { manifestDigest } =
    require('../../../resources/release/state/secrecy') as typeof import('../../../resources/release/state/secrecy');
  const { digest: _, clusters: __, variants: ___, warnings: ____, ...rest } = bundle;
  const objects = bundle.objects.map(({ manifest, ...one }) => ({
    ...one,
    manifest: manifestDigest(manifest as Manifest),
  }));
  return digestOf({ ...rest, objects });
}

/** How clusters are reached. Stops between two steps when Terraform asks to. */
export function worldOf(context: Context): World {
  const { worldOf: reach } =
    require('../../../resources/release/observe/world') as typeof import('../../../resources/release/observe/world');
  const { laterError } =
    require('../../../clusters/http/unreachable') as typeof import('../../../clusters/http/unreachable');
  const seconds = requestSecondsOf(context);
  const folder = folderOf(context);
  const given = givenAccess(context.settings, folder);
  return reach(folder, {
    signal: context.signal,
    given: (cluster) => {
      const access = given(cluster);
      if (access === 'later') throw laterError(cluster);
      return access;
    },
    onEvent: ({ cluster, phase, reason }) =>
      context.log('info', `${cluster}: ${phase}`, reason === undefined ? {} : { reason }),
    ...(seconds === undefined ? {} : { requestSeconds: seconds }),
  });
}

/** What the attribute `inventory` holds. */
export interface Remembered {
  readonly release: ReleaseState;
  /** The creation was cut off: Terraform calls it tainted and will ask for a replacement. */
  readonly unfinished?: true;
  /** The objects that were applied, with digests of what may be secret. */
  readonly applied?: Applied;
}

/** What a state remembers; undefined when it holds nothing. Throws an EdgeError when it cannot be read. */
export function rememberedIn(state: Fields | null): Remembered | undefined {
  const text = textOf(state?.inventory);
  if (text === undefined) return undefined;
  const { readState } =
    require('../../../resources/release/state/state') as typeof import('../../../resources/release/state/state');
  const { release, unfinished, applied: kept } = asObject(text);
  const applied = tryApplied(kept);
  return {
    release: readState(release),
    ...(unfinished === true ? { unfinished } : {}),
    ...(applied === undefined ? {} : { applied }),
  };
}

function asObject(text: string): { readonly [K in keyof Remembered]?: unknown } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
