/** Reads a typed resource back as the Kubernetes object it stands for; knows the naming of HashiCorp's provider, not our table. */
import type { Manifest } from '../../constructs/model/app/workload';

type Record_ = Readonly<Record<string, unknown>>;

/** The API's meaning of both is the same: nothing was said. */
const saysNothing = (value: unknown) =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const freeKeys = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
  'data',
  'binaryData',
  'stringData',
  'limits',
  'requests',
]);

/** What the resource does not say as `manifest` does, and what it says besides; one line each. */
export function differences(manifest: Manifest, resource: Record_): readonly string[] {
  const { apiVersion: _, kind, status: __, ...rest } = manifest;
  const renamed = kind === 'Secret' ? { ...rest, ...secret(rest) } : rest;
  return compare(renamed, resource, kind);
}

const secret = ({ data, stringData }: Record_) => ({
  data: stringData,
  binaryData: data,
  stringData: undefined,
});

function compare(ours: unknown, theirs: unknown, path: string): readonly string[] {
  if (Array.isArray(ours)) return compareLists(ours, theirs, path);
  if (isRecord(ours)) return compareRecords(ours, theirs, path);
  const mode = /\.volumes\b.*\.(defaultMode|mode)$/.test(path) && typeof ours === 'number';
  const wanted = mode ? `0${ours.toString(8)}` : ours;
  return String(wanted) === String(theirs)
    ? []
    : [`${path}: ${String(wanted)} is ${String(theirs)}`];
}

function compareLists(ours: readonly unknown[], theirs: unknown, path: string) {
  if (!Array.isArray(theirs) || theirs.length !== ours.length) {
    return [`${path}: a list of ${ours.length} is ${JSON.stringify(theirs)}`];
  }
  return ours.flatMap((one, index) => compare(one, theirs[index], `${path}[${index}]`));
}

function compareRecords(ours: Record_, given: unknown, path: string): readonly string[] {
  const theirs = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (!isRecord(theirs)) return [`${path}: an object is ${JSON.stringify(given)}`];
  const seen = new Set<string>();
  const isFree =
    freeKeys.has(path.split('.').at(-1) ?? '') || /Service\.spec\.selector$/.test(path);
  const found = Object.entries(ours).flatMap(([key, value]) => {
    if (saysNothing(value)) return [];
    const name = isFree ? key : namesOf(key).find((one) => one in theirs && !seen.has(one));
    if (name === undefined || !(name in theirs)) return [`${path}.${key} is lost`];
    seen.add(name);
    return compare(value, theirs[name], `${path}.${key}`);
  });
  const extra = Object.entries(theirs).filter(
    ([name, value]) => !seen.has(name) && !isOurs(name, value),
  );
  return [...found, ...extra.map(([name]) => `${path}: ${name} was not asked for`)];
}

/** `clusterIPs` is cluster_ips, `containers` container. */
function namesOf(key: string): readonly string[] {
  const snake = key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-rt-z])/g, '$1_$2')
    .toLowerCase();
  const other = { update_strategy: 'strategy', time_zone: 'timezone' }[snake] ?? snake;
  return [snake, other, snake.replace(/ies$/, 'y'), snake.replace(/s$/, '')];
}

/** Arguments of Terraform, and the empty block it insists on. */
function isOurs(name: string, value: unknown): boolean {
  if (/^(wait_.*|count|provider|depends_on|\/\/)$/.test(name)) return true;
  return (
    value === undefined ||
    (name === 'metadata' && isRecord(value) && Object.keys(value).length === 0)
  );
}
