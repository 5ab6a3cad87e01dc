/** The text that Pulumi keeps as our providers: short, constant, without code, and run by Pulumi's own server. */
import { runtime } from '@pulumi/pulumi';
import { digestOf } from '../../constructs/model/canonical';
import { providerText } from '../../providers/pulumi/runtime/shim';
import { UNKNOWN } from '../../providers/pulumi/runtime/unknown';

const names = ['placement', 'release'] as const;

describe('a provider as Pulumi keeps it', () => {
  // It is in the state of every stack: another text would show there as a change of every resource.
  it('is this text, in every build and in every release', () => {
    expect(names.map((name) => digestOf(providerText(name)).slice(7, 23))).toEqual([
      '3b22c692f86f66ae',
      '7a1935550b6be1cb',
    ]);
  });

  it('is the same text in the built package', () => {
    const built = require('../../dist/providers/pulumi/runtime/shim') as {
      providerText: typeof providerText;
    };
    expect(names.map(built.providerText)).toEqual(names.map(providerText));
  });

  it('names neither a machine nor a folder, and takes less than 2 kB', () => {
    for (const name of names) {
      expect(providerText(name)).not.toMatch(/\/(home|root|tmp|Users)\b|dist\//);
      expect(Buffer.byteLength(providerText(name))).toBeLessThan(2000);
    }
  });

  it('is of the form that Pulumi makes of a function itself', async () => {
    const made = await runtime.serializeFunction(() => 1);
    expect(made.text).toMatch(/^exports\.handler = /m);
    expect(providerText('release')).toMatch(/^exports\.handler = /m);
  });

  it('knows how Pulumi writes what is unknown', () => {
    expect(UNKNOWN).toBe(runtime.unknownValue);
  });
});
