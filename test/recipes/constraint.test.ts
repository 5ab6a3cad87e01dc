/**
 * The recipe of docs/contributing.md for a constraint, performed on a toy: clusters above a price per hour are not chosen.
 * The toy is added to the table in a module of its own; the table of the product stays as it is.
 */
import { z } from 'zod';
import * as index from '../../constructs';
import type * as rowModule from '../../constructs/policy/constraints/row';
import type * as tableModule from '../../constructs/policy/constraints/table';
import type * as schemasModule from '../../constructs/schemas';
import type * as generatorModule from '../../providers/terraform/schema/generator';
import type * as shapeModule from '../../providers/terraform/schema/shape';
import { at, four, fourOrigins, inputOf } from '../placement/placing';

/** Step 1 of the recipe: the row, as it would stand in constructs/policy/constraints/<subject>.ts. */
const doc = 'No chosen cluster costs more than this many USD per hour.';
function toyRow({ constraint }: typeof rowModule) {
  return constraint({
    doc,
    schema: z.number().min(0).optional(),
    cluster: (most, { usdPerHour }) =>
      most !== undefined && usdPerHour > most
        ? `costs ${usdPerHour} USD/h, policy allows ${most}`
        : undefined,
    contradictions: (most, { constraints, at: place, contradict }) => {
      if (most !== 0 || constraints.survive === 0) return;
      const first = { path: place('maxUsdPerHour'), words: 'maxUsdPerHour 0' };
      const second = { path: place('survive'), words: `survive ${constraints.survive}` };
      contradict(first, 'excludes', second, 'Remove one of the two.');
    },
    rules: (most) =>
      most === undefined
        ? []
        : [
            {
              path: '',
              words: `maxUsdPerHour ${most}`,
              without: undefined,
              relaxations: [{ words: `maxUsdPerHour ${most + 1}`, value: most + 1 }],
            },
          ],
  });
}

/** Step 2: one line in constructs/policy/constraints/table.ts. Everything is loaded anew on top of it, also what is loaded late. */
function withToy() {
  jest.resetModules();
  jest.doMock('../../constructs/policy/constraints/table', () => {
    const row = jest.requireActual<typeof rowModule>('../../constructs/policy/constraints/row');
    const table = jest.requireActual<typeof tableModule>(
      '../../constructs/policy/constraints/table',
    );
    return { constraintRows: { ...table.constraintRows, maxUsdPerHour: toyRow(row) } };
  });
  return {
    littoral: require('../../constructs') as typeof index,
    schemas: require('../../constructs/schemas') as typeof schemasModule,
    generator: require('../../providers/terraform/schema/generator') as typeof generatorModule,
    shapes: require('../../providers/terraform/schema/shape') as typeof shapeModule,
  };
}

const { littoral, schemas, generator, shapes } = withToy();
type PolicyInput = Parameters<typeof littoral.parsePolicy>[0];
const policy = (constraints: object): PolicyInput => ({ constraints });

/** The error that parsing these constraints ends with. */
function errorOf(constraints: object) {
  try {
    littoral.parsePolicy(policy(constraints));
  } catch (thrown) {
    return littoral.edgeErrorsOf(thrown)?.[0];
  }
  return undefined;
}

const clusters = [...four.slice(0, 3), at('d', 30).with({ usdPerHour: 9 })];

/** An input whose app has these constraints, parsed with the toy in the table. */
function inputUnder(constraints: object) {
  const input = inputOf({}, clusters, fourOrigins);
  const app = { name: 'shop', policy: policy({ minRequestsPerSecond: 0, ...constraints }) };
  const workload = {
    image: 'registry.example/shop:1',
    resources: { cpuMillicores: 100, memoryMebibytes: 128 },
    requestsPerSecondPerReplica: 50,
  };
  return { ...input, apps: [littoral.parseEdgeApp({ ...app, workload })] };
}
const limited = inputUnder({ maxUsdPerHour: 5, maxClusters: 4 });
const decision = littoral.place(limited);

describe('a constraint added as one row of the table', () => {
  it('is parsed, and kept as written', () => {
    const parsed = littoral.parsePolicy(policy({ maxUsdPerHour: 5 }));
    expect(parsed.constraints).toMatchObject({ maxUsdPerHour: 5 });
    expect(() => index.parsePolicy(parsed)).toThrow(/maxUsdPerHour, which does not exist here/);
  });

  it('has an error for a wrong value, with its path', () => {
    expect(errorOf({ maxUsdPerHour: -1 })).toMatchObject({
      code: 'InvalidDocument',
      path: 'constraints.maxUsdPerHour',
      summary: 'got -1 (number), expected a number of at least 0',
    });
  });

  it('is suggested for a key that is misspelt', () => {
    expect(errorOf({ maxUsdPerHours: 5 })?.remedy).toContain('Write maxUsdPerHour');
  });

  it('contradicts the rules that it excludes', () => {
    expect(errorOf({ maxUsdPerHour: 0, survive: 1 })).toMatchObject({
      code: 'Contradiction',
      path: 'constraints.maxUsdPerHour',
      summary: 'maxUsdPerHour 0 excludes survive 1 (constraints.survive)',
    });
  });

  it('is in the JSON schemas of apps and of policies, with its sentence as documentation', () => {
    for (const kind of ['PlacementPolicy', 'EdgeApp']) {
      const schema = schemas.documentSchemas().find((one) => one.kind === kind)?.schema;
      const properties = JSON.stringify(schema);
      expect(properties).toContain('"maxUsdPerHour"');
      expect(properties).toContain(doc);
    }
  });

  it('is an attribute of the Terraform provider, with its sentence as documentation', () => {
    const shape = generator.documentShapes().app;
    const attributes = JSON.stringify(shapes.attributesOf(shape as never));
    expect(attributes).toContain('"max_usd_per_hour"');
    expect(attributes).toContain(doc);
  });

  it('excludes clusters from the decision, with its key as rule and its words as reason', () => {
    expect(decision.apps[0]?.satisfied).toBe(true);
    expect(decision.apps[0]?.rejected).toContainEqual({
      rule: 'maxUsdPerHour',
      reason: 'costs 9 USD/h, policy allows 5',
      clusters: ['d'],
    });
  });

  it('explains a cluster that it excludes, and the conflict of requiring that cluster', () => {
    const [explained] = littoral.explain(limited, 'd').clusters;
    expect(explained).toMatchObject({ status: 'rejected', rule: 'maxUsdPerHour' });
    expect(explained?.otherwise.conflict).toContain('maxUsdPerHour 5');
  });

  it('is named in a conflict, with the nearest change that resolves it', () => {
    const [app] = littoral.place(
      inputUnder({ maxUsdPerHour: 8, mustInclude: [{ name: 'd' }] }),
    ).apps;
    expect(app?.satisfied).toBe(false);
    expect(app?.conflict?.rules).toContainEqual({
      path: 'policy.constraints.maxUsdPerHour',
      rule: 'maxUsdPerHour 8',
      relaxation: 'maxUsdPerHour 9',
    });
  });

  /**
   * Step 3. Verification reads a policy on its own, so that a mistake of the row is not repeated there: a rule about single
   * clusters goes to constructs/verification/input/eligibility.ts, a rule about the chosen set or its loads to
   * constructs/verification/rules/legality.ts. Until then a decision
   * that the new rule changes has a finding.
   */
  it('is reported by verification until verification has a reading of its own', () => {
    // A cheaper set, legal but for the toy, is found: the bound of the decision looks too high.
    const [finding] = littoral.verify(decision, limited).findings;
    expect(finding?.path).toBe('apps[0].objective.bound');
    const without = inputUnder({});
    expect(littoral.verify(littoral.place(without), without).findings).toEqual([]);
  });
});
