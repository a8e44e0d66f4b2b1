import type { SchemaCheck } from './schema-check.js';

/** A value on its way through a schema. */
export interface CheckedValue {
  readonly value: unknown;
  /** Where the value is. Null: it is the whole. */
  readonly path: PathTo | null;
  /** Whether defaults are filled in. Not where a schema is only one of several. */
  readonly fills: boolean;
}
export interface PathTo {
  readonly within: PathTo | null;
  readonly key: string;
}

/** What a keyword demands of a value. */
export type KeywordCheck = (said: any, at: CheckedValue, check: SchemaCheck, schema: any) => void;

/** The value under a key or index. */
export function valueUnder(at: CheckedValue, key: string | number): CheckedValue {
  return { value: (at.value as Record<string, unknown>)[key], path: { within: at.path, key: String(key) }, fills: at.fills };
}
