import { Column, PrimaryColumn } from 'typeorm';
import { keyColumn, label, longText, time } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** What a bulk run has done to one process or message. */
@EngineTable('workflow_bulk_item')
export class WorkflowBulkItemEntity {
  @PrimaryColumn(keyColumn('bulk_id', 36))
  readonly bulkId: string;

  /** The process or the message. */
  @PrimaryColumn(keyColumn('item_id', 160))
  readonly itemId: string;

  @Column(label('outcome', 8))
  readonly outcome: 'begun' | 'done' | 'failed' | 'skipped';

  @Column(longText('error', true))
  readonly error: string | null;

  @Column(time('created_at'))
  readonly createdAt: Date;
}
