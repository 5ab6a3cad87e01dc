/** Limits: which ones bind, and what one unit more of each would save. */
import { threeDigits } from '../constructs/model/numbers';
import { bar, html, section } from './elements';
import type { State } from './state';

/** The section with the prices; undefined where no limit binds. */
export function limitsSection(state: State): HTMLElement | undefined {
  const { prices, arePricesEstimates } = state.data;
  if (prices.length === 0) return undefined;
  const most = Math.max(...prices.map(({ saves }) => saves));
  const about = arePricesEstimates ? 'about ' : '';
  return section(
    'limits',
    'Limits that cost',
    html(
      'p',
      {},
      `What one unit more of a limit would lower the objective by${arePricesEstimates ? '; estimates, as with more room other clusters may be chosen' : ''}.`,
    ),
    html(
      'ul',
      { class: 'rows' },
      ...prices.map(({ cluster, resource, saves }) =>
        html(
          'li',
          {},
          html('span', {}, html('strong', {}, state.nameOf(cluster)), ` ${inWords(resource)}`),
          bar(saves / most),
          html('span', { class: 'amount' }, `${about}${threeDigits(saves)}`),
        ),
      ),
    ),
  );
}

/** `requestsPerSecond` as `requests per second`. */
function inWords(resource: string): string {
  return resource.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
