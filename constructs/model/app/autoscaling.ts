/** Autoscaling: by what the replicas of a component move between two decisions, and within which bounds. */
import { z } from '../../parsing';

const percent = z.int().min(1).max(1000);
const policy = z.strictObject({
  type: z.enum(['Pods', 'Percent']).describe('What value counts.'),
  value: z.int().min(1).max(100_000).describe('At most so much within the period.'),
  periodSeconds: z.int().min(1).max(1800).describe('The period.'),
});
const direction = z.strictObject({
  stabilizationWindowSeconds: z
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe('The most cautious advice of so many seconds counts.'),
  selectPolicy: z
    .enum(['Max', 'Min', 'Disabled'])
    .optional()
    .describe('Which policy counts. Disabled: never this way.'),
  policies: z.array(policy).min(1).optional().describe('How fast.'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share by which a metric may be off its target. Servers without the feature drop it, and the plan says so.',
    ),
});

const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?$/, 'a quantity such as 100, 500m or 2k');
const externalMetric = z.strictObject({
  external: z.string().min(1).describe('Name of a metric that a metrics adapter serves.'),
  component: z.string().min(1).optional().describe('Of which component. Default: of each.'),
  labels: z.record(z.string(), z.string()).optional().describe('Which series of it.'),
  averageValue: quantity.optional().describe('Target for each replica.'),
  value: quantity.optional().describe('Target for all replicas together.'),
});
const containerMetric = z.strictObject({
  container: z.string().min(1).describe('A container of the pods: the component, or a sidecar.'),
  cpuPercent: percent.optional().describe('Target, in percent of its CPU request.'),
  memoryPercent: percent.optional().describe('Target, in percent of its memory request.'),
});
const trigger = z.strictObject({
  type: z.string().min(1).describe('A scaler of KEDA, such as prometheus or rabbitmq.'),
  metadata: z.record(z.string(), z.string()).describe('What that scaler wants to know; no secret.'),
  component: z.string().min(1).optional().describe('Of which component. Default: of each.'),
  authenticationRef: z.string().min(1).optional().describe('A TriggerAuthentication.'),
});

/** What an EdgeApp says about autoscaling; `false`: the decision alone says how many. */
export const autoscalingSchema = z.union([
  z.literal(false),
  z.strictObject({
    targetCpuPercent: percent
      .optional()
      .describe(
        'Average CPU use, in percent of the request, that it aims at. Default: 70 where nothing else is aimed at.',
      ),
    targetMemoryPercent: percent.optional().describe('The same of memory.'),
    maxReplicasFactor: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Upper bound: this times the replicas of the decision, which are the lower bound. Default: 2.',
      ),
    metrics: z
      .array(z.union([containerMetric, externalMetric]))
      .min(1)
      .optional()
      .describe('Further metrics; the one that asks for most counts.'),
    behavior: z
      .strictObject({
        scaleUp: direction.optional().describe('How it grows.'),
        scaleDown: direction.optional().describe('How it shrinks.'),
      })
      .optional()
      .describe('How fast it follows. Default: as Kubernetes does.'),
    keda: z
      .strictObject({
        triggers: z.array(trigger).min(1).optional().describe('Besides CPU and memory.'),
        pollingSeconds: z.int().min(1).optional().describe('Between two questions. Default: 30.'),
        fallback: z
          .strictObject({
            failureThreshold: z.int().min(1).describe('So many failed questions in a row.'),
            replicas: z.int().min(1).describe('At least so many then; never fewer than there are.'),
          })
          .optional()
          .describe('While a trigger gives no answer.'),
      })
      .optional()
      .describe('A ScaledObject of KEDA instead of a HorizontalPodAutoscaler.'),
    vertical: z
      .enum(['Off', 'Initial', 'Recreate', 'InPlaceOrRecreate'])
      .optional()
      .describe(
        'Also a VerticalPodAutoscaler with this update mode, for what is not aimed at in percent. Off: it only recommends. Requests then differ from those of the decision.',
      ),
  }),
]);

/** What an EdgeApp says about autoscaling. */
export type AutoscalingInput = z.output<typeof autoscalingSchema>;
/** The same where it says something. */
export type Autoscaling = Exclude<AutoscalingInput, false>;
/** One further metric. */
export type ScalingMetric = NonNullable<Autoscaling['metrics']>[number];
/** How one direction is followed. */
export type ScalingDirection = z.output<typeof direction>;

/** Average use of CPU that is aimed at where nothing else is, in percent of the request. */
const DEFAULT_CPU_PERCENT = 70;
/** Most replicas, as a multiple of those of the decision, where nobody says otherwise. */
const DEFAULT_FACTOR = 2;

/** The defaults filled in: CPU is aimed at where nothing else is. */
export function autoscalingOf(
  given: AutoscalingInput = {},
): (Autoscaling & { readonly maxReplicasFactor: number }) | false {
  if (given === false) return false;
  const { targetCpuPercent, targetMemoryPercent, metrics, keda } = given;
  const isOther =
    targetMemoryPercent !== undefined || metrics !== undefined || keda?.triggers !== undefined;
  const cpu = targetCpuPercent ?? (isOther ? undefined : DEFAULT_CPU_PERCENT);
  return {
    ...given,
    ...(cpu === undefined ? {} : { targetCpuPercent: cpu }),
    maxReplicasFactor: given.maxReplicasFactor ?? DEFAULT_FACTOR,
  };
}

/** Whether replicas follow the use of a resource, in any pod. */
export function aims(given: Autoscaling, resource: 'cpu' | 'memory'): boolean {
  const all = autoscalingOf(given);
  if (all === false) return false;
  const key = resource === 'cpu' ? 'cpuPercent' : 'memoryPercent';
  const whole = resource === 'cpu' ? all.targetCpuPercent : all.targetMemoryPercent;
  return (
    whole !== undefined ||
    (all.metrics ?? []).some((one) => 'container' in one && one[key] !== undefined)
  );
}
