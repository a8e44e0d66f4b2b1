import { digestOf } from '../values/digest.js';
import type { Json } from '../values/json.js';

/** A longer value is kept as its beginning and a digest. Below what an index takes on each database. */
const LONGEST = 200;
const KEPT = 150;

/** A value of the context as the table of search values has it. Null: processes are not found by values of its kind. */
export function searchText(value: Json | undefined): string | null {
  if (value === undefined || value === null || typeof value === 'object') return null;
  const text = JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, KEPT).toWellFormed()}…${digestOf(text)}`;
}
