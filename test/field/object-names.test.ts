/** Names that Kubernetes takes are taken, others are refused before anything is sent, and every name fits into a file. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFiles, synth } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import { writeTree } from '../../providers/sources/files/write-tree';
import { mistakes } from '../kubernetes/apps';

const object = (apiVersion: string, kind: string, name: string): Manifest => ({
  apiVersion,
  kind,
  metadata: { name },
});
const synthesize = (one: Manifest) => synth({ name: 'web', manifests: [one] });
const [apps, batch, rbac] = ['apps/v1', 'batch/v1', 'rbac.authorization.k8s.io/v1'];
const letters = (count: number) => 'n'.repeat(count);

describe('a name', () => {
  it.each([
    ['v1', 'ConfigMap', letters(253)],
    ['v1', 'ConfigMap', '2nd.level-1.x'],
    ['v1', 'Secret', letters(250)],
    [apps, 'Deployment', letters(70)],
    [apps, 'Deployment', 'web.v2'],
    [apps, 'DaemonSet', letters(200)],
    [apps, 'StatefulSet', letters(52)],
    [batch, 'Job', letters(63)],
    [batch, 'CronJob', letters(52)],
    ['v1', 'Service', 'a1'],
    [rbac, 'ClusterRole', 'system:node-Proxier_x'],
    [rbac, 'Role', letters(300)],
    ['serving.knative.dev/v1', 'Service', letters(80)],
    ['example.com/v1', 'Job', letters(100)],
    ['networking.k8s.io/v1', 'IPAddress', '2001:db8::1'],
    ['apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io'],
  ])('of %s %s may be %s', (apiVersion, kind, name) => {
    expect(() => synthesize(object(apiVersion, kind, name))).not.toThrow();
  });

  it.each([
    ['v1', 'ConfigMap', letters(254)],
    ['v1', 'ConfigMap', 'Upper'],
    ['v1', 'ConfigMap', 'a..b'],
    ['v1', 'ConfigMap', 'a.-b'],
    ['v1', 'ConfigMap', 'a_b'],
    ['v1', 'ConfigMap', '-a'],
    ['v1', 'Service', '1a'],
    ['v1', 'Service', 'a.b'],
    ['v1', 'Service', letters(64)],
    ['v1', 'Namespace', 'a.b'],
    [apps, 'Deployment', letters(243)],
    [apps, 'StatefulSet', letters(53)],
    [batch, 'Job', letters(64)],
    [batch, 'CronJob', letters(53)],
    [rbac, 'Role', 'a/b'],
    [rbac, 'Role', '..'],
    ['example.com/v1', 'Thing', 'a:b'],
  ])('of %s %s may not be %s', (apiVersion, kind, name) => {
    expect(mistakes(() => synthesize(object(apiVersion, kind, name)))[0]).toMatch(
      /got a name.* expected at most \d+: /,
    );
  });
});

describe('the files of objects', () => {
  const roles = [
    ...['Reader', 'reader', 'READER', letters(250), `${letters(249)}x`],
    ...['a:b*c', 'ä'.repeat(100)],
  ].map((name) => object(rbac, 'ClusterRole', name));
  const files = clusterFiles('fra', [...roles, object('v1', 'Secret', letters(253))]);

  it('have names that differ in more than their case, and that every file system takes', () => {
    const names = Object.keys(files);
    expect(names).toHaveLength(8);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(8);
    for (const name of names) expect(Buffer.byteLength(name.split('/')[1]!)).toBeLessThan(144);
  });

  it('are written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'littoral-names-'));
    try {
      writeTree(folder, new Map(Object.entries(files)));
      expect(readdirSync(join(folder, 'fra'))).toHaveLength(8);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
