import type { Row } from '../rows.js';

const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz'];

/** The key of each column in the JSON of a batch: one or two characters, because every byte is written, sent and parsed. */
export const SHORT_KEYS = [...ALPHABET, ...ALPHABET.map((last) => `a${last}`)];

/**
 * The row as an object: of one shape for its length, which is the fastest to make and to write as JSON. Nulls are left out, because a
 * missing key reads as null. Most rows are versions (10 values), records (13) and processes (7, 17 or 23); those of a step are in `given-rows.ts`.
 */
export function shortened(row: Row): object {
  if (row.length <= 10) return ofTen(row);
  if (row.length <= 13) return ofThirteen(row);
  return row.length <= 17 ? ofSeventeen(row) : ofAll(row);
}

/* prettier-ignore */
function ofTen(row: Row): object {
  return {
    a: row[0] ?? undefined, b: row[1] ?? undefined, c: row[2] ?? undefined, d: row[3] ?? undefined, e: row[4] ?? undefined,
    f: row[5] ?? undefined, g: row[6] ?? undefined, h: row[7] ?? undefined, i: row[8] ?? undefined, j: row[9] ?? undefined,
  };
}

/* prettier-ignore */
function ofThirteen(row: Row): object {
  return {
    a: row[0] ?? undefined, b: row[1] ?? undefined, c: row[2] ?? undefined, d: row[3] ?? undefined, e: row[4] ?? undefined,
    f: row[5] ?? undefined, g: row[6] ?? undefined, h: row[7] ?? undefined, i: row[8] ?? undefined, j: row[9] ?? undefined,
    k: row[10] ?? undefined, l: row[11] ?? undefined, m: row[12] ?? undefined,
  };
}

/* prettier-ignore */
function ofSeventeen(row: Row): object {
  return {
    a: row[0] ?? undefined, b: row[1] ?? undefined, c: row[2] ?? undefined, d: row[3] ?? undefined, e: row[4] ?? undefined,
    f: row[5] ?? undefined, g: row[6] ?? undefined, h: row[7] ?? undefined, i: row[8] ?? undefined, j: row[9] ?? undefined,
    k: row[10] ?? undefined, l: row[11] ?? undefined, m: row[12] ?? undefined, n: row[13] ?? undefined, o: row[14] ?? undefined,
    p: row[15] ?? undefined, q: row[16] ?? undefined,
  };
}

/* prettier-ignore */
function ofAll(row: Row): object {
  return {
    a: row[0] ?? undefined, b: row[1] ?? undefined, c: row[2] ?? undefined, d: row[3] ?? undefined, e: row[4] ?? undefined,
    f: row[5] ?? undefined, g: row[6] ?? undefined, h: row[7] ?? undefined, i: row[8] ?? undefined, j: row[9] ?? undefined,
    k: row[10] ?? undefined, l: row[11] ?? undefined, m: row[12] ?? undefined, n: row[13] ?? undefined, o: row[14] ?? undefined,
    p: row[15] ?? undefined, q: row[16] ?? undefined, r: row[17] ?? undefined, s: row[18] ?? undefined, t: row[19] ?? undefined,
    u: row[20] ?? undefined, v: row[21] ?? undefined, w: row[22] ?? undefined, x: row[23] ?? undefined, y: row[24] ?? undefined,
    z: row[25] ?? undefined,
  };
}
