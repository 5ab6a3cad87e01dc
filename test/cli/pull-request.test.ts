/** littoral pull-request: what it refuses, each with one remedy and without the token. */
import { caller } from './calling';

const event = (text: string) =>
  caller({ 'event.json': text, 'text.md': 'a text', 'plan.json': '{}' });
const env = {
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_TOKEN: 'planted-token',
  GITHUB_EVENT_PATH: 'event.json',
  GITHUB_API_URL: 'http://127.0.0.1:9',
};
const own = '{"pull_request":{"number":1,"head":{"sha":"a","repo":{"full_name":"acme/shop"}}}}';

it.each([
  ['', own, {}, 2, 'is none of comment, propose, withdraw or reviewed'],
  ['comment', own, {}, 2, 'FILE.md: is missing'],
  ['comment none.md', own, {}, 2, 'none.md'],
  ['comment text.md', 'no JSON', {}, 2, 'is no event of a pull request'],
  ['comment text.md', '{}', {}, 2, 'is no event of a pull request'],
  ['comment text.md', own, { GITHUB_TOKEN: '' }, 2, 'GITHUB_TOKEN: is not set'],
  ['comment text.md', own, { GITHUB_API_URL: 'nonsense' }, 2, 'is no address of an API'],
  ['comment text.md --plan none.json', own, {}, 2, 'none.json'],
  ['propose', own, {}, 2, 'LOCK: is missing'],
  ['propose plan.json', own, {}, 2, '--title: is missing'],
  ['reviewed', own, {}, 2, 'GITHUB_SHA: is not set'],
])('refuses %j of the event %s', async (words, text, more, expected, says) => {
  const { code, out, err } = await event(text).call(`pull-request ${words}`, {
    env: { ...env, ...more },
  });
  expect([code, out]).toEqual([expected, '']);
  expect(err).toContain(says);
  expect(err).not.toContain('planted-token');
  expect(err).not.toMatch(/\n {4}at /);
});

it('writes to the summary for a head whose repository is gone', async () => {
  const gone = '{"pull_request":{"number":1,"head":{"sha":"a","repo":null}}}';
  const { code, out } = await event(gone).call('pull-request comment text.md', { env });
  expect([code, out]).toEqual([0, 'a fork: written to the summary of the job\n']);
});
