/** The adapter to the official Kubernetes client, in a process of its own: the client is an ES module, which this test runner cannot load. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';
import { makeCertificates } from '../testbed/certificates';

const root = join(__dirname, '../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-context-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs connectContext in a child, asks for one path, and gives what it printed. */
async function ask(context: string, path: string): Promise<unknown> {
  const source = readFileSync(join(root, 'providers/sources/kube-context.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    fileName: 'kube-context.ts',
    compilerOptions: { module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022 },
  });
  const script = `${outputText}
    (async () => {
      const [kubeconfig, context, path] = process.argv.slice(1);
      try {
        const server = await exports.connectContext({ kubeconfig, context });
        console.log(JSON.stringify(await server.get(path, AbortSignal.timeout(5000))));
        server.close();
      } catch (error) {
        console.log(JSON.stringify({ code: error.code ?? error.message }));
      }
    })();`;
  const kubeconfig = join(folder, 'kubeconfig');
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    ['--input-type=commonjs', '-e', script, kubeconfig, context, path],
    { cwd: root, timeout: 20_000 },
  );
  return JSON.parse(stdout);
}

it('reads by the certificate, the token and the authority of a context', async () => {
  const pem = makeCertificates(folder);
  const secure = createServer(
    {
      ca: readFileSync(pem.ca),
      cert: readFileSync(pem.serverCert),
      key: readFileSync(pem.serverKey),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => response.end(`${request.url} ${request.headers.authorization}`),
  );
  const plain = createPlainServer((request, response) => {
    response.statusCode = 503;
    response.end(request.url);
  });
  const listen = (server: typeof plain | typeof secure) =>
    new Promise<number>((ready) => {
      server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
    });
  const [securePort, plainPort] = [await listen(secure), await listen(plain)];
  const cluster = (name: string, server: string, more = '') =>
    `- {name: ${name}, cluster: {server: "${server}"${more}}}`;
  const text = `apiVersion: v1
kind: Config
clusters:
${cluster('secure', `https://127.0.0.1:${securePort}`, `, certificate-authority: ${pem.ca}`)}
${cluster('untrusted', `https://127.0.0.1:${securePort}`)}
${cluster('plain', `http://127.0.0.1:${plainPort}/base/`)}
users:
- {name: token, user: {token: t0ken, client-certificate: ${pem.clientCert}, client-key: ${pem.clientKey}}}
contexts:
- {name: secure, context: {cluster: secure, user: token}}
- {name: untrusted, context: {cluster: untrusted, user: token}}
- {name: plain, context: {cluster: plain, user: token}}
`;
  writeFileSync(join(folder, 'kubeconfig'), text);
  try {
    const [trusted, untrusted, open] = await Promise.all([
      ask('secure', '/readyz?verbose'),
      ask('untrusted', '/readyz'),
      ask('plain', '/readyz'),
    ]);
    expect(trusted).toEqual({ status: 200, text: '/readyz?verbose Bearer t0ken' });
    expect(untrusted).toEqual({ code: expect.stringMatching(/VERIFY|SELF_SIGNED|CERT/) });
    expect(open).toEqual({ status: 503, text: '/base/readyz' });
  } finally {
    secure.close();
    plain.close();
  }
}, 30_000);
