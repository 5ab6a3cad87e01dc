/** Release import: finds a release that is there, and the arguments that a configuration will have for it. */
import type { PlacementDecision } from '../../../../constructs/model/decision';
import { EdgeError } from '../../../../constructs/parsing';
import type { World } from '../../../resources/release/index';
import type { Context, Fields } from '../../protocol/provider';
import { fieldsOf, textOf } from '../attributes';
import { folderOf } from '../settings';
import { bundleDigest, bundleIn, type Remembered } from './inputs';
import { idOf, importedSummary } from './lines';
import { releaseSchema } from './schema';

/** A cluster of the fleet that does not answer is taken for one with the release only when a decision says so. */
const form = 'fleet=fleet.yaml,bundle=shop.yaml[,decision=shop.lock.json][,app=shop][,name=shop]';
const keys = ['fleet', 'bundle', 'decision', 'app', 'name'];

/** Looks for the release in every cluster of the fleet. Throws EdgeErrors when it is in none. */
export async function importRelease(
  id: string,
  context: Context,
  world: World,
): Promise<{ readonly fields: Fields; readonly remembered: Remembered }> {
  const words = wordsOf(id);
  const resources =
    require('../../../resources/release/index') as typeof import('../../../resources/release/index');
  const { soleOwner } =
    require('../../../resources/release/state/owner') as typeof import('../../../resources/release/state/owner');
  const { fleet, fields } = argumentsIn(words, context);
  const bundle = bundleIn(fields, fleet, folderOf(context));
  const name = words.name ?? bundle.app;
  const sought = {
    release: name,
    namespace: bundle.namespace,
    ...{ decision: '', fleet: '', objects: '' },
    clusters: fleet.clusters.map((one) => ({
      name: one.name,
      ...(one.access === undefined ? {} : { access: one.access }),
      standing: 'unfinished' as const,
    })),
  };
  const seen = await resources.release.read(sought, world);
  const chosen = chosenIn(fields, bundle.app);
  const clusters = (seen?.clusters ?? []).filter(
    (one) => one.standing !== 'unreachable' || chosen.has(one.name),
  );
  if (!clusters.some(({ inventory }) => inventory !== undefined)) {
    throw wrong(
      `no cluster of the fleet has a release ${name} in the namespace ${bundle.namespace}`,
      'Correct the name, or apply without importing: what exists is adopted.',
    );
  }
  const owner = soleOwner(
    name,
    clusters.map(({ inventory }) => inventory?.owner),
  );
  const release = { ...sought, ...(owner === undefined ? {} : { owner }), clusters };
  const known = {
    ...fields,
    id: idOf(bundle.namespace, name),
    bundle_digest: bundleDigest(bundle),
    summary: importedSummary(name, clusters),
    changes: [],
  };
  return { fields: fieldsOf(releaseSchema.attributes, known), remembered: { release } };
}

function wordsOf(id: string): Readonly<Record<string, string>> {
  const pairs = id.split(',').map((part) => {
    const [, key = '', value = ''] = /^([^=]+)=(.+)$/.exec(part.trim()) ?? [];
    if (!keys.includes(key)) {
      throw wrong(
        `got ${JSON.stringify(part)}, expected one of ${keys.join(', ')}`,
        `Write ${form}.`,
      );
    }
    return [key, value] as const;
  });
  const words = Object.fromEntries(pairs);
  for (const key of ['fleet', 'bundle']) {
    if (words[key] === undefined) throw wrong(`got no ${key}`, `Write ${form}.`);
  }
  return words;
}

function argumentsIn(words: Readonly<Record<string, string>>, context: Context) {
  const { readFleet } =
    require('../../../sources/files/documents') as typeof import('../../../sources/files/documents');
  const { readTextFile, resolvePath } =
    require('../../../sources/files/text-file') as typeof import('../../../sources/files/text-file');
  const { fleetDocument } =
    require('../../../../constructs/model/fleet-document') as typeof import('../../../../constructs/model/fleet-document');
  const at = (path: string) => resolvePath(path, folderOf(context));
  const fleet = readFleet(at(words.fleet ?? ''), { path: 'id' });
  const lock = words.decision;
  const fields = fieldsOf(releaseSchema.attributes, {
    fleet: JSON.stringify(fleetDocument(fleet)),
    bundle: words.bundle ?? null,
    decision: lock === undefined ? null : carriedText(readTextFile(at(lock), { path: 'id' })),
    app: words.app ?? null,
    name: words.name ?? null,
  });
  return { fleet, fields };
}

function carriedText(text: string): string {
  const { parseDecision } =
    require('../../../../constructs/model/decision-document') as typeof import('../../../../constructs/model/decision-document');
  const { compactDecision } =
    require('../../../../constructs/model/compact-decision') as typeof import('../../../../constructs/model/compact-decision');
  return JSON.stringify(compactDecision(parseDecision(text)));
}

/** Clusters that do not answer belong to the release when the decision says so. */
function chosenIn({ decision }: Fields, app: string): ReadonlySet<string> {
  const text = textOf(decision);
  const { apps = [] } = (text === undefined ? {} : JSON.parse(text)) as Partial<PlacementDecision>;
  const names = apps.find((one) => one.app === app)?.clusters.map(({ name }) => name);
  return new Set(names);
}

function wrong(summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'InvalidDocument', path: 'id', summary, remedy });
}
