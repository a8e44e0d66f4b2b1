import { Column, PrimaryColumn } from 'typeorm';
import { jsonText, keyColumn, time } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A running instance of the application. Its work is taken over once it was silent for too long. */
@EngineTable('workflow_worker')
export class WorkflowWorkerEntity {
  @PrimaryColumn(keyColumn('id', 100))
  readonly id: string;

  /** In the database's time. */
  @Column(time('seen_at'))
  readonly seenAt: Date;

  @Column(time('started_at'))
  readonly startedAt: Date;

  /** What it has said last of its tasks. */
  @Column(jsonText('report', true))
  readonly report: object | null;
}
