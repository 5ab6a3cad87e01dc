/** Expressions: what only a decision knows, as Terraform will read it from the placement. */
import type { FillFacts } from '../../kubernetes/render';
import { type Bounded, isUpperBound, knownRegion } from '../../kubernetes/render';
import { perPod, SURGE, SURGES } from '../../kubernetes/room';
import type { Fill } from '../../model/app/bundle';
import { ref, Token } from '../cdktf';

/**
 * The decision for one app by cluster: `{ fra = { replicas = 3, ... } }`, from the placement's decision. That is
 * marked as sensitive for its length alone, and a plan that hid replicas could not be reviewed.
 */
export function sitesExpression(decision: string, app: string): string {
  // Terraform before 1.8 refuses to unmark what is not marked, such as what comes from another stack's state.
  const shown = `jsondecode(try(nonsensitive(${decision}), ${decision}))`;
  const ofApp = `[for one in ${shown}.apps : one if one.app == ${JSON.stringify(app)}]`;
  return `\${{ for site in one(${ofApp}).clusters : site.name => site }}`;
}

/** Where expressions find the decision. */
export interface Decided {
  /** Reference to what `sitesExpression` gives, such as `local.shop`. */
  readonly sites: string;
  /** Digest of the decision; a token. */
  readonly digest: string;
}

/** The expression, or the value, for one slot of an object on `cluster`. */
export function fillExpression(
  fill: Fill,
  { minReplicasOf, region }: FillFacts,
  cluster: string,
  { sites, digest }: Decided,
): string {
  const site = `${sites}[${JSON.stringify(cluster)}]`;
  const replicasOf = (component: string): string => {
    const decided = `try(${site}.componentReplicas[${JSON.stringify(component)}], ${site}.replicas)`;
    const minReplicas = minReplicasOf(component);
    return minReplicas > 0 ? `max(${decided}, ${minReplicas})` : decided;
  };
  const mostReplicas = (part: Bounded): string => {
    const times = [replicasOf(part.component), ...(part.times === undefined ? [] : [part.times])];
    if (!isUpperBound(part)) return times.join(' * ');
    const ofComponent = `${site}.afterLoss.componentReplicas[${JSON.stringify(part.component)}]`;
    return `max(${times.join(' * ')}, try(${ofComponent}, ${site}.afterLoss.replicas, 0))`;
  };
  switch (fill.value) {
    case 'replicas': {
      const most = mostReplicas(fill);
      return expression(fill.atLeast === undefined ? most : `max(${most}, ${fill.atLeast})`);
    }
    case 'room': {
      const sum = fill.parts.map((part) => {
        const most = mostReplicas(part);
        return `${perPod(fill.of, part)} * (${most} + ${SURGES} * ceil(${most} * ${SURGE}))`;
      });
      return expression(`ceil((${sum.join(' + ')}) * ${100 + (fill.headroomPercent ?? 0)} / 100)`);
    }
    case 'requestsPerSecond':
      return expression(`${site}.requestsPerSecond`);
    case 'cluster':
      return cluster;
    case 'decision':
      return digest;
    case 'region':
      return knownRegion(region, cluster);
  }
}

/** A token, so that nobody escapes it. */
function expression(text: string): string {
  return Token.asString(ref(text));
}
