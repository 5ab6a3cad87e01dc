/** What keeps a pod from being ready, as kubectl describe would show it. */
import type { Manifest } from '../../../constructs/model/app/workload';

/** What keeps a pod from being ready. */
export interface Trouble {
  readonly text: string;
  /** It will not pass without a change. */
  readonly failed: boolean;
  /** The higher the more telling. */
  readonly weight: number;
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
  readonly lastState?: {
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}
interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly {
    readonly type?: string;
    readonly status?: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly initContainerStatuses?: readonly Container[];
  readonly containerStatuses?: readonly Container[];
}

const pulling = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/;
const starting = /^(CreateContainer(Config)?Error|RunContainerError)$/;

/** What keeps the pod from being ready, or undefined when it merely takes its time. */
export function podTrouble(pod: Manifest): Trouble | undefined {
  const status = (pod.status ?? {}) as PodStatus;
  if (status.phase === 'Failed') {
    const why = status.message ?? status.reason ?? 'a container ended with an error';
    return { text: `has failed: ${why}`, failed: true, weight: 4 };
  }
  const containers = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ].flatMap((container) => containerTrouble(container) ?? []);
  const worst = containers.sort((a, b) => b.weight - a.weight)[0];
  if (worst !== undefined) return worst;
  const unscheduled = status.conditions?.find(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable',
  );
  if (unscheduled !== undefined) {
    const why = unscheduled.message ?? 'no node fits';
    return { text: `cannot be scheduled: ${why}`, failed: false, weight: 3 };
  }
  const unready = (status.containerStatuses ?? []).find(({ ready }) => ready === false);
  if (unready === undefined || status.phase !== 'Running') return undefined;
  const text = `container ${unready.name} runs but is not ready`;
  return { text, failed: false, weight: 1 };
}

/** The pod that explains most; undefined when all are well. */
export function worstPod(
  pods: readonly Manifest[],
): { readonly name: string; readonly trouble: Trouble } | undefined {
  return pods
    .flatMap((pod) => {
      const trouble = podTrouble(pod);
      return trouble === undefined ? [] : [{ name: pod.metadata.name, trouble }];
    })
    .sort((a, b) => b.trouble.weight - a.trouble.weight)[0];
}

function containerTrouble(container: Container): Trouble | undefined {
  const { name, image, state, lastState } = container;
  const { reason = '', message } = state?.waiting ?? {};
  if (pulling.test(reason)) {
    const why = message === undefined ? reason : `${reason}: ${message}`;
    // The first error may be a passing one; the kubelet calls it a back-off when it comes again.
    const failed = reason !== 'ErrImagePull';
    return { text: `cannot pull image ${image} (${why})`, failed, weight: 6 };
  }
  if (starting.test(reason)) {
    const text = `container ${name} cannot start: ${message ?? reason}`;
    return { text, failed: true, weight: 5 };
  }
  if (reason !== 'CrashLoopBackOff') return undefined;
  const { exitCode, reason: last } = lastState?.terminated ?? {};
  const how = exitCode === undefined ? '' : `, last with exit code ${exitCode}`;
  const what = last === undefined || last === 'Error' ? '' : ` (${last})`;
  return {
    text: `container ${name} crashes again and again${how}${what}`,
    failed: true,
    weight: 5,
  };
}
