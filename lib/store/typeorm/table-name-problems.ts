import type { DataSource } from 'typeorm';
import type { TableOptions } from '../../engine/options.js';
import { SchemaError } from '../../values/errors.js';
import { workflowEntities } from './entities/workflow-entities.js';
import type { PlacedTable, TableNames } from './table-names.js';

/** PostgreSQL cuts off what is longer, so two indexes could have one name. */
const MOST_BYTES = 63;
/** Of our indexes. */
const LONGEST_SUFFIX = '_disposition';

/** What cannot hold is refused, before anything is read or written. @throws SchemaError */
export function refuseNames(dataSource: DataSource, dataSourceName: string, { placed, given }: TableNames): void {
  const problems = [...misplacedSchema(dataSource, given), ...wrongNames(placed), ...sharedNames(placed), ...renamedColumns(dataSource)];
  if (problems.length > 0) throw new SchemaError(`The data source "${dataSourceName}" cannot have the tables of workflows: ${problems.join('; ')}.`);
}

function misplacedSchema({ options }: DataSource, { schema }: TableOptions): string[] {
  if (schema === undefined || options.type === 'postgres') return [];
  return [`\`tables.schema\` is for PostgreSQL, and this is ${options.type}: leave it out, and tell applications apart by \`tables.entityPrefix\``];
}

/** A quote would end the name, a dot would divide it, and a question mark stands for a value. */
function wrongNames(tables: readonly PlacedTable[]): string[] {
  const names = new Set(tables.flatMap(({ schema, stored }) => (schema === null ? [stored] : [schema, stored])));
  const wrong = [...names].find((name) => /['"`.?\\\0]/.test(name));
  if (wrong !== undefined)
    return [`the name "${wrong}" has a quote, a dot, a question mark or a backslash: give a \`schema\` and an \`entityPrefix\` without them`];
  const long = [...names].find((name) => Buffer.byteLength(name + LONGEST_SUFFIX) > MOST_BYTES);
  return long === undefined ? [] : [`the name "${long}" is too long for an index on it: give a shorter \`schema\` or \`entityPrefix\``];
}

function sharedNames(tables: readonly PlacedTable[]): string[] {
  const shared = tables.find(({ stored }, i) => tables.findIndex((other) => other.stored === stored) < i);
  return shared ? [`its naming strategy calls two tables "${shared.stored}": it must keep apart what has different names`] : [];
}

function renamedColumns(dataSource: DataSource): string[] {
  const columns = workflowEntities.flatMap((entity) => (dataSource.hasMetadata(entity) ? dataSource.getMetadata(entity).columns : []));
  const renamed = columns.find(({ databaseName, givenDatabaseName }) => databaseName !== givenDatabaseName);
  if (!renamed) return [];
  return [`its naming strategy calls the column ${renamed.givenDatabaseName} "${renamed.databaseName}": \`columnName\` must keep a name that an entity gives`];
}
