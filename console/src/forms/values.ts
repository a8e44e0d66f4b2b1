import type { Field } from './model.js';

/** What stands in the fields: texts as they were typed, lists and groups of them. */
export type Draft = string | { readonly [key: string]: Draft } | readonly Draft[] | AnyDraft;

/** A value of which nothing is known: a text, or JSON. */
export interface AnyDraft {
  readonly as: 'text' | 'json';
  readonly text: string;
}

/** A form as it opens: with defaults, or with values that are there. */
export function draftOf(field: Field, value: unknown = field.schema.default): Draft {
  switch (field.kind) {
    case 'group':
      return Object.fromEntries(field.fields.map((each) => [keyOf(each), draftOf(each, (value as Record<string, unknown> | undefined)?.[keyOf(each)])]));
    case 'list':
      return Array.isArray(value) ? value.map((each, index) => draftOf(field.itemAt!(index), each)) : [];
    case 'any':
      return typeof value === 'string' || value === undefined ? { as: 'text', text: value ?? '' } : { as: 'json', text: JSON.stringify(value) };
    case 'choice':
      return value === undefined && field.required && field.choices.length === 1 ? '0' : indexText(field.choices.indexOf(value));
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : '';
    case 'json':
      return value === undefined ? (field.path === '' ? '{}' : '') : JSON.stringify(value, null, 2);
    default:
      return value === undefined || value === null ? '' : String(value as string | number);
  }
}

const indexText = (index: number) => (index < 0 ? '' : String(index));

/** The last part of its path. */
export function keyOf({ path }: Field): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

export type Problems = Readonly<Record<string, string>>;
export interface Filled {
  /** Undefined: it is left out. */
  readonly value: unknown;
  /** What is wrong, by path. */
  readonly problems: Problems;
}
const is = (value: unknown): Filled => ({ value, problems: {} });
const wrong = ({ path }: Field, sentence: string): Filled => ({ value: undefined, problems: { [path]: sentence } });

/** What the fields say. Only what is clear is judged here: the server checks the whole. */
export function filled(field: Field, draft: Draft): Filled {
  if (field.kind === 'group') return ofGroup(field, draft as Readonly<Record<string, Draft>>);
  if (field.kind === 'list') return ofList(field, draft as readonly Draft[]);
  if (field.kind === 'any') return ofAny(field, draft as AnyDraft);
  const text = draft as string;
  if (text === '') return field.required && !isEmptyText(field) ? wrong(field, 'is required') : is(field.required ? '' : undefined);
  return ofText(field, text);
}

/** A required text without a least length may be empty. */
function isEmptyText({ kind, schema }: Field): boolean {
  return kind === 'text' && schema.minLength === 0;
}

function ofText(field: Field, text: string): Filled {
  switch (field.kind) {
    case 'number':
      return ofNumber(field, Number(text.trim()));
    case 'boolean':
      return is(text === 'true');
    case 'choice':
      return is(field.choices[Number(text)]);
    case 'moment': {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) ? wrong(field, 'is no date and time') : is(date.toISOString());
    }
    case 'json':
      return ofJson(field, text);
    default:
      return tooLong(field, text) ?? is(text);
  }
}

function ofNumber(field: Field, number: number): Filled {
  const { type, minimum, maximum } = field.schema;
  if (!Number.isFinite(number)) return wrong(field, 'is no number');
  if (type === 'integer' && !Number.isInteger(number)) return wrong(field, 'must be a whole number');
  if (typeof minimum === 'number' && number < minimum) return wrong(field, `must be at least ${minimum}`);
  if (typeof maximum === 'number' && number > maximum) return wrong(field, `must be at most ${maximum}`);
  return is(number);
}

function tooLong(field: Field, { length }: string): Filled | null {
  const { minLength, maxLength } = field.schema;
  if (typeof minLength === 'number' && length < minLength) return wrong(field, `must have at least ${minLength} characters`);
  if (typeof maxLength === 'number' && length > maxLength) return wrong(field, `must have at most ${maxLength} characters`);
  return null;
}

function ofJson(field: Field, text: string): Filled {
  try {
    return is(JSON.parse(text));
  } catch (error) {
    return wrong(field, `is no JSON: ${(error as Error).message}`);
  }
}

function ofAny(field: Field, { as, text }: AnyDraft): Filled {
  if (text === '') return field.required ? wrong(field, 'is required') : is(undefined);
  return as === 'json' ? ofJson(field, text) : is(text);
}

function ofGroup(field: Field, drafts: Readonly<Record<string, Draft>>): Filled {
  const parts = field.fields.map((each) => [keyOf(each), filled(each, drafts[keyOf(each)]!)] as const);
  const set = parts.filter(([, { value }]) => value !== undefined).map(([key, { value }]) => [key, value] as const);
  if (!field.required && field.path !== '' && isUntouched(drafts)) return is(undefined);
  return { value: Object.fromEntries(set), problems: Object.assign({}, ...parts.map(([, { problems }]) => problems)) as Problems };
}

/** Nothing was typed in it: a group that is not required is then left out. */
function isUntouched(draft: Draft): boolean {
  if (typeof draft === 'string') return draft === '';
  if ('as' in draft && 'text' in draft) return draft.text === '';
  return Object.values(draft).every((each) => isUntouched(each as Draft));
}

function ofList(field: Field, drafts: readonly Draft[]): Filled {
  if (drafts.length === 0) return is(field.required ? [] : undefined);
  const parts = drafts.map((draft, index) => filled(field.itemAt!(index), draft));
  return { value: parts.map(({ value }) => value), problems: Object.assign({}, ...parts.map(({ problems }) => problems)) as Problems };
}

/** Sentences of the server, put beside the field that they name; those that name none come back as `rest`. */
export function besideFields(sentences: readonly string[], paths: readonly string[]): { beside: Problems; rest: readonly string[] } {
  const beside: Record<string, string> = {};
  const longestFirst = paths.filter((path) => path !== '').toSorted((a, b) => b.length - a.length);
  const rest = sentences.filter((sentence) => {
    const path = longestFirst.find((each) => mentions(sentence, each));
    if (path !== undefined) beside[path] = beside[path] === undefined ? sentence : `${beside[path]}; ${sentence}`;
    return path === undefined;
  });
  return { beside, rest };
}

/** At its beginning, or after a dot or a quotation mark there: `context.amount must …`. */
function mentions(sentence: string, path: string): boolean {
  const [subject = ''] = sentence.split(/\s|:/, 1);
  const name = subject.replace(/^["']|["',]+$/g, '').replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
  return name === path || name.endsWith(`.${path}`);
}

export function pathsOf(field: Field, draft: Draft): string[] {
  if (field.kind === 'group') return [field.path, ...field.fields.flatMap((each) => pathsOf(each, (draft as Record<string, Draft>)[keyOf(each)]!))];
  if (field.kind === 'list') return [field.path, ...(draft as readonly Draft[]).flatMap((each, index) => pathsOf(field.itemAt!(index), each))];
  return [field.path];
}
