/** What was decided while planning is replayed at apply: the same question is not decided again, and any other is. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, keptOr } from '../../providers/terraform/resources/placement/kept-placements';
import type {
  PlacementRequest,
  PlacementResult,
} from '../../providers/terraform/resources/placement/result';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const question = (now: string): PlacementRequest => ({
  apps: [{ name: 'shop' }],
  fleet: '{}',
  demands: { shop: null },
  now,
  allowUnsatisfied: false,
  allow: [],
});
const result = (digest: string): PlacementResult => ({
  decided: {
    apps: [],
    moved: true,
    satisfied: true,
    gap: 0,
    summary: '1 of 2 clusters, proved optimal',
    warnings: ['a warning'],
    routings: {},
    decision: '{}',
    digest,
  },
  errors: [],
});

/** Counts how often something is decided. */
function decider(answer: PlacementResult = result('sha256:1')) {
  const decide = jest.fn(async () => answer);
  return { decide, ask: (now: string) => keptOr(question(now), decide, folder) };
}
const files = () => readdirSync(join(folder, 'littoral'));

it('decides a question once, and gives the same answer to whoever asks it again', async () => {
  const first = decider();
  const second = decider(result('sha256:2'));
  expect(await first.ask('2026-11-21T05:30:00Z')).toEqual(result('sha256:1'));
  expect(await second.ask('2026-11-21T05:30:00Z')).toEqual(result('sha256:1'));
  expect(second.decide).not.toHaveBeenCalled();
});

it('decides another question anew', async () => {
  const { decide, ask } = decider();
  await ask('2026-11-21T05:30:00Z');
  await ask('2026-11-21T05:30:01Z');
  expect(decide).toHaveBeenCalledTimes(2);
});

it('decides again where what was kept is not whole or was changed', async () => {
  const { decide, ask } = decider();
  const now = '2026-11-21T05:30:00Z';
  await ask(now);
  const file = join(folder, 'littoral', files()[0] ?? '');
  const text = readFileSync(file, 'utf8');
  for (const wrong of ['', text.slice(0, -10), text.replace('sha256:1', 'sha256:9')]) {
    writeFileSync(file, wrong);
    expect(await ask(now)).toEqual(result('sha256:1'));
  }
  expect(decide).toHaveBeenCalledTimes(4);
});

it('keeps nothing where something is wrong, and nothing outside of the folder of a stack', async () => {
  const wrong = { code: 'NoDemand', path: '', summary: 'no demand', remedy: 'Wait.' } as const;
  const failing = decider({ ...result('sha256:1'), errors: [wrong] });
  await failing.ask('2026-11-21T05:30:00Z');
  expect(readdirSync(folder)).toEqual([]);
  const absent = join(folder, 'absent');
  const { decide } = decider();
  await keptOr(question('2026-11-21T05:30:00Z'), decide, absent);
  expect(readdirSync(folder)).toEqual([]);
});

it('answers all the same where it may not write', async () => {
  writeFileSync(join(folder, 'littoral'), 'a file where a folder is expected');
  const { ask } = decider();
  expect(await ask('2026-11-21T05:30:00Z')).toEqual(result('sha256:1'));
});

it('keeps two answers of each of 200 placements, and forgets the oldest of more than 500', async () => {
  mkdirSync(join(folder, 'littoral'), { recursive: true });
  const { ask } = decider();
  for (let second = 0; second < 400; second += 1) await ask(`now ${second}`);
  expect(files()).toHaveLength(400);
  for (let second = 400; second < 550; second += 1) await ask(`now ${second}`);
  expect(files().length).toBeGreaterThanOrEqual(500);
  expect(files().length).toBeLessThan(516);
});

it('forgets the oldest of more than 64 where they are large', async () => {
  const home = join(folder, 'littoral');
  mkdirSync(home, { recursive: true });
  for (let index = 0; index < 79; index += 1) {
    const file = join(home, `placement-${index}.json`);
    writeFileSync(file, '');
    truncateSync(file, 1024 * 1024);
    utimesSync(file, index, index);
  }
  const { ask } = decider();
  await ask('now');
  expect(files()).toHaveLength(64);
  expect(files()).not.toContain('placement-14.json');
  expect(files()).toContain('placement-78.json');
});

it('lies where Terraform keeps what belongs to a stack', () => {
  expect(dataFolder({})).toBe('.terraform');
  expect(dataFolder({ TF_DATA_DIR: '' })).toBe('.terraform');
  expect(dataFolder({ TF_DATA_DIR: '/tmp/data' })).toBe('/tmp/data');
});
