/** State origin: two runs for one state are known as such, and those for two states are told apart. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOrigin } from '../../providers/terraform/resources/state-origin';

const root = mkdtempSync(join(tmpdir(), 'littoral-origin-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
/** A folder of its own, as `init` leaves it. */
function folderWith(backend?: object, workspace?: string): string {
  count += 1;
  const folder = join(root, String(count));
  mkdirSync(join(folder, '.terraform'), { recursive: true });
  const data = (name: string) => join(folder, '.terraform', name);
  if (backend !== undefined) writeFileSync(data('terraform.tfstate'), JSON.stringify({ backend }));
  if (workspace !== undefined) writeFileSync(data('environment'), workspace);
  return folder;
}
const bucket = (key: string, more = {}) => ({ type: 's3', config: { bucket: 'b', key, ...more } });
const origin = (folder: string, environment = {}) => stateOrigin(environment, folder);

describe('the origin of a state', () => {
  it('in a backend is the same from every folder, whatever the credentials are', () => {
    const one = origin(folderWith(bucket('shop', { access_key: 'x', token: null })));
    expect(origin(folderWith(bucket('shop', { access_key: 'y' })))).toBe(one);
    expect(origin(folderWith(bucket('other')))).not.toBe(one);
    const connection = (secret: string) =>
      origin(folderWith({ type: 'pg', config: { conn_str: `postgres://me:${secret}@db/state` } }));
    expect(connection('one')).toBe(connection('two'));
  });

  it.each([
    ['no backend', undefined],
    ['a local one', { type: 'local', config: { path: 'shop.tfstate', workspace_dir: null } }],
  ])('with %s is that of its folder', (_, backend) => {
    const folder = folderWith(backend);
    expect(origin(folder)).toBe(origin(folder));
    expect(origin(folderWith(backend))).not.toBe(origin(folder));
  });

  it('is told apart by workspaces, however they are chosen', () => {
    const folder = folderWith(bucket('shop'));
    const live = origin(folderWith(bucket('shop'), 'live\n'));
    expect(live).not.toBe(origin(folder));
    expect(origin(folder, { TF_WORKSPACE: 'live' })).toBe(live);
    expect(origin(folder, { TF_WORKSPACE: 'default' })).toBe(origin(folder));
  });

  it('is found where the data of Terraform is, or by the workspace of HCP Terraform', () => {
    const folder = folderWith(bucket('shop'));
    const elsewhere = { TF_DATA_DIR: join(folder, '.terraform') };
    expect(origin(folderWith(), elsewhere)).toBe(origin(folder));
    const hosted = { TFC_WORKSPACE_SLUG: 'org/shop' };
    expect(origin(folderWith(), hosted)).toBe(origin(folderWith(), hosted));
  });

  it('is that of the folder where what is there cannot be read', () => {
    const folder = folderWith();
    const before = origin(folder);
    writeFileSync(join(folder, '.terraform', 'terraform.tfstate'), '{');
    expect(origin(folder)).toBe(before);
  });
});
