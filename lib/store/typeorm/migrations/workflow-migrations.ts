import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { TableNames } from '../table-names.js';
import { dataSourceOf } from '../typeorm-versions.js';
import { fromBulk, toBulk } from './bulk-tables.js';
import { fromFlows, toFlows } from './flows.js';
import { fromInbox, toInbox } from './inbox-columns.js';
import { fromOutbox, toOutbox } from './outbox-table.js';
import { fromPause, toPause } from './pause-table.js';
import { fromRetention, toRetention } from './retention-index.js';
import { fromSearch, toSearch } from './search-table.js';
import { fromReport, toReport } from './worker-report.js';
import { createTables, dropTables } from './sql.js';
import { existingColumns, existingColumnsQuery } from './tables.js';
import { dialectOf } from './words.js';

/** One of our migrations. TypeORM makes it without tables: they are then where the data source says. */
abstract class EngineMigration implements MigrationInterface {
  abstract readonly name: string;

  constructor(private readonly given?: TableNames) {}

  abstract up(queryRunner: QueryRunner): Promise<void>;
  abstract down(queryRunner: QueryRunner): Promise<void>;

  protected tables(dataSource: DataSource): TableNames {
    return this.given ?? new TableNames(dataSource);
  }

  protected async run(queryRunner: QueryRunner, statements: readonly string[]): Promise<void> {
    const tables = this.tables(dataSourceOf(queryRunner));
    for (const statement of statements) await queryRunner.query(tables.in(statement));
  }
}

/** Makes the tables of the engine. Safe to run where some exist. */
export class WorkflowTables1764000000000 extends EngineMigration {
  readonly name = 'WorkflowTables1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { words, inlineIndexes } = dialectOf(dataSourceOf(queryRunner).options.type);
    await this.run(queryRunner, createTables(words, inlineIndexes));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.run(queryRunner, dropTables());
  }
}

/** Adds columns and tables to those that are there. Safe to run again. */
abstract class AddedParts extends EngineMigration {
  protected abstract readonly add: typeof toFlows;
  protected abstract readonly remove: typeof fromFlows;

  async up(queryRunner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(queryRunner);
    const { type } = dataSource.options;
    const tables = this.tables(dataSource);
    const standing = existingColumns((await queryRunner.query(existingColumnsQuery(type, tables))) as Record<string, unknown>[], tables);
    await this.run(queryRunner, this.add(dialectOf(type), standing));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.run(queryRunner, this.remove(dialectOf(dataSourceOf(queryRunner).options.type)));
  }
}

/** What containers, children and definitions at run time need. */
export class WorkflowFlows1764100000000 extends AddedParts {
  readonly name = 'WorkflowFlows1764100000000';
  protected readonly add = toFlows;
  protected readonly remove = fromFlows;
}

/** What the addressee of a message, secret correlation ids and limits need. */
export class WorkflowInbox1764500000000 extends AddedParts {
  readonly name = 'WorkflowInbox1764500000000';
  protected readonly add = toInbox;
  protected readonly remove = fromInbox;
}

/** The table of the messages that steps send. */
export class WorkflowOutbox1764700000000 extends AddedParts {
  readonly name = 'WorkflowOutbox1764700000000';
  protected readonly add = toOutbox;
  protected readonly remove = fromOutbox;
}

/** The index by which finished processes are found, for retention. */
export class WorkflowRetention1764800000000 extends AddedParts {
  readonly name = 'WorkflowRetention1764800000000';
  protected readonly add = toRetention;
  protected readonly remove = fromRetention;
}

/** What processes are found by. */
export class WorkflowSearch1764900000000 extends AddedParts {
  readonly name = 'WorkflowSearch1764900000000';
  protected readonly add = toSearch;
  protected readonly remove = fromSearch;
}

/** The table of pauses. */
export class WorkflowPause1765000000000 extends AddedParts {
  readonly name = 'WorkflowPause1765000000000';
  protected readonly add = toPause;
  protected readonly remove = fromPause;
}

/** The tables of bulk runs and what they have done. */
export class WorkflowBulk1765100000000 extends AddedParts {
  readonly name = 'WorkflowBulk1765100000000';
  protected readonly add = toBulk;
  protected readonly remove = fromBulk;
}

/** What workers report, and the index of bulk runs that have ended. */
export class WorkflowReport1765200000000 extends AddedParts {
  readonly name = 'WorkflowReport1765200000000';
  protected readonly add = toReport;
  protected readonly remove = fromReport;
}

/**
 * For the `migrations` of your data source.
 *
 * @example
 * new DataSource({ type: 'postgres', entities: [...workflowEntities], migrations: [...workflowMigrations, ...myMigrations] });
 */
export const workflowMigrations = [
  WorkflowTables1764000000000,
  WorkflowFlows1764100000000,
  WorkflowInbox1764500000000,
  WorkflowOutbox1764700000000,
  WorkflowRetention1764800000000,
  WorkflowSearch1764900000000,
  WorkflowPause1765000000000,
  WorkflowBulk1765100000000,
  WorkflowReport1765200000000,
];
