/** Programs for the real `pulumi`: a folder with this build in its node_modules, a file backend, and the command as people call it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programFolder } from '../pulumi/program-folder';
import { pulumiEnvironment, toolPath, whyNoPulumi } from '../testbed/infrastructure';

/** Why the real Pulumi cannot run here, or undefined when it can. */
export const noPulumi = whyNoPulumi();

/** How a command ended, and what it said. */
export interface Ran {
  readonly code: number;
  readonly said: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** A program with its stacks. */
export interface Program {
  readonly path: string;
  /** Writes a file of the program; objects as JSON. */
  readonly write: (name: string, content: string | object) => void;
  readonly read: (name: string) => string;
  /** Runs `pulumi ...words --stack NAME`, whatever comes of it. */
  readonly run: (words: string, stack?: string) => Promise<Ran>;
  /** As `run`; throws with what was said unless it ends well. Gives what was said. */
  readonly pulumi: (words: string, stack?: string) => Promise<string>;
  readonly start: (words: string, stack?: string) => Running;
  readonly outputs: (stack?: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly remove: () => void;
}

/** Makes a program of one file, `index.js` unless the runtime says otherwise, with the stack `dev`. */
export async function program(
  source: string,
  runtime: { readonly typescript: boolean } = { typescript: false },
  settings: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const { path, remove } = programFolder();
  const write = (name: string, content: string | object) =>
    writeFileSync(
      join(path, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  const main = runtime.typescript ? 'index.ts' : 'index.js';
  write('Pulumi.yaml', { name: 'edge', runtime: { name: 'nodejs', options: runtime }, main });
  write('package.json', { name: 'edge', private: true, main });
  write(main, source);
  const env = { ...pulumiEnvironment(path), XDG_CACHE_HOME: join(path, 'cache'), ...settings };
  const start = (words: string, stack = 'dev'): Running => {
    const list = [...words.split(' '), '--stack', stack, '--non-interactive'];
    const child = spawn(toolPath('pulumi'), list, { cwd: path, env });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    }
    const ended = new Promise<Ran>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, said: said.join('') }));
    });
    return { child, ended };
  };
  const run = (words: string, stack?: string) => start(words, stack).ended;
  const pulumi = async (words: string, stack?: string) => {
    const { code, said } = await run(words, stack);
    if (code !== 0) throw new Error(`pulumi ${words} ended with ${code}:\n${said}`);
    return said;
  };
  await pulumi('stack init');
  return {
    path,
    write,
    read: (name) => readFileSync(join(path, name), 'utf8'),
    run,
    pulumi,
    start,
    outputs: async (stack) => JSON.parse(jsonIn(await pulumi('stack output --json', stack))),
    remove,
  };
}

/** What is said before it are warnings about where programs were found. */
function jsonIn(said: string): string {
  return said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1);
}

/** The lines that a preview or an update says about our resources, by kind: `~ Release: (update)`. */
export function stepsIn(said: string): readonly string[] {
  const steps = said.matchAll(
    /^\s*([+~-]+) \S*:(Placement|Release|EdgeApp|Deployment)\S*:? \((\S+)\)/gm,
  );
  return [...steps].map(([, sign, kind, step]) => `${sign} ${kind} ${step}`);
}

/** One app that follows `demand.json` over the fleet in `fleet.json`; `app.json` overrides props, `opts.json` options. */
export const oneApp = `
const { readFileSync } = require('node:fs');
const littoral = require('littoral/pulumi');
const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const site = new littoral.EdgeApp('shop', {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  policy: { constraints: { minClusters: 1, maxClusters: 2, minRequestsPerSecond: 5 } },
  demand: 'demand.json',
  fleet: littoral.getFleet({ file: 'fleet.json' }),
  rollout: { deadlineSeconds: 60, answerSeconds: 15 },
  ...read('app.json'),
}, read('opts.json'));
exports.clusters = site.clusters;
exports.replicas = site.replicas;
exports.digest = site.placement.digest;
exports.standing = site.release && site.release.clusters;
`;
