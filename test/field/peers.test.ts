/** Entry points where optional peers are not installed: what needs none works, what needs one names it and the line that installs it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFolder } from '../pulumi/program-folder';

const peers = ['cdk8s', 'constructs', 'cdktf', '@pulumi/pulumi', '@pulumi/kubernetes'];
const app = `{
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
}`;

describe('an entry point without its optional peers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-peers-'));
  const program = programFolder();
  afterAll(() => {
    rmSync(folder, { recursive: true });
    program.remove();
  });

  /** Runs code in which only `installed` of the peers can be resolved; gives how it ended and what it said. */
  function run(code: string, installed: readonly string[]) {
    const hook = join(folder, 'hook.js');
    const absent = peers.filter((name) => !installed.includes(name));
    writeFileSync(
      hook,
      `const Module = require('node:module');
const known = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const isAbsent = ${JSON.stringify(absent)}.some((name) => request === name || request.startsWith(name + '/'));
  if (!isAbsent) return known.call(this, request, ...rest);
  throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: 'MODULE_NOT_FOUND' });
};`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', hook, '-e', code], {
      cwd: program.path,
      encoding: 'utf8',
    });
    return { status, said: stdout, failed: stderr };
  }

  it.each([
    ['littoral', []],
    ['littoral/placement', []],
    ['littoral/testing', []],
    ['littoral/pulumi', ['@pulumi/pulumi']],
    ['littoral/pulumi/runtime', ['@pulumi/pulumi']],
    ['littoral/kubernetes', ['cdk8s', 'constructs']],
    ['littoral/terraform', ['cdktf', 'cdk8s', 'constructs']],
  ])('%s loads with what it needs: %j', (entry, installed) => {
    expect(run(`require('${entry}')`, installed)).toEqual({ status: 0, said: '', failed: '' });
  });

  it.each([
    ['littoral/pulumi', [], '@pulumi/pulumi', 'npm install @pulumi/pulumi'],
    ...['cdktf', 'cdk8s', 'constructs'].map((name): [string, string[], string, string] => [
      'littoral/terraform',
      ['cdktf', 'cdk8s', 'constructs'].filter((one) => one !== name),
      name,
      'npm install cdktf@0.21 constructs cdk8s',
    ]),
    ['littoral/kubernetes', [], 'cdk8s', 'npm install cdk8s constructs'],
    ['littoral/kubernetes', ['cdk8s'], 'constructs', 'npm install cdk8s constructs'],
  ])('%s with %j says that it needs %s, and how to get it', (entry, installed, name, line) => {
    const { status, failed } = run(`require('${entry}')`, installed);
    expect(status).not.toBe(0);
    expect(failed).toContain(`${entry} needs the package ${name}, which is not installed`);
    expect(failed).toContain(`Install what it needs beside littoral: ${line}`);
    expect(failed).not.toMatch(/MODULE_NOT_FOUND|\n\s+at .*constructs/);
  });

  it('synthesizes and tests a workload without any peer', () => {
    const synth = run(
      `const { synth } = require('littoral');
       const { manifestsOf } = require('littoral/testing');
       console.log(synth(${app}).objects.length, manifestsOf(${app}).map(({ kind }) => kind).join());`,
      [],
    );
    expect(synth.failed).toBe('');
    expect(synth.said).toMatch(/^7 Namespace,NetworkPolicy,NetworkPolicy,Service,Deployment,/);
  });

  it('names the peers of a chart where there is a chart and no cdk8s', () => {
    const { status, failed } = run(
      `require('littoral').synth({ name: 'shop', chart: () => undefined })`,
      [],
    );
    expect(status).not.toBe(0);
    expect(failed).toContain('npm install cdk8s constructs');
  });

  it('leaves the command line in working order', () => {
    const main = require.resolve('../../dist/providers/cli/main.js');
    expect(execFileSync(process.execPath, [main, 'help'], { encoding: 'utf8' })).toMatch(/synth/);
  });
});
