/** The bindings have the arguments and attributes of the provider's schema, all of them, and the room keeps its two doors to packages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type TerraformElement, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import {
  DataLittoralDemand,
  DataLittoralFleet,
  LittoralPlacement,
  LittoralProvider,
  LittoralRelease,
  LittoralRetirement,
  LittoralTraffic,
} from '../../constructs/terraform';
import { snakeCase } from '../../constructs/terraform/written';
import { littoral } from '../../providers/terraform/littoral';
import type { Schema } from '../../providers/terraform/protocol/provider';
import { enter, leave } from './stacks';

beforeAll(() => void enter());
afterAll(leave);

/** Every argument of every binding, with the schema it belongs to. */
const bindings: readonly (readonly [string, Schema, (scope: Construct) => TerraformElement])[] = [
  [
    'littoral',
    littoral.schema,
    (scope) =>
      new LittoralProvider(scope, 'x', {
        baseDirectory: '.',
        requestTimeoutSeconds: 1,
        powerdnsApiKey: 'k',
        clusters: { fra: { host: 'h' } },
        install: false,
      }),
  ],
  [
    'littoral_demand',
    littoral.dataSources.littoral_demand!.schema,
    (scope) =>
      new DataLittoralDemand(scope, 'x', {
        prometheus: { url: 'u' },
        file: 'f',
        allowMissing: true,
        stretchBelowRequestsPerSecond: 1,
      }),
  ],
  [
    'littoral_fleet',
    littoral.dataSources.littoral_fleet!.schema,
    (scope) =>
      new DataLittoralFleet(scope, 'x', {
        file: 'f',
        kubeconfig: 'k',
        contexts: ['c'],
        from: 'ocm',
        hub: 'h',
        namespace: 'n',
        forget: ['f'],
        overlay: 'o',
        previous: 'p',
        deadlineSeconds: 1,
      }),
  ],
  [
    'littoral_placement',
    littoral.resources.littoral_placement!.schema,
    (scope) =>
      new LittoralPlacement(scope, 'x', {
        fleet: 'f',
        documents: ['d'],
        demands: { a: 'd' },
        lock: 'l',
        now: 'n',
        allowUnsatisfied: true,
        allow: ['a'],
      }),
  ],
  [
    'littoral_release',
    littoral.resources.littoral_release!.schema,
    (scope) =>
      new LittoralRelease(scope, 'x', {
        decision: 'd',
        fleet: 'f',
        bundle: 'b',
        document: 'e',
        app: 'a',
        name: 'n',
        rollout: { soakSeconds: 1 },
      }),
  ],
  [
    'littoral_retirement',
    littoral.resources.littoral_retirement!.schema,
    (scope) =>
      new LittoralRetirement(scope, 'x', {
        release: 'r',
        leaving: ['l'],
        table: 't',
        nameservers: ['n'],
        geoip: 'g',
        answerSeconds: 1,
        readySeconds: 1,
        endpointCaFile: 'e',
      }),
  ],
  [
    'littoral_traffic',
    littoral.resources.littoral_traffic!.schema,
    (scope) =>
      new LittoralTraffic(scope, 'x', {
        table: 't',
        powerdns: { url: 'u', apiKeyFile: 'f' },
        owner: 'o',
        maxMovedShare: 1,
        allowOlder: true,
        takeOver: true,
        readySeconds: 1,
        prefixes: { DE: ['192.0.2.0/24'] },
        endpointCaFile: 'e',
      }),
  ],
];

/** The arguments that the element writes. */
function argumentsIn(build: (scope: Construct) => TerraformElement): readonly string[] {
  const stack = new TerraformStack(new App({ outdir: 'cdktf.out' }), 'edge');
  const { provider, data, resource } = (
    build(stack) as { toTerraform(): Record<string, object> } & TerraformElement
  ).toTerraform();
  const [of = {}] = Object.values(provider ?? data ?? resource ?? {});
  const [written = {}] = Object.values(of as object);
  return Object.keys(JSON.parse(JSON.stringify(written)))
    .filter((name) => name !== '//')
    .sort();
}

describe.each(bindings)('%s', (type, { attributes }, build) => {
  it('has every argument of the schema', () => {
    const wanted = attributes.filter(({ use }) => use !== 'computed').map(({ name }) => name);
    // Apps are written as documents, so that errors name their keys as TypeScript does.
    expect(argumentsIn(build)).toEqual(wanted.filter((name) => name !== 'apps').sort());
  });

  it('has every attribute of the schema', () => {
    const computed = attributes
      .filter(({ use }) => use.includes('computed'))
      .map(({ name }) => name);
    const element = build(new TerraformStack(new App({ outdir: 'cdktf.out' }), 'edge'));
    const prototype = Object.getPrototypeOf(element) as object;
    const own = Object.getOwnPropertyNames(prototype).map(snakeCase);
    const told = ['placements', 'id', 'by_name'];
    expect(computed.filter((name) => !own.includes(name) && !told.includes(name))).toEqual([]);
    expect(type).toMatch(/^littoral/);
  });
});

describe('the room', () => {
  const room = join(__dirname, '../../constructs/terraform');
  const files = (readdirSync(room, { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.ts'),
  );
  const importsOf = (name: string) =>
    [
      ...readFileSync(join(room, name), 'utf8').matchAll(
        /(?:from|import|require)\s*\(?\s*'(@?cdkt[^']*)'/g,
      ),
    ].map(([, module = '']) => module);

  it('imports cdktf in one module, and nothing that only one of its editions has', () => {
    const importing = files.filter((name) =>
      importsOf(name).some((module) => /^cdkt[fn]/.test(module)),
    );
    expect(importing).toEqual(['cdktf.ts']);
    const names = [
      ...readFileSync(join(room, 'cdktf.ts'), 'utf8').matchAll(/^ {2}(?!type )(\w+),$/gm),
    ].map(([, name = '']) => name);
    const [cdktf, cdktn] = [jest.requireActual('cdktf'), jest.requireActual('cdktn')];
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in cdktf) || !(name in cdktn))).toEqual([]);
  });

  it("imports HashiCorp's bindings by kind only: their root takes a second", () => {
    const modules = files.flatMap(importsOf).filter((module) => module.startsWith('@cdktf/'));
    expect(modules.length).toBeGreaterThan(15);
    expect(
      modules.filter((module) => !module.startsWith('@cdktf/provider-kubernetes/lib/')),
    ).toEqual([]);
  });

  it('loads without them, as they are an optional peer', () => {
    jest.isolateModules(() => {
      jest.doMock('@cdktf/provider-kubernetes/lib/provider', () => {
        const message = "Cannot find module '@cdktf/provider-kubernetes/lib/provider'";
        throw Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
      });
      const { EdgeDeployment, EdgeStack } =
        require('../../constructs/terraform') as typeof import('../../constructs/terraform');
      const stack = new EdgeStack(new App({ outdir: 'cdktf.out' }), 'edge', {
        fleet: {
          clusters: [
            {
              name: 'fra',
              latitude: 1,
              longitude: 2,
              region: 'eu',
              country: 'DE',
              usdPerHour: 0,
              access: { kubeconfig: 'k' },
            },
          ],
        },
      });
      const workload = {
        image: 'i',
        requestsPerSecondPerReplica: 1,
        resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      };
      const build = () =>
        new EdgeDeployment(stack, 'shop', { name: 'shop', workload, delivery: 'kubernetes' });
      expect(build).toThrow('needs the package @cdktf/provider-kubernetes');
    });
  });
});
