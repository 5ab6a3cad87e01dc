/** Expiring: warns before what is planned or applied about credentials by which clusters will soon not be reached. */
import { expiryWarnings } from '../../credentials/expiry';
import { printWarnings } from '../output/print';
import type { Session } from '../output/terminal';
import type { Releases } from './releasing';

/** A line for each credential and authority of the fleet that ends soon; no cluster is asked. */
export function warnOfExpiry({ releases, folder }: Releases, session: Session): void {
  const clusters = releases[0]?.fleet.clusters ?? [];
  printWarnings(expiryWarnings(clusters, folder, Date.now()), session);
}
