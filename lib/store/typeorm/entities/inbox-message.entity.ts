import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Disposition } from '../../../core/change.js';
import type { Json } from '../../../values/json.js';
import { jsonText, keyColumn, label, time } from './column-types.js';

@Entity('workflow_inbox')
@Index('workflow_inbox_address', ['address'])
@Index('workflow_inbox_process', ['processId'])
@Index('workflow_inbox_disposition', ['disposition', 'receivedAt'])
export class WorkflowMessageEntity {
  @PrimaryColumn(keyColumn('id', 64))
  readonly id: string;

  @Column(label('address', 512))
  readonly address: string;

  @Column(label('process_id', 100, true))
  readonly processId: string | null;

  @Column(label('disposition', 12))
  readonly disposition: Disposition;

  @Column(jsonText('body'))
  readonly body: Json;

  @Column(label('digest', 64))
  readonly digest: string;

  @Column(time('received_at'))
  readonly receivedAt: Date;

  /** When it counts as published; null: when it was received. */
  @Column(time('effective_at', true))
  readonly effectiveAt: Date | null;
}
