import type { KeywordCheck } from './checked-value.js';

const reference: KeywordCheck = (said: string, at, check) => void check.visit(check.target(said), at);

const allOf: KeywordCheck = (said: readonly unknown[], at, check) => {
  for (const each of said) check.visit(each, at);
};
const anyOf: KeywordCheck = (said: readonly unknown[], at, check, schema) => {
  const all = [];
  for (const each of said) {
    const { fits, issues } = check.try(each, at);
    if (fits) return;
    all.push(...issues);
  }
  for (const issue of all) check.add(issue);
  check.refuse('anyOf', 'must match a schema in anyOf', at, schema as object);
};
const oneOf: KeywordCheck = (said: readonly unknown[], at, check, schema) => {
  const tried = said.map((each) => check.try(each, at));
  const fitting = tried.filter(({ fits }) => fits).length;
  if (fitting === 1) return;
  if (fitting === 0) for (const { issues } of tried) for (const issue of issues) check.add(issue);
  check.refuse('oneOf', 'must match exactly one schema in oneOf', at, schema as object);
};
const not: KeywordCheck = (said, at, check, schema) => {
  if (check.try(said, at).fits) check.refuse('not', 'must NOT be valid', at, schema as object);
};
const condition: KeywordCheck = (said, at, check, schema: { then?: unknown; else?: unknown }) => {
  const way = check.try(said, at).fits ? 'then' : 'else';
  if (schema[way] !== undefined && !check.visit(schema[way], at)) check.refuse('if', `must match "${way}" schema`, at, schema);
};

export const combiningKeywords: readonly (readonly [string, KeywordCheck])[] = [
  ['$ref', reference],
  ['not', not],
  ['anyOf', anyOf],
  ['oneOf', oneOf],
  ['allOf', allOf],
  ['if', condition],
];
