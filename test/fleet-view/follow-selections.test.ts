/** Following what selections select while they change. */
import { ClusterError } from '../../providers/clusters/errors';
import { followSelections } from '../../providers/fleet-view/follow-selections';

const one = { labelSelector: 'app=one' };
const two = { labelSelector: 'app=two' };
const silent = new ClusterError({
  cluster: 'fra',
  summary: 'silent',
  remedy: '',
  unreachable: true,
});
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

describe('selections that change', () => {
  it('are followed once each, from when they appear, also after a look that failed', async () => {
    const stop = new AbortController();
    const looks = [[], [one], silent, [one, two]];
    const followed: unknown[] = [];
    let look = 0;
    await followSelections(
      {
        selections: async () => {
          const found = looks[Math.min(look++, looks.length - 1)];
          if (found instanceof Error) throw found;
          return found ?? [];
        },
        follow: (selection, signal) => {
          followed.push(selection);
          if (followed.length === 2) stop.abort();
          return untilAborted(signal);
        },
        lookMilliseconds: 1,
      },
      stop.signal,
    );
    expect(followed).toEqual([one, two]);
  });

  it('that never change are followed until they end, without another look', async () => {
    let looks = 0;
    const selections = async () => {
      looks += 1;
      return [one, two];
    };
    const follow = async () => undefined;
    const follower = { selections, follow, lookMilliseconds: undefined };
    await followSelections(follower, new AbortController().signal);
    expect(looks).toBe(1);
  });

  it('end all when the first look or a follower fails', async () => {
    const { signal } = new AbortController();
    const refused = async () => Promise.reject(silent);
    const ended: boolean[] = [];
    const follow = async (selection: object, until: AbortSignal) => {
      if (selection === two) throw silent;
      await untilAborted(until);
      ended.push(true);
    };
    const never = { follow, lookMilliseconds: 1 };
    await expect(followSelections({ ...never, selections: refused }, signal)).rejects.toBe(silent);
    const both = async () => [one, two];
    await expect(followSelections({ ...never, selections: both }, signal)).rejects.toBe(silent);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual([true]);
  });
});
