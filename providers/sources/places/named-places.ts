/** Named places of users: a YAML, JSON or CSV file that gives the values of a label their coordinates. */
import { parseDocument, z } from '../../../constructs/parsing';
import { recordsOf } from '../files/csv';
import { readTextFile } from '../files/text-file';
import { type NamedPlace, placeSchema } from './place';

const listSchema = z.strictObject({ origins: z.array(placeSchema).min(1) });

/** Reads `origins: [{name, latitude, longitude, country?, region?}]`, or a CSV with these columns. Throws EdgeError or EdgeErrors. */
export function readPlaces(file: string): readonly NamedPlace[] {
  const text = readTextFile(file, { path: 'demand.prometheus.labels.origins' });
  const source = file.endsWith('.csv') ? { origins: recordsOf(text).map(placeOf) } : text;
  return parseDocument(
    {
      schema: listSchema,
      build: ({ origins }, report) => {
        const seen = new Set<string>();
        origins.forEach(({ name }, index) => {
          if (seen.has(name)) {
            report({
              code: 'Duplicate',
              path: ['origins', index, 'name'],
              summary: 'got a name that an earlier place has, expected each name once',
              remedy: 'Remove or rename one of the two.',
            });
          }
          seen.add(name);
        });
        return origins;
      },
    },
    source,
    { file },
  );
}

/** Empty fields are left out; coordinates become numbers where they are. */
function placeOf(row: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => {
        const isNumber = /^(latitude|longitude)$/.test(key) && Number.isFinite(Number(value));
        return [key, isNumber ? Number(value) : value];
      }),
  );
}
