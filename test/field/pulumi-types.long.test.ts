/** Types as a user's compiler sees them: the page's programs compile, typos do not, and peers that are not installed are no errors. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { readOverlay } from '../../providers/sources/fleet/overlay';
import { programFolder } from '../pulumi/program-folder';

const page = readFileSync(join(__dirname, '../../docs/pulumi.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, text]) => `${text}`,
  );

const app = `export const shop = {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
};
export const auth = { ...shop, name: 'auth' };
`;
const given = `import * as littoral from 'littoral/pulumi';
import * as pulumi from '@pulumi/pulumi';
import { shop } from './apps';
const fleet = littoral.getFleet({ file: 'fleet.yaml' });
`;

describe('types of littoral/pulumi', () => {
  const folder = programFolder();
  afterAll(() => folder.remove());

  /** The complaints of a compiler with the settings of Pulumi's template; libraries are checked. */
  function complaints(source: string, absent: readonly string[] = []): readonly string[] {
    writeFileSync(join(folder.path, 'apps.ts'), app);
    const main = join(folder.path, 'index.ts');
    writeFileSync(main, source);
    const options: ts.CompilerOptions = {
      strict: true,
      target: ts.ScriptTarget.ES2020,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      noEmit: true,
      types: [],
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
      skipLibCheck: absent.length === 0,
    };
    const host = ts.createCompilerHost(options);
    host.resolveModuleNameLiterals = (names, from, redirected, settings) =>
      names.map(({ text }) =>
        absent.some((name) => text === name || text.startsWith(`${name}/`))
          ? { resolvedModule: undefined }
          : ts.resolveModuleName(text, from, settings, host, undefined, redirected),
      );
    return ts
      .getPreEmitDiagnostics(ts.createProgram([main], options, host))
      .filter(({ file }) => !/node_modules\/(?!littoral)/.test(file?.fileName ?? ''))
      .map(
        ({ file, messageText }) =>
          `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      )
      .filter(
        (text) => !/Cannot find (name|type definition file for) '?(node|NodeJS|Buffer)/.test(text),
      );
  }

  it('let the programs of the page compile', () => {
    const [several = '', names = '', configuration = ''] = blocks('ts');
    expect(complaints(several)).toEqual([]);
    expect(complaints(given + names.replace(/^import.*$/m, ''))).toEqual([]);
    expect(complaints(given + configuration)).toEqual([]);
  });

  it('refuse a key that does not exist, at every depth', () => {
    const typos = [
      'rolout: {}',
      'policy: { constrains: {} }',
      'policy: { constraints: { minCluster: 1 } }',
      'rollout: { deadlineSecond: 5 }',
      "demand: { prometheus: { query: 'q', url: 'http://p', labls: {} } }",
      'demand: { prometeus: {} }',
      'autoscaling: { targetCpu: 5 }',
      "delivery: 'kubernets'",
    ];
    const lines = typos.map(
      (typo) => `// @ts-expect-error\nnew littoral.EdgeApp('a', { ...shop, fleet, ${typo} });`,
    );
    expect(
      complaints(`${given}export const name = pulumi.getStack();\n${lines.join('\n')}`),
    ).toEqual([]);
  });

  it('take what is right, now or later', () => {
    expect(
      complaints(`${given}export const site = new littoral.EdgeApp('a', { ...shop, fleet,
  demand: { prometheus: { query: 'q', url: pulumi.output('http://p') } },
  policy: { constraints: { minClusters: pulumi.output(2) } },
});`),
    ).toEqual([]);
  });

  it('are no errors where cdk8s is not installed and libraries are checked', () => {
    const source = `${given}export const site = new littoral.EdgeApp('a', { ...shop, fleet, namespace: pulumi.getStack() });`;
    const about = complaints(source, ['cdk8s', 'constructs', 'cdktf']);
    expect(about.filter((text) => text.includes('Cannot find module'))).toEqual([]);
  });

  it('an overlay as the page writes it is read', () => {
    const [overlay = ''] = blocks('yaml');
    const file = join(folder.path, 'places.yaml');
    writeFileSync(file, overlay);
    expect(readOverlay(file).clusters).toMatchObject([{ name: 'fra', context: 'prod-fra' }]);
  });
});
