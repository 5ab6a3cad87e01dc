/** Reports in a real Chromium: how they look, what keys do, that they are accessible and ask the network for nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { shopInput } from '../report/world';
import { onPath } from '../testbed/path-lookup';

const chromium = onPath('chromium-headless-shell') ?? onPath('chromium');
const missing = chromium === undefined ? 'there is no chromium-headless-shell on the PATH' : '';
if (missing !== '' && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenInstalled = missing === '' || process.env.CI ? describe : describe.skip;

const sizes = { wide: [1360, 900], tablet: [820, 1100], phone: [390, 844] } as const;
const themes = ['light', 'dark'] as const;
const looks = themes.flatMap((theme) =>
  (Object.keys(sizes) as (keyof typeof sizes)[]).map((size) => ({ theme, size })),
);
/** Small grey pictures of the first screen, as they were when people looked at them. */
const picturesFile = join(__dirname, 'report-pictures.json');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

whenInstalled(`a report in Chromium${missing === '' ? '' : `: ${missing}`}`, () => {
  let folder = '';
  let browser: Browser;
  const files = { plain: '', hostile: '' };
  const requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-report-'));
    // Only the built page has its script in it.
    const { reportOf } =
      require('../../dist/constructs/report') as typeof import('../../constructs/report');
    const input = shopInput();
    const name = '</script><img src=x onerror=alert(1)>';
    const decision = JSON.parse(
      JSON.stringify(input.decision).replaceAll('first', `${name} first`),
    ) as typeof input.decision;
    const pages = { plain: reportOf(input), hostile: reportOf({ ...input, decision }) };
    for (const [which, html] of Object.entries(pages)) {
      const file = join(folder, `${which}.html`);
      writeFileSync(file, html);
      files[which as keyof typeof files] = pathToFileURL(file).href;
    }
    const { chromium: driver } = require('playwright-core') as typeof import('playwright-core');
    browser = await driver.launch({ executablePath: chromium ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(
    look: (typeof looks)[number] = { theme: 'light', size: 'wide' },
    which: keyof typeof files = 'plain',
  ): Promise<Page> {
    const [width, height] = sizes[look.size];
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: look.theme,
      reducedMotion: 'reduce',
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(files[which]);
    await page.locator('.tiles').waitFor();
    return page;
  }

  it.each(looks)('looks as it did, $theme and $size', async (look) => {
    const page = await opened(look);
    const picture = await digestOf(page, browser);
    await page.close();
    const key = `${look.theme} ${look.size}`;
    const known = JSON.parse(readFileSync(picturesFile, 'utf8')) as Record<string, string>;
    const isWritten = process.env.LITTORAL_WRITE === '1';
    if (isWritten) {
      writeFileSync(picturesFile, `${JSON.stringify({ ...known, [key]: picture }, null, 2)}\n`);
    }
    // Sixteen greys; another font moves a few of the fields by one or two of them.
    expect(differenceOf(picture, isWritten ? picture : (known[key] ?? ''))).toBeLessThan(0.5);
  });

  it.each(looks.filter(({ size }) => size !== 'tablet'))(
    'is accessible, $theme and $size',
    async (look) => {
      const page = await opened(look);
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      await page.close();
      expect(
        violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]),
      ).toEqual([]);
    },
  );

  it('is told by keys alone: the map, before and after, what-ifs, moves and themes', async () => {
    const page = await opened();
    const said = () => page.locator('.said').textContent();
    await page.locator('canvas').focus();
    await page.keyboard.press('n');
    expect(await said()).toMatch(/^sin: 294 requests\/s; serves 3 origins/);
    await page.keyboard.press('n');
    expect(await said()).toMatch(/^ams: /);
    await page.keyboard.press('b');
    expect(await said()).toMatch(/^Before this decision\. /);
    expect(await page.locator('.switch [aria-pressed=true]').textContent()).toBe('Before');
    await page.keyboard.press('Escape');
    expect(await said()).toMatch(/Choose a cluster on the map/);
    await page.locator('.what-ifs button').first().focus();
    await page.keyboard.press('Enter');
    expect(await said()).toMatch(/What if: /);
    expect(await page.locator('.switch [aria-pressed=true]').textContent()).toBe('After');
    await page.locator('input[type=range]').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('#churn .big').textContent()).toMatch(/^Without a change: /);
    await page.locator('.theme').focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.close();
  });

  it('reaches everything by the Tab key, and leaves the map again', async () => {
    const page = await opened();
    const seen = new Set<string>();
    for (let at = 0; at < 60; at++) {
      await page.keyboard.press('Tab');
      seen.add(
        String(
          await page.evaluate(
            `document.activeElement.closest('section')?.id ?? document.activeElement.className`,
          ),
        ),
      );
    }
    await page.close();
    const wanted = ['theme', 'map', 'clusters', 'churn', 'what-ifs', 'fit', 'all-clusters'];
    expect([...seen]).toEqual(expect.arrayContaining(wanted));
  });

  it('moves the map under the pointer, and finds a cluster there', async () => {
    const page = await opened();
    const box = await page.locator('canvas').boundingBox();
    if (box === null) throw new Error('there is no map');
    const picture = () => page.evaluate<string>(`document.querySelector('canvas').toDataURL()`);
    const still = await picture();
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 320, box.y + 230, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(
      `document.querySelector('canvas').toDataURL() !== ${JSON.stringify(still)}`,
    );
    await page.locator('.card button').first().click();
    expect(await page.locator('.said').textContent()).toMatch(/^sin: /);
    await page.close();
  });

  it('shows names as text, whatever is in them', async () => {
    const page = await opened(undefined, 'hostile');
    const alerts: string[] = [];
    page.on('dialog', (dialog) => alerts.push(dialog.message()));
    expect(await page.locator('.card .reason').first().textContent()).toContain('</script><img');
    expect(await page.locator('img').count()).toBe(0);
    expect(alerts).toEqual([]);
    await page.close();
  });

  it('asks the network for nothing, and could not', async () => {
    const page = await opened();
    expect(requests.filter((url) => !Object.values(files).includes(url))).toEqual([]);
    const blocked = await page.evaluate<boolean>(
      `fetch('http://127.0.0.1:9/').then(() => false, (error) => error instanceof TypeError)`,
    );
    const image = await page.evaluate<string>(
      `new Promise((done) => { document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective)); const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; })`,
    );
    await page.close();
    expect({ blocked, image }).toEqual({ blocked: true, image: 'img-src' });
  });

  it('goes on paper without its switches, in light colours', async () => {
    const page = await opened({ theme: 'dark', size: 'wide' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('.map-controls').isVisible()).toBe(false);
    expect(await page.locator('.theme').isVisible()).toBe(false);
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });
});

/** The first screen as 64 by 40 fields of 16 greys, in hexadecimal digits. */
async function digestOf(page: Page, browser: Browser): Promise<string> {
  const picture = (await page.screenshot()).toString('base64');
  const reader = await browser.newPage();
  const digits = await reader.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${picture}';
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 40];
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, 64, 40);
    const { data } = context.getImageData(0, 0, 64, 40);
    let digits = '';
    for (let at = 0; at < data.length; at += 4) {
      digits += Math.floor((data[at] * 0.3 + data[at + 1] * 0.59 + data[at + 2] * 0.11) / 16).toString(16);
    }
    return digits;
  })()`);
  await reader.close();
  return digits;
}

/** Mean difference in greys. */
function differenceOf(one: string, other: string): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let at = 0; at < one.length; at++) {
    sum += Math.abs(Number.parseInt(one[at] ?? '0', 16) - Number.parseInt(other[at] ?? '0', 16));
  }
  return sum / one.length;
}
