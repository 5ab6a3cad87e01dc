/** CAA is looked up where an app asks for it, and forbids before an authority would. */
import { edgeErrorsOf } from '../../constructs/parsing';
import { parseEdgeApp } from '../../constructs/policy';
import { checkCaa } from '../../providers/cli/input/caa';
import type { Session } from '../../providers/cli/output/terminal';

const app = (tls: object) => ({
  app: parseEdgeApp({
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 8080,
      resources: { cpuMillicores: 100, memoryMebibytes: 128 },
      requestsPerSecondPerReplica: 50,
    },
    exposure: {
      hosts: ['shop.example.com', '*.shop.example.com'],
      dns: { system: 'powerdns-lua' },
      gateway: { class: 'edge' },
      tls,
    },
  }),
});

async function check(tls: object, issuer: string | Error) {
  const remarks: string[] = [];
  const looked: string[] = [];
  const session = {
    remark: (text: string) => remarks.push(text),
    stderr: { write: () => true, isTTY: false },
    env: {},
  } as unknown as Session;
  const lookup = async (name: string) => {
    looked.push(name);
    if (issuer instanceof Error) throw issuer;
    return name === 'example.com' ? [{ critical: 0, issue: issuer }] : [];
  };
  try {
    await checkCaa([app(tls)], session, lookup);
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    const reasons = errors.map(({ code, summary }) => `${code} ${summary}`);
    return { reasons, remarks, looked };
  }
  return { reasons: [], remarks, looked };
}

describe('CAA of an app', () => {
  const issuer = { name: 'acme' };
  it('is looked up for every host where it is asked for, and nowhere else', async () => {
    const caa = 'letsencrypt.org';
    expect(await check({ issuer, caa }, caa)).toMatchObject({ reasons: [], remarks: [] });
    expect((await check({ issuer }, 'ca.example')).looked).toEqual([]);
    const { reasons } = await check({ issuer, caa }, 'ca.example');
    expect(reasons).toEqual(
      ['shop.example.com', '*.shop.example.com'].map(
        (host) =>
          `GuardStopped ${host} would get no certificate: CAA records of example.com let ca.example issue, and not letsencrypt.org`,
      ),
    );
  });

  it('is not known where nobody answers, which is said and forbids nothing', async () => {
    const silent = Object.assign(new Error('silent'), { code: 'ETIMEOUT' });
    const { reasons, remarks } = await check({ issuer, caa: 'letsencrypt.org' }, silent);
    expect(reasons).toEqual([]);
    expect(remarks.join('')).toMatch(/is not known.*ETIMEOUT/s);
  });
});
