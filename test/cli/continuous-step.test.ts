/** Steps of littoral run over a recorded day: they move as a loop of place does, within the budget, whoever dies in the middle. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacementDecision } from '../../constructs/model/decision';
import {
  type LoopState,
  type StepEnd,
  type Stepping,
  step,
} from '../../providers/cli/commands/release/continuous-step';
import { starter } from '../../providers/cli/commands/starter';
import type { ExitCode } from '../../providers/cli/output/exit';
import { plain } from '../../providers/cli/output/terminal';
import { fileRegister } from '../../providers/continuous/file-register';
import { type Caller, caller } from './calling';

const documents = Object.fromEntries(starter);
const { 'fleet.yaml': fleet = '' } = documents;
const START = Date.parse('2026-11-21T00:00:00Z');
const STEPS = 15;
/** The time of a step: one every two hours. */
const timeOf = (index: number) => START + index * 7_200_000;
const instant = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');

/** Requests by country at an hour: each has its day and its night. */
function requestsAt(time: number): readonly (readonly [string, number])[] {
  const rhythm = (peak: number, phase: number) => {
    const angle = ((time - START) / 3_600_000 - phase) * (Math.PI / 12);
    return Math.round(peak * (1 + Math.cos(angle)) ** 2) + 1;
  };
  return [
    ['DE', rhythm(150, 12)],
    ['US', rhythm(140, 19)],
    ['JP', rhythm(160, 4)],
    ['BR', rhythm(70, 17)],
  ];
}

let server: Server;
let url = '';
/** Hours at which the metrics server fails. */
const outage = (hour: number) => hour >= 12 && hour < 16;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const query = new URLSearchParams(body);
      const time = Number(query.get('end')) * 1000;
      if (outage((time - START) / 3_600_000)) return response.writeHead(500).end();
      const result = requestsAt(time).map(([country, value]) => ({
        metric: { country },
        values: [[time / 1000, String(value)]],
      }));
      return response.end(
        JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** The fleet at an hour: one cluster flaps. */
const fleetAt = (index: number) =>
  index >= 3 && index < 12 && index % 2 === 0
    ? fleet.replace('name: fra,', 'name: fra, state: unreachable, since: "2026-11-20T00:00:00Z",')
    : fleet;

const app = (): string => `kind: EdgeApp
apiVersion: littoral.dev/v1alpha1
name: shop
workload: {image: "registry.example/shop:1", port: 8080, resources: {cpuMillicores: 100, memoryMebibytes: 64}, requestsPerSecondPerReplica: 50}
policy:
  constraints: {maxClusters: 2}
  stability: {minGain: 0.02, minDwellSeconds: 3600, freeze: [{from: "2026-11-21T20:00:00Z", until: "2026-11-21T22:00:00Z"}]}
demand: {prometheus: {url: "${url}", query: q}}
`;

const namesOf = ({ apps }: PlacementDecision) =>
  apps.map(({ clusters }) => clusters.map(({ name }) => name).join('+')).join(' ');

/** What a loop of `littoral place --previous` decides. */
async function loopOfPlace(there: Caller): Promise<readonly string[]> {
  const chosen: string[] = [];
  for (let index = 0; index < STEPS; index++) {
    there.write('fleet.yaml', fleetAt(index));
    const previous = index === 0 ? '' : '--previous lock.json';
    const line = `place --app app.yaml --fleet fleet.yaml ${previous} -o lock.json --now ${instant(timeOf(index))}`;
    const { code } = await there.call(line);
    // A guard leaves the lock as it was.
    expect([0, 4]).toContain(code);
    chosen.push(namesOf(JSON.parse(readFileSync(join(there.folder, 'lock.json'), 'utf8'))));
  }
  return chosen;
}

let kept = '';
beforeEach(() => {
  kept = mkdtempSync(join(tmpdir(), 'littoral-kept-'));
});
afterEach(() => rmSync(kept, { recursive: true, force: true }));

interface Day {
  readonly ends: readonly StepEnd[];
  /** Decisions in the order in which they were carried out. */
  readonly acted: readonly PlacementDecision[];
}

/** All steps. `act` may fail or die. */
async function day(
  there: Caller,
  more: Partial<Stepping> & { readonly propose?: string; readonly previous?: string } = {},
  fleetOf = fleetAt,
): Promise<Day> {
  const { propose, previous, act = async () => 0 as ExitCode, ...rest } = more;
  const ends: StepEnd[] = [];
  const acted: PlacementDecision[] = [];
  for (let index = 0; index < STEPS; index++) {
    there.write('fleet.yaml', fleetOf(index));
    const output = { write: () => true };
    const session = { stdout: output, stderr: output, cwd: there.folder, env: {}, paint: plain };
    const how: Stepping = {
      values: {
        app: ['app.yaml'],
        fleet: 'fleet.yaml',
        demand: undefined,
        previous,
        propose,
        allow: [],
      },
      session: { ...session, width: 100, print: () => undefined, remark: () => undefined },
      clock: { now: () => timeOf(index), sleep: async () => undefined },
      // Another process each time: nothing is remembered but what is kept.
      register: fileRegister<LoopState>(kept, 'state'),
      budget: {},
      act: (decision, signal) => {
        acted.push(decision);
        return act(decision, signal);
      },
      ...rest,
    };
    const end = await step(how, new AbortController().signal).catch((thrown) => {
      if (thrown !== death) throw thrown;
      return undefined;
    });
    if (end !== undefined) ends.push(end);
  }
  return { ends, acted };
}
const death = new Error('the process is dead');
const changesIn = (chosen: readonly string[]) =>
  chosen.slice(1).filter((one, index) => one !== chosen[index]).length;

it('moves as a loop of place does, through nights, a metrics outage, a freeze and a flapping cluster', async () => {
  const chosen = await loopOfPlace(caller({ 'app.yaml': app() }));
  const { ends } = await day(caller({ 'app.yaml': app() }));
  expect(ends.map(({ decision }) => decision && namesOf(decision))).toEqual(chosen);
  expect(changesIn(chosen)).toBeGreaterThan(2);
  expect(ends.filter(({ result }) => result === 'moved')).toHaveLength(changesIn(chosen));
});

it('never moves past its budget in any hour and any day, and stays where it is meanwhile', async () => {
  const budget = { perDay: 2, perHour: 1 };
  const { ends, acted } = await day(caller({ 'app.yaml': app() }), { budget });
  const moves = ends.flatMap(({ result }, index) => (result === 'moved' ? [timeOf(index)] : []));
  for (const first of moves) {
    const within = (hours: number) =>
      moves.filter((one) => one >= first && one < first + hours * 3_600_000).length;
    expect(within(24)).toBeLessThanOrEqual(2);
    expect(within(1)).toBeLessThanOrEqual(1);
  }
  expect(ends.some(({ result }) => result === 'budget')).toBe(true);
  expect(changesIn(acted.map(namesOf))).toBe(moves.length);
});

it('counts a move of a leader that died in the middle, and the next one goes on with it', async () => {
  const plainDay = await day(caller({ 'app.yaml': app() }));
  rmSync(join(kept, 'state'), { recursive: true });
  let before = '';
  const { acted } = await day(caller({ 'app.yaml': app() }), {
    act: async (decision) => {
      const isMove = before !== '' && namesOf(decision) !== before;
      before = namesOf(decision);
      if (isMove) throw death;
      return 0;
    },
  });
  expect(acted.map(namesOf)).toEqual(plainDay.acted.map(namesOf));
  const { value } = await fileRegister<LoopState>(kept, 'state').read();
  const last = value?.moves ?? [];
  const counted = plainDay.ends.at(-1)?.state.moves ?? [];
  expect(last).toEqual(counted);
});

it('finishes what failed at some clusters before, also where a budget holds the next move', async () => {
  let calls = 0;
  const { ends, acted } = await day(
    caller({ 'app.yaml': app() }),
    { budget: { perDay: 0 }, act: async () => (calls++ === 0 ? 5 : 0) },
    () => fleet,
  );
  expect(ends[0]?.result).toBe('partial');
  expect(ends[0]?.state.pending).toBe(true);
  expect(new Set(acted.map(namesOf)).size).toBe(1);
  expect(ends.at(-1)?.state).toMatchObject({ pending: false, moves: [] });
});

it('moves nothing while a person says so', async () => {
  const there = caller({ 'app.yaml': app() });
  writeFileSync(join(kept, 'pause'), 'the database moves\n');
  const { ends, acted } = await day(there);
  expect(acted).toEqual([]);
  expect(new Set(ends.map(({ line }) => line))).toEqual(new Set(['the database moves']));
});

it('proposes a file instead, within the budget, and takes it away when it is moot', async () => {
  const there = caller({ 'app.yaml': app() });
  there.write('fleet.yaml', fleet);
  await there.call(
    `place --app app.yaml --fleet fleet.yaml -o lock.json --now ${instant(timeOf(0))}`,
  );
  const lines: string[] = [];
  const { ends, acted } = await day(there, {
    propose: 'next.json',
    previous: 'lock.json',
    budget: { perDay: 3 },
    commit: async (_, line) => void lines.push(line),
  });
  expect(acted).toEqual([]);
  const proposed = ends.filter(({ result }) => result === 'proposed').length;
  expect(proposed).toBeGreaterThan(0);
  expect(lines.filter((line) => line !== 'the proposal is moot')).toHaveLength(proposed);
  expect(lines).toContain('the proposal is moot');
});
