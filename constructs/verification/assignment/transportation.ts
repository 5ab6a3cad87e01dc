/**
 * The cheapest divided assignment of one app within the largest loads of its clusters. Every origin starts at its cheapest cluster;
 * what is too much there moves along shortest paths between clusters (successive shortest paths, Ahuja, Magnanti and Orlin, Network
 * Flows, 1993, chapter 9), of which there are few where origins are many.
 */
import type { AssignmentProblem, Flow } from '../input/assignment-problem';
import { slack } from '../input/findings';

/** Flows of least cost; undefined when the clusters are too small for the demand, or some origin has no cluster. */
export function transportation(
  problem: AssignmentProblem,
  /** By position of `chosen`: requests/s. */
  ceilings: readonly number[],
  /** By origin: the cluster that serves all of it. */
  servedAt: ReadonlyMap<number, number>,
): Flow[] | undefined {
  const demand = problem.origins.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const search = new Transportation(problem, ceilings, servedAt, demand);
  return search.begin() && search.relieve() ? search.flows() : undefined;
}

class Transportation {
  private readonly width: number;
  /** [origin * width + position]: cost of one request/s. */
  private readonly cost: Float64Array;
  /** [origin * width + position]: requests/s. */
  private readonly amounts: Float64Array;
  private readonly load: Float64Array;
  /** By position: origins that it serves. */
  private readonly served: readonly Set<number>[];
  /** [from * width + to]: the cheapest move of one request/s, and whose. */
  private readonly move: Float64Array;
  private readonly mover: Int32Array;
  private readonly epsilon: number;

  constructor(
    private readonly problem: AssignmentProblem,
    private readonly ceilings: readonly number[],
    servedAt: ReadonlyMap<number, number>,
    demand: number,
  ) {
    const { origins, chosen } = problem;
    this.width = chosen.length;
    this.cost = new Float64Array(origins.length * this.width);
    for (let origin = 0; origin < origins.length; origin++) {
      const only = servedAt.get(origin);
      for (const [position, cluster] of chosen.entries()) {
        const isOpen = (only ?? cluster) === cluster;
        this.cost[origin * this.width + position] = isOpen
          ? problem.cost(origin, cluster)
          : Number.POSITIVE_INFINITY;
      }
    }
    this.amounts = new Float64Array(this.cost.length);
    this.load = new Float64Array(this.width);
    this.served = chosen.map(() => new Set<number>());
    this.move = new Float64Array(this.width * this.width).fill(Number.POSITIVE_INFINITY);
    this.mover = new Int32Array(this.width * this.width).fill(-1);
    this.epsilon = slack(demand) / 1000;
  }

  /** Every origin at its cheapest cluster, ties by name; false when one has none. */
  begin(): boolean {
    const { width, cost, problem } = this;
    for (const [origin, { requestsPerSecond }] of problem.origins.entries()) {
      let best = 0;
      for (let position = 1; position < width; position++)
        if (cost[origin * width + position]! < cost[origin * width + best]!) best = position;
      if (!(cost[origin * width + best]! < Number.POSITIVE_INFINITY)) return false;
      this.add(origin, best, requestsPerSecond);
    }
    return true;
  }

  /** Moves demand until no cluster is beyond its ceiling; false when they are too small. */
  relieve(): boolean {
    for (;;) {
      const isOver = [...this.load.keys()].some((p) => this.excess(p) > this.epsilon);
      if (!isOver) return true;
      const path = this.shortestPath();
      if (path === undefined) return this.isWithinSlack();
      this.augment(path);
    }
  }

  flows(): Flow[] {
    const { width, problem } = this;
    return problem.origins.flatMap((_, origin) =>
      problem.chosen.flatMap((cluster, position): Flow[] => {
        const amount = this.amounts[origin * width + position]!;
        return amount > this.epsilon ? [{ origin, cluster, amount }] : [];
      }),
    );
  }

  private excess(position: number): number {
    return this.load[position]! - this.ceilings[position]!;
  }

  private isWithinSlack(): boolean {
    let over = 0;
    for (let position = 0; position < this.width; position++)
      over += Math.max(0, this.excess(position));
    return over <= this.epsilon * 1000;
  }

  /** Positions from a cluster beyond its ceiling to one with capacity left, at least cost (Bellman-Ford over the clusters). */
  private shortestPath(): readonly number[] | undefined {
    const { width, move, epsilon } = this;
    const distance = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(width).fill(-1);
    for (let p = 0; p < width; p++) if (this.excess(p) > epsilon) distance[p] = 0;
    let isChanging = true;
    for (let round = 0; isChanging && round < width; round++) {
      isChanging = false;
      for (let from = 0; from < width; from++) {
        if (distance[from] === Number.POSITIVE_INFINITY) continue;
        for (let to = 0; to < width; to++) {
          const through = distance[from]! + move[from * width + to]!;
          // The margin keeps rounding from going around in circles.
          if (through >= distance[to]! - 1e-12 * Math.max(1, Math.abs(through))) continue;
          distance[to] = through;
          before[to] = from;
          isChanging = true;
        }
      }
    }
    let end = -1;
    for (let p = 0; p < width; p++) {
      if (this.excess(p) < -epsilon && (end < 0 || distance[p]! < distance[end]!)) end = p;
    }
    if (end < 0 || distance[end] === Number.POSITIVE_INFINITY) return undefined;
    const path = [end];
    for (let at = before[end]!; at >= 0 && path.length <= width; at = before[at]!) path.unshift(at);
    return path;
  }

  private augment(path: readonly number[]): void {
    const { width, mover } = this;
    const steps = path.slice(1).map((to, index) => {
      const from = path[index]!;
      return { from, to, origin: mover[from * width + to]! };
    });
    let amount = Math.min(this.excess(path[0]!), -this.excess(path.at(-1)!));
    for (const { from, origin } of steps)
      amount = Math.min(amount, this.amounts[origin * width + from]!);
    for (const { from, to, origin } of steps) {
      this.add(origin, to, amount);
      this.remove(origin, from, amount);
    }
  }

  private add(origin: number, position: number, amount: number): void {
    const { width } = this;
    this.amounts[origin * width + position]! += amount;
    this.load[position]! += amount;
    if (this.served[position]!.has(origin)) return;
    this.served[position]!.add(origin);
    this.offer(origin, position);
  }

  private remove(origin: number, position: number, amount: number): void {
    const { width } = this;
    const at = origin * width + position;
    this.amounts[at]! -= amount;
    this.load[position]! -= amount;
    if (this.amounts[at]! > this.epsilon) return;
    this.served[position]!.delete(origin);
    let isGone = false;
    for (let to = 0; to < width; to++) {
      const arc = position * width + to;
      if (this.mover[arc] !== origin) continue;
      this.move[arc] = Number.POSITIVE_INFINITY;
      this.mover[arc] = -1;
      isGone = true;
    }
    if (isGone) for (const other of this.served[position]!) this.offer(other, position);
  }

  /** Notes the moves of an origin away from a position where they are cheaper than those known. */
  private offer(origin: number, position: number): void {
    const { width, cost, move, mover } = this;
    const here = cost[origin * width + position]!;
    for (let to = 0; to < width; to++) {
      if (to === position) continue;
      const saving = cost[origin * width + to]! - here;
      if (!(saving < move[position * width + to]!)) continue;
      move[position * width + to] = saving;
      mover[position * width + to] = origin;
    }
  }
}
