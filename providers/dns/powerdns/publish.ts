/** Publishes: reads what is there, writes a plan in one transaction, and reads again whether it is still ours. */
import { EdgeError } from '../../../constructs/parsing';
import type { PowerDnsClient } from './client';
import { markerName, readMarker } from './marker';
import { answersUsers, type PublicationPlan, type PublishedHost } from './publication';

/** What is there for each host, in this order. */
export async function readPublished(
  client: PowerDnsClient,
  hosts: readonly string[],
): Promise<readonly PublishedHost[]> {
  const published: PublishedHost[] = [];
  // One after another: hosts of an app are few, and the API of one server is not hurried.
  for (const host of hosts) {
    const rrsets = await client.read(`${host}.`);
    const marks = await client.read(markerName(host));
    const texts = marks.flatMap(({ type, contents }) => (type === 'TXT' ? contents : []));
    const markerText = texts.find((text) => readMarker(text) !== undefined);
    published.push({
      host,
      rrsets: rrsets.filter(({ type }) => answersUsers(type)),
      marker: markerText === undefined ? undefined : readMarker(markerText),
      markerText,
    });
  }
  return published;
}

/**
 * Writes a plan that nothing refuses. PowerDNS has no conditional writes, so two owners that write within the same
 * moment can both succeed: the records are read again, and an EdgeError says when somebody else's are there.
 */
export async function writePlan(
  client: PowerDnsClient,
  { writes, hosts }: Pick<PublicationPlan, 'writes' | 'hosts'>,
): Promise<void> {
  if (writes.length === 0) return;
  await client.write(writes);
  const there = await readPublished(
    client,
    hosts.map(({ host }) => host),
  );
  for (const { host, markerText } of there) {
    const name = markerName(host);
    const mark = writes.find((one) => one.name === name && one.type === 'TXT');
    const wanted = mark?.change === 'REPLACE' ? mark.contents[0] : undefined;
    if (mark === undefined || markerText === wanted) continue;
    throw new EdgeError({
      code: 'SourceFailed',
      path: host,
      summary: `the records of ${host} were written by somebody else at the same time`,
      remedy: 'Let one owner write a host; then plan again.',
    });
  }
}
