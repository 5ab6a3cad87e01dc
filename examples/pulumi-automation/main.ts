/** Places again on a schedule: previews, prints what would move, and goes there only within a budget of changes. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CommandError,
  type EngineEvent,
  type InlineProgramArgs,
  LocalWorkspace,
  type Stack,
} from '@pulumi/pulumi/automation';
import { EdgeApp, getFleet } from 'littoral/pulumi';

const {
  FLEET = '../quickstart/fleet.yaml',
  PROMETHEUS,
  ANSWER = '../quickstart/prometheus.json',
} = process.env;
const query = 'sum by (geohash) (rate(http_requests_total{app="shop"}[30s]))';

/** The program of the stack: one app that follows its users. */
async function program() {
  const site = new EdgeApp('scheduled', {
    name: 'scheduled',
    workload: {
      image: 'registry.example/shop:1.4.2',
      port: 8080,
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
      requestsPerSecondPerReplica: 50,
    },
    network: { ingress: [{ namespace: 'envoy-gateway-system' }] },
    policy: { constraints: { minClusters: 2, maxClusters: 5, minRequestsPerSecond: 20 } },
    demand: {
      prometheus: PROMETHEUS === undefined ? { query, answer: ANSWER } : { query, url: PROMETHEUS },
    },
    fleet: getFleet({ file: FLEET }),
  });
  return { clusters: site.clusters, delta: site.placement.delta, changes: site.release?.changes };
}

/** How often, how many times, and how many clusters may come or go in one run. */
const everySeconds = Number(process.env.EVERY_SECONDS ?? 600);
const times = Number(process.env.TIMES ?? Number.POSITIVE_INFINITY);
const budget = Number(process.env.MAX_CLUSTER_CHANGES ?? 1);

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Writes what Pulumi says went wrong, for previews and updates alike. */
const complaints = {
  onEvent: ({ diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent?.severity !== 'error') return;
    process.stderr.write(diagnosticEvent.message.replace(/<\{%.*?%\}>/g, ''));
  },
};

/** The lines of a placement that a preview computed; none when nothing moves. */
async function previewed(stack: Stack): Promise<readonly string[]> {
  const lines: string[] = [];
  let moves = false;
  await stack.preview({
    onEvent: (event) => {
      complaints.onEvent(event);
      const { type, op, new: now } = event.resourcePreEvent?.metadata ?? {};
      if (!type?.endsWith(':Placement')) return;
      moves = op === 'create' || op === 'update';
      lines.splice(0, lines.length, ...((now?.inputs.delta ?? []) as string[]));
    },
  });
  return moves ? lines : [];
}

/** One round: look, tell, and go if it is within the budget. The first deployment always goes. */
async function round(stack: Stack): Promise<void> {
  const isNew = Object.keys(await stack.outputs()).length === 0;
  const delta = await previewed(stack);
  if (delta.length === 0 && !isNew) {
    say('nothing moves');
    // What others changed in a cluster, and new images, go out all the same.
    await stack.up(complaints);
    return;
  }
  for (const line of delta) say(`  ${line}`);
  const moved = delta.filter((line) => /^[+-] /.test(line)).length;
  if (!isNew && moved > budget) {
    say(`${moved} clusters would change, ${budget} may: left for a person to run`);
    return;
  }
  const { outputs } = await stack.up(complaints);
  say(`runs on ${(outputs.clusters?.value as readonly string[]).join(', ')}`);
}

async function main(): Promise<void> {
  const args: InlineProgramArgs = { stackName: 'edge', projectName: 'littoral-shop', program };
  const stack = await LocalWorkspace.createOrSelectStack(args, { workDir: process.cwd() });
  for (let done = 0; done < times; done += 1) {
    if (done > 0) await sleep(everySeconds * 1000);
    await round(stack);
  }
}

main().catch((error: unknown) => {
  // What a command of Pulumi failed for was written as it happened.
  const said = error instanceof CommandError ? 'pulumi failed' : String(error);
  process.stderr.write(`${said}\n`);
  process.exit(1);
});
