import { checkOptions } from '../context/checks.js';
import { InvalidInputError } from '../values/errors.js';

/** One page of a list. */
export interface Page<T> {
  /** At most `limit`. A list that looks for something rare may have fewer, even none, and a next page. */
  readonly items: T[];
  /** Give it as `cursor` for the next page; null: this was the last. */
  readonly next: string | null;
}

/** Selects a page. */
export interface PageOptions {
  readonly cursor?: string;
  readonly limit?: number;
}

/** Refuses what is no option of a page. @throws InvalidInputError */
export function checkPage(options: PageOptions): void {
  checkOptions('The page', options, ['cursor', 'limit']);
}

/** The most that one page holds. */
export const LARGEST_PAGE = 200;
const USUAL_PAGE = 50;

/** @throws InvalidInputError */
export function limitOf({ limit = USUAL_PAGE }: PageOptions): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return limit;
  throw new InvalidInputError('The filter', [`limit must be a whole number from 1 to ${LARGEST_PAGE}`]);
}

/** Makes a page of rows, one more than fits: the extra row shows that there is another page. */
export function pageOf<T, R>(found: readonly T[], limit: number, place: (last: T) => readonly (string | number)[], view: (each: T) => R): Page<R> {
  const items = found.slice(0, limit);
  const next = found.length > limit ? cursorAt(place(items.at(-1)!)) : null;
  return { items: items.map(view), next };
}

/** The cursor of the page that begins after this place. */
export function cursorAt(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place after which a page begins: its parts are of these types. @throws InvalidInputError */
export function cursorPlace<const T extends readonly ('string' | 'number')[]>(cursor: string, types: T): { -readonly [K in keyof T]: CursorPart<T[K]> } {
  if (typeof cursor !== 'string') throw new InvalidInputError('The filter', ['cursor must be the `next` of a page before']);
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts) && parts.length === types.length && parts.every((part, i) => isPart(part, types[i]!))) return parts as never;
  } catch {
    // reported below
  }
  throw new InvalidInputError('The filter', ['cursor must be the `next` of a page before']);
}

/** Databases refuse a NUL, half a surrogate pair, and numbers that are no whole ones. */
function isPart(part: unknown, type: 'string' | 'number'): boolean {
  if (type === 'number') return Number.isSafeInteger(part);
  return typeof part === 'string' && !part.includes('\0') && part.isWellFormed();
}

type CursorPart<T> = T extends 'string' ? string : number;
