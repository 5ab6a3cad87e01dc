/** CAA of apps: looked up where an exposure asks for it, before an authority is asked for a certificate. */
import { throwAll } from '../../../constructs/parsing';
import { type CaaLookup, caaLookup } from '../../dns/question/caa';
import { caaFindings } from '../../resources/release';
import { printWarnings } from '../output/print';
import type { Session } from '../output/terminal';
import type { AppFile } from './app-demand';

/** Throws EdgeErrors for hosts whose records forbid their issuer; warns where nobody answers. */
export async function checkCaa(
  apps: readonly Pick<AppFile, 'app'>[],
  session: Session,
  lookup: CaaLookup = caaLookup(),
): Promise<void> {
  const questions = apps.flatMap(({ app: { exposure } }) => {
    const { caa: authority, issuer } = exposure?.tls ?? {};
    if (authority === undefined || issuer === undefined) return [];
    const challenge = { dns01: 'dns-01', http01: 'http-01', none: undefined }[issuer.challenge];
    return (exposure?.hosts ?? []).map((host) => ({ host, authority, challenge }));
  });
  const { errors, warnings } = await caaFindings(questions, lookup);
  printWarnings([...warnings], session);
  throwAll(errors);
}
