/** When a flow that follows every move judges sets: room decides, and nothing else that is judged by assigning. */
import type { AppProblem } from './problem';

/** Pairs above which streams are not kept. */
const MOST_PAIRS = 2_000_000;

/** True when the room decides and the pairs are few enough for a flow that follows every move. */
export function isStreamable(
  app: AppProblem,
  room: Float64Array | undefined,
): room is Float64Array {
  return room !== undefined && app.many === undefined && app.clusters * app.origins <= MOST_PAIRS;
}

/** True when, of all that is judged by assigning, only room counts. */
export function isOnlyRoom(app: AppProblem): boolean {
  return (
    app.nearShare === undefined &&
    app.survive === undefined &&
    app.budget === undefined &&
    app.threshold.every((one, cluster) => one <= 0 || app.allowed[cluster] === 0) &&
    app.replicaCost.every((one) => one <= 0)
  );
}
