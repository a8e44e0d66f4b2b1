import type { Data } from '../api/types.js';

/** What a JSON Schema says of one value, as a form shows it. */
export interface Field {
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'date' | 'moment' | 'group' | 'list' | 'json' | 'any';
  /** Where it stands: `applicant.name`; the whole is ''. */
  readonly path: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly schema: Data;
  readonly choices: readonly unknown[];
  /** Of a group. */
  readonly fields: readonly Field[];
  /** Of a list: made for each item. */
  readonly itemAt?: (index: number) => Field;
}

/** Deeper than this a value is written as JSON. */
const DEEPEST = 5;

/** The form of a schema. Where nothing is known, it is one box for JSON. */
export function formOf(schema: Data | null): Field {
  return fieldOf(schema ?? {}, { path: '', label: 'Data', required: true, root: schema ?? {}, depth: 0 });
}

interface Spot {
  readonly path: string;
  readonly label: string;
  readonly required: boolean;
  readonly root: Data;
  readonly depth: number;
}

function fieldOf(given: Data, spot: Spot): Field {
  const schema = plain(given, spot.root);
  const { path, required } = spot;
  const base = {
    path,
    required,
    schema,
    label: textOf(spot.depth === 0 ? undefined : schema.title) || spot.label,
    help: helpOf(schema),
    choices: [],
    fields: [],
  };
  if (spot.depth > DEEPEST) return { ...base, kind: 'json' };
  const choices = choicesOf(schema);
  if (choices) return { ...base, kind: 'choice', choices };
  return { ...base, ...ofType(schema, spot) };
}

function ofType(schema: Data, spot: Spot): Pick<Field, 'kind'> & Partial<Field> {
  switch (schema.type) {
    case 'string':
      return { kind: schema.format === 'date-time' ? 'moment' : schema.format === 'date' ? 'date' : 'text' };
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return schema.items && typeof schema.items === 'object'
        ? { kind: 'list', itemAt: (index) => itemOf(schema.items as Data, index, spot) }
        : { kind: 'json' };
    case 'object':
      return schema.properties ? { kind: 'group', fields: groupOf(schema, spot) } : { kind: 'json' };
    default:
      return { kind: spot.depth === 0 || Object.keys(schema).some((key) => COMPLEX.has(key)) ? 'json' : 'any' };
  }
}

const COMPLEX: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'properties', 'items', '$ref', 'type']);

/** What must be given comes first. */
function groupOf(schema: Data, spot: Spot): Field[] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const fields = Object.entries(schema.properties as Record<string, Data>).map(([key, each]) =>
    fieldOf(each, { ...spot, path: spot.path === '' ? key : `${spot.path}.${key}`, label: key, required: required.has(key), depth: spot.depth + 1 }),
  );
  return fields.sort((a, b) => Number(b.required) - Number(a.required));
}

function itemOf(schema: Data, index: number, spot: Spot): Field {
  return fieldOf(schema, { ...spot, path: `${spot.path}[${index}]`, label: `Item ${index + 1}`, required: true, depth: spot.depth + 1 });
}

/** Follows a reference into the same schema, and takes `null` out of a choice of types: an empty field stands for it. */
function plain(schema: Data, root: Data): Data {
  const referred = typeof schema.$ref === 'string' ? pointed(root, schema.$ref) : undefined;
  if (referred) return { ...referred, ...schema, $ref: undefined };
  const among = (schema.anyOf ?? schema.oneOf) as Data[] | undefined;
  const others = among?.filter(({ type }) => type !== 'null');
  if (others?.length === 1) return plain({ ...schema, anyOf: undefined, oneOf: undefined, ...others[0] }, root);
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== 'null') : null;
  return types?.length === 1 ? { ...schema, type: types[0] as string } : schema;
}

function pointed(root: Data, reference: string): Data | undefined {
  if (!reference.startsWith('#/')) return undefined;
  const steps = reference.slice(2).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')); // prettier-ignore
  return steps.reduce<unknown>((at, step) => (at as Data | undefined)?.[step], root) as Data | undefined;
}

function choicesOf(schema: Data): readonly unknown[] | null {
  if (Array.isArray(schema.enum)) return schema.enum.filter((each) => each !== null);
  return 'const' in schema ? [schema.const] : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value.length <= 60 && value.includes(' ') ? value : ''; // the name of a class is no label
}

function helpOf(schema: Data): string {
  const rules = [
    range('at least', schema.minimum, 'at most', schema.maximum),
    typeof schema.minLength === 'number' && schema.minLength > 1 ? `at least ${schema.minLength} characters` : '',
    typeof schema.maxLength === 'number' && schema.maxLength <= 500 ? `at most ${schema.maxLength} characters` : '',
    schema.type === 'integer' ? 'a whole number' : '',
    typeof schema.format === 'string' && !schema.format.startsWith('date') ? schema.format : '',
  ];
  return [typeof schema.description === 'string' ? schema.description : '', rules.filter(Boolean).join(', ')].filter(Boolean).join(' · ');
}

function range(least: string, minimum: unknown, most: string, maximum: unknown): string {
  return [typeof minimum === 'number' ? `${least} ${minimum}` : '', typeof maximum === 'number' ? `${most} ${maximum}` : ''].filter(Boolean).join(', ');
}
