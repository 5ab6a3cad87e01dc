/** Owner: which resource of which tool holds a release in a cluster; two of the same name and content are told apart by it. */
import { EdgeError, z } from '../../../../constructs/parsing';

/** Written into every inventory, and kept in the state of the tool. */
export const ownerSchema = z.strictObject({
  id: z.string().describe('Of one resource in one state; made when it was created.'),
  name: z.string().describe('For people, such as Terraform.'),
  origin: z
    .string()
    .optional()
    .describe('Digest of where the state is kept, in which the resource is or was to be.'),
});
/** Who holds a release. */
export type Owner = z.output<typeof ownerSchema>;

/** Who wants to change a release, and whose it may take. */
export interface Claimant {
  /** Undefined: a reader, or a tool that keeps nothing; everything is its own. */
  readonly owner?: Owner | undefined;
  /** Owners that the claimant follows, such as the resource that it replaces. */
  readonly follows?: ((held: Owner) => boolean) | undefined;
  /** The release may be taken from anybody. */
  readonly takeOver: boolean;
}

/** Whether `held` is somebody else, from whom the claimant may not take it. Inventories without an owner are free. */
export function isHeldByOther(held: Owner | undefined, claimant: Claimant): held is Owner {
  const { owner, follows, takeOver } = claimant;
  if (held === undefined || owner === undefined || takeOver || held.id === owner.id) return false;
  return follows?.(held) !== true;
}

/** Whether an inventory already says that the claimant holds the release. Without an owner there is nothing to say. */
export function saysOwner(held: Owner | undefined, { owner }: Claimant): boolean {
  return owner === undefined || held?.id === owner.id;
}

/** Why nothing is done in a cluster, and what to do about it. */
export function heldText(release: string, held: Owner): string {
  return `${ownerText(held)} holds the release ${release} there; nothing of it is touched. Give this one another name, remove the other, import it, or take it over: ${TAKE_OVER}`;
}

/** The same in a destroy, or where the release has left. */
export function leftText(held: Owner, objects: readonly string[]): string {
  const listed = objects.slice(0, MOST).join(', ');
  const more = objects.length > MOST ? ` and ${objects.length - MOST} more` : '';
  const what = objects.length === 0 ? 'nothing was touched' : `left there: ${listed}${more}`;
  return `${ownerText(held)} holds the release now; ${what}`;
}

/** The owner in all inventories of a release. Throws an EdgeError when they have several. */
export function soleOwner(
  release: string,
  owners: readonly (Owner | undefined)[],
): Owner | undefined {
  const found = owners.flatMap((one) => one ?? []);
  const all = new Map(found.map((one) => [one.id, one]));
  if (all.size < 2) return found[0];
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'id',
    summary: `the release ${release} has several owners in these clusters: ${[...all.values()].map(ownerText).join(', ')}`,
    remedy: 'Import the clusters of one owner, and take the others over with the first apply.',
  });
}

/** `Terraform (1f0c2d3e)`. */
export function ownerText({ id, name }: Owner): string {
  return id === name ? name : `${name} (${id.slice(0, 8)})`;
}

/** As the command line spells it; other wires put their own words in its place. */
export const TAKE_OVER = '--take-over, for one apply';
/** Objects that are named. */
const MOST = 5;
