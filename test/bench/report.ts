/** Bench of reports: time and size of the page for 1,000 clusters and 10,000 origins, and frames a second while its map is panned. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement';
import { type PlaceInput, parseEdgeApp } from '../../constructs/policy';
import { countryCentres } from '../../constructs/routing/country-centres';
import { onPath } from '../testbed/path-lookup';
import type { BenchRow } from './row';
import { seeded } from './world';

const clusters = 1_000;
const origins = 10_000;
const chosen = 30;
const runs = 5;
/** Frames that each run pans for. */
const frames = 60;

/** Rows for the page and for its map. */
export async function benchReport(): Promise<readonly BenchRow[]> {
  // Only the built page has its script in it.
  const { reportOf } =
    require('../../../dist/constructs/report') as typeof import('../../constructs/report');
  const input = world();
  const decision = place(input);
  const samples: number[] = [];
  let page = '';
  for (let run = 0; run <= runs; run++) {
    const start = process.cpuUsage();
    page = reportOf({ decision, documents: input, whatIfs: [] });
    const { user, system } = process.cpuUsage(start);
    if (run > 0) samples.push((user + system) / 1000);
  }
  const withWhatIfs = process.cpuUsage();
  reportOf({ decision, documents: input });
  const { user, system } = process.cpuUsage(withWhatIfs);
  const of = `${clusters} clusters, ${origins} origins`;
  return [
    {
      name: `page, ${of}`,
      unit: 'cpu ms',
      samples,
      note: `${(page.length / 1e6).toFixed(2)} MB, ${decision.apps[0]?.clusters.length} chosen`,
    },
    { name: `page with its what-ifs, ${of}`, unit: 'cpu ms', samples: [(user + system) / 1000] },
    ...(await panned(page)),
  ];
}

/** Frames a second while the map is dragged, in a real Chromium without a graphics card. */
async function panned(page: string): Promise<readonly BenchRow[]> {
  const executablePath = onPath('chromium-headless-shell') ?? onPath('chromium');
  if (executablePath === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'littoral-bench-'));
  const { chromium } = require('playwright-core') as typeof import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const file = join(folder, 'report.html');
    writeFileSync(file, page);
    const tab = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    await tab.goto(pathToFileURL(file).href);
    await tab.locator('.tiles').waitFor();
    const samples: number[] = [];
    const slowest: number[] = [];
    for (let run = 0; run < runs; run++) {
      const gaps = await tab.evaluate<number[]>(drag);
      samples.push((1000 * gaps.length) / gaps.reduce((sum, one) => sum + one, 0));
      slowest.push(Math.max(...gaps));
    }
    const note = `slowest frame ${Math.max(...slowest).toFixed(0)} ms`;
    return [{ name: 'frames a second while panning', unit: '/s', samples, note }];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Drags the map to and fro, one step a frame; gives the milliseconds between frames. */
const drag = `new Promise((done) => {
  const canvas = document.querySelector('canvas');
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const send = (type, x) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, button: 0, clientX: box.left + x, clientY: box.top + 200, bubbles: true,
  }));
  const gaps = [];
  let last;
  let at = 0;
  send('pointerdown', 400);
  const step = (now) => {
    if (last !== undefined) gaps.push(now - last);
    last = now;
    if (at++ === ${frames}) {
      send('pointerup', 400);
      done(gaps);
      return;
    }
    send('pointermove', 400 + 300 * Math.sin(at / 12));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

function world(): PlaceInput {
  const random = seeded(1);
  const countries = [...countryCentres];
  const near = (middle: number, spread: number, limit: number) =>
    Math.max(-limit, Math.min(limit, middle + spread * (random() + random() - 1)));
  const somewhere = (index: number) => {
    const [country, { latitude, longitude }] = countries[index % countries.length]!;
    return { country, latitude: near(latitude, 6, 89), longitude: near(longitude, 8, 179) };
  };
  const named = (letter: string, index: number) => `${letter}${String(index).padStart(5, '0')}`;
  const fleet = parseFleet({
    clusters: [...Array(clusters).keys()].map((index) => ({
      name: named('c', index),
      region: 'earth',
      provider: ['acme', 'globex', 'initech'][index % 3]!,
      ...somewhere(index * 7),
    })),
  });
  const demand = (at: string) =>
    parseDemand({
      observedAt: at,
      origins: [...Array(origins).keys()].map((index) => ({
        name: named('o', index),
        requestsPerSecond: (1 - random()) ** (-1 / 1.2),
        ...somewhere(index),
      })),
    });
  const app = parseEdgeApp({
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 80,
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      requestsPerSecondPerReplica: 50,
    },
    policy: { constraints: { maxClusters: chosen }, stability: { minDwellSeconds: 0 } },
    exposure: {
      hosts: ['shop.example.com'],
      gateway: { class: 'edge' },
      dns: { system: 'powerdns-lua' },
    },
  });
  const first = { apps: [app], fleet, demand: demand('2026-11-21T05:30:00Z') };
  const previous: PlacementDecision = place(first);
  return { ...first, demand: demand('2026-11-21T06:30:00Z'), previous };
}
