/** Release applied: what was run last, kept beside the inventory without the values of Secrets, so that a plan names the fields that change. */
import type { Bundle } from '../../../constructs/model/bundle';
import type { Manifest } from '../../../constructs/model/workload';
import type { ReleasePlan, ReleaseProps } from '../../resources/release/index';
import type { Fields } from '../protocol/provider';
import { textOf } from './attributes';
import { jsonOf } from './settings';

/** Characters; a longer bundle is not kept, and plans name its objects without their fields. */
const longest = 400_000;

/** The bundle as it is kept; undefined when it is too long. */
export function appliedOf({ bundle }: ReleaseProps): Bundle | undefined {
  const { withoutValues } =
    require('../../resources/release/plan/changed-fields') as typeof import('../../resources/release/plan/changed-fields');
  const objects = bundle.objects.map((one) => ({
    ...one,
    manifest: withoutValues(one.manifest as Manifest),
  }));
  const kept = { ...bundle, objects };
  return JSON.stringify(kept).length > longest ? undefined : kept;
}

/** The plan with the fields that change since `prior`, where its bundle was kept. */
export function withFieldsSince(
  plan: ReleasePlan,
  prior: Fields | null,
  applied: unknown,
  props: ReleaseProps,
): ReleasePlan {
  const before = tryProps(prior, applied);
  if (before === undefined) return plan;
  const { withChangedFields } =
    require('../../resources/release/plan/changed-fields') as typeof import('../../resources/release/plan/changed-fields');
  return withChangedFields(plan, before, props);
}

/** What another version kept may be no bundle any more: then nothing is known of before. */
function tryProps(prior: Fields | null, applied: unknown): ReleaseProps | undefined {
  if (prior === null || applied === undefined) return undefined;
  const { parseRelease } =
    require('../../resources/release/index') as typeof import('../../resources/release/index');
  try {
    const name = textOf(prior.name);
    return parseRelease({
      bundle: applied,
      decision: jsonOf('decision', textOf(prior.decision) ?? ''),
      fleet: jsonOf('fleet', textOf(prior.fleet) ?? ''),
      ...(name === undefined ? {} : { name }),
    });
  } catch {
    return undefined;
  }
}
