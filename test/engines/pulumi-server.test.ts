/** A release over gRPC through Pulumi's own server of dynamic providers, on real clusters: its whole life, as the engine asks. */
import { type DynamicServer, InitFailed, startDynamicServer } from '../pulumi/dynamic-server';
import { type ProgramFolder, programFolder } from '../pulumi/program-folder';
import { decisionFor } from '../resources/fixtures';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { brokenImage } from '../testbed/stages';
import { configMap, deployment, namespaceOf, releaseOn, secretOf } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`a release over gRPC${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let folder: ProgramFolder;
  let server: DynamicServer;
  beforeAll(async () => {
    testbed = await startClusters(['fra', 'iad']);
    folder = programFolder();
    server = await startDynamicServer(folder.path, 'release');
  });
  afterAll(async () => {
    await server?.stop();
    folder?.remove();
    await testbed?.stop();
  });

  /** Inputs as a program hands them over. */
  const inputs = (chosen: readonly string[], color: string, image = 'shop:1', text = 'planted') => {
    const manifests = [
      namespaceOf('wire'),
      configMap('wire', 'settings', { color }),
      secretOf('wire', text),
      deployment('wire', image),
    ];
    const { bundle } = releaseOn(testbed, 'wire', chosen, manifests);
    return {
      name: 'wire',
      bundle: JSON.stringify(bundle),
      decision: JSON.stringify(decisionFor(chosen)),
      fleet: JSON.stringify(testbed.fleetDocument()),
      rollout: { deadlineSeconds: 20, answerSeconds: 15 },
    };
  };
  const get = async (cluster: string, path: string) =>
    (await testbed.cluster(cluster).ask('GET', path)) as {
      readonly status: number;
      readonly body: { readonly data?: Readonly<Record<string, string>> };
    };
  const settings = '/api/v1/namespaces/wire/configmaps/settings';

  it('is checked, created, compared, read, changed, drifted, put right and removed', async () => {
    const first = await server.check({}, inputs(['fra', 'iad'], 'blue'));
    expect(first.failures).toEqual([]);
    expect(first.inputs.plan).toEqual({ fra: 'install 4 objects', iad: 'install 4 objects' });
    const made = await server.create(first.inputs);
    expect(made.id).toBe('wire/wire');
    expect(made.outs.clusters).toEqual({ fra: 'ready, 4 objects', iad: 'ready, 4 objects' });
    expect((await get('iad', settings)).body.data).toEqual({ color: 'blue' });

    const same = await server.check(first.inputs, inputs(['fra', 'iad'], 'blue'));
    expect(same.inputs).toEqual(first.inputs);
    expect(await server.diff(made.id, made.outs, same.inputs)).toEqual({
      changes: 'none',
      replaces: [],
    });
    expect(await server.read(made.id, made.outs)).toEqual(made);

    const red = await server.check(first.inputs, inputs(['fra'], 'red'));
    expect(red.inputs.changes).toContain(
      'iad: - 4 objects: Deployment, Secret, ConfigMap, Namespace',
    );
    expect((await server.diff(made.id, made.outs, red.inputs)).changes).toBe('some');
    const outs = await server.update(made.id, made.outs, red.inputs);
    expect(outs.clusters).toEqual({ fra: 'ready, 4 objects' });
    expect((await get('fra', settings)).body.data).toEqual({ color: 'red' });
    expect((await get('iad', '/api/v1/namespaces/wire')).status).toBe(404);

    await testbed.cluster('fra').ask('DELETE', settings);
    const seen = await server.read(made.id, outs);
    expect(seen.outs.clusters).toEqual({ fra: 'ready, 4 objects, 1 changed by others' });
    const drift = await server.check(seen.inputs ?? {}, inputs(['fra'], 'red'));
    expect(drift.inputs.changes).toEqual(['fra: + ConfigMap wire/settings, deleted by others']);
    const right = await server.update(made.id, seen.outs, drift.inputs);
    expect((await get('fra', settings)).body.data).toEqual({ color: 'red' });

    await server.delete(made.id, right);
    expect((await get('fra', '/api/v1/namespaces/wire')).status).toBe(404);
    expect(server.said()).toBe('');
  });

  it('is kept half made with the reason, goes on from there, and never tells a secret', async () => {
    const bad = await server.check({}, inputs(['fra'], 'blue', brokenImage, 'planted-secret'));
    const failed = await server.create(bad.inputs).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(failed instanceof InitFailed)) throw new Error(`expected InitFailed, got ${failed}`);
    expect(failed.reasons).toEqual([expect.stringMatching(/^fra: failed: .*ImagePullBackOff/)]);
    const { bundle: _, ...open } = failed.kept.outs;
    for (const text of ['planted-secret', Buffer.from('planted-secret').toString('base64')]) {
      expect(`${failed.message} ${JSON.stringify(open)} ${server.said()}`).not.toContain(text);
    }
    const good = await server.check(bad.inputs, inputs(['fra'], 'blue'));
    const outs = await server.update(failed.kept.id, failed.kept.outs, good.inputs);
    expect(outs.clusters).toEqual({ fra: 'ready, 4 objects' });
    await server.delete(failed.kept.id, outs);
    expect((await get('fra', '/api/v1/namespaces/wire')).status).toBe(404);
  });

  it('says what cannot be imported in a sentence', async () => {
    await expect(server.read('wire', {})).rejects.toThrow(/expected release\/namespace@kubeconfig/);
    expect(server.said()).not.toMatch(/\n\s+at /);
  });
});
