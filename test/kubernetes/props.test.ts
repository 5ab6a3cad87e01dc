/** A program without types is told where its mistake is, as a document is. */
import { type SynthProps, synth } from '../../constructs/kubernetes';
import { mistakes, shop } from './apps';

const target = { match: {}, target: { kind: 'Deployment', name: 'shop' } };
const hostile = (text: string) => JSON.parse(text) as object;

it.each<[string, object, string]>([
  ['a number for a namespace', { namespace: 5 }, 'namespace: got 5'],
  ['nothing for a namespace', { namespace: null }, 'namespace: got null'],
  ['a number for a name', { name: 5 }, 'name: got 5'],
  ['an object for overrides', { overrides: {} }, 'overrides: got an empty object'],
  ['nothing for an override', { overrides: [null] }, 'overrides[0]: got null'],
  ['a text for manifests', { workload: undefined, manifests: 'a.yaml' }, 'manifests: got "a.yaml"'],
  ['a number for manifests', { workload: undefined, manifests: 5 }, 'manifests: got 5'],
  [
    'a prototype in a patch',
    { overrides: [{ ...target, patch: hostile('{"spec": {"__proto__": {"paused": true}}}') }] },
    'overrides[0].patch.spec.__proto__: got the key __proto__',
  ],
  [
    'a prototype as a label',
    { overrides: [{ match: {}, set: { labels: hostile('{"__proto__": "x"}') } }] },
    'overrides[0].set.labels.__proto__: got the key __proto__',
  ],
])('%s is refused where it stands', (_what, more, message) => {
  expect(mistakes(() => synth({ ...shop, ...more } as SynthProps))[0]).toContain(message);
});
