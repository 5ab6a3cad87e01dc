/** Room for all: whether every cluster could hold all apps with all of their demand, so that no app ever finds less room for another. */
import type { Demand } from '../../model/demand';
import { fits, freeFor, type Limits, usageAt } from '../../optimizer';
import type { AppInput } from './app-input';
import { componentsOf } from './compile';

/** True when the whole demand of all apps that count against capacity fits on every cluster at once, with the largest headroom. */
export function isRoomForAll(inputs: readonly AppInput[], limits: Limits): boolean {
  const totals = new Map<Demand | undefined, number>();
  const everything = { cpuMillicores: 0, memoryMebibytes: 0, pods: 0, requestsPerSecond: 0 };
  let headroom = 0;
  for (const { app, demand } of inputs) {
    const { capacity } = app.policy.constraints;
    if (capacity === false) continue;
    const total = totals.get(demand) ?? requestsOf(demand);
    totals.set(demand, total);
    const usage = usageAt({ components: componentsOf(app) }, total);
    everything.cpuMillicores += usage.cpuMillicores;
    everything.memoryMebibytes += usage.memoryMebibytes;
    everything.pods += usage.pods;
    everything.requestsPerSecond += usage.requestsPerSecond;
    headroom = Math.max(headroom, capacity.headroom);
  }
  return limits.headroom.every((_, cluster) =>
    fits(everything, freeFor(limits, cluster, headroom)),
  );
}

function requestsOf(demand: Demand | undefined): number {
  return (demand?.origins ?? []).reduce((sum, one) => sum + one.requestsPerSecond, 0);
}
