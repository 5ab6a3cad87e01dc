/** Fit: how well DNS can say what was decided, country by country. */
import { bareMilliseconds, percent, signed, threeDigits } from '../constructs/model/numbers';
import { type Column, dataTable } from './data-table';
import { bar, html, section } from './elements';
import { number } from './overview';
import type { State } from './state';

/** The section with the fit; undefined for an app that DNS does not answer for. */
export function fitSection(state: State): HTMLElement | undefined {
  const routing = state.details?.routing;
  if (routing === undefined) return undefined;
  if ('problem' in routing) {
    return section(
      'fit',
      'How well DNS fits',
      html('p', { class: 'warning' }, `${routing.problem}.`),
    );
  }
  const { countries } = routing;
  const of = (row: number) => countries[row];
  const columns: readonly Column[] = [
    {
      title: 'Country',
      text: (row) => of(row)?.country || 'unknown',
      key: (row) => of(row)?.country ?? '',
    },
    number('Requests/s', (row) => of(row)?.requestsPerSecond ?? 0, threeDigits),
    {
      title: 'Answered as assigned',
      text: (row) => {
        const share = of(row)?.matchedShare ?? 0;
        return html('span', { class: 'with-bar' }, bar(share), percent(share));
      },
      key: (row) => of(row)?.matchedShare ?? 0,
    },
    {
      title: 'Answers',
      text: (row) =>
        (of(row)?.clusters ?? [])
          .map(([cluster, share]) =>
            share >= 0.9995 ? state.nameOf(cluster) : `${state.nameOf(cluster)} ${percent(share)}`,
          )
          .join(', '),
      key: (row) => state.nameOf(of(row)?.clusters[0]?.[0] ?? -1),
    },
  ];
  const estimate = routing.isApproximate ? ' These are estimates.' : '';
  const more = signed(bareMilliseconds(routing.addedMeanMilliseconds));
  return section(
    'fit',
    'How well DNS fits',
    html(
      'p',
      { class: 'big' },
      `${percent(routing.matchedShare)} of the requests are answered as assigned by ${routing.system}; mean ${more} ms, p95 ${signed(bareMilliseconds(routing.addedP95Milliseconds))} ms.${estimate}`,
    ),
    ...warnings(routing.warnings),
    dataTable('Countries', columns, [...countries.keys()], (row) => of(row)?.country ?? ''),
  );
}

/** The first ones; the others on demand. */
function warnings(texts: readonly string[]): readonly HTMLElement[] {
  const paragraphs = texts.map((text) => html('p', { class: 'warning' }, `${text}.`));
  if (paragraphs.length <= 3) return paragraphs;
  const rest = paragraphs.slice(2);
  const summary = html('summary', {}, `${rest.length} more remarks`);
  return [...paragraphs.slice(0, 2), html('details', {}, summary, ...rest)];
}
