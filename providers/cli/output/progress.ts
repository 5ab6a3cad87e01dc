/** Progress: what happens in each cluster while it happens: rows on a terminal, lines elsewhere, and counts where there are many. */
import { grouped } from '../../../constructs/model/numbers';
import { objectText, type ReleaseEvent } from '../../resources/release';
import { pad } from './layout';
import { type Paint, paintFor, type Session, type Style, widthOf } from './terminal';

/** Shows events on standard error. */
export interface Progress {
  /** Takes the events of one release. */
  readonly of: (release: string) => (event: ReleaseEvent) => void;
  /** So many clusters of all releases together are about to be gone through. Default: few. */
  readonly expect: (clusters: number) => void;
}

type Phase = ReleaseEvent['phase'];

const styles: Readonly<Partial<Record<Phase, Style>>> = {
  ready: 'green',
  removed: 'green',
  failed: 'red',
  unreachable: 'yellow',
  kept: 'yellow',
  skipped: 'yellow',
  'rolled back': 'yellow',
};
const quiet: readonly Phase[] = ['observing', 'observed'];
const troubles: readonly Phase[] = ['failed', 'unreachable', 'rolled back', 'kept', 'skipped'];
/** Nothing follows these, and nobody needs to look. */
const ends: readonly Phase[] = ['ready', 'removed', 'left'];

/** Rows on a terminal; beyond them those that are in trouble or at work, and counts. */
const mostRows = 16;
/** Between two frames of many rows; the last one is always drawn. */
const frameMilliseconds = 50;
/** Clusters of which each phase gets a line where there is no terminal. */
const mostLines = 40;

interface Seen {
  readonly name: string;
  readonly event: ReleaseEvent;
}

/** Rows that are written over on a terminal; elsewhere a line whenever a cluster enters a phase. `now` counts milliseconds. */
export function progressOn(session: Session, now = () => performance.now()): Progress {
  const { stderr, env } = session;
  const isLive = stderr.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
  const tally = new Tally();
  const show = isLive ? rowsOn(session, tally, now) : linesOn(session, tally);
  const releases = new Set<string>();
  return {
    of: (release) => {
      releases.add(release);
      return (event) => {
        const { cluster, phase } = event;
        if (quiet.includes(phase)) return;
        const name = releases.size > 1 ? `${release} on ${cluster}` : cluster;
        const isNew = tally.enter(`${release} ${cluster}`, phase);
        show({ name, event }, isNew);
      };
    },
    expect: (clusters) => {
      tally.expected = clusters;
    },
  };
}

/** How many clusters are in which phase. */
class Tally {
  expected = 0;
  readonly #phases = new Map<string, Phase>();
  readonly #counts = new Map<Phase, number>();

  /** True where the phase is another than before. */
  enter(key: string, phase: Phase): boolean {
    const before = this.#phases.get(key);
    if (before === phase) return false;
    if (before !== undefined) this.#counts.set(before, this.count(before) - 1);
    this.#phases.set(key, phase);
    this.#counts.set(phase, this.count(phase) + 1);
    return true;
  }

  count(phase: Phase): number {
    return this.#counts.get(phase) ?? 0;
  }

  get isMany(): boolean {
    return Math.max(this.expected, this.#phases.size) > mostRows;
  }

  get settled(): number {
    return [...ends, ...troubles].reduce((sum, phase) => sum + this.count(phase), 0);
  }

  line(paint: Paint): string {
    const all = Math.max(this.expected, this.#phases.size);
    const each = [...this.#counts].filter(([, count]) => count > 0);
    const said = each.map(([phase, count]) =>
      paint(styles[phase] ?? 'dim', `${grouped(count)} ${phase}`),
    );
    return `  ${grouped(this.settled)} of ${grouped(all)} done: ${said.join(', ')}`;
  }
}

type Show = (seen: Seen, isNew: boolean) => void;

function rowsOn({ stderr, env, remark }: Session, tally: Tally, now: () => number): Show {
  const paint = paintFor(stderr, env);
  // Of many, those at work, of which there are as many as clusters at once, and the first that are in trouble.
  const open = new Map<string, Seen>();
  let drawn = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (seen) => {
    const { phase } = seen.event;
    const isOver = ends.includes(phase) || (troubles.includes(phase) && open.size >= mostRows);
    if (tally.isMany && isOver) open.delete(seen.name);
    else open.set(seen.name, seen);
    const isLast = tally.settled === tally.expected;
    if (tally.isMany && !isLast && now() - last < frameMilliseconds) return;
    last = now();
    const width = widthOf(stderr, env);
    const shown = tally.isMany ? foremost([...open.values()]) : [...open.values()];
    const names = Math.max(0, ...shown.map(({ name }) => name.length));
    const rows = [
      ...shown.map((one) => rowOf(one, names, width, paint)),
      ...(tally.isMany ? [tally.line(paint)] : []),
    ];
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`;
    drawn = rows.length;
    remark(`${up}${rows.map((row) => `${row}\n`).join('')}`);
  };
}

/** In trouble, then at work. */
function foremost(open: readonly Seen[]): readonly Seen[] {
  const isTrouble = ({ event }: Seen) => troubles.includes(event.phase);
  const working = open.filter((one) => !isTrouble(one) && !ends.includes(one.event.phase));
  return [...open.filter(isTrouble), ...working].slice(0, mostRows);
}

function linesOn({ stderr, env, remark }: Session, tally: Tally): Show {
  const paint = paintFor(stderr, env);
  return ({ name, event }, isNew) => {
    if (!isNew) return;
    const { phase } = event;
    const isTrouble = troubles.includes(phase);
    if (tally.expected <= mostLines || isTrouble) {
      remark(`${rowOf({ name, event: withoutObject(event) }, 0, 2000, paint)}\n`);
    }
    const tenth = Math.ceil(tally.expected / 10);
    const isDone = isTrouble || ends.includes(phase);
    if (tally.expected > mostLines && isDone && tally.settled % tenth === 0) {
      remark(`${tally.line(paint)}\n`);
    }
  };
}

function rowOf({ name, event }: Seen, names: number, width: number, paint: Paint): string {
  const what = [event.object === undefined ? '' : objectText(event.object), event.reason ?? ''];
  const message = what.filter((part) => part !== '').join(': ');
  const style = styles[event.phase] ?? 'dim';
  const room = Math.max(10, width - Math.max(names, name.length) - 18);
  const text = message.length > room ? `${message.slice(0, room - 3)}...` : message;
  return `  ${pad(name, names)}  ${paint(style, pad(event.phase, 12))}  ${text}`.trimEnd();
}

/** Lines report phases, without the object that started a phase. */
function withoutObject({ cluster, phase, reason }: ReleaseEvent): ReleaseEvent {
  return { cluster, phase, ...(reason === undefined ? {} : { reason }) };
}
