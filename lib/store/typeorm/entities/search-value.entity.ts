import { Column, Index, PrimaryColumn } from 'typeorm';
import { keyColumn, label, time } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A value by which a process is found: of a key of its context, or how it has failed. */
@EngineTable('workflow_search')
@Index('workflow_search_value', ['workflow', 'name', 'value', 'startedAt', 'processId'])
export class WorkflowSearchEntity {
  @PrimaryColumn(keyColumn('process_id', 100))
  readonly processId: string;

  /** A key of the context, or `:failure`. */
  @PrimaryColumn(keyColumn('name', 100))
  readonly name: string;

  /** The value as JSON; of a long one its beginning and a digest. */
  @Column(label('value', 255))
  readonly value: string;

  @Column(label('workflow', 100))
  readonly workflow: string;

  /** When the process was started: the order of a list. */
  @Column(time('started_at'))
  readonly startedAt: Date;
}
