/** The cdktf example: the program behind cdktf.json runs from the root with nothing given, and follows what it is given. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEdgeApp } from '../../constructs/placement-api';
import { shop } from '../../examples/quickstart/shop';
import { started } from '../command';

const root = join(__dirname, '../..');
const program = 'examples/cdktf/main.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-cdktf-'));
  cpSync(join(root, 'examples/quickstart'), join(folder, 'examples/quickstart'), {
    recursive: true,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Terraform would read, after the program ran in a folder of its own with these settings. */
async function synthesized(settings: NodeJS.ProcessEnv) {
  const before = { ...process.env };
  Object.assign(process.env, settings);
  try {
    expect(await started(program, folder)).toMatchObject({ stdout: '', exitCode: 0 });
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
  }
  return JSON.parse(readFileSync(join(folder, 'cdktf.out/stacks/edge/cdk.tf.json'), 'utf8'));
}

describe('the program behind cdktf.json', () => {
  it('is the one that is built from this example', () => {
    const { app } = JSON.parse(readFileSync(join(root, 'cdktf.json'), 'utf8'));
    expect(app).toBe(`node dist/${program}`);
  });

  it('synthesizes the quickstart by its recorded metrics when nothing is given', async () => {
    const { data, resource } = await synthesized({});
    expect(data.littoral_fleet.fleet.file).toBe('examples/quickstart/fleet.yaml');
    expect(data.littoral_demand.placement_shop.prometheus).toEqual({
      query: shop.demand.prometheus.query,
      answer: 'examples/quickstart/prometheus.json',
    });
    const [document] = resource.littoral_placement.placement.documents;
    const { workload, policy } = parseEdgeApp(document);
    const written = parseEdgeApp(shop);
    expect({ workload, policy }).toEqual({ workload: written.workload, policy: written.policy });
    expect(Object.keys(resource)).toEqual(['littoral_placement', 'littoral_release']);
  }, 60_000);

  it('asks the Prometheus and the fleet that it is given', async () => {
    const { data } = await synthesized({
      LITTORAL_FLEET: 'examples/quickstart/fleet.yaml',
      LITTORAL_PROMETHEUS: 'http://127.0.0.1:9090',
    });
    expect(data.littoral_demand.placement_shop.prometheus).toMatchObject({
      url: 'http://127.0.0.1:9090',
      mode: 'instant',
    });
  }, 60_000);
});
