/** The cheapest direct move of flow between each two clusters: its cost per request/s, and the origin it moves. */
import type { Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** The moves for the amounts of a flow. The owner of the flow calls an update for each cluster whose amounts change. */
export class CheapestMoves {
  /** [from * width + to]: the least cost of moving one request/s, and the origin it belongs to. */
  readonly move: Float64Array;
  readonly mover: Int32Array;
  private readonly members: Int32Array;

  constructor(
    /** [origin * width + cluster]: cost of one request/s. */
    private readonly unit: Float64Array,
    /** [cluster * origins + origin]: requests/s. */
    private readonly amounts: Float64Array,
    private readonly width: number,
    private readonly work: Work,
  ) {
    this.move = new Float64Array(width * width);
    this.mover = new Int32Array(width * width);
    this.members = new Int32Array(amounts.length / width);
  }

  /** Recomputes the moves from one cluster to all open clusters. */
  updateFrom(from: number, open: readonly number[]): void {
    const { move, mover, amounts, unit, width, members } = this;
    const origins = members.length;
    const row = from * width;
    for (const one of open) move[row + one] = POSITIVE_INFINITY;
    let size = 0;
    for (let u = 0, at = from * origins; u < origins; u++, at++) {
      if (amounts[at] > 0) members[size++] = u;
    }
    for (let i = 0; i < size; i++) {
      const u = members[i];
      const costs = u * width;
      const here = unit[costs + from];
      for (let k = 0; k < open.length; k++) {
        const to = open[k];
        const change = unit[costs + to] - here;
        if (change >= move[row + to]) continue;
        move[row + to] = change;
        mover[row + to] = u;
      }
    }
    this.work.spent += origins + size * open.length;
  }

  /** Recomputes the moves from one cluster to another. */
  updateBetween(from: number, to: number): void {
    const { move, mover, amounts, unit, width } = this;
    const origins = this.members.length;
    const at = from * width + to;
    move[at] = POSITIVE_INFINITY;
    for (let u = 0, a = from * origins; u < origins; u++, a++) {
      if (amounts[a] === 0) continue;
      const change = unit[u * width + to] - unit[u * width + from];
      if (change >= move[at]) continue;
      move[at] = change;
      mover[at] = u;
    }
    this.work.spent += origins;
  }
}
