/** The divisible assignment of one app under capacity, where its pairs are too many to hold: costs of the chosen clusters alone. */

import type { AppProblem, Work } from '../problem/problem';
import type { Assignment } from './assignment';
import { IncrementalFlow } from './incremental-flow';
import type { MinCostFlowAnswer } from './min-cost-flow';
import type { Slots } from './slots';

/**
 * At least total cost; `capacities` are by position in `open`, in requests/s. Work is bounded by that of the incremental flow.
 * `priced` makes the flow that tells prices of capacity. It takes longer, so it is made when it is asked for: of few sets it is.
 */
export function assignDivisibly(
  app: AppProblem,
  open: readonly number[],
  capacities: Float64Array,
  work: Work,
  priced: { readonly slots: Slots; readonly flow: () => MinCostFlowAnswer },
): Assignment {
  const flow = new IncrementalFlow(app, capacities, work, open);
  flow.reset([...open.keys()]);
  const { origins } = app;
  const width = open.length;
  const amounts = new Float64Array(origins * width);
  for (let position = 0; position < width; position++) {
    for (let u = 0; u < origins; u++)
      amounts[u * width + position] = flow.amounts[position * origins + u];
  }
  const load = flow.load.slice(0, width);
  const shortfall = flow.isComplete ? 0 : flow.load[flow.dummy];
  let answer: MinCostFlowAnswer | undefined;
  const answered = {
    slots: priced.slots,
    get answer() {
      answer ??= priced.flow();
      return answer;
    },
  };
  return { shortfall, apps: [{ open, amounts, load }], isExact: true, flow: answered };
}
