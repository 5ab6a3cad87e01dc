/** A real admission webhook in front of a real API server: what a denied or unanswered apply tells its user. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { ClusterError } from '../../providers/clusters/errors';
import { whyNoClusters } from '../testbed/binaries';
import { makeCertificates } from '../testbed/certificates';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import { configMap, namespaceOf } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`an admission webhook${missing === undefined ? '' : `: ${missing}`}`, () => {
  let folder: string;
  let server: Server;
  let testbed: Testbed;
  let client: ClusterClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-webhook-'));
    const { ca, serverCert, serverKey } = makeCertificates(folder);
    const pem = { cert: readFileSync(serverCert), key: readFileSync(serverKey) };
    server = createServer(pem, (request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const { uid } = JSON.parse(body).request;
        const status = { code: 403, message: 'images must come from registry.example' };
        const review = { uid, allowed: false, status };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: review,
          }),
        );
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    testbed = await startClusters(['fra'], { apiOnly: true });
    const cluster = testbed.cluster('fra');
    const access = { kubeconfig: 'kubeconfig', context: 'fra' };
    client = await openCluster({ name: 'fra', access }, { folder: dirname(cluster.kubeconfig) });
    await client.apply(namespaceOf('shop'));
    const { port } = server.address() as AddressInfo;
    await cluster.ask(
      'POST',
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      configuration(`https://127.0.0.1:${port}/`, readFileSync(ca).toString('base64')),
    );
  });

  afterAll(async () => {
    await client?.close();
    await testbed?.stop();
    await new Promise((done) => server?.close(done));
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = async (): Promise<ClusterError | undefined> => {
    const error = await client.apply(configMap('shop', 'settings', { at: '1' })).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof ClusterError ? error : undefined;
  };

  it('that denies is named, with its own words and one remedy', async () => {
    // The API server takes a moment to learn of a new webhook.
    await until(async () => (await refusal()) !== undefined);
    const error = await refusal();
    expect(error?.summary).toContain('images.policy.example');
    expect(error?.summary).toContain('images must come from registry.example');
    expect(error?.message).toContain('fra');
    expect(error?.remedy).not.toBe('');
    expect(error?.message).not.toMatch(/\n\s+at /);
  });

  it('that does not answer is told apart from one that denies', async () => {
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    const error = await refusal();
    expect(error?.summary).toContain('images.policy.example');
    expect(error?.summary).toContain('does not answer');
  });
});

function configuration(url: string, caBundle: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'images' },
    webhooks: [
      {
        name: 'images.policy.example',
        clientConfig: { url, caBundle },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
        ],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 2,
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
      },
    ],
  };
}
