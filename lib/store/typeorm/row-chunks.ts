import type { Row } from './rows.js';

/** The most rows of one statement: below the number of parameters that SQLite accepts. */
const most = 1000;

/** Splits rows into chunks of about half a megabyte: MySQL may accept packets of 1 MB only. A larger row is a chunk of its own. */
export function chunksOfRows(rows: readonly Row[]): Row[][] {
  const chunksOfRows: Row[][] = [];
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

function sizeOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}
