/** Rotation with faults: whatever fails and wherever it stops, every cluster keeps a credential that counts, and no text has a token. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { type Rotation, rotate } from '../../providers/credentials/rotate';
import { slowRuns } from '../placement/runs';
import { type Fault, Killed, names, subject, type World, worldWith } from './world';

/** Made here, and the only folder that is removed afterwards. */
const folder = mkdtempSync(join(tmpdir(), 'littoral-rotation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rotateAll(world: World): Promise<readonly (Rotation | 'killed')[]> {
  const all: (Rotation | 'killed')[] = [];
  for (const name of names) {
    const cluster = { name, access: { context: name } };
    const done = await rotate(cluster, { seconds: 3600 }, world).catch((thrown: unknown) => {
      if (thrown instanceof Killed) return 'killed' as const;
      throw thrown;
    });
    all.push(done);
    if (done === 'killed') break;
  }
  return all;
}

describe('a rotation', () => {
  it('makes a new token, lets the context name it alone, and ends the old one', async () => {
    const world = worldWith(folder, []);
    const [fra] = await rotateAll(world);
    expect(fra).toEqual({
      cluster: 'fra',
      ending: 'rotated',
      subject,
      expiresAt: '2026-12-30T12:00:00Z',
      revoked: 'Secret tools/littoral-credential-littoral-first-fra',
    });
    const { users, contexts } = parse(readFileSync(world.file, 'utf8'));
    expect(users.map(({ name }: { readonly name: string }) => name)).toEqual(
      contexts.map(({ context }: { readonly context: { readonly user: string } }) => context.user),
    );
    expect(names.map((name) => world.works(name))).toEqual([true, true, true]);
    expect(names.map((name) => world.servers.get(name)?.size)).toEqual([1, 1, 1]);
    expect(statSync(world.file).mode & 0o777).toBe(0o600);
  });

  it('leaves a cluster that is down as it was, says so, and goes on', async () => {
    const world = worldWith(folder, [], new Set(['iad']));
    const before = world.contextOf({ name: 'iad' }).user.token;
    const all = await rotateAll(world);
    const endings = all.map((one) => one !== 'killed' && one.ending);
    expect(endings).toEqual(['rotated', 'unreachable', 'rotated']);
    expect(world.contextOf({ name: 'iad' }).user.token).toBe(before);
  });

  it('loses no cluster and tells no token, whatever fails and wherever it is killed', async () => {
    const fault = fc.constantFrom<Fault>(
      ...(['refused', 'lost answer', 'silent', 'killed before', 'killed after'] as const),
    );
    // A rotation of one cluster asks about ten times: most runs get far before the first fault.
    const places = fc.array(fc.tuple(fc.nat(28), fault), { minLength: 1, maxLength: 3 });
    const drawn = fc.record({
      faults: places.map((list) => {
        const at = new Map(list);
        return Array.from({ length: 29 }, (_, index): Fault => at.get(index) ?? 'none');
      }),
      down: fc.subarray(names, { maxLength: 1 }),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(drawn, async ({ faults, down }) => {
        const world = worldWith(folder, faults, new Set(down));
        const all = await rotateAll(world);
        for (const name of names) expect([name, world.works(name)]).toEqual([name, true]);
        expect(JSON.stringify(all)).not.toMatch(/eyJh|signature|unguessable/);
        for (const one of all) {
          if (one === 'killed') continue;
          seen.add(one.ending);
          // What is there beside the one in use was told, unless the answer about it was lost.
          const isAlone = world.servers.get(one.cluster)?.size === 1;
          const isTold = one.leftover !== undefined || faults.includes('lost answer');
          expect(isAlone || isTold).toBe(true);
        }
        expect(existsSync(`${world.file}.lock`)).toBe(false);
      }),
      { seed: 20261130, numRuns: slowRuns(200) },
    );
    expect([...seen].sort()).toEqual(['kept', 'rotated', 'unreachable']);
  });

  it('keeps whom a user acts as, comments and other users', async () => {
    const world = worldWith(folder, []);
    const text = readFileSync(world.file, 'utf8');
    const other = '# by hand\n  - name: other\n    user: {username: ana, password: planted}\n';
    const changed = text
      .replace('users:\n', `users:\n  ${other}`)
      .replace('user:\n      token', 'user:\n      as: deployer\n      token');
    expect(changed).toContain('as: deployer');
    writeFileSync(world.file, changed);
    const all = await rotateAll(world);
    expect(all.map((one) => one !== 'killed' && one.ending)).toEqual([
      'rotated',
      'rotated',
      'rotated',
    ]);
    const after = readFileSync(world.file, 'utf8');
    expect(after).toContain('# by hand');
    expect(after).toContain('planted');
    const users: readonly { readonly user: { readonly as?: string; readonly token?: string } }[] =
      parse(after).users;
    expect(users.find(({ user }) => user.as === 'deployer')?.user.token).toMatch(/^eyJh/);
  });

  it('does not touch what programs and hubs renew, and asks for an account where there is none', async () => {
    const world = worldWith(folder, []);
    const document = parse(readFileSync(world.file, 'utf8'));
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' };
    document.users[0].user = { exec };
    document.users[1].user = { username: 'ana', password: 'planted' };
    writeFileSync(world.file, stringify(document));
    const [fra, iad] = await rotateAll(world);
    const kept = (words: string) => ({ ending: 'kept', reason: expect.stringContaining(words) });
    expect(fra).toMatchObject(kept('its program makes'));
    expect(iad).toMatchObject(kept('name the ServiceAccount'));
    const hub = { name: 'sin', access: { secret: 'argocd/sin', context: 'sin' } };
    const account = { namespace: 'tools', name: 'littoral' };
    expect(await rotate(hub, { seconds: 600, account }, world)).toMatchObject(
      kept('rotate it there'),
    );
  });

  it('says who locks the file, and leaves everything as it was', async () => {
    const world = worldWith(folder, []);
    writeFileSync(`${world.file}.lock`, '');
    const before = readFileSync(world.file, 'utf8');
    const [fra] = await Promise.all([
      rotate({ name: 'fra', access: { context: 'fra' } }, { seconds: 600 }, world),
    ]);
    expect(fra).toMatchObject({ ending: 'kept', reason: expect.stringContaining('is locked by') });
    expect(readFileSync(world.file, 'utf8')).toBe(before);
    expect(world.servers.get('fra')?.size).toBe(1);
    rmSync(`${world.file}.lock`);
  }, 30_000);
});
