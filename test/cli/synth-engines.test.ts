/** `synth --for ENGINE`: what a repository gets for an engine, told with what comes next. */
import { readFileSync } from 'node:fs';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from './calling';

const files = Object.fromEntries(starter.map(([name, text]) => [name, text]));
const delivery = `apiVersion: littoral.dev/v1alpha1
kind: Delivery
engine: flux
source: {kind: GitRepository, url: "https://git.example/edge.git"}
`;
const line = 'synth -o out --app app.yaml --fleet fleet.yaml';

describe('synth --for', () => {
  it('writes the objects of the hub, the content they lead to, and what the engine does not promise', async () => {
    const { folder, call } = caller({ ...files, 'delivery.yaml': delivery });
    const { code, out, err } = await call(`${line} --for flux --delivery delivery.yaml`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^out\/\n/);
    expect(out).toMatch(/What flux does not promise, and a release of littoral does:\n {2}When/);
    const [, cluster = ''] = /^ *(\w{3}) +\d+ files/m.exec(out) ?? [];
    const hub = readFileSync(
      `${folder}/out/hub/${cluster}/70-kustomization-shop.${cluster}.yaml`,
      'utf8',
    );
    expect(hub).toMatch(`path: "./apps/shop/${cluster}"`);
    const deployment = `${folder}/out/apps/shop/${cluster}/40-deployment-shop.yaml`;
    expect(readFileSync(deployment, 'utf8')).toMatch('image: registry.example/shop:1.4.2');
  });

  it('keeps a cluster that left, says what comes next, and takes it away in two more steps', async () => {
    const { call, write } = caller({ ...files, 'delivery.yaml': delivery });
    const engine = '--delivery delivery.yaml';
    await call(`${line} ${engine}`);
    write('app.yaml', (files['app.yaml'] ?? '').replace('maxClusters: 5', 'maxClusters: 2'));
    const kept = await call(`${line} ${engine}`);
    expect(kept.out).toMatch(
      /\n(\w{3}): shop leaves, and keeps what it has; once the others are ready, run again with --leaving delete\n/,
    );
    const taken = await call(`${line} ${engine} --leaving delete`);
    expect(taken.out).toMatch(/then run again with --leaving gone/);
    const gone = await call(`${line} ${engine} --leaving gone`);
    expect(gone.out).toMatch(/removed/);
    expect((await call(`${line} ${engine}`)).out).not.toMatch('leaves');
  });

  it.each([
    ['--for flux', /nothing says where the content will lie.*\n?.*--delivery/],
    ['--for fluxx', /fluxx/],
    ['--for ocm --delivery delivery.yaml', /has the settings of flux/],
    ['--delivery nowhere.yaml', /nowhere.yaml/],
  ])('refuses %s with one remedy', async (flags, message) => {
    const { call } = caller({ ...files, 'delivery.yaml': delivery });
    const { code, err } = await call(`${line} ${flags}`);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('tells a mistake in the settings by file and line', async () => {
    const { call } = caller({ ...files, 'delivery.yaml': `${delivery}intervalSeconds: 5\n` });
    const { code, err } = await call(`${line} --delivery delivery.yaml`);
    expect({ code, isTold: /delivery\.yaml:5/.test(err) }).toEqual({ code: 2, isTold: true });
  });
});
