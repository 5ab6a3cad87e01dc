/** Typed resources lose nothing: every kind there and back, and whatever does not fit stays a manifest. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import fc from 'fast-check';
import { render, synth } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import { escaped } from '../../constructs/terraform/escape';
import { converted } from '../../constructs/terraform/kubernetes/convert';
import { objectResource } from '../../constructs/terraform/kubernetes/resources';
import { slowRuns } from '../placement/runs';
import { typedObjects } from './objects';
import { differences } from './round-trip';
import { enter, leave } from './stacks';

beforeAll(() => void enter());
afterAll(leave);

/** The one resource of a stack with this object, as Terraform reads it. */
function resourceFor(manifest: Manifest): { type: string; values: Record<string, unknown> } {
  const stack = new TerraformStack(new App({ outdir: 'cdktf.out' }), 'edge');
  objectResource(stack, 'one', escaped(manifest), { wait: false });
  const [[type, of] = ['', {}]] = Object.entries(stack.toTerraform().resource as object);
  const [values] = Object.values(of as Record<string, Record<string, unknown>>);
  return { type, values: JSON.parse(unescaped(JSON.stringify(values))) };
}
const unescaped = (text: string) => text.replaceAll('$${', '${').replaceAll('%%{', '%{');

/** Nothing of `manifest` is missing in its resource, typed or not. */
function losesNothing(manifest: Manifest): string {
  const { type, values } = resourceFor(manifest);
  if (type === 'kubernetes_manifest') {
    const { status: _, ...desired } = manifest;
    expect(values.manifest).toEqual(desired);
  } else expect(differences(manifest, values)).toEqual([]);
  return type;
}

describe('a typed resource', () => {
  it.each(typedObjects.map((one) => [one.kind, one] as const))(
    '%s says all that the object says',
    (_kind, one) => {
      expect(converted(one)).not.toHaveProperty('reason');
      expect(losesNothing(one)).toMatch(/_v[12]$/);
    },
  );

  it('holds every object that a workload becomes', () => {
    const bundle = synth({
      name: 'shop',
      workload: {
        image: 'registry.example/shop:1',
        port: 8080,
        env: { GREETING: 'hello ${USER} %{if}' },
        probes: { readiness: { path: '/healthz' }, liveness: { path: '/healthz' } },
        resources: { cpuMillicores: 250, memoryMebibytes: 256 },
        requestsPerSecondPerReplica: 50,
      },
    });
    const placed = { name: 'fra', replicas: 3, requestsPerSecond: 120.5 };
    const objects = render(bundle, placed, { decisionDigest: 'sha256:x' });
    const types = objects.map(losesNothing);
    expect(types).not.toContain('kubernetes_manifest');
    expect(types.length).toBeGreaterThanOrEqual(4);
  });

  it('is not used for what it cannot hold, and says why', () => {
    const [deployment] = typedObjects.filter(({ kind }) => kind === 'Deployment');
    const cases: readonly (readonly [Manifest, string])[] = [
      [
        { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' } },
        'no typed resource for example.org/v1 Widget',
      ],
      [
        { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'w' } },
        'no typed resource for autoscaling/v1 HorizontalPodAutoscaler',
      ],
      [
        { apiVersion: 'v1', kind: 'constructor', metadata: { name: 'w' } },
        'no typed resource for v1 constructor',
      ],
      [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', finalizers: ['a/b'] } },
        'no place for metadata.finalizers',
      ],
      [
        { ...deployment!, spec: { ...(deployment!.spec as object), replicas: true } },
        'spec.replicas is no text',
      ],
      [
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'p' },
          spec: { minAvailable: 1 },
        },
        'spec has no selector',
      ],
    ];
    for (const [manifest, reason] of cases) {
      expect(converted(manifest)).toEqual({ reason });
      expect(losesNothing(manifest)).toBe('kubernetes_manifest');
    }
  });

  it('loses nothing however an object is changed', () => {
    const change = fc.record({
      object: fc.integer({ min: 0, max: typedObjects.length - 1 }),
      place: fc.array(fc.nat(), { maxLength: 8 }),
      key: fc.oneof(
        fc.constantFrom(
          'replicas',
          'port',
          'name',
          'mode',
          'selector',
          'spec',
          'items',
          'hostIPs',
          'fooBARs',
        ),
        fc.stringMatching(/^[a-zA-Z]{1,10}$/),
      ),
      value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('${x}', 0, false, '', {}, [])),
    });
    const types = new Map<string, number>();
    fc.assert(
      fc.property(change, ({ object, place, key, value }) => {
        const manifest = structuredClone(typedObjects[object]!);
        changeAt(manifest, place, key, value);
        const type =
          losesNothing(JSON.parse(JSON.stringify(manifest))) === 'kubernetes_manifest'
            ? 'manifest'
            : 'typed';
        types.set(type, (types.get(type) ?? 0) + 1);
      }),
      { numRuns: slowRuns(1500) },
    );
    expect(types.get('typed')).toBeGreaterThan(slowRuns(50));
    expect(types.get('manifest')).toBeGreaterThan(slowRuns(50));
  });

  it('has shapes that are those of the bindings installed', () => {
    const script = join(__dirname, '../../scripts/kubernetes-shapes.js');
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
  });
});

/** Sets `key` somewhere below the header of an object. */
function changeAt(manifest: Manifest, place: readonly number[], key: string, value: unknown): void {
  let here: unknown = manifest;
  for (const step of place) {
    const inner = Object.values(here as object).filter(
      (one) => typeof one === 'object' && one !== null,
    );
    if (inner.length === 0) break;
    here = inner[step % inner.length];
  }
  if (Array.isArray(here)) here.push(value);
  else if (here !== manifest || !['metadata', 'kind', 'apiVersion'].includes(key)) {
    (here as Record<string, unknown>)[key] = value;
  }
}
