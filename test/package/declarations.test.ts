/** Declarations of the package stand alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(__dirname, '../../dist');

it('no declaration needs zod', () => {
  const files = readdirSync(dist, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.d.ts'));
  expect(files.length).toBeGreaterThan(300);
  const needing = files.filter((name) =>
    /['"]zod['"/]/.test(readFileSync(join(dist, name), 'utf8')),
  );
  expect(needing).toEqual([]);
});
