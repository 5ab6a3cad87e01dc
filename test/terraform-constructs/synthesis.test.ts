/** What stacks become with cdktf. */
import { synthesisSuite, wholeStack } from './synthesis';

synthesisSuite();

it('is, as a whole, what was reviewed', () => {
  expect(wholeStack()).toMatchSnapshot();
});
