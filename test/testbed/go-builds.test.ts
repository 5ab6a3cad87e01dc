/** What building from a Go module takes over from it: the replacements that count only in its own go.mod. */
import { replaceLines } from './go-builds';

test('a folder of its own tree becomes the published module, in a block or alone', () => {
  const goMod = [
    'module k8s.io/kubernetes',
    '',
    'require k8s.io/api v0.0.0',
    '',
    'replace (',
    '\tk8s.io/api => ./staging/src/k8s.io/api',
    '\tk8s.io/apimachinery => ./staging/src/k8s.io/apimachinery // in the same tree',
    ')',
    '',
    'replace github.com/pulumi/pulumi/sdk/v3 => ../sdk',
    '',
  ].join('\n');
  expect(replaceLines(goMod, 'v0.34.2')).toBe(
    [
      'replace k8s.io/api => k8s.io/api v0.34.2\n',
      'replace k8s.io/apimachinery => k8s.io/apimachinery v0.34.2\n',
      'replace github.com/pulumi/pulumi/sdk/v3 => github.com/pulumi/pulumi/sdk/v3 v0.34.2\n',
    ].join(''),
  );
});

test('a replacement by another published module is repeated, with the version it is for', () => {
  const fork =
    'replace github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2\n';
  expect(replaceLines(`module github.com/opentofu/opentofu\n\n${fork}`, 'v1')).toBe(fork);
});

test('a go.mod without replacements adds nothing', () => {
  expect(replaceLines('module sigs.k8s.io/kwok\n\nrequire k8s.io/api v0.34.0\n', 'v1')).toBe('');
});
