import { Column, PrimaryColumn } from 'typeorm';
import { keyColumn, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** How many tasks of a queue were taken in the window that began at `windowAt`, by all workers together. */
@EngineTable('workflow_rate')
export class WorkflowRateEntity {
  @PrimaryColumn(keyColumn('queue', 100))
  readonly queue: string;

  @Column(time('window_at'))
  readonly windowAt: Date;

  @Column(whole('taken'))
  readonly taken: number;
}
