/** Network mistakes: rules that name nobody or two, and components that there are not. */
import { type DocumentMistake, type Path, quoted, useOneOf } from '../../../parsing';
import { isInside } from '../../addresses';
import { aLabelName, aLabelValue, labelName, labelValue } from '../../labels';
import type { EgressRule, IngressRule, NetworkInput } from '../network';
import type { Component } from '../workload';

/** What is known of the app besides its network. */
export interface Surroundings {
  /** Undefined where only objects are known, whose policies are their author's. */
  readonly components: readonly Pick<Component, 'name' | 'port'>[] | undefined;
  readonly isExposed: boolean;
}

type Say = (path: Path, summary: string, remedy: string, code?: DocumentMistake['code']) => void;

/** Every mistake; paths start at the network. */
export function networkMistakes(
  network: NetworkInput | undefined,
  { components, isExposed }: Surroundings,
): readonly DocumentMistake[] {
  const found: DocumentMistake[] = [];
  const say: Say = (path, summary, remedy, code = 'Contradiction') =>
    found.push({ code, path, summary, remedy });
  if (network === undefined) return found;
  if (components === undefined) {
    const remedy = 'Remove network, and write NetworkPolicies among the objects.';
    say([], 'got network beside manifests or a chart, whose pods it does not know', remedy);
    return found;
  }
  if (network === false) return found;
  if (network.gateway !== undefined && !isExposed) {
    const remedy = 'Write the namespace of the gateway in ingress, or add exposure.';
    say(['gateway'], 'got gateway without exposure, so nothing says what it may ask', remedy);
  }
  if (network.gateway !== undefined && Object.keys(network.gateway).length === 0) {
    const remedy = 'Add namespace, labels or cidrs, or remove gateway.';
    say(['gateway'], 'got a gateway that is nowhere', remedy, 'InvalidDocument');
  }
  labelMistakes(network.gateway?.labels, ['gateway', 'labels'], say);
  labelMistakes(network.metrics?.labels, ['metrics', 'labels'], say);
  network.ingress?.forEach((rule, index) => {
    const path = ['ingress', index];
    peerMistakes(rule, path, say);
    componentMistakes(rule, components, path, say);
    portMistakes(rule, components, path, say);
  });
  network.egress?.forEach((rule, index) => {
    const path = ['egress', index];
    peerMistakes(rule, path, say);
    componentMistakes(rule, components, path, say);
  });
  return found;
}

function peerMistakes(rule: IngressRule | EgressRule, path: Path, say: Say): void {
  const { app, namespace, cidr, except, labels } = rule;
  const { host, addresses } = rule as EgressRule;
  const pods = app !== undefined || namespace !== undefined || labels !== undefined;
  const named = [pods ? 'pods' : '', cidr, host].filter((one) => one !== undefined && one !== '');
  if (named.length !== 1) {
    const what = named.length === 0 ? 'nobody' : named.join(' and ');
    const known =
      path[0] === 'egress'
        ? 'app, namespace, labels, cidr and host'
        : 'app, namespace, labels and cidr';
    const remedy = `Write one of ${known}; app, namespace and labels go together.`;
    say(path, `got a rule that names ${what}, expected one`, remedy, 'InvalidDocument');
  }
  if (except !== undefined && cidr === undefined) {
    say([...path, 'except'], 'got except without cidr', 'Add cidr, or remove except.');
  }
  except?.forEach((block, index) => {
    if (cidr === undefined || isInside(block, cidr)) return;
    const remedy = 'Write a smaller block that is in cidr, or remove it.';
    say([...path, 'except', index], `got ${block}, which is no part of ${cidr}`, remedy);
  });
  labelMistakes(labels, [...path, 'labels'], say);
  if (app !== undefined && (labels?.[appLabel] ?? app) !== app) {
    const summary = `got ${quoted(labels?.[appLabel] ?? '')} beside app ${app}, which is the same label`;
    say([...path, 'labels', appLabel], summary, 'Remove the label or app.');
  }
  if (addresses !== undefined && host === undefined) {
    say([...path, 'addresses'], 'got addresses without host', 'Use cidr, or add host.');
  }
}

/** The label that tells pods of an app. */
const appLabel = 'app.kubernetes.io/name';

function labelMistakes(
  labels: Readonly<Record<string, string>> | undefined,
  path: Path,
  say: Say,
): void {
  const remedy = 'Write one that Kubernetes accepts.';
  for (const [key, value] of Object.entries(labels ?? {})) {
    const wrong = [
      ...(labelName.test(key) ? [] : [`got ${quoted(key)}, expected ${aLabelName}`]),
      ...(labelValue.test(value) ? [] : [`got ${quoted(value)}, expected ${aLabelValue}`]),
    ];
    for (const one of wrong) say([...path, key], one, remedy, 'InvalidDocument');
  }
}

function componentMistakes(
  { component }: IngressRule,
  components: NonNullable<Surroundings['components']>,
  path: Path,
  say: Say,
): void {
  const names = components.map(({ name }) => name);
  if (component === undefined || names.includes(component)) return;
  say(
    [...path, 'component'],
    `got component ${quoted(component)}, which the workload does not have`,
    useOneOf(component, names),
    'UnknownName',
  );
}

/** Nothing can be asked of a component without a port, unless the rule names one. */
function portMistakes(
  { component, ports }: IngressRule,
  components: NonNullable<Surroundings['components']>,
  path: Path,
  say: Say,
): void {
  const target = components.filter(({ name }) => (component ?? name) === name);
  if (ports !== undefined || target.length === 0) return;
  if (target.some(({ port }) => port !== undefined)) return;
  const remedy = 'Add ports to the rule, or a port to the component.';
  say(
    [...path, 'ports'],
    'got no ports, and no component that is asked has one',
    remedy,
    'InvalidDocument',
  );
}
