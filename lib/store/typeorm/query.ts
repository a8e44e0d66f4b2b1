import { kindOf } from '../../values/describe-error.js';
import type { KnownWorkflow } from '../port.js';

/** SQL with `?` for its values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * The last check before a driver: a value of another kind changes the SQL on MySQL, and ends the whole Node process on libsql. Every call
 * checks what it is given, so a value that is refused here is a fault of the engine. @throws TypeError
 */
export function checkBound(values: readonly unknown[]): void {
  for (const value of values) if (!isBindable(value)) throw new TypeError(`A value of a statement is ${kindOf(value)}, which no database is given.`);
}

function isBindable(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array;
}

/** Below the number of parameters that each database accepts in one statement. */
export const LONGEST_LIST = 500;

export function chunks<T>(values: readonly T[], size = LONGEST_LIST): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < values.length; from += size) pieces.push(values.slice(from, from + size));
  return pieces;
}

export function inList(values: readonly unknown[]): Query {
  return { sql: `in (${values.map(() => '?').join(', ')})`, values };
}

/** Goes on with a condition: `column` is none of these values. */
export function andNot(column: string, values: readonly unknown[]): Query {
  return { sql: values.length > 0 ? ` and ${column} not ${inList(values).sql}` : '', values };
}

/** The condition that a process `p` is of one of these workflows and versions, and none of those that cannot be read. */
export function isKnown(workflows: readonly KnownWorkflow[]): Query {
  if (workflows.length === 0) return { sql: '1 = 0', values: [] };
  const each = workflows.map((known): Query => {
    const versions = known.versions.length === 0 ? { sql: 'is null', values: [] } : inList(known.versions);
    return { sql: `p.workflow = ? and p.workflow_version ${versions.sql}`, values: [known.workflow, ...versions.values] };
  });
  const readable = andNot('p.id', [...new Set(workflows.flatMap((known) => known.except ?? []))]);
  return { sql: `(${each.map(({ sql }) => sql).join(' or ')})${readable.sql}`, values: [...each.flatMap(({ values }) => values), ...readable.values] };
}

/** A `where` clause of all conditions, or nothing if there are none. */
export function allOf(conditions: readonly Query[]): Query {
  if (conditions.length === 0) return { sql: '', values: [] };
  return { sql: ` where ${conditions.map(({ sql }) => sql).join(' and ')}`, values: conditions.flatMap(({ values }) => values) };
}

/** A condition for each column that has a value to be equal to. */
export function equalTo(given: Readonly<Record<string, unknown>>): Query[] {
  return Object.entries(given).flatMap(([column, value]) => (value === undefined ? [] : { sql: `${column} = ?`, values: [value] }));
}

/** A condition that is there only if its value is. */
export function ifGiven<T>(value: T | undefined, condition: (value: T) => Query): Query[] {
  return value === undefined ? [] : [condition(value)];
}

/** A condition without values, and another one. */
export function allTrue(first: string, { sql, values }: Query): Query {
  return { sql: `${first} and ${sql}`, values };
}

/** `$1`, `$2`... for PostgreSQL. Our SQL has no question mark but these. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}

/**
 * A condition on the process of a wait `w`. No planner turns a subquery in a comparison into a join. So the waits are found by their
 * index, and only their processes are looked up, even if no statistics say that they are few.
 */
export function processOfWait({ sql, values }: Query): Query {
  return { sql: `(select 1 from workflow_process p where p.id = w.process_id and ${sql}) = 1`, values };
}
