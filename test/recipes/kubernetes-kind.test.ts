/** Recipe: a kind of Kubernetes is one row of its table; order, scope, path, readiness and typed delivery follow from it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import * as ts from 'typescript';
import type { Manifest } from '../../constructs/model/app/workload';
import type { ApiServer } from '../../providers/clusters/api/api-server';

const root = join(__dirname, '../..');
const table = join(root, 'constructs/kubernetes/kinds.ts');
const generated = join(root, 'constructs/terraform/kubernetes/generated');
/** The table without the kind that is about to be added. */
const before = readFileSync(table, 'utf8').replace(/ *'node\.k8s\.io\/v1': \[[\s\S]*?\],\n/, '');
/** The whole of the recipe, before its `node scripts/kubernetes-shapes.js`. */
const row = `'node.k8s.io/v1': [
  { kind: 'RuntimeClass', step: 10, scope: 'Cluster', plural: 'runtimeclasses',
    readiness: 'definition', cdktf: 'v1', pulumi: true },
],`;
const after = before.replace(/(const table: .* = \{\n)/, `$1${row}\n`);
const gvisor: Manifest = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'gvisor' },
  handler: 'runsc',
};

const folder = mkdtempSync(join(tmpdir(), 'kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads a module as if `file` had this text. */
function replace(file: string, text: string): void {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const load = (path: string) => require(path.startsWith('.') ? join(dirname(file), path) : path);
  jest.doMock(file, () => {
    const exports = {};
    new Function('exports', 'require', outputText)(exports, load);
    return exports;
  });
}

/** What each surface knows of the kind when the table has this text. */
async function surfaces(text: string) {
  jest.resetModules();
  const edited = join(folder, 'kinds.ts');
  writeFileSync(edited, text);
  const script = join(root, 'scripts/kubernetes-shapes.js');
  execFileSync(process.execPath, [script, '--table', edited, '--into', folder]);
  replace(table, text);
  for (const file of ['shapes.ts', 'classes.ts']) {
    replace(join(generated, file), readFileSync(join(folder, file), 'utf8'));
  }
  const { applyStep, isNamespaced } =
    require('../../constructs/kubernetes/kinds') as typeof import('../../constructs/kubernetes/kinds');
  const { stepOf } =
    require('../../providers/resources/release/state/identity') as typeof import('../../providers/resources/release/state/identity');
  const { discovery } =
    require('../../providers/clusters/api/discovery') as typeof import('../../providers/clusters/api/discovery');
  const { readinessOf } =
    require('../../providers/clusters/readiness/rules') as typeof import('../../providers/clusters/readiness/rules');
  const { objectResource } =
    require('../../constructs/terraform/kubernetes/resources') as typeof import('../../constructs/terraform/kubernetes/resources');
  const { classOf } =
    require('../../providers/pulumi/delivery/kubernetes-kinds') as typeof import('../../providers/pulumi/delivery/kubernetes-kinds');
  const { apiVersion, kind, metadata } = gvisor;
  const asked: string[] = [];
  const server = {
    name: 'fra',
    ask: async ({ path }: { readonly path: string }) => {
      asked.push(path);
      return { status: 404, body: {} };
    },
  } as unknown as ApiServer;
  const stack = new TerraformStack(new App({ outdir: folder }), 'edge');
  const resource = objectResource(stack, 'one', gvisor, { wait: true });
  const pulumiClass = classOf(apiVersion, kind) as unknown as { readonly __pulumiType?: string };
  return {
    steps: [applyStep(gvisor), stepOf({ apiVersion, kind, name: metadata.name as string })],
    isNamespaced: isNamespaced(gvisor, new Map()),
    path: await discovery(server).find(apiVersion, kind),
    requests: asked,
    readiness: readinessOf(gvisor).reason,
    terraform: resource.terraformResourceType,
    pulumi: pulumiClass.__pulumiType,
  };
}

describe('a kind of Kubernetes', () => {
  it('has no order, path or typed resource while the table has no row for it', async () => {
    expect(await surfaces(before)).toEqual({
      steps: [70, 70],
      isNamespaced: true,
      path: undefined,
      requests: ['/apis/node.k8s.io/v1'],
      readiness: 'exists',
      terraform: 'kubernetes_manifest',
      pulumi: undefined,
    });
  });

  it('has its order, scope, path, readiness and typed resources from one row', async () => {
    expect(await surfaces(after)).toEqual({
      steps: [10, 10],
      isNamespaced: false,
      path: { plural: 'runtimeclasses', scope: 'Cluster' },
      requests: [],
      readiness: 'is not established',
      terraform: 'kubernetes_runtime_class_v1',
      pulumi: 'kubernetes:node.k8s.io/v1:RuntimeClass',
    });
  });
});
