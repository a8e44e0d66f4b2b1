import { noDuration } from '../values/duration.js';
import { didYouMean } from '../values/suggest.js';
import { issuesOf, MOST_CHECKS, type SchemaIssue, SchemaPatterns } from './schema/schema-check.js';
import { schemaFault } from './schema/schema-problems.js';

const KIND_NAMES: Readonly<Record<string, string>> = { array: 'list', integer: 'number' };

interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

/** The context of a workflow that is data: a JSON Schema with the interface of a Standard Schema. */
export class JsonSchema {
  private readonly patterns = new SchemaPatterns();
  /** Null: it can be used. */
  readonly fault: string | null;
  readonly '~standard': { readonly version: 1; readonly vendor: string; readonly validate: (value: unknown) => { value: unknown } | { issues: Issue[] } };

  /** `checks`: how many single checks a value may take. */
  constructor(
    readonly schema: object,
    private readonly checks: number = MOST_CHECKS,
  ) {
    this.fault = schemaFault(schema, this.patterns);
    this['~standard'] = { version: 1, vendor: 'nestjs-argonaut', validate: (value) => this.validate(value) };
  }

  /** The keys that the schema names. Null: it allows others. */
  keys(): ReadonlySet<string> | null {
    const { properties, additionalProperties } = this.schema as { properties?: object; additionalProperties?: unknown };
    return additionalProperties === false ? new Set(Object.keys(properties ?? {})) : null;
  }

  /** What the schema lets a key hold, `null` aside. None: it does not say. */
  kindsOf(key: string): readonly string[] {
    const { properties } = this.schema as { properties?: Record<string, { type?: unknown } | undefined> };
    const type = properties && Object.hasOwn(properties, key) ? properties[key]?.type : undefined;
    return [type ?? []].flat().flatMap((name) => (name === 'null' ? [] : (KIND_NAMES[String(name)] ?? String(name))));
  }

  /** Validates a copy, and fills in the defaults there. */
  private validate(given: unknown): { value: unknown } | { issues: Issue[] } {
    const value = structuredClone(given);
    const issues = issuesOf(this.schema, value, this.patterns, { fills: true, checks: this.checks });
    return issues.length === 0 ? { value } : { issues: issues.map(issueOf) };
  }
}

/** Makes a check that lists the problems of a value, each beginning with its place. */
export function schemaCheck(schema: object): (value: unknown) => string[] {
  const patterns = new SchemaPatterns();
  return (value) => {
    const told = telling(issuesOf(schema, value, patterns, { fills: false, checks: Infinity }));
    return [...new Set(told.map((issue) => `${documentPlace(issue.path)}${sentenceOf(issue)}`))];
  };
}

/** Keeps the issues of the alternative that has the right type. Drops issues about the choice between alternatives. */
function telling(issues: readonly SchemaIssue[]): SchemaIssue[] {
  const open = new Set(issues.filter(({ keyword }) => keyword === 'anyOf').map(pointerTo));
  const isMismatch = (issue: SchemaIssue) => issue.keyword === 'type' && open.has(pointerTo(issue));
  const saying = issues.filter((issue) => !SUMMARIES.has(issue.keyword) && !isMismatch(issue)).map((issue) => `${pointerTo(issue)}/`);
  const isSaid = (issue: SchemaIssue) => saying.some((place) => place.startsWith(`${pointerTo(issue)}/`));
  const rest = issues.filter((issue) => !SUMMARIES.has(issue.keyword) && !(isMismatch(issue) && isSaid(issue)));
  return rest.map((issue) => (isMismatch(issue) ? together(issue, rest.filter((other) => isMismatch(other) && pointerTo(other) === pointerTo(issue))) : issue)); // prettier-ignore
}

const SUMMARIES = new Set(['anyOf', 'oneOf', 'if']);

function pointerTo({ path }: SchemaIssue): string {
  return path.map((part) => `/${part}`).join('');
}

function together(issue: SchemaIssue, all: readonly SchemaIssue[]): SchemaIssue {
  const types = new Set(all.map(({ schema }) => String((schema as { type: unknown }).type)));
  return { ...issue, message: `must be ${[...types].join(' or ')}` };
}

/** An issue about a missing or unknown key has the path of that key. */
function issueOf(issue: SchemaIssue): Issue {
  const { keyword, key, path, message } = issue;
  if (keyword === 'required') return { message: 'must be given', path: [...path, key!] };
  if (keyword === 'additionalProperties') return { message: `is not a key of it.${didYouMean(key!, knownIn(issue))}`, path: [...path, key!] };
  return { message: keyword === 'enum' || keyword === 'pattern' ? sentenceOf(issue) : message, path };
}

function knownIn({ schema }: SchemaIssue): string[] {
  return Object.keys((schema as { properties?: object }).properties ?? {});
}

/** `/steps/2/retry` → `steps[2].retry `. */
function documentPlace(path: readonly string[]): string {
  const place = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
  return place.length === 0 ? '' : `${place.join('').replace(/^\./, '')} `;
}

function sentenceOf(issue: SchemaIssue): string {
  const { keyword, key, message, schema, value, path } = issue;
  if (keyword === 'additionalProperties') return `${path.length === 0 ? 'there is' : 'has'} no "${key}".${didYouMean(key!, knownIn(issue))}`;
  if (keyword === 'required') return `must have "${key}"`;
  if (keyword === 'enum')
    return `must be one of ${firstWords(allowedWords(schema))}, not ${JSON.stringify(value)}.${didYouMean(wordOfJson(value), allowedWords(schema))}`;
  if (keyword === 'pattern' && (schema as { pattern: string }).pattern.includes('week')) return noDuration(value);
  return message;
}

const MOST_WORDS = 20;

function firstWords(words: readonly string[]): string {
  const more = words.length - MOST_WORDS;
  return words.slice(0, MOST_WORDS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function allowedWords(schema: object): string[] {
  return (schema as { enum: readonly unknown[] }).enum.map(wordOfJson);
}

/** An object may have a `toString` of its own that is none. */
function wordOfJson(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
