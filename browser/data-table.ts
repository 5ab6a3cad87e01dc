/** Data table: rows that can be searched, sorted and leafed through, so that ten thousand are as quick as ten. */
import { grouped } from '../constructs/model/numbers';
import { button, html } from './elements';

const PAGE = 25;

/** A column: its title, its text, and by what it is sorted. */
export interface Column {
  readonly title: string;
  readonly isNumber?: true;
  readonly text: (row: number) => string | Node;
  readonly key: (row: number) => string | number;
}

/** A table over rows that are numbers. */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly number[],
  search?: (row: number) => string,
): HTMLElement {
  return new DataTable(caption, columns, rows, search).element;
}

class DataTable {
  readonly element = html('div', { class: 'table' });
  readonly #columns: readonly Column[];
  readonly #rows: readonly number[];
  readonly #heads: readonly HTMLTableCellElement[];
  readonly #body = html('tbody');
  readonly #place = html('span', { role: 'status' });
  #shown: readonly number[];
  #page = 0;
  #sorted: { readonly column: number; readonly isDown: boolean } | undefined;
  #words = '';

  constructor(
    caption: string,
    columns: readonly Column[],
    rows: readonly number[],
    private readonly search: ((row: number) => string) | undefined,
  ) {
    this.#columns = columns;
    this.#rows = rows;
    this.#shown = rows;
    this.#heads = columns.map(({ title, isNumber }, index) =>
      html(
        'th',
        { scope: 'col', class: isNumber ? 'number' : undefined },
        button(title, () => this.#sort(index), { class: 'sort' }),
      ),
    );
    const table = html(
      'table',
      {},
      html('caption', {}, caption),
      html('thead', {}, html('tr', {}, ...this.#heads)),
      this.#body,
    );
    const scroller = html(
      'div',
      { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': caption },
      table,
    );
    this.element.append(...this.#finder(caption), scroller, ...this.#pager());
    this.#fill();
  }

  #finder(caption: string): readonly Node[] {
    if (this.search === undefined || this.#rows.length <= PAGE) return [];
    const input = html('input', {
      type: 'search',
      placeholder: 'Search',
      'aria-label': `Search: ${caption}`,
    });
    input.addEventListener('input', () => {
      this.#words = input.value.trim().toLowerCase();
      this.#page = 0;
      this.#arrange();
    });
    return [input];
  }

  #pager(): readonly Node[] {
    if (this.#rows.length <= PAGE) return [];
    const turn = (by: number) => () => {
      const last = Math.max(0, Math.ceil(this.#shown.length / PAGE) - 1);
      this.#page = Math.max(0, Math.min(last, this.#page + by));
      this.#fill();
    };
    return [
      html(
        'div',
        { class: 'pager' },
        button('‹', turn(-1), { 'aria-label': 'Rows before' }),
        this.#place,
        button('›', turn(1), { 'aria-label': 'Next rows' }),
      ),
    ];
  }

  #sort(column: number): void {
    const isDown =
      this.#sorted?.column === column
        ? !this.#sorted.isDown
        : this.#columns[column]?.isNumber === true;
    this.#sorted = { column, isDown };
    this.#page = 0;
    this.#arrange();
  }

  #arrange(): void {
    const words = this.#words;
    const { search } = this;
    const kept =
      search === undefined || words === ''
        ? [...this.#rows]
        : this.#rows.filter((row) => search(row).toLowerCase().includes(words));
    const by = this.#sorted;
    const key = by === undefined ? undefined : this.#columns[by.column]?.key;
    if (by !== undefined && key !== undefined) {
      const sign = by.isDown ? -1 : 1;
      kept.sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        return (x < y ? -1 : x > y ? 1 : 0) * sign || a - b;
      });
    }
    this.#heads.forEach((head, index) => {
      head.setAttribute(
        'aria-sort',
        by?.column !== index ? 'none' : by.isDown ? 'descending' : 'ascending',
      );
    });
    this.#shown = kept;
    this.#fill();
  }

  #fill(): void {
    const from = this.#page * PAGE;
    const rows = this.#shown.slice(from, from + PAGE);
    this.#body.replaceChildren(
      ...rows.map((row) =>
        html(
          'tr',
          {},
          ...this.#columns.map(({ text, isNumber }, index) =>
            html(
              index === 0 ? 'th' : 'td',
              { class: isNumber ? 'number' : undefined, scope: index === 0 ? 'row' : undefined },
              text(row),
            ),
          ),
        ),
      ),
    );
    const all = grouped(this.#shown.length);
    this.#place.textContent =
      rows.length === 0
        ? 'nothing found'
        : `${grouped(from + 1)}–${grouped(from + rows.length)} of ${all}`;
  }
}
