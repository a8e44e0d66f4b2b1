import type { DataSource, QueryRunner } from 'typeorm';
import { SchemaError } from '../../values/errors.js';
import { workflowMigrations } from './migrations/workflow-migrations.js';
import { type ExistingColumns, existingColumns, existingColumnsQuery, workflowColumns, workflowTables } from './migrations/tables.js';
import { alone } from './schema-lock.js';

type SchemaMode = 'check' | 'migrate' | 'off';

export async function openSchema(dataSource: DataSource, name: string, schema: SchemaMode): Promise<void> {
  if (schema === 'off') return;
  let problems = await tableProblems(dataSource);
  if (problems.length > 0 && makesTables(dataSource, schema)) {
    await migrate(dataSource);
    problems = await tableProblems(dataSource);
  }
  if (problems.length > 0) throw new SchemaError(`The data source "${name}" is not ready: ${problems.join('; ')}. ${remedy}`);
}

/** `synchronize: true` asks for tables at boot. TypeORM leaves ours alone (see `EngineTable`), so we make them. */
export function makesTables({ options }: DataSource, schema: SchemaMode): boolean {
  return schema === 'migrate' || (schema === 'check' && options.synchronize === true);
}

const remedy =
  'Add `...workflowMigrations` to the `migrations` of the data source and run `npx typeorm migration:run -d <your data source file>`, ' +
  `or set \`schema: 'migrate'\` to have it done at boot.`;

/** Runs only our migrations, not others that are pending. TypeORM's own command may run them again, which does nothing. */
async function migrate(dataSource: DataSource): Promise<void> {
  await alone(dataSource, async (queryRunner) => {
    for (const Migration of workflowMigrations) await new Migration().up(queryRunner);
  });
}

async function tableProblems(dataSource: DataSource): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const missing = missingIn(existingColumns((await queryRunner.query(existingColumnsQuery(dataSource.options.type))) as Record<string, unknown>[]));
    return [...missing, ...(await shortTexts(queryRunner))];
  } finally {
    if (!isShared(dataSource)) await queryRunner.release();
  }
}

function missingIn(standing: ExistingColumns): string[] {
  return Object.entries(workflowColumns).flatMap(([table, columns]) => {
    const found = standing.get(table);
    if (!found) return [`the table ${table} is missing`];
    return columns.filter((column) => !found.has(column)).map((column) => `the column ${table}.${column} is missing`);
  });
}

/** Finds columns that something else than our migrations has made `text` on MySQL, which ends at 64 kB. */
async function shortTexts(queryRunner: QueryRunner): Promise<string[]> {
  if (!['mysql', 'mariadb'].includes(queryRunner.dataSource.options.type)) return [];
  const columns = (await queryRunner.query(
    `select table_name as tab, column_name as col from information_schema.columns
     where table_schema = database() and table_name like 'workflow\\_%' and data_type = 'text'`,
  )) as { tab: string; col: string }[];
  return columns
    .filter(({ tab }) => workflowTables.includes(tab))
    .map(
      ({ tab, col }) =>
        `${tab}.${col} is a text of 64 kB and must be longtext (alter table ${tab} modify ${col} longtext character set utf8mb4 collate utf8mb4_bin)`,
    );
}

/** SQLite has one query runner for all callers, so we must not release it. */
function isShared(dataSource: DataSource): boolean {
  return dataSource.options.type === 'better-sqlite3';
}
