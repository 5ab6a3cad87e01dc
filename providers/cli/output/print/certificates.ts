/** Certificates for people: a line for each cluster and Secret: days left, when it is renewed, and what is wrong with it. */
import { counted } from '../../../../constructs/model/numbers';
import type { CertificateStatus } from '../../../resources/release';
import { columns } from '../layout';
import type { Session, Style } from '../terminal';

/** Certificates of one app in one cluster. */
export interface ClusterCertificates {
  readonly cluster: string;
  readonly certificates: readonly CertificateStatus[];
}

type Kind = NonNullable<CertificateStatus['trouble']>['kind'];

const styles: Readonly<Record<Kind, Style>> = {
  unusable: 'red',
  absent: 'yellow',
  soon: 'yellow',
  unknown: 'yellow',
};

/** Nothing where no cluster terminates TLS. */
export function certificatesText(
  clusters: readonly ClusterCertificates[],
  { paint, width }: Pick<Session, 'paint' | 'width'>,
): string {
  const rows = clusters.flatMap(({ cluster, certificates }) =>
    certificates.map((one) => {
      const { trouble } = one;
      const said = trouble === undefined ? '' : paint(styles[trouble.kind], trouble.reason);
      return [cluster, one.secret, timeText(one), said];
    }),
  );
  if (rows.length === 0) return '';
  return `${[`  ${paint('bold', 'certificates')}`, ...columns(rows, width)].join('\n')}\n\n`;
}

function timeText({ daysLeft, notAfter, renewalTime }: CertificateStatus): string {
  if (daysLeft === undefined || notAfter === undefined) return '';
  const left =
    daysLeft < 0 ? `until ${day(notAfter)}` : `${counted(daysLeft, 'day')}, until ${day(notAfter)}`;
  return renewalTime === undefined ? left : `${left}, renewed from ${day(renewalTime)}`;
}

const day = (instant: string) => instant.slice(0, 10);
