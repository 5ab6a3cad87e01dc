/** World: a decision with a decision before it, as the tests of reports and their pictures show it. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement';
import { type PlaceInput, parseEdgeApp } from '../../constructs/policy';
import type { ReportInput } from '../../constructs/report';
import { starter } from '../../providers/cli/commands/starter';

const documents: Readonly<Record<string, string>> = Object.fromEntries(starter);
const text = (name: string) => documents[name] ?? '';

/** Hours later Asia is awake, and Tokyo and Sydney ask too. */
function laterDemand(): string {
  return (
    text('demand.yaml')
      .replace('05:30:00Z', '06:30:00Z')
      .replace('region: asia, requestsPerSecond: 52', 'region: asia, requestsPerSecond: 190') +
    '  - {name: tokyo, latitude: 35.68, longitude: 139.69, country: JP, region: asia, requestsPerSecond: 120}\n' +
    '  - {name: sydney, latitude: -33.9, longitude: 151.2, country: AU, region: oceania, requestsPerSecond: 60}\n'
  );
}

/** The shop an hour after it was first placed; `rename` changes what the documents call things. */
export function shopInput(rename: (yaml: string) => string = (yaml) => yaml): ReportInput {
  const written = parseEdgeApp(
    rename(text('app.yaml'))
      .replace(
        'demand: demand.yaml',
        'exposure: {hosts: [shop.example.com], gateway: {class: edge}, dns: {system: route53-geolocation}}\ndemand: demand.yaml',
      )
      .replace(/^demand: .*$/m, ''),
  );
  const stability = { ...written.policy.stability, minDwellSeconds: 0 };
  const app = { ...written, policy: { ...written.policy, stability } };
  const fleet = parseFleet(rename(text('fleet.yaml')));
  const first: PlaceInput = {
    apps: [app],
    fleet,
    demand: parseDemand(rename(text('demand.yaml'))),
  };
  const previous = place(first);
  const input: PlaceInput = { ...first, demand: parseDemand(rename(laterDemand())), previous };
  return { decision: place(input), documents: input };
}
