/**
 * Cells: near origins aggregated into one, so that a first answer is cheap. The cell whose members are farthest from their
 * centroid, weighted by requests, is divided each time (Su and Dy, Intelligent Data Analysis 11, 2007: at the mean along the axis
 * of most variance). The centroid is a mean of unit vectors, so it lies within the sphere. Chord and arc length are convex, so
 * serving the centroid costs no more than serving all members.
 */
import type { Sphere } from '../../model/sphere';
import { Heap } from '../primitives/heap';

/** Origins aggregated into cells. */
export interface Cells {
  readonly cells: number;
  /** By origin. */
  readonly cellOf: Int32Array;
  /** By cell: [cell * 3 + axis] the middle of its members, their requests/s, and the member with most of them. */
  readonly centroid: Float64Array;
  readonly weight: Float64Array;
  readonly largestMember: Int32Array;
}

/** Members `order[from..to)`, and how far they are spread. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly axis: number;
  readonly mean: number;
  /** Sum of weighted distances to the middle, about. */
  readonly spread: number;
}

/** At most `most` cells; origins of different kinds are in different ones, so there are at least as many as kinds. */
export function cellsOf(
  sphere: Sphere,
  weight: Float64Array,
  kind: Int32Array,
  most: number,
): Cells {
  return new CellPartition(sphere.origin, weight, kind).partition(most);
}

class CellPartition {
  private readonly order: Int32Array;
  /** Parts by where they begin. */
  private readonly parts = new Map<number, Part>();
  /** Where they begin, by spread: the widest first, ties by place. */
  private readonly widest = new Heap(0);

  constructor(
    private readonly origin: Float64Array,
    private readonly weight: Float64Array,
    private readonly kind: Int32Array,
  ) {
    this.order = Int32Array.from(kind.keys()).sort((a, b) => kind[a] - kind[b] || a - b);
  }

  partition(most: number): Cells {
    const { order, kind, parts, widest } = this;
    for (let from = 0, to = 0; from < order.length; from = to) {
      while (to < order.length && kind[order[to]] === kind[order[from]]) to++;
      this.add(from, to);
    }
    while (parts.size < most && widest.first() >= 0 && widest.key < 0) {
      const part = parts.get(widest.pop()) as Part;
      const middle = this.divide(part);
      this.add(part.from, middle);
      this.add(middle, part.to);
    }
    return this.result();
  }

  private add(from: number, to: number): void {
    const part = this.part(from, to);
    this.parts.set(from, part);
    this.widest.push(from, -part.spread);
  }

  private part(from: number, to: number): Part {
    const { order, origin, weight } = this;
    const [mean, square] = [new Float64Array(3), new Float64Array(3)];
    let all = 0;
    for (let i = from; i < to; i++) {
      const u = order[i];
      all += weight[u];
      for (let axis = 0; axis < 3; axis++) {
        const x = origin[u * 3 + axis];
        mean[axis] += weight[u] * x;
        square[axis] += weight[u] * x * x;
      }
    }
    const variance = square.map((sum, axis) => {
      const centroid = mean[axis] / all;
      return Math.max(0, sum / all - centroid * centroid);
    });
    const axis = variance.indexOf(Math.max(...variance));
    const total = variance[0] + variance[1] + variance[2];
    const isOne = to - from < 2 || total < 1e-15;
    return { from, to, axis, mean: mean[axis] / all, spread: isOne ? 0 : all * Math.sqrt(total) };
  }

  /** Orders the members by the side of the mean they are on; where the second side begins. */
  private divide({ from, to, axis, mean }: Part): number {
    const { order, origin } = this;
    let [i, j] = [from, to - 1];
    while (i <= j) {
      while (i <= j && origin[order[i] * 3 + axis] <= mean) i++;
      while (i <= j && origin[order[j] * 3 + axis] > mean) j--;
      if (i > j) break;
      const swapped = order[i];
      order[i++] = order[j];
      order[j--] = swapped;
    }
    // Rounding may put the mean beyond all of them.
    return Math.min(to - 1, Math.max(from + 1, i));
  }

  private result(): Cells {
    const { order, origin, weight } = this;
    const parts = [...this.parts.values()].sort((a, b) => a.from - b.from);
    const cells = parts.length;
    const result = {
      cells,
      cellOf: new Int32Array(order.length),
      centroid: new Float64Array(cells * 3),
      weight: new Float64Array(cells),
      largestMember: new Int32Array(cells),
    };
    parts.forEach(({ from, to }, cell) => {
      let [largestMember, all] = [order[from], 0];
      for (let i = from; i < to; i++) {
        const u = order[i];
        result.cellOf[u] = cell;
        all += weight[u];
        for (let axis = 0; axis < 3; axis++) {
          result.centroid[cell * 3 + axis] += weight[u] * origin[u * 3 + axis];
        }
        if (weight[u] > weight[largestMember]) largestMember = u;
      }
      for (let axis = 0; axis < 3; axis++) result.centroid[cell * 3 + axis] /= all;
      result.weight[cell] = all;
      result.largestMember[cell] = largestMember;
    });
    return result;
  }
}
