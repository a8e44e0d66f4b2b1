import type { Row, Table } from './columns.js';

/** The most rows of one statement: below the number of parameters that SQLite accepts. */
const most = 1000;

/** Splits rows into chunks of about half a megabyte: MySQL may accept packets of 1 MB only. A larger row is a chunk of its own. */
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
