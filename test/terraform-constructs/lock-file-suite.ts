/** The lock file and the provider beside a stack: for whom they are written, and when they are left alone. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { EdgeDeployment } from '../../constructs/terraform';
import { packageHash } from '../../constructs/terraform/lock-file';
import { edge, refusal, shop } from './edge-shop';
import { beside, enter, executable } from './stacks';

/** Registers the suite. */
export function lockFileSuite(): void {
  describe('the lock file', () => {
    const lockedBy = () => {
      edge((one) => new EdgeDeployment(one, 'shop', shop));
      return [...(beside('.terraform.lock.hcl') ?? '').matchAll(/provider "(.*)"/g)].map(
        ([, address]) => address,
      );
    };
    const address = 'littoral.invalid/littoral/littoral';

    it('names the provider once, for whatever tool comes', () => {
      expect(lockedBy()).toEqual([address]);
    });

    it('has folders that git does not see in the project, where the tools look with -chdir', () => {
      lockedBy();
      const of = `terraform.d/plugins/${address}/0.1.0`;
      const [platform = ''] = readdirSync(of);
      expect(readdirSync(`${of}/${platform}`)).toEqual([]);
    });

    it('comes with a warning where a configuration of the command line hides the provider', () => {
      const warned = (configuration: string) => {
        enter({ 'terraform.rc': configuration });
        process.env.TF_CLI_CONFIG_FILE = `${process.cwd()}/terraform.rc`;
        try {
          edge((one) => new EdgeDeployment(one, 'shop', shop));
          return readFileSync('cdktf.out/manifest.json', 'utf8');
        } finally {
          delete process.env.TF_CLI_CONFIG_FILE;
        }
      };
      const mirror = 'network_mirror { url = "https://mirror.example/" }';
      expect(warned(`provider_installation {\n  ${mirror}\n}\n`)).toContain('-plugin-dir=');
      expect(warned('plugin_cache_dir = "x"\n')).not.toContain('-plugin-dir=');
      const both = `filesystem_mirror {\n path = "x"\n include = ["littoral.invalid/*/*"]\n}`;
      expect(warned(`provider_installation {\n${both}\n${mirror}\n}`)).not.toContain(
        '-plugin-dir=',
      );
    });

    it('has the hash of what lies beside it, and keeps what it says of others', () => {
      const other = 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n';
      enter({ 'cdktf.out/stacks/edge/.terraform.lock.hcl': other });
      expect(lockedBy()).toEqual([address, 'registry.terraform.io/hashicorp/aws']);
      const name = 'terraform-provider-littoral_v0.1.0';
      const hash = packageHash(name, readFileSync(executable));
      const text = beside('.terraform.lock.hcl') ?? '';
      expect(text).toContain(other);
      expect(text).toContain(`"${hash}"`);
      const found = (
        readdirSync('cdktf.out/stacks/edge/terraform.d', { recursive: true }) as string[]
      ).filter((path) => path.endsWith(name));
      expect(found).toHaveLength(1);
      for (const path of found) {
        expect(statSync(`cdktf.out/stacks/edge/terraform.d/${path}`).mode & 0o777).toBe(0o755);
      }
    });

    it('is left alone, as is the folder, where the provider comes from elsewhere', () => {
      edge((one) => new EdgeDeployment(one, 'shop', shop), { provider: { install: false } });
      expect(beside('.terraform.lock.hcl')).toBeUndefined();
      expect(readdirSync('cdktf.out/stacks/edge').sort()).toEqual(['assets', 'cdk.tf.json']);
    });

    it('is for the platforms that are asked for, and a provider that is not there is told', () => {
      const platforms = ['linux_amd64', 'darwin_arm64'];
      edge((one) => new EdgeDeployment(one, 'shop', shop), { provider: { executable, platforms } });
      const of = `cdktf.out/stacks/edge/terraform.d/plugins/${address}/0.1.0`;
      expect(readdirSync(of).sort()).toEqual(['darwin_arm64', 'linux_amd64']);
      const windows = { provider: { executable, platforms: ['windows_amd64'] } };
      expect(
        refusal(() => edge((one) => new EdgeDeployment(one, 'shop', shop), windows)),
      ).toContain('Windows Subsystem for Linux');
      const missing = { provider: { executable: 'nowhere' } };
      expect(
        refusal(() => edge((one) => new EdgeDeployment(one, 'shop', shop), missing)),
      ).toContain('no provider to install');
    });
  });
}
