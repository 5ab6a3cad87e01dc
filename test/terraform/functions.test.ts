/** The functions of the provider: what they say of decisions, documents and places, and of mistakes in them. */
import fc from 'fast-check';
import { littoral } from '../../providers/terraform/littoral';
import { functionCall } from '../../providers/terraform/protocol/functions';
import type { Value } from '../../providers/terraform/protocol/provider';
import { receive, send } from '../../providers/terraform/protocol/values';
import { decisionFor } from '../resources/fixtures';

const functions = littoral.functions ?? {};
const logged: string[] = [];
const session = { log: (_: string, message: string) => void logged.push(message), settings: {} };
const answer = functionCall(littoral, session);

/** Calls a function as Terraform would: a value, or the words of its error. */
async function call(name: string, ...values: readonly Value[]): Promise<unknown> {
  const it = functions[name];
  const sent = values.map((value, index) => ({
    ...send(value, it?.parameters[index]?.type ?? 'string', []),
    json: new Uint8Array(0),
  }));
  const request = { name, arguments: sent };
  const { result, error } = await answer(request, new AbortController().signal);
  if (error !== undefined) return error;
  const whole = { msgpack: result?.msgpack as Uint8Array, json: new Uint8Array(0) };
  return receive(whole, it?.returns ?? 'string').value;
}
const head = 'apiVersion: littoral.dev/v1alpha1\nkind: EdgeApp\n';
const lock = JSON.stringify(decisionFor(['fra', 'iad']));

it('tells where a decision of another stack places an app', async () => {
  expect(await call('decision', lock)).toMatchObject({
    clusters: ['fra', 'iad'],
    placements: { shop: { clusters: ['fra', 'iad'], satisfied: true } },
  });
  expect(await call('explain', lock, 'shop')).toMatch(/^shop: .*\n[+=] fra {2}.*\n[+=] iad {2}/);
});

it('reads an app with the keys of its document', async () => {
  expect(await call('app', `${head}name: shop\nmanifests: [web.yaml]`)).toMatchObject({
    apiVersion: 'littoral.dev/v1alpha1',
    name: 'shop',
  });
});

it('measures as geometry does: no distance to itself, the same both ways, never more than half around', async () => {
  const latitude = fc.double({ min: -90, max: 90, noNaN: true });
  const longitude = fc.double({ min: -180, max: 180, noNaN: true });
  await fc.assert(
    fc.asyncProperty(latitude, longitude, latitude, longitude, async (a, b, c, d) => {
      const there = Number(await call('distance_kilometers', a, b, c, d));
      expect(Number(await call('distance_kilometers', c, d, a, b))).toBeCloseTo(there, 6);
      expect(await call('distance_kilometers', a, b, a, b)).toBe(0);
      expect(there).toBeLessThanOrEqual(Math.PI * 6371 + 1e-6);
    }),
    { numRuns: 50 },
  );
  expect(await call('distance_kilometers', 0, 0, 0, 90)).toBeCloseTo((Math.PI * 6371) / 2, 6);
});

it.each<[string, readonly Value[], number, RegExp]>([
  ['app', [`${head}name: Shop`], 0, /lower-case/],
  ['app', [`${head}name: shop\npolciy: {}`], 0, /polciy.*policy/],
  ['app', ['{'], 0, /line 1/],
  ['decision', ['{}'], 0, /kind|apiVersion/],
  ['decision', ['no decision'], 0, /./],
  ['explain', [lock, 'shp'], 1, /got the app "shp".*Write shop/],
  ['distance_kilometers', [8.68, 50.11, 91, 0], 2, /got 91, expected degrees from -90 to 90/],
  ['distance_kilometers', [0, '1e400', 0, 0], 1, /expected degrees/],
])('%s says what is wrong, and with which argument', async (name, values, index, words) => {
  const error = (await call(name, ...values)) as { text: string; functionArgument: number };
  expect(error.text).toMatch(words);
  expect(error.functionArgument).toBe(index);
  expect(logged).toEqual([]);
});

it('says which functions there are', async () => {
  expect(await call('explian')).toEqual({
    text: 'This version of littoral has no function explian. Write explain, or one of: app, decision, distance_kilometers.',
  });
});

it('calls anything else a defect, with the stack in the log alone', async () => {
  const broken = {
    ...littoral,
    functions: { app: { ...functions.app!, call: () => JSON.parse('psst') as Value } },
  };
  const request = { name: 'app', arguments: [{ ...send('x', 'string', []), json: Buffer.of() }] };
  const { error } = await functionCall(broken, session)(request, new AbortController().signal);
  expect(error?.text).toMatch(/^The littoral provider has a defect/);
  expect(logged.splice(0)).toEqual(['defect in CallFunction app']);
});

it('has one line, a description and every argument described for each', () => {
  for (const { summary, description, parameters } of Object.values(functions)) {
    expect(summary).not.toMatch(/\.$|\n/);
    for (const text of [description, ...parameters.map((one) => one.description)])
      expect(text).toMatch(/\.$/);
  }
});
