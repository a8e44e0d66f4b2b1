/** What each keyword of JSON Schema demands. The order is that in which faults are told. */
import { FORMATS, NUMBER_FORMATS } from './formats.js';
import { arrayKeywords } from './array-keywords.js';
import { fillDefaults, objectKeywords } from './object-keywords.js';
import { combiningKeywords } from './combining-keywords.js';
import { isSame } from './same-value.js';
import type { CheckedValue, KeywordCheck } from './checked-value.js';
import type { SchemaCheck } from './schema-check.js';

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
export const TYPE_NAMES: readonly string[] = Object.keys(TYPES);

const type: KeywordCheck = (said: string | string[], at, check, schema) => {
  const types = typeof said === 'string' ? [said] : said;
  if (!types.some((each) => TYPES[each]!(at.value))) check.refuse('type', `must be ${types.join(',')}`, at, schema as object);
};

/** A keyword that compares a number. */
function compares(keyword: string, sign: string, isRight: (value: number, said: number) => boolean): [string, KeywordCheck] {
  const demand: KeywordCheck = (said: number, at, check, schema) => {
    if (typeof at.value === 'number' && !isRight(at.value, said)) check.refuse(keyword, `must be ${sign} ${said}`, at, schema as object);
  };
  return [keyword, demand];
}

/** A keyword of texts. `isRight` may spend work. */
function ofText(keyword: string, isRight: (text: string, said: any, check: SchemaCheck) => boolean, sentence: (said: any) => string): [string, KeywordCheck] {
  const demand: KeywordCheck = (said, at, check, schema) => {
    if (typeof at.value === 'string' && !isRight(at.value, said, check)) check.refuse(keyword, sentence(said), at, schema as object);
  };
  return [keyword, demand];
}

/** Characters as people count them: a pair of surrogates is one. */
function charactersOf(text: string, check: SchemaCheck): number {
  check.work.spend(text.length / 8);
  let count = 0;
  for (const _char of text) count++;
  return count;
}

function hasFormat(text: string, format: string, check: SchemaCheck): boolean {
  check.work.spend(text.length / 8);
  return FORMATS.get(format)?.(text) ?? true;
}

const numberFormat: KeywordCheck = (said: string, at, check, schema) => {
  if (typeof at.value === 'number' && NUMBER_FORMATS.get(said)?.(at.value) === false)
    check.refuse('format', `must match format "${said}"`, at, schema as object);
};
const [format, textFormat] = ofText('format', hasFormat, (said: string) => `must match format "${said}"`);
const formats: KeywordCheck = (...given) => {
  textFormat(...given);
  numberFormat(...given);
};

const isConst: KeywordCheck = (said, at, check, schema) => {
  if (!isSame(at.value, said, check.work)) check.refuse('const', 'must be equal to constant', at, schema as object);
};
const isOneOf: KeywordCheck = (said: readonly unknown[], at: CheckedValue, check, schema) => {
  if (!said.some((each) => isSame(at.value, each, check.work))) check.refuse('enum', 'must be equal to one of the allowed values', at, schema as object);
};

/** `properties` comes twice: its defaults count before everything else. */
export const KEYWORDS: readonly (readonly [string, KeywordCheck])[] = [
  ['properties', fillDefaults],
  ['type', type],
  compares('maximum', '<=', (value, said) => value <= said),
  compares('minimum', '>=', (value, said) => value >= said),
  compares('exclusiveMaximum', '<', (value, said) => value < said),
  compares('exclusiveMinimum', '>', (value, said) => value > said),
  compares('multipleOf', 'multiple of', (value, said) => Number.isInteger(value / said)),
  ofText('maxLength', (text, said: number, check) => charactersOf(text, check) <= said, (said) => `must NOT have more than ${said} characters`),
  ofText('minLength', (text, said: number, check) => charactersOf(text, check) >= said, (said) => `must NOT have fewer than ${said} characters`),
  ofText('pattern', (text, said: string, check) => check.patterns.get(said).test(text, check.work), (said) => `must match pattern "${said}"`),
  [format, formats],
  ...combiningKeywords,
  ['const', isConst],
  ['enum', isOneOf],
  ...arrayKeywords,
  ...objectKeywords,
]; // prettier-ignore
