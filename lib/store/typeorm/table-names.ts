import { type DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm';
import type { TableOptions } from '../../engine/options.js';
import { workflowTables } from './migrations/tables.js';
import { workflowEntities } from './entities/workflow-entities.js';

/** A table of ours as a data source has it. */
export interface PlacedTable {
  /** As our SQL calls it. */
  readonly name: string;
  /** As the database calls it: with the prefix, and as the naming strategy has made it. */
  readonly stored: string;
  /** PostgreSQL only. Null: the search path finds it. */
  readonly schema: string | null;
}

/** Where a data source has our tables. Options of ours win over those of the data source. */
function placedTables(dataSource: DataSource, given: TableOptions): readonly PlacedTable[] {
  return workflowEntities.map((entity) => {
    const name = getMetadataArgsStorage().filterTables(entity)[0]!.name!;
    const metadata = dataSource.hasMetadata(entity) ? dataSource.getMetadata(entity) : unbuilt(dataSource, entity.name, name);
    const schema = given.schema ?? metadata.schema;
    const { entityPrefix } = given;
    const stored = entityPrefix === undefined ? metadata.tableName : withPrefix(dataSource, entityPrefix, metadata.tableNameWithoutPrefix);
    return { name, stored, schema: isPostgres(dataSource) && schema ? schema : null };
  });
}

/** The names as TypeORM makes them, for a data source without our entities: migrations need none. */
function unbuilt(dataSource: DataSource, entity: string, name: string): Pick<EntityMetadata, 'schema' | 'tableName' | 'tableNameWithoutPrefix'> {
  const { entityPrefix = '', schema } = dataSource.options as { entityPrefix?: string; schema?: string };
  const tableNameWithoutPrefix = dataSource.namingStrategy.tableName(entity, name);
  return { tableNameWithoutPrefix, tableName: withPrefix(dataSource, entityPrefix, tableNameWithoutPrefix), ...(schema !== undefined && { schema }) };
}

function withPrefix({ namingStrategy }: DataSource, prefix: string, table: string): string {
  return prefix === '' ? table : namingStrategy.prefixTableName(prefix, table);
}

/** Makes the entities read the tables where they are, also if options of ours have moved them. */
export function placeEntities(dataSource: DataSource, { placed }: TableNames): void {
  placed.forEach(({ stored, schema }, i) => {
    if (!dataSource.hasMetadata(workflowEntities[i]!)) return;
    const metadata = dataSource.getMetadata(workflowEntities[i]!);
    metadata.tableName = stored;
    if (schema !== null) metadata.schema = schema;
    metadata.tablePath = dataSource.driver.buildTableName(stored, metadata.schema, metadata.database);
  });
}

/**
 * The one place that knows how our tables are called in a data source. SQL in this folder calls them by their own names, such as
 * `workflow_process`; a statement that goes to a driver goes through `in`, which puts the whole, quoted name in their place.
 */
export class TableNames {
  readonly placed: readonly PlacedTable[];
  private readonly tables: ReadonlyMap<string, PlacedTable>;
  private readonly isMysql: boolean;
  /** Nothing differs: no schema, no prefix. Then statements stay as they are. */
  readonly areUsual: boolean;
  /** Each text is made once. Nearly all are constants; a list changes only the number of its question marks. */
  private readonly made = new Map<string, string>();

  /** `given`: options of ours, which win over those of the data source. */
  constructor(
    dataSource: DataSource,
    readonly given: TableOptions = {},
  ) {
    this.placed = placedTables(dataSource, given);
    this.tables = new Map(this.placed.map((table) => [table.name, table]));
    this.isMysql = ['mysql', 'mariadb'].includes(dataSource.options.type);
    this.areUsual = this.placed.every(({ name, stored, schema }) => name === stored && schema === null);
  }

  /** The statement with the names that the tables and indexes have in this data source. */
  in(sql: string): string {
    if (this.areUsual) return sql;
    const known = this.made.get(sql);
    if (known !== undefined) return known;
    const made = sql.replaceAll(OUR_NAMES, (_all, dropped: string | undefined, table: string, index = '') => (dropped ?? '') + this.named(table, index, !!dropped)); // prettier-ignore
    this.made.set(sql, made);
    return made;
  }

  /** The name that the database has for a table, without its schema and unquoted. */
  stored(table: string): string {
    return this.tables.get(table)!.stored;
  }

  /** The name of ours for a table of the database. */
  ours(stored: string): string | undefined {
    return this.placed.find((table) => table.stored === stored)?.name;
  }

  /** The schema of the tables. Null: the search path finds them. */
  get schema(): string | null {
    return this.placed[0]!.schema;
  }

  /** For people. */
  shown(table: string): string {
    return [this.schema, this.stored(table)].filter((part) => part !== null).join('.');
  }

  quoted(name: string): string {
    return this.isMysql ? `\`${name}\`` : `"${name}"`;
  }

  /** MySQL's indexes belong to their table. PostgreSQL makes an index in the schema of its table, and drops it by its whole name. */
  private named(table: string, index: string, isDropped: boolean): string {
    if (index !== '' && this.isMysql) return table + index;
    const { stored, schema } = this.tables.get(table)!;
    const isWhole = schema !== null && (index === '' || isDropped);
    return `${isWhole ? `${this.quoted(schema)}.` : ''}${this.quoted(stored + index)}`;
  }
}

/** Our names of tables, and of indexes, which begin with the name of their table. The name of one table may begin with that of another. */
const OUR_NAMES = new RegExp(`(drop index (?:if exists )?)?\\b(${[...workflowTables].sort((a, b) => b.length - a.length).join('|')})(_[a-z]+)?\\b`, 'g');

function isPostgres({ options }: DataSource): boolean {
  return options.type === 'postgres';
}
