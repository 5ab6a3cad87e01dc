/** Leads from the inventory of a hub. A cluster is reached by an own context that leads to its address, else by the Secret that the hub has for it. */
import type { Cluster } from '../../../constructs/model/fleet';
import { EdgeError } from '../../../constructs/parsing';
import { type Contexts, contextsIn, nameOf, serverOf } from './contexts';
import { readInventory } from './inventories/hub';
import type { Inventory, ListedCluster } from './inventories/inventory';
import { type Lead, type Leads, writtenPath } from './lead';
import type { Connect } from './observation/api-reading';
import type { Overlay } from './overlay';

/** How to ask a hub. */
export interface HubLeadsOptions {
  readonly kubeconfig: string;
  readonly folder: string;
  /** Context of the hub. Default: the current one. */
  readonly hub?: string;
  readonly namespace?: string;
  readonly overlay?: Overlay;
  readonly now: string;
  readonly connect: Connect;
  readonly deadlineMilliseconds: number;
}

/** Reads an inventory. Throws EdgeErrors when the hub cannot be read whole or lists nothing. */
export async function hubLeads(inventory: Inventory, options: HubLeadsOptions): Promise<Leads> {
  const { overlay, namespace, now, connect, deadlineMilliseconds } = options;
  const contexts = contextsIn(
    options.kubeconfig,
    options.folder,
    options.hub === undefined ? undefined : [options.hub],
    'hub',
  );
  const hub = options.hub ?? contexts.current;
  if (hub === undefined) {
    throw new EdgeError({
      code: 'SourceFailed',
      path: 'kubeconfig',
      summary: 'got no hub, and the kubeconfig has no current context',
      remedy: `Name the context of the hub, one of: ${contexts.names.join(', ')}.`,
    });
  }
  const access = { kubeconfig: contexts.kubeconfig, context: hub };
  const listed = await readInventory(
    inventory,
    { name: hub, access },
    { connect, deadlineMilliseconds, now, ...(namespace === undefined ? {} : { namespace }) },
  );
  const own = contextsByServer(contexts);
  const leads = listed.map((one): Lead => {
    const name = nameOf(one.name);
    const entry = overlay?.clusters.find((said) => said.name === name || said.name === one.name);
    return {
      key: one.name,
      name,
      title: `the ${inventory.title} ${JSON.stringify(one.name)}`,
      address: one.server === undefined ? undefined : normalized(one.server),
      access: accessOf(one, {
        own,
        hub,
        overlayContext: entry?.context,
        kubeconfig: writtenPath(options.kubeconfig),
      }),
      listed: one,
    };
  });
  return {
    leads,
    keys: leads.map(({ key }) => key),
    kubeconfig: contexts.kubeconfig,
    keepsVanished: true,
    plural: `${inventory.title}s`,
    warnings: contexts.warnings,
  };
}

/** Addresses that mean the cluster in which the hub itself runs. */
const inCluster = [
  'https://kubernetes.default.svc',
  'https://kubernetes.default.svc.cluster.local',
];

function accessOf(
  { server, secret }: ListedCluster,
  {
    own,
    hub,
    overlayContext,
    kubeconfig,
  }: {
    readonly own: ReadonlyMap<string, string>;
    readonly hub: string;
    readonly overlayContext: string | undefined;
    readonly kubeconfig: string;
  },
): Cluster['access'] {
  if (overlayContext !== undefined) return { kubeconfig, context: overlayContext };
  const address = server === undefined ? undefined : normalized(server);
  if (address !== undefined && inCluster.includes(address)) return { kubeconfig, context: hub };
  const context = address === undefined ? undefined : own.get(address);
  if (context !== undefined) return { kubeconfig, context };
  if (secret === undefined) return undefined;
  return { kubeconfig, context: hub, secret, ...(server === undefined ? {} : { server }) };
}

/** Our contexts by the address of their server, the first of each. */
function contextsByServer({ kubeconfig, names }: Contexts): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const context of names) {
    const server = serverOf(kubeconfig, context);
    if (server !== undefined && !found.has(server)) found.set(server, context);
  }
  return found;
}

function normalized(server: string): string {
  const written = server.includes('://') ? server : `https://${server}`;
  if (!URL.canParse(written)) return written;
  const url = new URL(written);
  return url.origin + url.pathname.replace(/\/+$/, '');
}
