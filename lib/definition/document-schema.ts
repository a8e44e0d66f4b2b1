import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { noDuration } from '../values/duration.js';
import { reasonOf } from '../values/reason.js';
import { didYouMean } from '../values/suggest.js';

const OPTIONS = { allErrors: true, strict: false, verbose: true } as const;

interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

/** The context of a workflow that is data: a JSON Schema with the interface of a Standard Schema. */
export class JsonSchema {
  private readonly check: ValidateFunction;
  readonly '~standard': { readonly version: 1; readonly vendor: string; readonly validate: (value: unknown) => { value: unknown } | { issues: Issue[] } };

  /** @throws Error if `schema` is not a JSON Schema */
  constructor(readonly schema: object) {
    this.check = compiled(schema, true);
    this['~standard'] = { version: 1, vendor: 'nestjs-argonaut', validate: (value) => this.validate(value) };
  }

  /** The keys that the schema names. Null: it allows others. */
  keys(): ReadonlySet<string> | null {
    const { properties, additionalProperties } = this.schema as { properties?: object; additionalProperties?: unknown };
    return additionalProperties === false ? new Set(Object.keys(properties ?? {})) : null;
  }

  /** Validates a copy, and fills in the defaults there. */
  private validate(given: unknown): { value: unknown } | { issues: Issue[] } {
    const value = structuredClone(given);
    if (this.check(value)) return { value };
    return { issues: (this.check.errors ?? []).map(issueOf) };
  }
}

function compiled(schema: object, useDefaults: boolean): ValidateFunction {
  const ajv = new Ajv2020({ ...OPTIONS, useDefaults });
  formats.default(ajv);
  return ajv.compile(schema);
}

/** Makes a check that lists the problems of a value, each beginning with its place. Compiles the schema at the first call. */
export function schemaCheck(schema: object): (value: unknown) => string[] {
  let check: ValidateFunction | undefined;
  return (value) => {
    check ??= compiled(schema, false);
    if (check(value)) return [];
    const told = telling(check.errors ?? []).map((error) => `${documentPlace(error.instancePath)}${sentenceOf(error)}`);
    return [...new Set(told)];
  };
}

export function schemaProblem(schema: object): string | null {
  try {
    compiled(schema, false);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Keeps the errors of the alternative that has the right type. Drops errors about the choice between alternatives. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const open = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
  const isMismatch = (error: ErrorObject) => open.has(error.instancePath) && error.keyword === 'type';
  const says = (path: string) => errors.some((error) => !SUMMARIES.has(error.keyword) && !isMismatch(error) && `${error.instancePath}/`.startsWith(`${path}/`));
  const rest = errors.filter(
    (error) => !SUMMARIES.has(error.keyword) && !error.schemaPath.startsWith('#/oneOf/') && !(isMismatch(error) && says(error.instancePath)),
  );
  return rest.map((error) => (isMismatch(error) ? together(error, rest.filter((other) => isMismatch(other) && other.instancePath === error.instancePath)) : error)); // prettier-ignore
}

const SUMMARIES = new Set(['anyOf', 'oneOf', 'if']);

function together(error: ErrorObject, all: readonly ErrorObject[]): ErrorObject {
  const types = new Set(all.map(({ params }) => String((params as { type: unknown }).type)));
  return { ...error, message: `must be ${[...types].join(' or ')}` };
}

/** An issue about a missing or unknown key has the path of that key. */
function issueOf(error: ErrorObject): Issue {
  const { missingProperty, additionalProperty } = error.params as { missingProperty?: string; additionalProperty?: string };
  const path = schemaParts(error.instancePath);
  if (missingProperty !== undefined) return { message: 'must be given', path: [...path, missingProperty] };
  if (additionalProperty !== undefined)
    return { message: `is not a key of it.${didYouMean(additionalProperty, knownIn(error))}`, path: [...path, additionalProperty] };
  return { message: sentenceOf(error), path };
}

function knownIn({ parentSchema }: ErrorObject): string[] {
  return Object.keys((parentSchema as { properties?: object }).properties ?? {});
}

function schemaParts(path: string): string[] {
  return path.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')); // prettier-ignore
}

/** `/steps/2/retry` → `steps[2].retry `. */
function documentPlace(path: string): string {
  const place = schemaParts(path).map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
  return place.length === 0 ? '' : `${place.join('').replace(/^\./, '')} `;
}

function sentenceOf(error: ErrorObject): string {
  const { keyword, params, message, parentSchema, data, instancePath } = error;
  const { additionalProperty, missingProperty, allowedValues } = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: unknown[] };
  if (keyword === 'additionalProperties') return `has no "${additionalProperty}".${didYouMean(additionalProperty!, knownIn(error))}`.replace(/^has/, instancePath === '' ? 'there is' : 'has'); // prettier-ignore
  if (keyword === 'required') return `must have "${missingProperty}"`;
  if (keyword === 'enum') return `must be one of ${allowedValues!.join(', ')}, not ${JSON.stringify(data)}.${didYouMean(String(data), allowedValues!.map(String))}`; // prettier-ignore
  if (keyword === 'pattern' && (parentSchema as { pattern?: string }).pattern?.includes('week')) return noDuration(data);
  return message ?? 'is wrong';
}
