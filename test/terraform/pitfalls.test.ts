/** The traps of Terraform's plugin protocol, one test for each, against the fixture provider as a real process. */
import { existsSync } from 'node:fs';
import { constants, connect as dial } from 'node:http2';
import { dirname } from 'node:path';
import { ExtData, encode } from '@msgpack/msgpack';
import { newIdentity } from '../../providers/terraform/protocol/certificate';
import { listen } from '../../providers/terraform/protocol/handshake';
import { attributes } from './fixture';
import {
  builtFixture,
  type Connection,
  connect,
  invitation,
  nil,
  type Started,
  said,
  start,
  thing,
  told,
} from './starting';

let fixture: Awaited<ReturnType<typeof builtFixture>>;
let plugin: Started;
let provider: Connection;

beforeAll(async () => {
  fixture = await builtFixture();
  plugin = await start(fixture.file, { ...invitation, TF_LOG: 'trace' });
  provider = connect(plugin.line);
}, 30_000);

afterAll(async () => {
  await provider.shutdown();
  provider.close();
  expect(await plugin.exit).toBe(0);
  fixture.remove();
});

const resource = { type_name: 'fixture_thing' };
const unknownRaw = new ExtData(0, new Uint8Array([0]));
/** An unknown that says it is not null: refinements are a map in extension 12. */
const refinedRaw = new ExtData(12, encode({ 1: false }));
/** What Terraform proposes when the configuration says `fields`: computed attributes are unknown. */
const proposed = (fields: Readonly<Record<string, unknown>>) =>
  thing({ id: unknownRaw, clusters: unknownRaw, summary: unknownRaw, ...fields });
const plan = (fields: Readonly<Record<string, unknown>>, prior: object = nil) =>
  provider.call('PlanResourceChange', {
    ...resource,
    prior_state: prior,
    proposed_new_state: proposed(fields),
    config: thing(fields),
  });
const planned = async (fields: Readonly<Record<string, unknown>>) =>
  said((await plan(fields)).planned_state) ?? {};
const socketOf = (line: string) => line.split('|')[3] ?? '';

/** Starts a plugin of its own for a test that ends it. */
async function withPlugin(work: (own: Started, connection: Connection) => Promise<void>) {
  const own = await start(fixture.file);
  const connection = connect(own.line);
  try {
    await work(own, connection);
  } finally {
    connection.close();
    own.child.kill('SIGKILL');
  }
}

describe('pitfall', () => {
  it('1: what a library prints goes to the log, and stdout has one line', async () => {
    await provider.call('GetProviderSchema');
    expect(plugin.said.stdout).toMatch(/^1\|6\|unix\|[^|\n]+\|grpc\|[^|\n]+\n$/);
    await told(plugin, '"@message":"loaded the fixture"');
  });

  it('2: the certificate of the handshake has no padding', async () => {
    const lengths: number[] = [];
    // Certificates differ by some bytes, and two of three lengths need padding.
    while (lengths.every((length) => length % 3 === 0) || lengths.length < 4) {
      const clientCertificate = newIdentity(Date.now()).certificate;
      const asked = { clientCertificate, socketFolder: undefined, ports: [0, 0] } as const;
      const { close, line, tidy } = await listen(asked, Date.now());
      close();
      tidy();
      const encoded = line.trimEnd().split('|')[5] ?? '';
      expect(encoded).toMatch(/^[A-Za-z0-9+/]+$/);
      lengths.push(Buffer.from(encoded, 'base64').length);
    }
  });

  it('3: Shutdown ends the process at once and removes the socket', () =>
    withPlugin(async (own, connection) => {
      expect(existsSync(socketOf(own.line))).toBe(true);
      await connection.shutdown();
      expect(await own.exit).toBe(0);
      expect(existsSync(dirname(socketOf(own.line)))).toBe(false);
    }));

  it('4: Ctrl-C, which reaches the whole group, ends nothing', () =>
    withPlugin(async (own, connection) => {
      await connection.health();
      own.child.kill('SIGINT');
      expect(await connection.call('GetMetadata')).toMatchObject({
        resources: [{ type_name: 'fixture_thing' }],
      });
    }));

  it('5: the same request is planned the same, byte for byte', async () => {
    const fields = { name: 'a', zones: ['b', 'a'], amount: '0.1', tags: { y: 'é', x: '1' } };
    expect(await plan(fields)).toEqual(await plan(fields));
  });

  it('6: reading again what was read changes nothing', async () => {
    const state = thing({ name: 'a', id: 'x', amount: '0.30000000000000004', clusters: [] });
    const first = await provider.call('ReadResource', { ...resource, current_state: state });
    const again = { ...resource, current_state: first.new_state };
    expect(await provider.call('ReadResource', again)).toEqual(first);
    expect(Buffer.from(state.msgpack).equals((first.new_state as typeof state).msgpack)).toBe(true);
  });

  it('7: unknowns come and go at any depth, and keep what they say about themselves', async () => {
    const rules = [{ match: unknownRaw, limits: { cpu: { least: refinedRaw, most: 1 } } }];
    const fields = { name: refinedRaw, names: ['a', unknownRaw], rules, zones: unknownRaw };
    expect(await planned(fields)).toMatchObject({ ...fields, clusters: unknownRaw });
  });

  it('8: an answer has every attribute, null where there is nothing', async () => {
    const keys = Object.keys(await planned({ name: 'a' })).sort();
    expect(keys).toEqual(attributes.map(({ name }) => name).sort());
  });

  it('9: big numbers come as strings and go back as they came', async () => {
    const point = { x: '123456789012345678901234567890', y: '0.1' };
    const rules = [{ match: 'm', limits: { a: { least: 9007199254740993n, most: 0.5 } } }];
    const fields = { name: 'a', amount: '0.333333333333333333333333', point, rules };
    expect(await planned(fields)).toMatchObject(fields);
  });

  it('10: nothing proposed is a plan to delete, which keeps the private bytes', async () => {
    const answer = await provider.call('PlanResourceChange', {
      ...resource,
      prior_state: thing({ name: 'a', id: 'x' }),
      proposed_new_state: nil,
      config: nil,
      prior_private: Buffer.from('{"kept":1}'),
    });
    expect(said(answer.planned_state)).toBeNull();
    expect(String(answer.planned_private)).toBe('{"kept":1}');
    expect(answer.diagnostics ?? []).toEqual([]);
  });

  it('11: stored JSON becomes msgpack, in the shape of today', async () => {
    const upgrade = async (version: number, state: object) =>
      said(
        (
          await provider.call('UpgradeResourceState', {
            ...resource,
            version,
            raw_state: { json: Buffer.from(JSON.stringify(state)) },
          })
        ).upgraded_state,
      );
    const anything = { value: ['a', 1], type: ['tuple', ['string', 'number']] };
    const stored = { name: 'a', amount: 0.1, anything, tags: { x: 'y' }, forgotten: true };
    const now = (await upgrade(2, stored)) ?? {};
    expect(now).toMatchObject({ name: 'a', amount: '0.1', tags: { x: 'y' }, enabled: null });
    expect(now).not.toHaveProperty('forgotten');
    expect((now.anything as readonly unknown[])[1]).toEqual(['a', 1]);
    expect(await upgrade(1, { title: 'old' })).toMatchObject({
      name: 'old',
      id: 'upgraded-from-1',
    });
  });

  it('11: numbers in stored JSON keep digits that no double holds', async () => {
    const json = Buffer.from('{"name":"12345678901234567890","amount":12345678901234567891}');
    const stored = { ...resource, version: 2, raw_state: { json } };
    const { upgraded_state } = await provider.call('UpgradeResourceState', stored);
    expect(said(upgraded_state)).toMatchObject({
      name: '12345678901234567890',
      amount: '12345678901234567891',
    });
  });

  it('12: strings and keys leave in NFC', async () => {
    const decomposed = 'e\u0301';
    const answer = await planned({ name: decomposed, tags: { [decomposed]: decomposed } });
    expect(answer).toMatchObject({ name: '\u00e9', tags: { '\u00e9': '\u00e9' } });
  });

  it('13: a message may come in many DATA frames', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `name-${index}`);
    expect((await planned({ name: 'a', names })).names).toHaveLength(names.length);
  });

  it('13: a compressed message is refused in words', async () => {
    const [status, message] = await rawCall('/tfplugin6.Provider/GetMetadata', [1, 0, 0, 0, 0]);
    expect([status, message]).toEqual(['12', 'the request is compressed']);
  });

  it('14: a call that is not served says so, and the connection lives on', async () => {
    await expect(provider.call('OpenEphemeralResource')).rejects.toThrow('UNIMPLEMENTED');
    expect(await provider.health()).toEqual({ bytes: [8, 1] });
  });

  it('14: a mistake of the user is a diagnostic with a path and a remedy, not a failed call', async () => {
    const config = thing({ name: 'a', fail: 'validate' });
    const answer = await provider.call('ValidateResourceConfig', { ...resource, config });
    expect(answer.diagnostics).toEqual([
      {
        severity: 1,
        summary: 'Told to fail',
        detail: 'At rules[0].limits["cpu"].least. Do not tell it to.',
        attribute: { steps: [{ attribute_name: 'rules' }] },
      },
    ]);
  });

  it('15: a crash is a diagnostic, its stack is in the log, and the process lives on', async () => {
    const { diagnostics } = await plan({ name: 'a', fail: 'crash' });
    const [first] = diagnostics as readonly { summary: string; detail: string }[];
    expect(first?.summary).toBe('The littoral provider has a defect');
    expect(first?.detail).not.toMatch(/not a function|\n {4}at /);
    expect((await planned({ name: 'b' })).name).toBe('b');
    await told(plugin, 'defect in PlanResourceChange fixture_thing');
    expect(plugin.said.stderr).toContain('TypeError: undefined is not a function');
  });

  it('17: two processes, which share nothing, plan the same', () =>
    withPlugin(async (_own, other) => {
      const fields = { name: 'a', zones: ['q'] };
      const request = {
        ...resource,
        prior_state: nil,
        proposed_new_state: proposed(fields),
        config: thing(fields),
      };
      expect(await other.call('PlanResourceChange', request)).toEqual(await plan(fields));
    }));

  it('19: neither the environment nor a sensitive value is ever logged', async () => {
    const own = await start(fixture.file, {
      ...invitation,
      TF_LOG: 'trace',
      SECRET: 'psst-environment',
    });
    const connection = connect(own.line);
    const config = thing({ name: 'a', token: 'psst-token', fail: 'crash' });
    await connection.call('PlanResourceChange', {
      ...resource,
      proposed_new_state: config,
      config,
    });
    await connection.shutdown();
    connection.close();
    await own.exit;
    expect(own.said.stderr).toContain('answered PlanResourceChange');
    expect(own.said.stderr).not.toMatch(/psst/);
  });

  it('20: nobody reading stdout or stderr any more ends nothing', () =>
    withPlugin(async (own, connection) => {
      own.child.stdout?.destroy();
      own.child.stderr?.destroy();
      const config = thing({ name: 'a', fail: 'crash' });
      const request = { ...resource, proposed_new_state: config, config };
      for (let call = 0; call < 3; call += 1) await connection.call('PlanResourceChange', request);
      expect(await connection.health()).toEqual({ bytes: [8, 1] });
    }));

  it('21: nine calls that hang do not hold up the tenth, and StopProvider ends them half done', async () => {
    const apply = (fields: object) => {
      const planned_state = thing({ name: 'a', ...fields });
      const request = { ...resource, prior_state: nil, planned_state, config: planned_state };
      return provider.call('ApplyResourceChange', request);
    };
    const hanging = Array.from({ length: 9 }, () => apply({ fail: 'hang' }));
    expect(said((await apply({})).new_state)).toMatchObject({ id: 'thing-a' });
    await provider.call('StopProvider');
    for (const { new_state, diagnostics } of await Promise.all(hanging)) {
      expect(said(new_state)).toMatchObject({ id: 'thing-a', summary: 'half' });
      expect(diagnostics).toMatchObject([{ summary: 'Stopped half way' }]);
    }
  });
});

/** One call with these bytes, by node:http2: its grpc-status and grpc-message. */
async function rawCall(path: string, body: readonly number[]): Promise<readonly unknown[]> {
  const own = await start(fixture.file, { ...invitation, PLUGIN_CLIENT_CERT: undefined });
  const session = dial('http://localhost', {
    createConnection: () => require('node:net').connect(socketOf(own.line)),
  });
  const headers = { [constants.HTTP2_HEADER_METHOD]: 'POST', ':path': path };
  const stream = session.request({ ...headers, 'content-type': 'application/grpc' });
  stream.end(Buffer.from(body));
  const answer = await new Promise<Record<string, unknown>>((resolve) =>
    stream.on('response', resolve),
  );
  session.destroy();
  own.child.kill('SIGKILL');
  return [answer['grpc-status'], decodeURIComponent(String(answer['grpc-message']))];
}
