import type { Row, Table } from './columns.js';

/** Below what SQLite takes as parameters of one statement. */
const most = 1000;

/** MySQL takes packets of 16 MB at least, and of 1 MB on old settings: a large row travels alone. */
export function chunksOfRows<T extends Table>(rows: readonly Row<T>[]): Row<T>[][] {
  const chunksOfRows: Row<T>[][] = [];
  let room = 0;
  for (const row of rows) {
    const bytes = sizeOf(row);
    if (bytes > room || chunksOfRows.at(-1)!.length === most) {
      chunksOfRows.push([]);
      room = 500_000;
    }
    chunksOfRows.at(-1)!.push(row);
    room -= bytes;
  }
  return chunksOfRows;
}

function sizeOf(row: Readonly<Record<string, unknown>>): number {
  return Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}
