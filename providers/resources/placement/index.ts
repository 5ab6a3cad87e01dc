/** Public interface of this folder: the resource `placement`. */

import { compactDecision } from '../../../constructs/model/compact-decision';
import { throwAll } from '../../../constructs/parsing';
import { readDecision } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import type { Resource } from '../contract';
import type { SourceWorld } from '../source-world';
import { type PlacementPlan, type PlacementState, planPlacement } from './plan';
import { type PlacementProps, parsePlacement, placementSchema } from './props';

export type { PlacementPlan, PlacementState } from './plan';
export type { PlacedApp } from './plan-lines';
export { type PlacementProps, parsePlacement, placementSchema } from './props';

/** The resource `placement`: pure, everything it needs is an argument. */
export const placement: Resource<
  PlacementProps,
  PlacementState,
  PlacementPlan | undefined,
  PlacementPlan | undefined,
  SourceWorld
> = {
  kind: 'placement',
  doc: 'Chooses the clusters for one app or several that share a fleet, from their demand and under their policies, and says how good the choice is.',
  schema: placementSchema,
  parse: parsePlacement,
  plan: (prior, props) => (props === undefined ? undefined : planPlacement(prior, props)),
  read: async (prior) => prior,
  reconcile: async (prior, props) => {
    const outcome = planPlacement(prior, props);
    throwAll(outcome.errors);
    const { carried: decision, routings } = outcome;
    return { state: { decision, routings }, outcome, problems: [], warnings: [] };
  },
  delete: async () => ({ state: undefined, outcome: undefined, problems: [], warnings: [] }),
  /** `id` is the path of a PlacementDecision: a decision made elsewhere becomes the one in force. */
  import: async (id, { folder }) => ({
    decision: compactDecision(readDecision(resolvePath(id, folder), { path: 'id' })),
  }),
};
