/** Where the tools that deploy infrastructure are found, and what is said when they are not. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  pulumiEnvironment,
  toolPath,
  whyNoPulumi,
  whyNoPulumiKubernetes,
  whyNoTerraform,
  whyNoTerraformKubernetes,
  whyNoTofu,
} from './infrastructure';

const before = { PATH: process.env.PATH, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-tools-'));
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  process.env.PATH = join(folder, 'bin');
});
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true });
});

function install(path: string, mode = 0o755): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
}

test('where nothing is installed, each says what is missing', () => {
  expect(whyNoTerraform()).toBe('terraform is not installed');
  expect(whyNoTofu()).toBe('tofu is not installed, and Go, which would build it, is not either');
  expect(whyNoPulumi()).toMatch(/^pulumi is not installed/);
  expect(whyNoPulumiKubernetes()).toBe('pulumi-resource-kubernetes is not installed');
  expect(whyNoTerraformKubernetes()).toBe('terraform-provider-kubernetes_v2.38.0 is not installed');
});

test('where Go is installed, the command that builds a missing tool is named', () => {
  install(join(folder, 'bin', 'go'));
  expect(whyNoTofu()).toBe('tofu is not built; npm run testbed -- --build builds it');
});

test('a tool on the PATH is used', () => {
  install(join(folder, 'bin', 'tofu'));
  install(join(folder, 'bin', 'terraform'));
  expect([whyNoTofu(), whyNoTerraform()]).toEqual([undefined, undefined]);
  expect(toolPath('tofu')).toBe(join(folder, 'bin', 'tofu'));
});

test('a file or folder of that name which cannot be run is not the tool', () => {
  install(join(folder, 'bin', 'terraform'), 0o644);
  mkdirSync(join(folder, 'bin', 'tofu'));
  expect(whyNoTerraform()).toBe('terraform is not installed');
  expect(() => toolPath('tofu')).toThrow('tofu is not installed');
});

test('the tool built here goes before the one on the PATH', () => {
  const built = join(folder, 'cache', 'littoral', 'engines', 'opentofu-v1.10.6', 'tofu');
  install(join(folder, 'bin', 'tofu'));
  install(built);
  expect(whyNoTofu()).toBeUndefined();
  expect(toolPath('tofu')).toBe(built);
});

test('Pulumi without its part for Node is not usable', () => {
  install(join(folder, 'bin', 'pulumi'));
  expect(whyNoPulumi()).toMatch(/^pulumi-language-nodejs is not installed/);
  install(join(folder, 'bin', 'pulumi-language-nodejs'));
  expect(whyNoPulumi()).toBeUndefined();
});

test('Pulumi is run with its own parts first and nothing of the account of the user', () => {
  const engines = join(folder, 'cache', 'littoral', 'engines');
  install(join(engines, 'pulumi-v3.228.0', 'pulumi'));
  install(join(engines, 'pulumi-nodejs-v3.68.0', 'pulumi-language-nodejs'));
  process.env.PULUMI_ACCESS_TOKEN = 'secret';
  try {
    const environment = pulumiEnvironment(folder);
    const [pulumi, language, sdk = '', ...others] = (environment.PATH ?? '').split(delimiter);
    expect(pulumi).toBe(join(engines, 'pulumi-v3.228.0'));
    expect(language).toBe(join(engines, 'pulumi-nodejs-v3.68.0'));
    expect(existsSync(join(sdk, 'pulumi-resource-pulumi-nodejs'))).toBe(true);
    expect(others).toEqual([join(folder, 'bin')]);
    expect(environment).not.toHaveProperty('PULUMI_ACCESS_TOKEN');
    expect(environment.PULUMI_BACKEND_URL).toBe(pathToFileURL(join(folder, 'state')).href);
  } finally {
    delete process.env.PULUMI_ACCESS_TOKEN;
  }
});
