import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fromFlows, toFlows } from './flows.js';
import { fromInbox, toInbox } from './inbox-columns.js';
import { fromOutbox, toOutbox } from './outbox-table.js';
import { createTables, dropTables } from './sql.js';
import { existingColumns, existingColumnsQuery } from './tables.js';
import { dialectOf } from './words.js';

/** Makes the tables of the engine. Safe to run where some exist. */
export class WorkflowTables1764000000000 implements MigrationInterface {
  readonly name = 'WorkflowTables1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { words, inlineIndexes } = dialectOf(queryRunner.dataSource.options.type);
    for (const statement of createTables(words, inlineIndexes)) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of dropTables()) await queryRunner.query(statement);
  }
}

/** Adds columns and tables to those that are there. Safe to run again. */
abstract class AddedParts implements MigrationInterface {
  abstract readonly name: string;
  protected abstract readonly add: typeof toFlows;
  protected abstract readonly remove: typeof fromFlows;

  async up(queryRunner: QueryRunner): Promise<void> {
    const { type } = queryRunner.dataSource.options;
    const standing = existingColumns((await queryRunner.query(existingColumnsQuery(type))) as Record<string, unknown>[]);
    for (const statement of this.add(dialectOf(type), standing)) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of this.remove(dialectOf(queryRunner.dataSource.options.type))) await queryRunner.query(statement);
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

/**
 * For the `migrations` of your data source.
 *
 * @example
 * new DataSource({ type: 'postgres', entities: [...workflowEntities], migrations: [...workflowMigrations, ...myMigrations] });
 */
export const workflowMigrations = [WorkflowTables1764000000000, WorkflowFlows1764100000000, WorkflowInbox1764500000000, WorkflowOutbox1764700000000];
