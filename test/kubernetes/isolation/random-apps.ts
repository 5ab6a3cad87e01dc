/** Random workloads with the rights they ask for, as documents write them. */
import * as fc from 'fast-check';
import type { SynthProps } from '../../../constructs/kubernetes';
import { sizing } from '../apps';

const path = fc.constantFrom(
  '/tmp',
  '/var/cache/nginx',
  '/run',
  '/a.b/C_d',
  '/a-b/c-d',
  '/var/x y',
);
const writable = fc.oneof(path, fc.record({ path, mebibytes: fc.integer({ min: 1, max: 4096 }) }));
const pathOf = (one: string | { readonly path: string }) =>
  typeof one === 'string' ? one : one.path;

/** A component, but for its name. */
const component = fc.record(
  {
    image: fc.constantFrom('web:1', 'registry.example/web@sha256:0'),
    port: fc.integer({ min: 1, max: 65_535 }),
    user: fc.integer({ min: 1, max: 70_000 }),
    writablePaths: fc.uniqueArray(writable, { selector: pathOf, maxLength: 5 }),
    probes: fc.constantFrom({}, { readiness: { path: '/', port: 8080 } }),
  },
  { requiredKeys: ['image'] },
);

const capability = fc.constantFrom('NET_BIND_SERVICE', 'CHOWN', 'SETUID', 'NET_ADMIN');
const allowed = {
  restricted: ['NET_BIND_SERVICE'],
  baseline: ['NET_BIND_SERVICE', 'CHOWN', 'SETUID'],
  privileged: ['NET_BIND_SERVICE', 'CHOWN', 'SETUID', 'NET_ADMIN'],
};

/** Rights that a profile allows. */
export const security = fc
  .record(
    {
      profile: fc.constantFrom('restricted' as const, 'baseline' as const, 'privileged' as const),
      version: fc.constantFrom('latest', 'v1.34', 'v1.25'),
      readOnlyRootFilesystem: fc.boolean(),
      capabilities: fc.uniqueArray(capability, { minLength: 1, maxLength: 4 }),
      serviceAccountToken: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map(({ capabilities = [], ...rest }) => {
    const kept = capabilities.filter((one) => allowed[rest.profile ?? 'restricted'].includes(one));
    return { ...rest, ...(kept.length === 0 ? {} : { capabilities: kept }) };
  });

/** An app of one to three components. */
export const app: fc.Arbitrary<SynthProps> = fc
  .record({
    components: fc.array(component, { minLength: 1, maxLength: 3 }),
    security: fc.option(security, { nil: undefined }),
  })
  .map(({ components, security: given }) => ({
    name: 'shop',
    workload: {
      components: components.map((one, index) => ({ ...one, ...sizing, name: `part-${index}` })),
    },
    ...(given === undefined ? {} : { security: given }),
  }));
