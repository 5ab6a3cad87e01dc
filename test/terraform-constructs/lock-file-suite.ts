/** The lock file and the provider beside a stack: for whom they are written, and when they are left alone. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { EdgeDeployment } from '../../constructs/terraform';
import { packageHash } from '../../constructs/terraform/lock-file';
import { edge, refusal, shop } from './edge-shop';
import { beside, enter, executable } from './stacks';

/** Registers the suite. */
export function lockFileSuite(): void {
  describe('the lock file', () => {
    const lockedBy = (tool?: string) => {
      const before = process.env.TERRAFORM_BINARY_NAME;
      if (tool !== undefined) process.env.TERRAFORM_BINARY_NAME = tool;
      try {
        edge((one) => new EdgeDeployment(one, 'shop', shop));
      } finally {
        if (before === undefined) delete process.env.TERRAFORM_BINARY_NAME;
        else process.env.TERRAFORM_BINARY_NAME = before;
      }
      return [...(beside('.terraform.lock.hcl') ?? '').matchAll(/provider "(.*)"/g)].map(
        ([, address]) => address,
      );
    };
    const [ofTerraform, ofTofu] = ['registry.terraform.io', 'registry.opentofu.org'].map(
      (host) => `${host}/littoral/littoral`,
    );

    it('names the provider for Terraform, and for OpenTofu where that is used', () => {
      expect(lockedBy()).toEqual([ofTerraform]);
      expect(lockedBy('/opt/bin/tofu')).toEqual([ofTofu, ofTerraform]);
      expect(lockedBy()).toEqual([ofTofu, ofTerraform]);
    });

    it('has the hash of what lies beside it, and keeps what it says of others', () => {
      const other = 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n';
      enter({ 'cdktf.out/stacks/edge/.terraform.lock.hcl': other });
      expect(lockedBy()).toEqual(['registry.terraform.io/hashicorp/aws', ofTerraform]);
      const name = 'terraform-provider-littoral_v0.1.0';
      const hash = packageHash(name, readFileSync(executable));
      const text = beside('.terraform.lock.hcl') ?? '';
      expect(text).toContain(other);
      expect(text).toContain(`"${hash}"`);
      const found = (
        readdirSync('cdktf.out/stacks/edge/terraform.d', { recursive: true }) as string[]
      ).filter((path) => path.endsWith(name));
      expect(found).toHaveLength(2);
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
      const of =
        'cdktf.out/stacks/edge/terraform.d/plugins/registry.terraform.io/littoral/littoral/0.1.0';
      expect(readdirSync(of).sort()).toEqual(['darwin_arm64', 'linux_amd64']);
      const missing = { provider: { executable: 'nowhere' } };
      expect(
        refusal(() => edge((one) => new EdgeDeployment(one, 'shop', shop), missing)),
      ).toContain('no provider to install');
    });
  });
}
