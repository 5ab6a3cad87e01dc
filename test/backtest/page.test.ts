/** The page on backtests: its commands print what it shows. */
import { pageOf, type Ran } from '../page';

const page = pageOf('backtests.md');
let ran: readonly Ran[] = [];
beforeAll(async () => {
  ran = await page.runCommands();
});
afterAll(page.remove);

it('shows commands that end and print as it says', () => {
  expect(ran.map(({ line, exitCode, stderr }) => [line, exitCode, stderr])).toEqual(
    ran.map(({ line }) => [line, 0, '']),
  );
  expect(ran.at(-1)?.stdout).toBe(page.blocks('text')[0]);
});
