/** The lock file: Terraform's hash, and entries of others untouched. */
import { packageHash, withProvider } from '../../constructs/terraform/lock-file';

const own = { address: 'registry.terraform.io/littoral/littoral', version: '0.1.0' };
const block = (address: string, version: string, hash: string) =>
  `provider "${address}" {\n  version     = "${version}"\n  constraints = "${version}"\n  hashes = [\n    "${hash}",\n  ]\n}\n`;
const head = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;
const aws = block('registry.terraform.io/hashicorp/aws', '5.100.0', 'h1:aws=');
const time = `# reviewed by ops\n${block('registry.terraform.io/zed/time', '1.0.0', 'zh:time')}`;
const mine = block(own.address, '0.1.0', 'h1:new=');

describe('a lock file', () => {
  it('hashes a package as terraform init did for a file with the text "hi"', () => {
    const hash = packageHash('terraform-provider-littoral_v0.1.0', Buffer.from('hi\n'));
    expect(hash).toBe('h1:nACuhFPzdyIfC/r3L6qRBNEleZrkTExLYcqks049dOw=');
  });

  it.each([
    ['is new', undefined, `${head}\n${mine}`],
    ['is empty', '', `${head}\n${mine}`],
    [
      'has others before and after',
      `${head}\n${aws}\n${time}`,
      `${head}\n${aws}\n# reviewed by ops\n${mine}\n${time.replace('# reviewed by ops\n', '')}`,
    ],
    ['ends without a line end', `${head}\n${aws}`.trimEnd(), `${head}\n${aws}\n${mine}`],
    [
      'has an older entry of ours',
      `${head}\n${aws}\n${block(own.address, '0.0.9', 'h1:old=')}\n${time}`,
      `${head}\n${aws}\n${mine}\n${time}`,
    ],
    ['has the same entry', `${head}\n${mine}\n${time}`, `${head}\n${mine}\n${time}`],
  ])('that %s gets the one entry of ours', (_what, before, after) => {
    const written = withProvider(before, { ...own, hashes: ['h1:new='] });
    expect(written).toBe(after);
    expect(withProvider(written, { ...own, hashes: ['h1:new='] })).toBe(written);
  });

  it('keeps an entry whose address only begins like ours', () => {
    const fork = block(`${own.address}-fork`, '1.0.0', 'h1:fork=');
    expect(withProvider(`${head}\n${fork}`, { ...own, hashes: ['h1:new='] })).toBe(
      `${head}\n${mine}\n${fork}`,
    );
  });
});
