/** Placement decision: what a decision alone tells of a placement, for states of older versions, imports and functions. */
import type { Attribute, Fields } from '../../protocol/provider';
import { fieldsOf } from '../attributes';
import type { PlacementResult } from './result';
import { decidedPlacements, placementSchema } from './schema';
import { decidedPlacement, valuesOf } from './values';

const readable = [
  ...['clusters', 'digest', 'gap', 'placements', 'replicas'],
  ...['requests_per_second', 'satisfied', 'summary', 'usd_per_hour'],
];

/** The attributes that people and other stacks read from a decision. */
export const decisionAttributes: readonly Attribute[] = placementSchema.attributes
  .filter(({ name }) => readable.includes(name))
  .map((one) => (one.name === decidedPlacements.name ? decidedPlacements : one));

/** What functions read from a decision: as a state has it, with every number of each app. Throws EdgeErrors. */
export function readDecision(text: string | object): Fields {
  const decided = decidedIn(text);
  const placements = Object.fromEntries(
    decided.apps.map((app) => [app.name, decidedPlacement(app)]),
  );
  return { ...fieldsOf(placementSchema.attributes, valuesOf(decided, [])), placements };
}

/** The computed attributes that follow from a decision alone. Throws EdgeErrors. */
export function fromDecision(text: string | object): Fields {
  return fieldsOf(placementSchema.attributes, valuesOf(decidedIn(text), []));
}

function decidedIn(text: string | object): NonNullable<PlacementResult['decided']> {
  const { parseDecision } =
    require('../../../../constructs/model/decision-document') as typeof import('../../../../constructs/model/decision-document');
  const { placedApp, summaryOf } =
    require('../../../resources/placement/plan-lines') as typeof import('../../../resources/placement/plan-lines');
  const { rejectedCount } =
    require('../../../../constructs/model/rejections') as typeof import('../../../../constructs/model/rejections');
  const { compactDecision } =
    require('../../../../constructs/model/compact-decision') as typeof import('../../../../constructs/model/compact-decision');
  const { resultApps: answered } = require('./result') as typeof import('./result');
  const decision = parseDecision(text);
  const sizes = decision.apps.map(
    (app) => app.clusters.length + app.dropped.length + rejectedCount(decision, app),
  );
  const placed = decision.apps.map((app) => placedApp(app, Math.max(...sizes)));
  return {
    apps: answered(placed, decision),
    moved: false,
    satisfied: decision.apps.every(({ satisfied }) => satisfied),
    gap: decision.objective.gap,
    summary: summaryOf(decision, placed),
    warnings: placed.flatMap(({ warnings }) => warnings),
    decision: JSON.stringify(compactDecision(decision)),
    digest: decision.digest,
    routings: {},
  };
}
