/** The data sources `demand` and `fleet`: one way to say where from, every mistake at its key, nothing invented when metrics fail. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { demand } from '../../providers/resources/demand';
import { fleet } from '../../providers/resources/fleet';

const folder = join(__dirname, '../../examples/quickstart');
const world = { now: '2026-11-21T06:00:00Z', folder, environment: {} };
const mistakes = (step: () => unknown) => {
  try {
    step();
  } catch (thrown) {
    return edgeErrorsOf(thrown)?.map(({ path, summary }) => `${path}: ${summary}`) ?? [];
  }
  return [];
};

describe('the data source demand', () => {
  it('reads a recorded answer and says which time it is of', async () => {
    const prometheus = { query: 'q', answer: 'prometheus.json' };
    const value = await demand.read(demand.parse({ prometheus }), world);
    expect(value.demand?.origins.length).toBeGreaterThan(10);
    expect(value.window?.until).toBe(value.demand?.observedAt);
  });

  it('reads a document', async () => {
    const file = '../compliance/demand.yaml';
    expect(
      (await demand.read(demand.parse({ file }), world)).demand?.origins.length,
    ).toBeGreaterThan(0);
  });

  it('wants exactly one of prometheus and file', () => {
    expect(mistakes(() => demand.parse({}))).toEqual([
      ': got neither prometheus nor file, expected one of them',
    ]);
    const both = { prometheus: { answer: 'a.json' }, file: 'd.yaml' };
    expect(mistakes(() => demand.parse(both))).toEqual([
      'file: got both prometheus and file, expected one of them',
    ]);
  });

  it('names the key below prometheus that is wrong', () => {
    const prometheus = { url: 'ftp://metrics', query: 'q' };
    expect(mistakes(() => demand.parse({ prometheus }))[0]).toMatch(/^prometheus\.url: /);
  });

  it('gives no demand and a warning when the server fails, or the error when that is not allowed', async () => {
    const server = createServer((_, response) => response.writeHead(503).end('busy'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const prometheus = { url: `http://127.0.0.1:${port}`, query: 'q', retries: 0 };
    try {
      const value = await demand.read(demand.parse({ prometheus }), world);
      expect(value.demand).toBeUndefined();
      expect(value.warnings).toEqual([
        expect.stringMatching(/503.*; there is no demand to place by$/),
      ]);
      const strict = demand.parse({ prometheus, allowMissing: false });
      await expect(demand.read(strict, world)).rejects.toThrow('503');
    } finally {
      server.close();
    }
  });

  it('never takes a mistake of the user for failing metrics', async () => {
    const prometheus = { url: 'http://127.0.0.1:9', query: 'q', bearerTokenEnv: 'NOT_SET' };
    await expect(demand.read(demand.parse({ prometheus }), world)).rejects.toThrow('NOT_SET');
  });
});

describe('the data source fleet', () => {
  it('reads a document', async () => {
    const { fleet: read } = await fleet.read(fleet.parse({ file: 'fleet.yaml' }), world);
    expect(read.clusters.length).toBeGreaterThan(10);
  });

  it('wants exactly one of file and kubeconfig, and nothing of discovery beside a file', () => {
    expect(mistakes(() => fleet.parse({}))).toEqual([
      ': got neither file nor kubeconfig, expected one of them',
    ]);
    expect(mistakes(() => fleet.parse({ file: 'f.yaml', overlay: 'o.yaml' }))).toEqual([
      'overlay: got overlay and also file, expected it only with kubeconfig',
    ]);
  });

  it('says which file is missing and what lies beside it', async () => {
    await expect(fleet.read(fleet.parse({ file: 'flet.yaml' }), world)).rejects.toThrow(
      /flet\.yaml does not exist\n {2}Write fleet\.yaml/,
    );
  });
});
