/** The plugin protocol as real Terraform and OpenTofu speak it, with the fixture provider: every shape of value, every kind of call. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFixture, start } from '../terraform/starting';
import { hosts, openStack, type Stack, terraforms } from './terraforming';

const header = `
terraform {
  required_providers {
    fixture = { source = "littoral/fixture" }
  }
}
provider "fixture" {
  prefix = "p-"
}
`;
const whole = `${header}
resource "terraform_data" "later" {
  input = "zone"
}
resource "fixture_thing" "one" {
  name     = "one"
  amount   = 1 / 3
  enabled  = true
  tags     = { a = "b", "e\u0301" = "x" }
  zones    = ["b", "a"]
  names    = ["x", terraform_data.later.output]
  anything = { a = [1, "two", null, 0.1], z = toset(["q"]) }
  point    = { x = 0.1, y = 123456789012345678901234567890 }
  token    = "hush"
  rules    = [{ match = "m", limits = { cpu = { least = 1, most = 9007199254740993 } } }]
  origin   = { latitude = 50.11, longitude = 8.68 }
  members  = [{ name = "m1", weight = 0.3 }, { name = "m2" }]
}
resource "terraform_data" "each" {
  for_each = toset(fixture_thing.one.clusters)
  input    = each.key
}
data "fixture_echo" "said" {
  said = { k = [1, fixture_thing.one.summary] }
}
output "echo" {
  value = data.fixture_echo.said.echo
}
`;
const thing = (fields: string) => `${header}
resource "fixture_thing" "one" {
  name = "one"
  ${fields}
}
`;

let parent = '';
let fixture: Awaited<ReturnType<typeof builtFixture>>;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'littoral-protocol-'));
  fixture = await builtFixture();
});
afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
  fixture.remove();
});

function install(folder: string): void {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  for (const host of hosts) {
    const home = join(folder, 'terraform.d/plugins', host, 'littoral/fixture/1.0.0', platform);
    mkdirSync(home, { recursive: true });
    copyFileSync(fixture.file, join(home, 'terraform-provider-fixture_v1.0.0'));
  }
}

/** What the tools print goes into expectations, so without colours. */
const colourless = (stack: Stack): Stack => ({
  ...stack,
  run: (words) => stack.run(plain(words)),
  try: (words, settings) => stack.try(plain(words), settings),
  start: (words, settings) => stack.start(plain(words), settings),
});
const plain = (words: string) => words.replace(/^\w+/, '$& -no-color');

for (const [name, missing, binary] of terraforms) {
  const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let count = 0;
    const open = (main: string): Promise<Stack> => {
      count += 1;
      const folder = join(parent, `${name}-${count}`);
      install(folder);
      return openStack(binary(), folder, { 'main.tf': main }).then(colourless);
    };

    it('plans every shape of value, applies it, and then has nothing to do', async () => {
      const stack = await open(whole);
      const plan = await stack.run('plan');
      expect(plan).toMatch(/\+ clusters = \[\s+\+ "a",\s+\+ "b",\s+\]/);
      expect(plan).toContain('terraform_data.each["a"] will be created');
      expect(plan).toMatch(/\+ token += \(sensitive value\)/);
      await stack.run('apply -auto-approve');
      expect(await stack.run('output -raw echo')).toBe('{"k":[1,"p-one: 2 zones"]}');
      expect(await stack.changes()).toBe(false);
      expect(await stack.changes('-refresh=false')).toBe(false);
      await stack.run('destroy -auto-approve');
      expect(JSON.parse(stack.read('terraform.tfstate')).resources).toEqual([]);
    });

    it('imports, and then has nothing to do', async () => {
      const stack = await open(thing(''));
      await stack.run('import fixture_thing.one thing-one');
      expect(await stack.changes()).toBe(false);
      const refused = await stack.try('import fixture_thing.two nothing');
      expect(refused.code).toBe(1);
    });

    it('reads the state of an older version', async () => {
      const stack = await open(thing(''));
      await stack.run('apply -auto-approve');
      const state = JSON.parse(stack.read('terraform.tfstate'));
      const [instance] = state.resources[0].instances;
      Object.assign(instance, { schema_version: 1, attributes: { title: 'one' } });
      stack.write('terraform.tfstate', { ...state, serial: state.serial + 1 });
      await stack.run('apply -auto-approve');
      expect((await stack.attributes('fixture_thing.one')).id).toBe('upgraded-from-1');
    });

    it('replaces what cannot change in place', async () => {
      const stack = await open(thing(''));
      await stack.run('apply -auto-approve');
      stack.write('main.tf', thing('').replace('"one"\n', '"two"\n'));
      expect(await stack.run('plan')).toContain('must be replaced');
    });

    it('points at the attribute of a mistake, in validate and in plan', async () => {
      const rules = 'rules = [{ match = "m", limits = { cpu = { least = 1 } } }]';
      const stack = await open(thing(`${rules}\n  fail = "validate"`));
      const { code, out } = await stack.try('validate');
      expect(code).toBe(1);
      expect(out).toContain(`13:   ${rules}`);
      expect(out).toContain('At rules[0].limits["cpu"].least. Do not tell it to.');
      stack.write('main.tf', thing(`${rules}\n  fail = "plan"`));
      expect((await stack.try('plan')).out).toContain(`13:   ${rules}`);
    });

    it('shows a crash as a defect, without a stack', async () => {
      const stack = await open(thing('fail = "crash"'));
      const { out } = await stack.try('plan');
      expect(out).toContain('The littoral provider has a defect');
      expect(out).not.toMatch(/Plugin did not respond|TypeError/);
    });

    it('applies ten at once, and goes on after Ctrl-C half way', async () => {
      const many = (fail: string) => `${header}
resource "fixture_thing" "many" {
  count = 10
  name  = "thing-\${count.index}"
  zones = ["\${count.index}"]
  fail  = ${fail}
}
`;
      const stack = await open(many('"hang"'));
      const running = stack.start('apply -auto-approve', { TF_LOG_PROVIDER: 'info' });
      await running.until(/(?:_v1\.0\.0: hanging(?:(?!: hanging)[\s\S])*){10}/);
      process.kill(-(running.child.pid ?? 0), 'SIGINT');
      const { code, out } = await running.ended;
      expect(code).toBe(1);
      expect(out).toContain('Stopped half way');
      const { resources } = JSON.parse(stack.read('terraform.tfstate'));
      expect(resources[0].instances).toHaveLength(10);
      stack.write('main.tf', many('null'));
      await stack.run('apply -auto-approve');
      expect(await stack.changes()).toBe(false);
    });

    it('uses a process that was started by hand for debugging', async () => {
      const stack = await open(thing(''));
      const plugin = await start(fixture.file, {}, ['--debug']);
      const [, TF_REATTACH_PROVIDERS] = /='(.*)'/.exec(plugin.line) ?? [];
      for (const words of ['apply -auto-approve', 'plan -detailed-exitcode']) {
        expect(await stack.try(words, { TF_REATTACH_PROVIDERS })).toMatchObject({ code: 0 });
      }
      plugin.child.kill('SIGINT');
      expect(await plugin.exit).toBe(0);
    });

    it('18: only warns of a settings file that is not there', async () => {
      const stack = await open(thing(''));
      const { code, out } = await stack.try('plan', {
        TF_CLI_CONFIG_FILE: '/nowhere/settings.tfrc',
      });
      expect(out).toContain('settings.tfrc');
      expect(code).toBe(0);
    });
  });
}
