/** One context of a kubeconfig: read once for a whole fleet, and again when the file has changed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { readContext } from '../../../providers/clusters/auth/kubeconfig';

/** A kubeconfig of these contexts, each with its server. */
const kubeconfig = (servers: Readonly<Record<string, string>>): string => {
  const names = Object.keys(servers);
  return JSON.stringify({
    clusters: names.map((name) => ({ name, cluster: { server: servers[name] } })),
    users: [],
    contexts: names.map((name) => ({ name, context: { cluster: name } })),
  });
};

describe('a kubeconfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-kubeconfig-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const serverOf = (name: string) =>
    readContext({ name, access: { kubeconfig: 'config', context: name } }, folder).cluster.server;

  it('gives every cluster of a fleet its own context', () => {
    const servers = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`c${i}`, `https://c${i}.example`]),
    );
    writeFileSync(join(folder, 'config'), kubeconfig(servers));
    for (const [name, server] of Object.entries(servers)) expect(serverOf(name)).toBe(server);
  });

  it('is read again after it was written again', () => {
    writeFileSync(join(folder, 'config'), kubeconfig({ fra: 'https://old.example' }));
    expect(serverOf('fra')).toBe('https://old.example');
    writeFileSync(join(folder, 'config'), kubeconfig({ fra: 'https://new.example' }));
    expect(serverOf('fra')).toBe('https://new.example');
  });

  it('whose content stands where its path should is not repeated', () => {
    const text = 'apiVersion: v1\nusers: [{name: me, user: {token: planted-token}}]\n';
    for (const content of [text, JSON.stringify({ users: [{ token: 'planted-token' }] })]) {
      const access = { kubeconfig: content, context: 'fra' };
      let told: unknown;
      try {
        readContext({ name: 'fra', access }, folder);
      } catch (thrown) {
        told = thrown;
      }
      expect(String(told)).toContain('the content of a file (not shown), not its path');
      expect(inspect(told)).not.toContain('planted-token');
      const fleet = { clusters: [{ name: 'fra', latitude: 50, longitude: 8, access }] };
      expect(() => parseFleet(fleet)).toThrow(
        'got a text (not shown), expected the path of a kubeconfig, not its content',
      );
    }
  });

  it('that vanished is not remembered', () => {
    writeFileSync(join(folder, 'config'), kubeconfig({ fra: 'https://old.example' }));
    serverOf('fra');
    rmSync(join(folder, 'config'));
    expect(() => serverOf('fra')).toThrow('does not exist');
  });
});
