/** SQL with `?` for its values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Below what each database takes as parameters of one statement. */
const longest = 500;

export function chunks<T>(values: readonly T[], size = longest): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < values.length; from += size) pieces.push(values.slice(from, from + size));
  return pieces;
}

export function inList(values: readonly unknown[]): Query {
  return { sql: `in (${values.map(() => '?').join(', ')})`, values };
}

/** `$1`, `$2`... for PostgreSQL. Our SQL has no question mark but these. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}
