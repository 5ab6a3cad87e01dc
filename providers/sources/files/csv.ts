/** Comma-separated text (RFC 4180) to records named by its first line. */

/** One record per line after the header; short lines lack their last fields, blank lines are skipped. */
export function recordsOf(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = rowsOf(text);
  return rows.map((row) =>
    Object.fromEntries(
      header.flatMap((name, at) => {
        const field = row[at];
        return field === undefined ? [] : [[name, field]];
      }),
    ),
  );
}

/** Fields may be quoted; a doubled quote inside quotes is a quote. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\r|$)/y;
  const body = text.replace(/^\uFEFF/, '');
  let row: string[] = [];
  while (field.lastIndex < body.length) {
    const found = field.exec(body);
    if (found === null) return rows;
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') {
      // A line that ends in a comma has one more, empty, field.
      if (field.lastIndex < body.length) continue;
      row.push('');
    }
    if (row.some((value) => value !== '')) rows.push(row);
    row = [];
  }
  return rows;
}
