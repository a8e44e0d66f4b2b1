import { sameText } from './same-value.js';
import { type CheckedValue, valueUnder, type KeywordCheck } from './checked-value.js';
import type { SchemaCheck } from './schema-check.js';

/** A keyword of lists. */
function ofList(
  keyword: string,
  demand: (said: any, list: readonly unknown[], at: CheckedValue, check: SchemaCheck, schema: any) => void,
): [string, KeywordCheck] {
  return [keyword, (said, at, check, schema) => (Array.isArray(at.value) ? demand(said, at.value, at, check, schema) : undefined)];
}

const maxItems = ofList('maxItems', (said: number, list, at, check, schema: object) => {
  if (list.length > said) check.refuse('maxItems', `must NOT have more than ${said} items`, at, schema);
});
const minItems = ofList('minItems', (said: number, list, at, check, schema: object) => {
  if (list.length < said) check.refuse('minItems', `must NOT have fewer than ${said} items`, at, schema);
});
const uniqueItems = ofList('uniqueItems', (said: boolean, list, at, check, schema: object) => {
  if (!said) return;
  const seen = new Map<string, number>();
  for (const [i, each] of list.entries()) {
    const text = sameText(each, check.work);
    if (seen.has(text)) return void check.refuse('uniqueItems', `must NOT have duplicate items (${seen.get(text)} and ${i} are the same)`, at, schema);
    seen.set(text, i);
  }
});
const prefixItems = ofList('prefixItems', (said: readonly unknown[], list, at, check) => {
  said.slice(0, list.length).forEach((schema, i) => check.visit(schema, valueUnder(at, i)));
});
const items = ofList('items', (said, list, at, check, schema: { prefixItems?: readonly unknown[] }) => {
  for (let i = schema.prefixItems?.length ?? 0; i < list.length; i++) check.visit(said, valueUnder(at, i));
});
const contains = ofList('contains', (said, list, at, check, schema: { minContains?: number; maxContains?: number }) => {
  const { minContains: least = 1, maxContains: most = Infinity } = schema;
  const count = list.filter((_each, i) => check.try(said, valueUnder(at, i)).fits).length;
  const range = most === Infinity ? `at least ${least}` : `at least ${least} and no more than ${most}`;
  if (count < least || count > most) check.refuse('contains', `must contain ${range} valid item(s)`, at, schema);
});

export const arrayKeywords: readonly (readonly [string, KeywordCheck])[] = [maxItems, minItems, uniqueItems, prefixItems, items, contains];
