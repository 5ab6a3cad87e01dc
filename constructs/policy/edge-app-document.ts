/** EdgeApp documents: parses them, and derives how every component grows with its requests. */

import { isolationOf } from '../model/app/isolation';
import { autoscalingMistakes } from '../model/app/mistakes/autoscaling';
import { exposureMistakes } from '../model/app/mistakes/exposure';
import { namespaceMistakes } from '../model/app/mistakes/namespace';
import { networkMistakes } from '../model/app/mistakes/network';
import { overrideMistakes } from '../model/app/mistakes/override';
import { quotaMistakes } from '../model/app/mistakes/quota';
import { securityMistakes } from '../model/app/mistakes/security';
import { type Sizing, sizingsOf, type Workload } from '../model/app/workload';
import {
  API_VERSION,
  type DocumentMistake,
  type DocumentOptions,
  type DocumentSource,
  duplicateNames,
  type Path,
  parseDocument,
  quoted,
  type Report,
  useOneOf,
  type z,
} from '../parsing';
import { builtDemandSource, writtenDemand } from './demand-source';
import { type EdgeApp, edgeAppSchema } from './edge-app';
import { builtPolicy } from './policy-document';

/** An EdgeApp as a program writes it: the document without `apiVersion` and `kind`. */
export type EdgeAppInput = Omit<z.input<typeof edgeAppSchema>, 'apiVersion' | 'kind'>;
type WrittenApp = z.output<typeof edgeAppSchema>;

/** Parses an EdgeApp: components in the order written, sizing derived, demand as a source. Throws EdgeErrors. */
export function parseEdgeApp(source: DocumentSource, options: DocumentOptions = {}): EdgeApp {
  return parseDocument(
    { kind: 'EdgeApp', schema: edgeAppSchema, build: builtApp },
    source,
    options,
  );
}

/** An EdgeApp in TypeScript: checked where it is written, and given back as it is for every tool that takes one. Throws EdgeErrors. */
export function edgeApp<App extends EdgeAppInput>(app: App): App {
  parseEdgeApp(app);
  return app;
}

/** The document of a parsed EdgeApp; parsing it gives the EdgeApp again. */
export function edgeAppDocument(app: EdgeApp): object {
  const { sizing, demand, ...rest } = app;
  const scaling = sizing.map(scalingOf);
  return {
    apiVersion: API_VERSION,
    kind: 'EdgeApp',
    ...rest,
    ...(app.manifests === undefined || scaling.length === 0
      ? {}
      : { scaling: scaling.length === 1 ? scaling[0] : scaling }),
    ...(demand === undefined ? {} : { demand: writtenDemand(demand) }),
  };
}

function builtApp(written: WrittenApp, report: Report): EdgeApp {
  const { name, namespace, team, manifests, overrides, exposure } = written;
  checkParts(written, report);
  for (const mistake of namespaceMistakes(name, namespace)) report(mistake);
  const workload = builtWorkload(written);
  if (workload !== undefined && hasComponents(written)) {
    duplicateNames(workload.components, ['workload', 'components'], 'component', report);
  }
  if (Array.isArray(written.scaling)) {
    const named = written.scaling.map(({ component }) => ({ name: component }));
    duplicateNames(named, ['scaling'], 'component', report);
  }
  for (const { index, mistake } of overrideMistakes(overrides)) {
    report({ ...mistake, path: ['overrides', index, ...mistake.path] });
  }
  checkOverrides(written, workload, report);
  if (exposure !== undefined) {
    for (const mistake of exposureMistakes(exposure, workload?.components)) {
      report({ ...mistake, path: ['exposure', ...mistake.path], dependsOn: [['workload']] });
    }
  }
  checkIsolation(written, workload, report);
  const policy = builtPolicy(written.policy, ['policy'], report, name);
  const demand =
    written.demand === undefined ? undefined : builtDemandSource(written.demand, report);
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(team === undefined ? {} : { team }),
    ...(workload === undefined ? {} : { workload }),
    ...(manifests === undefined ? {} : { manifests }),
    sizing: builtSizing(written, workload),
    overrides,
    policy,
    ...(demand === undefined ? {} : { demand }),
    ...(exposure === undefined ? {} : { exposure }),
    ...isolationOf(written),
  };
}

function checkIsolation(written: WrittenApp, workload: Workload | undefined, report: Report): void {
  const pathOf = (index: number): Path =>
    hasComponents(written) ? ['workload', 'components', index] : ['workload'];
  for (const mistake of securityMistakes(written.security, workload?.components, pathOf)) {
    report({ ...mistake, dependsOn: [['workload']] });
  }
  const around = { components: workload?.components, isExposed: written.exposure !== undefined };
  for (const mistake of autoscalingMistakes(written.autoscaling, workload?.components)) {
    const path = ['autoscaling', ...mistake.path];
    report({ ...mistake, path, dependsOn: [['workload']] });
  }
  for (const mistake of quotaMistakes(written.quota, workload?.components, written.autoscaling)) {
    const path = ['quota', ...mistake.path];
    report({ ...mistake, path, dependsOn: [['workload'], ['autoscaling']] });
  }
  for (const mistake of networkMistakes(written.network, around)) {
    const path = ['network', ...mistake.path];
    report({ ...mistake, path, dependsOn: [['workload'], ['exposure']] });
  }
}

function checkParts({ workload, manifests, scaling }: WrittenApp, report: Report): void {
  const say = (mistake: Omit<DocumentMistake, 'code'>) =>
    report({ code: 'InvalidDocument', ...mistake });
  if (workload === undefined && manifests === undefined) {
    say({
      path: [],
      summary: 'got neither workload nor manifests, expected one of them',
      remedy: 'Add workload, or manifests with the paths of existing objects.',
      dependsOn: [['workload'], ['manifests']],
    });
  }
  if (workload !== undefined && manifests !== undefined) {
    report({
      code: 'Contradiction',
      path: ['manifests'],
      summary: 'got manifests and also workload, expected one of them',
      remedy: 'Remove workload or manifests.',
    });
  }
  if (scaling !== undefined && manifests === undefined) {
    say({
      path: ['scaling'],
      summary: 'got scaling without manifests, expected it only where manifests say what runs',
      remedy: 'Remove scaling; a workload carries its own sizing.',
      dependsOn: [['manifests']],
    });
  }
}

function builtWorkload({ name, workload }: WrittenApp): Workload | undefined {
  if (workload === undefined || 'components' in workload) return workload;
  return { components: [{ name, ...workload, requestsPerRequest: 1 }] };
}

function hasComponents({ workload }: WrittenApp): boolean {
  return workload !== undefined && 'components' in workload;
}

function checkOverrides(
  { name, overrides, workload: written }: WrittenApp,
  workload: Workload | undefined,
  report: Report,
): void {
  // Without a workload the components are objects in manifests, which are read elsewhere.
  if (workload === undefined) return;
  const names = workload.components.map((component) => component.name);
  overrides.forEach(({ component }, index) => {
    if (component === undefined || names.includes(component)) return;
    const single = written !== undefined && !('components' in written);
    report({
      code: 'UnknownName',
      path: ['overrides', index, 'component'],
      summary: `got component ${quoted(component)}, which the workload does not have`,
      remedy: single
        ? `Remove it: the workload has one component, ${name}.`
        : useOneOf(component, names),
      dependsOn: [['workload'], ['name']],
    });
  });
}

function builtSizing({ scaling }: WrittenApp, workload: Workload | undefined): readonly Sizing[] {
  if (workload !== undefined) return workload.components.map(sizingOf);
  return scaling === undefined ? [] : sizingsOf(scaling);
}

function sizingOf(component: Sizing): Sizing {
  const { name, resources, requestsPerSecondPerReplica, minReplicas } = component;
  const { kibibytesPerResponse, requestsPerRequest } = component;
  return {
    name,
    resources,
    requestsPerSecondPerReplica,
    minReplicas,
    kibibytesPerResponse,
    requestsPerRequest,
  };
}

function scalingOf({ name, requestsPerRequest, ...sizing }: Sizing): object {
  const isOther = requestsPerRequest !== 1;
  return { component: name, ...sizing, ...(isOther ? { requestsPerRequest } : {}) };
}
