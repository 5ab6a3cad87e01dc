/** What stacks become with CDK Terrain under the name of cdktf: the same, to the byte. */
import { version as original } from 'cdktf/package.json';
import { version } from 'cdktn/package.json';
import { stackNamed } from './stacks';
import { synthesisSuite, wholeStack } from './synthesis';

jest.mock('cdktf', () => jest.requireActual('cdktn'));

synthesisSuite();

it('is the same stack as with cdktf', () => {
  const ours = wholeStack();
  expect(madeBy()).toBe(version);
  const theirs = whole();
  expect(madeBy()).toBe(original);
  expect(ours).toBe(theirs);
});

/** The version that the stack last synthesized names. */
const madeBy = () =>
  (stackNamed('edge') as unknown as { '//': { metadata: { version: string } } })['//'].metadata
    .version;

/** The stack by the real cdktf, in a world of its own. */
function whole(): string {
  let text = '';
  jest.isolateModules(() => {
    jest.dontMock('cdktf');
    text = (require('./synthesis') as typeof import('./synthesis')).wholeStack();
  });
  return text;
}
