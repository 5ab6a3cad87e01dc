/** CAA of apps: looked up where an exposure asks for it, before an authority is asked for a certificate. */
import { EdgeError, throwAll } from '../../../constructs/parsing';
import { eachOf } from '../../clusters/parallel';
import { type CaaLookup, caaLookup, caaTrouble } from '../../dns/question/caa';
import { printWarnings } from '../output/print';
import type { Session } from '../output/terminal';
import type { AppFile } from './app-demand';

/** Names that are looked up at the same time. */
const PARALLELISM = 8;

/** Throws EdgeErrors for hosts whose records forbid their issuer; warns where nobody answers. */
export async function checkCaa(
  apps: readonly Pick<AppFile, 'app'>[],
  session: Session,
  lookup: CaaLookup = caaLookup(),
): Promise<void> {
  const hosts = apps.flatMap(({ app: { exposure } }) => {
    const { caa: authority, issuer } = exposure?.tls ?? {};
    if (authority === undefined || issuer === undefined) return [];
    const challenge = { dns01: 'dns-01', http01: 'http-01', none: undefined }[issuer.challenge];
    return (exposure?.hosts ?? []).map((host) => ({ host, authority, challenge }));
  });
  const found = await eachOf(hosts, PARALLELISM, async ({ host, ...issuing }) => {
    try {
      const summary = await caaTrouble(host, issuing, lookup);
      return summary === undefined ? {} : { error: forbidden(host, summary) };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'no answer';
      return {
        warning: `whether ${issuing.authority} may issue for ${host} is not known: its CAA records cannot be looked up (${code})`,
      };
    }
  });
  printWarnings(
    found.flatMap(({ warning }) => warning ?? []),
    session,
  );
  throwAll(found.flatMap(({ error }) => error ?? []));
}

function forbidden(host: string, summary: string): EdgeError {
  return new EdgeError({
    code: 'GuardStopped',
    path: 'exposure.tls.caa',
    summary: `${host} would get no certificate: ${summary}`,
    remedy: 'Add a CAA record for the authority, or use an issuer that the records name.',
  });
}
