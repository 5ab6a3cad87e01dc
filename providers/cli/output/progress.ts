/** Progress: what happens in each cluster while it happens: a row per cluster on a terminal, lines elsewhere. */
import { objectText, type ReleaseEvent } from '../../resources/release';
import { pad } from './layout';
import { paintFor, type Session, type Style, widthOf } from './terminal';

/** Shows events on standard error. */
interface Progress {
  readonly onEvent: (event: ReleaseEvent) => void;
  /** Leaves the rows as they are now. */
  readonly done: () => void;
}

const styles: Readonly<Partial<Record<ReleaseEvent['phase'], Style>>> = {
  ready: 'green',
  removed: 'green',
  failed: 'red',
  unreachable: 'yellow',
  kept: 'yellow',
  skipped: 'yellow',
  'rolled back': 'yellow',
};
const quiet: readonly ReleaseEvent['phase'][] = ['observing', 'observed'];

/** Rows that are written over on a terminal; elsewhere a line whenever a cluster enters a phase. */
export function progressOn({ stderr, env, remark }: Session): Progress {
  const paint = paintFor(stderr, env);
  const last = new Map<string, ReleaseEvent>();
  const rowOf = (event: ReleaseEvent, width: number) => {
    const names = Math.max(...[...last.keys()].map((name) => name.length));
    const what = [event.object === undefined ? '' : objectText(event.object), event.reason ?? ''];
    const message = what.filter((part) => part !== '').join(': ');
    const style = styles[event.phase] ?? 'dim';
    const room = Math.max(10, width - names - 18);
    const text = message.length > room ? `${message.slice(0, room - 3)}...` : message;
    return `  ${pad(event.cluster, names)}  ${paint(style, pad(event.phase, 12))}  ${text}`.trimEnd();
  };
  const isLive = stderr.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
  let drawn = 0;
  const draw = () => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    const rows = [...last.values()].map(
      (event) => `\u001b[2K${rowOf(event, widthOf(stderr, env))}\n`,
    );
    drawn = rows.length;
    remark(up + rows.join(''));
  };
  return {
    onEvent: (event) => {
      const before = last.get(event.cluster);
      if (quiet.includes(event.phase)) return;
      last.set(event.cluster, event);
      if (isLive) draw();
      else if (before?.phase !== event.phase) remark(`${rowOf(withoutObject(event), 2000)}\n`);
    },
    done: () => {
      drawn = 0;
      last.clear();
    },
  };
}

/** Lines report phases, without the object that started a phase. */
function withoutObject({ cluster, phase, reason }: ReleaseEvent): ReleaseEvent {
  return { cluster, phase, ...(reason === undefined ? {} : { reason }) };
}
