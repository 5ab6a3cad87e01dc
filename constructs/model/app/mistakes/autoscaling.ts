/** Autoscaling mistakes: metrics of what is not there, and aims that fight each other. */
import type { DocumentMistake, Path } from '../../../parsing';
import { type Autoscaling, type AutoscalingInput, aims } from '../autoscaling';
import type { Component } from '../workload';

type Mistake = Omit<DocumentMistake, 'code'>;

/** Every mistake, below the key `autoscaling`. `components` is undefined where only objects are known, whose author scales them. */
export function autoscalingMistakes(
  given: AutoscalingInput | undefined,
  components: readonly Component[] | undefined,
): readonly DocumentMistake[] {
  if (given === undefined || given === false) return [];
  const found: Mistake[] = [];
  const names = components?.map(({ name }) => name) ?? [];
  const { metrics = [], keda } = given;
  const know = (name: string | undefined, path: Path) => {
    if (name === undefined || components === undefined || names.includes(name)) return;
    const remedy = `Name one of: ${names.join(', ')}.`;
    found.push({ path, summary: `got ${name}, which is no component of the workload`, remedy });
  };
  metrics.forEach((metric, index) => {
    const path: Path = ['metrics', index];
    if ('container' in metric) {
      know(metric.container, [...path, 'container']);
      if ((metric.cpuPercent === undefined) === (metric.memoryPercent === undefined)) {
        found.push({
          path,
          summary: `got ${metric.cpuPercent === undefined ? 'neither cpuPercent nor memoryPercent' : 'cpuPercent and memoryPercent'}, expected one of the two`,
          remedy: 'Write one of them; a second metric may have the other.',
        });
      }
      return;
    }
    know(metric.component, [...path, 'component']);
    if ((metric.value === undefined) === (metric.averageValue === undefined)) {
      found.push({
        path,
        summary: `got ${metric.value === undefined ? 'neither value nor averageValue' : 'value and averageValue'}, expected one of the two`,
        remedy: 'Write averageValue for each replica, or value for all together.',
      });
    }
    if (keda !== undefined) {
      found.push({
        path,
        summary: 'got an external metric beside keda, which serves them itself',
        remedy: 'Write a trigger of keda instead.',
      });
    }
  });
  keda?.triggers?.forEach(({ component }, index) => {
    know(component, ['keda', 'triggers', index, 'component']);
  });
  if (keda?.fallback !== undefined && keda.triggers === undefined) {
    found.push({
      path: ['keda', 'fallback'],
      summary: 'got fallback without triggers: KEDA refuses it for CPU and memory alone',
      remedy: 'Remove fallback, or add triggers.',
    });
  }
  found.push(...fights(given));
  return found.map((one) => ({ code: 'Contradiction' as const, ...one }));
}

/** Replicas and requests that both answer the same use. */
function fights(given: Autoscaling): readonly Mistake[] {
  const { vertical, targetMemoryPercent } = given;
  const isBoth = aims(given, 'cpu') && aims(given, 'memory');
  if (vertical === undefined || vertical === 'Off' || !isBoth) return [];
  return [
    {
      path: ['vertical'],
      summary: `got ${vertical}, but replicas already follow CPU and memory: both would answer the same use`,
      remedy: `Use Off, or aim at one of the two${targetMemoryPercent === undefined ? '' : ': remove targetMemoryPercent'}.`,
    },
  ];
}
