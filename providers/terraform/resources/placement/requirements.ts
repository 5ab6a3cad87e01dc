/** Placement requirements: what each app asks of its placement in short lines, which plans show in place of long arguments. */

type Document = Readonly<Record<string, unknown>>;

/** Texts that decide nothing and that a sensitive variable may hold: their keys are named, their values are not. */
const isShown = (value: unknown) => typeof value === 'number' || typeof value === 'boolean';
/** Said by the placement itself, or by nobody. */
const passedOver = ['apiVersion', 'kind', 'name', 'workload', 'policy'];

/**
 * Lines for each app, with its name where there are several: its workload, each constraint and each other key of its
 * policy, and which other keys it has. Values of a policy are told in full; elsewhere only the image, numbers and switches.
 */
export function requirementLines(documents: readonly object[]): readonly string[] {
  return documents.flatMap((one) => {
    const { name, workload, policy, ...rest } = one as Document;
    const { constraints, ...others } = (policy ?? {}) as Document;
    const keys = Object.keys(rest).filter((key) => !passedOver.includes(key));
    const lines = [
      ...(workload === undefined ? [] : [membersText(shownIn(workload) as Document)]),
      ...[...Object.entries((constraints ?? {}) as Document), ...Object.entries(others)].map(
        ([key, value]) => `${key} ${valueText(value)}`,
      ),
      ...(keys.length === 0 ? [] : [`also ${keys.join(', ')}`]),
    ];
    return documents.length > 1 ? lines.map((line) => `${name}: ${line}`) : lines;
  });
}

/** Without texts but images and names of components; what only held such texts is its key alone. */
function shownIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shownIn);
  if (typeof value !== 'object' || value === null) return isShown(value) ? value : null;
  const entries = Object.entries(value).map(([key, inner]) => {
    const isNamed = (key === 'image' || key === 'name') && typeof inner === 'string';
    return [key, isNamed ? inner : shownIn(inner)];
  });
  return Object.fromEntries(entries);
}

function valueText(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'object' ? `{${membersText(value as Document)}}` : String(value);
}

function membersText(members: Document): string {
  return Object.entries(members)
    .map(([key, value]) => `${key} ${valueText(value)}`.trimEnd())
    .join(', ');
}
