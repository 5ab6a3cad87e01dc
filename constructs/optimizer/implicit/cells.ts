/**
 * Cells: near origins aggregated into one, so that a first answer is cheap. The cell whose members are farthest from their
 * centroid, weighted by requests, is divided each time (Su and Dy, Intelligent Data Analysis 11, 2007: at the mean along the axis
 * of most variance). The centroid is a mean of unit vectors, so it lies within the sphere. Chord and arc length are convex, so
 * serving the centroid costs no more than serving all members.
 */
import type { Sphere } from '../../model/sphere';

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
  private readonly heap: Part[] = [];

  constructor(
    private readonly origin: Float64Array,
    private readonly weight: Float64Array,
    private readonly kind: Int32Array,
  ) {
    this.order = Int32Array.from(kind.keys()).sort((a, b) => kind[a] - kind[b] || a - b);
  }

  partition(most: number): Cells {
    const { order, kind, heap } = this;
    for (let from = 0, to = 0; from < order.length; from = to) {
      while (to < order.length && kind[order[to]] === kind[order[from]]) to++;
      this.push(this.part(from, to));
    }
    while (heap.length < most && heap[0]?.spread > 0) {
      const widest = this.pop();
      const centroid = this.divide(widest);
      this.push(this.part(widest.from, centroid));
      this.push(this.part(centroid, widest.to));
    }
    return this.result();
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
    const { order, heap, origin, weight } = this;
    const cells = heap.length;
    const parts = [...heap].sort((a, b) => a.from - b.from);
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

  /** Adds to the heap, whose first part is spread widest; ties by place. */
  private push(part: Part): void {
    const { heap } = this;
    let at = heap.push(part) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWider(part, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = part;
  }

  private pop(): Part {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop() as Part;
    if (heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isWider(heap[child + 1], heap[child])) child++;
      if (!isWider(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function isWider(a: Part, b: Part): boolean {
  return a.spread > b.spread || (a.spread === b.spread && a.from < b.from);
}
