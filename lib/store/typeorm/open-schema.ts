import type { SchemaMode } from '../process-store.js';
import type { DataSource, QueryRunner } from 'typeorm';
import { SchemaError } from '../../values/errors.js';
import { workflowMigrations } from './migrations/workflow-migrations.js';
import { type ExistingColumns, existingColumns, existingColumnsQuery, storedList, workflowColumns, workflowIndexes } from './migrations/tables.js';
import { alone } from './schema-lock.js';
import { refuseNames } from './table-name-problems.js';
import { placeEntities, type TableNames } from './table-names.js';

/** Makes or checks the tables. @throws SchemaError */
export async function openSchema(dataSource: DataSource, name: string, schema: SchemaMode, tables: TableNames): Promise<void> {
  refuseNames(dataSource, name, tables);
  placeEntities(dataSource, tables);
  if (schema === 'off') return;
  let problems = await tableProblems(dataSource, tables);
  if (problems.length > 0 && makesTables(dataSource, schema)) {
    await migrate(dataSource, tables);
    problems = await tableProblems(dataSource, tables);
  }
  if (problems.length > 0) throw new SchemaError(`The data source "${name}" is not ready: ${problems.join('; ')}. ${remedyFor(tables)}`);
}

/** `synchronize: true` asks for tables at boot. TypeORM leaves ours alone (see `EngineTable`), so we make them. */
export function makesTables({ options }: DataSource, schema: SchemaMode): boolean {
  return schema === 'migrate' || (schema === 'check' && options.synchronize === true);
}

/** The migrations know the names of their data source only. */
function remedyFor({ given }: TableNames): string {
  const which = Object.keys(given).length === 0 ? 'the data source' : 'a data source with the `schema` and `entityPrefix` that `tables` says,';
  return (
    `Add \`...workflowMigrations\` to the \`migrations\` of ${which} and run \`npx typeorm migration:run -d <your data source file>\`, ` +
    `or set \`schema: 'migrate'\` to have it done at boot.`
  );
}

/** Runs only our migrations, not others that are pending. TypeORM's own command may run them again, which does nothing. */
async function migrate(dataSource: DataSource, tables: TableNames): Promise<void> {
  await alone(dataSource, tables, async (queryRunner) => {
    await makeSchema(queryRunner, tables);
    for (const Migration of workflowMigrations) await new Migration(tables).up(queryRunner);
  });
}

/** `if not exists` would ask for the right to make schemas also where it is there. */
async function makeSchema(queryRunner: QueryRunner, { schema }: TableNames): Promise<void> {
  if (schema === null) return;
  const [found] = (await queryRunner.query('select 1 from pg_namespace where nspname = $1', [schema])) as object[];
  if (!found) await queryRunner.query(`create schema "${schema}"`);
}

async function tableProblems(dataSource: DataSource, tables: TableNames): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const rows = (await queryRunner.query(existingColumnsQuery(dataSource.options.type, tables))) as Record<string, unknown>[];
    return [...missingIn(existingColumns(rows, tables), tables), ...(await shortTexts(dataSource, queryRunner, tables))];
  } finally {
    if (!isShared(dataSource)) await queryRunner.release();
  }
}

function missingIn(standing: ExistingColumns, names: TableNames): string[] {
  const tables = Object.keys(workflowColumns);
  const missing = tables.filter((table) => !standing.has(table)).map((table) => names.shown(table));
  if (missing.length === tables.length) return [`the tables ${missing.join(', ')} are missing`];
  return Object.entries(workflowColumns).flatMap(([table, columns]) => {
    const found = standing.get(table);
    if (!found) return [`the table ${names.shown(table)} is missing`];
    const indexes = (workflowIndexes[table] ?? []).filter((index) => !found.has(`index ${index}`));
    return [
      ...columns.filter((column) => !found.has(column)).map((column) => `the column ${names.shown(table)}.${column} is missing`),
      ...indexes.map((index) => `the index ${names.shown(table)}_${index} is missing`),
    ];
  });
}

/** Finds columns that something else than our migrations has made `text` on MySQL, which ends at 64 kB. */
async function shortTexts({ options }: DataSource, queryRunner: QueryRunner, names: TableNames): Promise<string[]> {
  if (!['mysql', 'mariadb'].includes(options.type)) return [];
  const columns = (await queryRunner.query(
    `select table_name as tab, column_name as col from information_schema.columns
     where table_schema = database() and table_name in (${storedList(names)}) and data_type = 'text'`,
  )) as { tab: string; col: string }[];
  return columns.map(
    ({ tab, col }) =>
      `${tab}.${col} is a text of 64 kB and must be longtext (alter table ${tab} modify ${col} longtext character set utf8mb4 collate utf8mb4_bin)`,
  );
}

/** SQLite has one query runner for all callers, so we must not release it. */
function isShared(dataSource: DataSource): boolean {
  return dataSource.options.type === 'better-sqlite3';
}
