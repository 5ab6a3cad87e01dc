/** Quota mistakes: sums that cannot be made, since nobody says what a pod requests or since that moves. */
import type { DocumentMistake } from '../../../parsing';
import type { AutoscalingInput } from '../autoscaling';
import type { Quota } from '../quota';
import type { Component } from '../workload';

/** Every mistake, below the key `quota`. `components` is undefined where the objects are somebody else's. */
export function quotaMistakes(
  quota: Quota | undefined,
  components: readonly Component[] | undefined,
  autoscaling: AutoscalingInput | undefined,
): readonly DocumentMistake[] {
  if (quota === undefined) return [];
  const found: DocumentMistake[] = [];
  if (components === undefined) {
    found.push({
      code: 'Contradiction',
      path: [],
      summary:
        'got quota without a workload: what pods of manifests and charts request is not summed',
      remedy: 'Remove quota, and write a ResourceQuota among your own objects.',
    });
  }
  const vertical = autoscaling === false ? undefined : autoscaling?.vertical;
  if (vertical !== undefined && vertical !== 'Off') {
    found.push({
      code: 'Contradiction',
      path: [],
      summary: `got quota beside autoscaling.vertical ${vertical}, which changes requests: the sum would not be theirs`,
      remedy: 'Use vertical: Off, or remove quota.',
    });
  }
  return found;
}
