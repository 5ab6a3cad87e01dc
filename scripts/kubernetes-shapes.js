// Reads the shapes of typed Kubernetes resources from the bindings @cdktf/provider-kubernetes, which know them only as code,
// and writes them as a table: node scripts/kubernetes-shapes.js [--check]
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const bindings = dirname(require.resolve('@cdktf/provider-kubernetes/package.json'));
const target = join(__dirname, '../constructs/terraform/kubernetes/generated/shapes.ts');
const kinds = {
  Namespace: 'namespace-v1',
  ServiceAccount: 'service-account-v1',
  ClusterRole: 'cluster-role-v1',
  ClusterRoleBinding: 'cluster-role-binding-v1',
  Role: 'role-v1',
  RoleBinding: 'role-binding-v1',
  ConfigMap: 'config-map-v1',
  Secret: 'secret-v1',
  PersistentVolumeClaim: 'persistent-volume-claim-v1',
  Service: 'service-v1',
  Deployment: 'deployment-v1',
  DaemonSet: 'daemon-set-v1',
  StatefulSet: 'stateful-set-v1',
  Job: 'job-v1',
  CronJob: 'cron-job-v1',
  HorizontalPodAutoscaler: 'horizontal-pod-autoscaler-v2',
  PodDisruptionBudget: 'pod-disruption-budget-v1',
  Ingress: 'ingress-v1',
  NetworkPolicy: 'network-policy-v1',
};
const leaves = { string: 's', number: 'n', boolean: 'b', any: 'a' };

/** All of the code, and all of the types, of one kind. */
function sourcesOf(folder, ending) {
  return readdirSync(join(bindings, 'lib', folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(bindings, 'lib', folder, name), 'utf8'))
    .join('\n');
}

/** Attributes by struct, as [terraform name, property, type], from the functions that write a struct for Terraform. */
function structsOf(code) {
  const structs = new Map();
  const bodies = code.matchAll(
    /^(?:function (\w+)ToTerraform\(struct\) \{[\s\S]*?| {4}synthesizeAttributes\(\) \{\s*)return \{([\s\S]*?)\};/gm,
  );
  for (const [, name = '', body] of bodies) {
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    const rows = lines.map((line) => {
      const [, attribute, value] = /^\s+(\w+): (.*),$/.exec(line) ?? [];
      const [, property] = /(?:struct\.|this\._)(\w+)/.exec(value ?? '') ?? [];
      if (property === undefined) throw new Error(`cannot read ${line}`);
      return [attribute, property, typeOf(value)];
    });
    structs.set(name, rows);
  }
  return structs;
}

function typeOf(value) {
  const call = value.replace(/\b(cdktf|\w*structs\w*)\./g, '').replace('(0, ', '(');
  const [, list] = /^listMapper\((\w+)ToTerraform, (?:true|false)\)/.exec(call) ?? [];
  if (list !== undefined) return leaves[list] === undefined ? { list } : `${leaves[list]}[]`;
  const [, map] = /^hashMapper\((\w+)ToTerraform\)/.exec(call) ?? [];
  if (map !== undefined) return `${leaves[map]}{}`;
  const [, one] = /^\(?(\w+)ToTerraform\)?\(/.exec(call) ?? [];
  if (one === undefined) throw new Error(`cannot read ${value}`);
  return leaves[one] ?? { one };
}

/** Properties that a struct must have, by struct. */
function requiredOf(types) {
  const required = new Map();
  for (const [, name, body] of types.matchAll(/^export interface (\w+) [^{]*\{\n([\s\S]*?)^\}/gm)) {
    const names = [...body.matchAll(/^ {4}readonly (\w+): /gm)].map(([, property]) => property);
    required.set(name.toLowerCase(), new Set(names));
  }
  return required;
}

const table = [];
const positions = new Map();

/** Equal shapes are stored once: five kinds hold the same pod. */
function positionOf(shape) {
  const text = JSON.stringify(shape);
  if (!positions.has(text)) positions.set(text, table.push(shape) - 1);
  return positions.get(text);
}

function shapeOf(structs, required, name, config) {
  const needs = required.get((name || config).toLowerCase()) ?? new Set();
  const shape = {};
  if (!structs.has(name)) throw new Error(`no struct ${name}`);
  for (const [attribute, property, type] of structs.get(name)) {
    if (name === '' && ['id', 'timeouts'].includes(attribute)) continue;
    const inner = type.one ?? type.list;
    const position =
      inner === undefined ? type : positionOf(shapeOf(structs, required, inner, config));
    const entry = type.list === undefined ? position : [position];
    shape[property] = needs.has(property) && inner !== undefined ? { required: entry } : entry;
  }
  return shape;
}

const rows = Object.entries(kinds).map(([kind, folder]) => {
  const structs = structsOf(sourcesOf(folder, '.js'));
  const config = `${folder.replaceAll('-', '')}config`;
  return [kind, positionOf(shapeOf(structs, requiredOf(sourcesOf(folder, '.d.ts')), '', config))];
});
const { version } = require(join(bindings, 'package.json'));
const written = [
  `/** Shapes of the typed resources of @cdktf/provider-kubernetes ${version}; written by scripts/kubernetes-shapes.js, not by hand. */`,
  '// biome-ignore-all format: a table',
  "import type { Shape } from '../shape';",
  '',
  '/** By position; see Shape. */',
  'export const shapes: readonly Shape[] = [',
  ...table.map(
    (shape, index) =>
      `  /* ${index} */ ${JSON.stringify(shape)
        .replace(/"(\w+)":/g, '$1:')
        .replaceAll('"', "'")},`,
  ),
  '];',
  '',
  '/** Position of each kind. */',
  'export const kinds: Readonly<Record<string, number>> = {',
  ...rows.map(([kind, position]) => `  ${kind}: ${position},`),
  '};',
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== written) {
    process.stderr.write('The table is of other bindings: run node scripts/kubernetes-shapes.js\n');
    process.exitCode = 1;
  }
} else writeFileSync(target, written);
