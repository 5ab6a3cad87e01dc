/** Reads an inventory from the API server of a hub. A list that cannot be read whole is an error, never a shorter fleet. */
import { EdgeError } from '../../../../constructs/parsing';
import { ClusterError } from '../../../clusters/errors';
import {
  type ApiReference,
  type ApiServer,
  type Connect,
  listAll,
  Refused,
  tryJson,
} from '../observation/api-reading';
import { isHubObject } from './hub-object';
import type { Inventory, ListedCluster } from './inventory';

/** How to ask a hub. */
export interface HubOptions {
  readonly connect: Connect;
  /** For the whole list. */
  readonly deadlineMilliseconds: number;
  /** Lists only this namespace. Default: all. */
  readonly namespace?: string;
  /** ISO 8601. */
  readonly now: string;
}

/** Lists the clusters of an inventory, sorted by name. Throws an EdgeError when the hub does not answer with the whole list. */
export async function readInventory(
  inventory: Inventory,
  hub: ApiReference,
  options: HubOptions,
): Promise<readonly ListedCluster[]> {
  const signal = AbortSignal.timeout(options.deadlineMilliseconds);
  const objects = await requested(inventory, hub, options, signal);
  return objects
    .filter(isHubObject)
    .map((object) => inventory.read(object, options.now))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function requested(
  inventory: Inventory,
  hub: ApiReference,
  { connect, deadlineMilliseconds, namespace }: HubOptions,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const fail = (why: string, remedy: string): never => {
    throw new EdgeError({
      code: 'SourceFailed',
      path: 'hub',
      summary: `the hub ${hub.name} cannot be read: ${why}`,
      remedy,
    });
  };
  try {
    const server = await connect(hub, deadlineMilliseconds);
    try {
      return await listed(inventory, server, hub.name, namespace, signal);
    } finally {
      server.close();
    }
  } catch (error) {
    if (error instanceof Refused) return fail(error.why, error.remedy);
    if (error instanceof ClusterError) {
      return fail(error.summary.replace(`${hub.name} cannot be reached: `, ''), error.remedy);
    }
    if (signal.aborted) {
      const why = `no answer within ${deadlineMilliseconds / 1000} s`;
      return fail(why, 'Check the network, or give it more time (deadline).');
    }
    throw error;
  }
}

async function listed(
  inventory: Inventory,
  server: ApiServer,
  hubName: string,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { lists, title, namespaced, labelSelector } = inventory;
  for (const { groupVersion, plural } of lists) {
    const base = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
    if (!(await serves(server, base, plural, signal))) continue;
    const within = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    const only =
      labelSelector === undefined ? '' : `?labelSelector=${encodeURIComponent(labelSelector)}`;
    const group = groupVersion.includes('/') ? `.${groupVersion.split('/')[0]}` : '';
    const where = within === '' ? 'in all namespaces (or name one)' : `in namespace ${namespace}`;
    const right = `list ${plural}${group} ${namespaced ? where : 'of the hub'}`;
    return listAll(server, `${base}${within}/${plural}${only}`, right, signal);
  }
  const kinds = lists
    .map(({ groupVersion, plural }) => `${plural} of ${groupVersion}`)
    .join(' or ');
  throw new EdgeError({
    code: 'SourceFailed',
    path: 'from',
    summary: `the hub ${hubName} does not serve ${kinds}`,
    remedy: `Name the context of a hub that has the kind of ${title}, or another inventory in from.`,
  });
}

/** Whether the group and version is there and has the kind; a server that does not say is asked for the list. */
async function serves(
  server: ApiServer,
  base: string,
  plural: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { status, text } = await server.get(base, signal);
  if (status === 404) return false;
  if (status !== 200) return true;
  const body = tryJson(text) as { readonly resources?: readonly { name?: unknown }[] } | undefined;
  return !Array.isArray(body?.resources) || body.resources.some(({ name }) => name === plural);
}
