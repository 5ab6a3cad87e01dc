/** Snapshots: an update decides from what its preview read, while that is young, and says when it could not. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sameInBoth } from '../../providers/pulumi/resources/snapshot';
import { lifetimeIn, snapshotFolder } from '../../providers/pulumi/runtime/snapshot-folder';

let folder: string;
let now: number;
let reads: number;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'littoral-snapshot-')), 'cache');
  [now, reads] = [1_000_000, 0];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const read = async () => {
  reads += 1;
  return { reads };
};
const run = (preview: boolean, key: object = { kind: 'demand' }, lifetimeSeconds = 600) =>
  sameInBoth(key, read, { preview, folder, clock: () => now, lifetimeSeconds });

describe('a snapshot', () => {
  it('gives the update what the preview read', async () => {
    await run(true);
    now += 599_000;
    expect(await run(false)).toEqual({ value: { reads: 1 } });
  });

  it('is read anew by every preview', async () => {
    await run(true);
    await run(true);
    expect(await run(false)).toEqual({ value: { reads: 2 } });
  });

  it('serves one update', async () => {
    await run(true);
    await run(false);
    const { value, warning } = await run(false);
    expect(value).toEqual({ reads: 2 });
    expect(warning).toMatch(/^no preview of this stack left what it read here/);
  });

  it('that is not there is missed aloud, with what to carry', async () => {
    const { warning } = await run(false);
    expect(warning).toMatch(/may differ from what was shown\. Carry the folder LITTORAL_SNAPSHOTS/);
    expect((await run(true)).warning).toBeUndefined();
    expect((await run(false, {}, 0)).warning).toBeUndefined();
  });

  it('is found on another machine where its folder was carried there', async () => {
    const settings = { LITTORAL_SNAPSHOTS: 'snapshots' };
    const on = (machine: string, preview: boolean) =>
      sameInBoth({ kind: 'demand', stack: 'dev' }, read, {
        preview,
        folder: snapshotFolder(settings, join(folder, machine)),
        clock: () => now,
        lifetimeSeconds: lifetimeIn(settings),
      });
    await on('review', true);
    cpSync(join(folder, 'review'), join(folder, 'deploy'), { recursive: true });
    now += 5 * 3_600_000;
    expect(await on('deploy', false)).toEqual({ value: { reads: 1 } });
  });

  it('that is too old is not used, and that is said with what to do', async () => {
    await run(true);
    now += 601_000;
    const { value, warning } = await run(false);
    expect(value).toEqual({ reads: 2 });
    expect(warning).toMatch(
      /^the preview read this 601 s ago, more than 600 s, .*pin the decision with lock\.$/,
    );
    expect((await run(false)).warning).toMatch(/^no preview/);
  });

  it('from a clock that was turned back is not used', async () => {
    await run(true);
    now -= 5_000;
    const { value, warning } = await run(false);
    expect(value).toEqual({ reads: 2 });
    expect(warning).toMatch(
      /^the preview read this 5 s after now: the clock was turned back, so it was read again; /,
    );
  });

  it('is of one question only', async () => {
    await run(true, { kind: 'demand', stack: 'dev' });
    expect((await run(false, { kind: 'demand', stack: 'prod' })).value).toEqual({ reads: 2 });
  });

  it('is kept where nobody else may read, under a name that tells nothing', async () => {
    await run(true, { url: 'http://planted.example' });
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^[0-9a-f]{64}\.json$/);
    expect(statSync(join(folder, name)).mode & 0o77).toBe(0);
  });

  it('is none when it is broken or switched off, or when it cannot be written', async () => {
    await run(true);
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, name), '{"half');
    expect((await run(false)).value).toEqual({ reads: 2 });
    await run(true, {}, 0);
    expect((await run(false, {}, 0)).value).toEqual({ reads: 4 });
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    expect((await run(true)).value).toEqual({ reads: 5 });
  });

  it('lives as long as the environment says, where the environment says', () => {
    expect(lifetimeIn({})).toBe(600);
    expect(lifetimeIn({ LITTORAL_SNAPSHOT_SECONDS: '0' })).toBe(0);
    expect(lifetimeIn({ LITTORAL_SNAPSHOT_SECONDS: 'soon' })).toBe(600);
    expect(snapshotFolder({ XDG_CACHE_HOME: '/cache' }, '/program')).toBe(
      join('/cache', 'littoral', 'pulumi'),
    );
    expect(snapshotFolder({ LITTORAL_SNAPSHOTS: 'kept' }, '/program')).toBe('/program/kept');
    expect(lifetimeIn({ LITTORAL_SNAPSHOTS: 'kept' })).toBe(86_400);
    expect(lifetimeIn({ LITTORAL_SNAPSHOTS: 'kept', LITTORAL_SNAPSHOT_SECONDS: '60' })).toBe(60);
  });
});
