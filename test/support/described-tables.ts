import type { DataSource } from 'typeorm';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';

/** The columns and indexes of each table, as sorted lines. */
export type DescribedTables = Readonly<Record<string, readonly string[]>>;

interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly length: string;
  readonly isNullable: boolean;
  readonly isPrimary: boolean;
}

const columnLine = ({ name, type, length, isNullable, isPrimary }: DescribedColumn) =>
  `column ${name} ${type.replace('longtext', 'text')}(${length})${isNullable ? ' null' : ''}${isPrimary ? ' primary' : ''}`;

/** What the tables of the engine are, by TypeORM's reading of the database. */
export async function tablesOf(dataSource: DataSource): Promise<DescribedTables> {
  const runner = dataSource.createQueryRunner();
  const tables = await runner.getTables([...workflowTables]);
  if (dataSource.options.type !== 'better-sqlite3') await runner.release();
  const described = tables.map(({ name, columns, indices }) => [
    name.split('.').at(-1),
    [...columns.map(columnLine), ...indices.map(({ name, columnNames, isUnique }) => indexLine(dataSource, name!, columnNames, isUnique))].sort(),
  ]);
  return Object.fromEntries(described) as DescribedTables;
}

/** What the entities say of them. */
export function entitiesOf(dataSource: DataSource): DescribedTables {
  const described = dataSource.entityMetadatas.map(({ tableName, columns, indices }) => [
    tableName,
    [
      ...columns.map((column) => columnLine({ ...column, name: column.databaseName, type: dataSource.driver.normalizeType(column) })),
      ...indices.map((index) =>
        indexLine(
          dataSource,
          index.name,
          index.columns.map(({ databaseName }) => databaseName),
          index.isUnique,
        ),
      ),
    ].sort(),
  ]);
  return Object.fromEntries(described) as DescribedTables;
}

/** TypeORM reads the columns of an index in the order of the table on PostgreSQL. */
function indexLine(dataSource: DataSource, name: string, columns: readonly string[], isUnique: boolean): string {
  const named = dataSource.options.type === 'postgres' ? [...columns].sort() : columns;
  return `${isUnique ? 'unique ' : ''}index ${name} (${named.join(', ')})`;
}
