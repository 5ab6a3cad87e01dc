/** Whether an object is ready, from the object alone: one rule for each kind that has a state, and one for everything else. */
import { groupOf, kindIn, type ReadinessRule } from '../../../constructs/kubernetes/kinds';
import type { Manifest } from '../../../constructs/model/app/workload';
import { podTrouble } from './pod-trouble';

/** What an object says about itself. */
export interface Verdict {
  readonly ready: boolean;
  /** Such as "2 of 3 replicas are ready". */
  readonly reason: string;
  /** It will not become ready without a change. */
  readonly failed?: boolean;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}
interface Spec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly suspend?: boolean;
  readonly completions?: number;
  readonly type?: string;
  readonly updateStrategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly partition?: number };
  };
}
interface State {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly phase?: string;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly succeeded?: number;
  readonly listeners?: readonly {
    readonly name?: string;
    readonly conditions?: readonly Condition[];
  }[];
  readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
}
type Rule = (spec: Spec, state: State, object: Manifest) => Verdict;

const ready = (reason: string): Verdict => ({ ready: true, reason });
const waits = (reason: string): Verdict => ({ ready: false, reason });
const failed = (reason: string): Verdict => ({ ready: false, reason, failed: true });

/** Judges an object as the server has it; with fewer than `leastReplicas` available it is not ready. */
export function readinessOf(object: Manifest, leastReplicas = 0): Verdict {
  const verdict = judged(object);
  const { availableReplicas, readyReplicas = 0 } = (object.status ?? {}) as State;
  const available = availableReplicas ?? readyReplicas;
  if (!verdict.ready || available >= leastReplicas) return verdict;
  return waits(`${available} of ${leastReplicas} replicas that were decided are available`);
}

function judged(object: Manifest): Verdict {
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return waits('is being deleted');
  const spec = (object.spec ?? {}) as Spec;
  const state = (object.status ?? {}) as State;
  const generation = Number(metadata.generation ?? 0);
  const rule = kindIn(groupOf(object.apiVersion), object.kind)?.readiness;
  const mustObserve = rule !== undefined && observed.has(rule);
  const seen = state.observedGeneration ?? (mustObserve ? 0 : generation);
  if (seen < generation) return waits('its controller has not seen the latest change');
  return (rule === undefined ? byConditions : rules[rule])(spec, state, object);
}

/** Rules of kinds whose status says nothing before their controller has observed the object. */
const observed: ReadonlySet<ReadinessRule> = new Set([
  'deployment',
  'statefulSet',
  'daemonSet',
  'replicas',
]);

const replicated: Rule = ({ replicas = 1 }, state) => {
  const refused = conditionOf(state, 'ReplicaFailure');
  if (refused?.status === 'True') return waits(`pods cannot be created: ${said(refused)}`);
  const { availableReplicas = 0 } = state;
  return availableReplicas < replicas
    ? waits(`${availableReplicas} of ${replicas} replicas are available`)
    : ready(`${replicas} of ${replicas} replicas are available`);
};

const listenerConditions: readonly string[] = ['Accepted', 'Programmed', 'ResolvedRefs'];

const rules: Readonly<Record<ReadinessRule, Rule>> = {
  certificate: (spec, state, object) => certificate(spec, state, object),
  gateway: (_, state, { metadata }) => {
    const programmed = conditionOf(state, 'Programmed');
    const { observedGeneration = 0 } = programmed ?? {};
    if (programmed === undefined || observedGeneration < Number(metadata.generation ?? 0)) {
      return waits('no controller has programmed it yet');
    }
    // A controller may program a Gateway and leave out the listener whose Secret it did not find.
    for (const { name = '', conditions } of state.listeners ?? []) {
      const wrong = (conditions ?? []).find(
        ({ type, status }) => listenerConditions.includes(type) && status === 'False',
      );
      if (wrong !== undefined) return waits(`its listener ${name} does not serve: ${said(wrong)}`);
    }
    return programmed.status === 'True'
      ? ready('is programmed')
      : waits(`is not programmed: ${said(programmed)}`);
  },
  deployment: (spec, state, object) => {
    const { replicas = 1 } = spec;
    const { updatedReplicas = 0, replicas: all = 0, availableReplicas = 0 } = state;
    const progressing = conditionOf(state, 'Progressing');
    const counts = `${availableReplicas} of ${replicas} replicas are available`;
    if (progressing?.reason === 'ProgressDeadlineExceeded') {
      return failed(`made no progress in time: ${counts}`);
    }
    const basic = replicated(spec, state, object);
    if (spec.paused === true && updatedReplicas < replicas) return waits('its rollout is paused');
    if (updatedReplicas < replicas && basic.reason === counts) {
      return waits(`${updatedReplicas} of ${replicas} replicas are updated`);
    }
    if (!basic.ready) return basic;
    if (all > updatedReplicas) return waits(`${all - updatedReplicas} old replicas still run`);
    return basic;
  },
  statefulSet: (spec, state) => {
    const { replicas = 1, updateStrategy } = spec;
    const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = state;
    const { availableReplicas = readyReplicas } = state;
    if (availableReplicas < replicas) {
      return waits(`${availableReplicas} of ${replicas} replicas are available`);
    }
    if (updateStrategy?.type === 'OnDelete') {
      return ready(`${replicas} replicas are ready; they are updated when they are deleted`);
    }
    const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
    const wanted = Math.max(0, replicas - partition);
    if (updatedReplicas < wanted && updateRevision !== currentRevision) {
      return waits(`${updatedReplicas} of ${wanted} replicas are updated`);
    }
    if (partition === 0 && updateRevision !== currentRevision) {
      return waits('the rollout has not ended');
    }
    return ready(`${replicas} of ${replicas} replicas are ready`);
  },
  daemonSet: ({ updateStrategy }, state) => {
    const { desiredNumberScheduled: nodes = 0, numberAvailable = 0 } = state;
    const { updatedNumberScheduled = 0 } = state;
    if (updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < nodes) {
      return waits(`updated on ${updatedNumberScheduled} of ${nodes} nodes`);
    }
    const text = `available on ${numberAvailable} of ${nodes} nodes`;
    return numberAvailable < nodes ? waits(text) : ready(text);
  },
  replicas: replicated,
  job: ({ completions = 1, suspend }, state) => {
    const ended = conditionOf(state, 'Failed');
    if (ended?.status === 'True') return failed(`failed: ${said(ended)}`);
    if (conditionOf(state, 'Complete')?.status === 'True') return ready('is complete');
    if (suspend === true) return ready('is suspended');
    return waits(`${state.succeeded ?? 0} of ${completions} completions`);
  },
  pod: (_, state, object) => {
    if (state.phase === 'Succeeded') return ready('has succeeded');
    if (conditionOf(state, 'Ready')?.status === 'True') return ready('is ready');
    const trouble = podTrouble(object);
    if (trouble === undefined) return waits(`is ${state.phase ?? 'Pending'}`);
    return trouble.failed ? failed(trouble.text) : waits(trouble.text);
  },
  service: ({ type }, { loadBalancer }) =>
    type !== 'LoadBalancer'
      ? ready('exists')
      : (loadBalancer?.ingress ?? []).length > 0
        ? ready('has an address')
        : waits('its load balancer has no address'),
  volumeClaim: (_, { phase }) =>
    phase === 'Bound'
      ? ready('is bound')
      : phase === 'Lost'
        ? failed('has lost its volume')
        : waits(`is ${phase ?? 'Pending'}`),
  namespace: (_, { phase }) =>
    phase === undefined || phase === 'Active' ? ready('is active') : waits(`is ${phase}`),
  definition: (_, state) => {
    const names = conditionOf(state, 'NamesAccepted');
    if (names?.status === 'False') return failed(`its names are taken: ${said(names)}`);
    const established = conditionOf(state, 'Established')?.status === 'True';
    return established ? ready('is established') : waits('is not established');
  },
  apiService: (_, state) => {
    const available = conditionOf(state, 'Available');
    if (available?.status === 'True') return ready('is available');
    return waits(available === undefined ? 'is not available' : said(available));
  },
};

/** Without a condition nobody has looked at it yet, and a condition of an earlier generation is about other names. */
const certificate: Rule = (spec, state, object) => {
  const { observedGeneration = 0 } = conditionOf(state, 'Ready') ?? {};
  if (observedGeneration < Number(object.metadata.generation ?? 0)) {
    return waits('cert-manager has not seen the latest change');
  }
  return byConditions(spec, state, object);
};

/** The convention of kstatus: Stalled and Reconciling first, then Ready or Available; without any of them it is ready. */
const byConditions: Rule = (_, state) => {
  const stalled = conditionOf(state, 'Stalled');
  if (stalled?.status === 'True') return failed(`is stalled: ${said(stalled)}`);
  const reconciling = conditionOf(state, 'Reconciling');
  if (reconciling?.status === 'True') return waits(`is reconciling: ${said(reconciling)}`);
  const main = conditionOf(state, 'Ready') ?? conditionOf(state, 'Available');
  if (main === undefined) return ready('exists');
  if (main.status === 'True') return ready(`is ${main.type.toLowerCase()}`);
  return waits(`is not ${main.type.toLowerCase()}: ${said(main)}`);
};

function conditionOf({ conditions }: State, type: string): Condition | undefined {
  return Array.isArray(conditions) ? conditions.find((one) => one?.type === type) : undefined;
}

function said({ message, reason, status, type }: Condition): string {
  return message || reason || `${type} is ${status}`;
}
