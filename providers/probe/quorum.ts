/** Quorum: whether enough vantage points see an address serve a host. */
import type { Environment } from '../proxy/environment';
import { probeFrom } from './exporter';
import { type ProbeQuestion, probe } from './probe';

/** From where, and how many must see it well. */
export interface Vantage {
  /** `here`, or addresses of blackbox exporters. */
  readonly points: readonly string[];
  readonly quorum: number;
}

const here = 'here';

/** What an exposure says of vantage points; without a probe it is looked at from here. */
export function vantageOf(
  probe: { readonly vantagePoints: readonly string[]; readonly quorum?: number | undefined } = {
    vantagePoints: [here],
  },
): Vantage {
  const { vantagePoints: points, quorum = Math.floor(points.length / 2) + 1 } = probe;
  return { points, quorum };
}

/** Undefined when enough of them see it serve; else what they see. */
export async function probeByQuorum(
  question: ProbeQuestion,
  { points, quorum }: Vantage,
  environment: Environment,
): Promise<string | undefined> {
  const seen = await Promise.all(
    points.map(async (point) => {
      const reason = point === here ? probe(question) : probeFrom(point, question, environment);
      return { point, reason: await reason };
    }),
  );
  const against = seen.flatMap(({ point, reason }) =>
    reason === undefined ? [] : [{ point, reason }],
  );
  const well = points.length - against.length;
  if (well >= quorum) return undefined;
  const [only] = against;
  if (points.length === 1 && points[0] === here) return only?.reason;
  const said = against.map(({ point, reason }) => `${nameOf(point)}: ${reason}`).join('; ');
  return `${well} of ${points.length} vantage points see it well, ${quorum} must (${said})`;
}

/** Without its query, in which somebody may keep a secret. */
const nameOf = (point: string) => (point === here ? here : new URL(point).host);
