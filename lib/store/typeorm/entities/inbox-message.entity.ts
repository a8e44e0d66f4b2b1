import { Column, Index, PrimaryColumn } from 'typeorm';
import type { Disposition } from '../../../core/change.js';
import type { Json } from '../../../values/json.js';
import { jsonText, keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

@EngineTable('workflow_inbox')
@Index('workflow_inbox_place', ['address', 'disposition', 'receivedAt', 'id'])
@Index('workflow_inbox_process', ['processId'])
@Index('workflow_inbox_disposition', ['disposition', 'receivedAt'])
export class WorkflowMessageEntity {
  @PrimaryColumn(keyColumn('id', 64))
  readonly id: string;

  @Column(label('address', 512))
  readonly address: string;

  /** The workflow and the step that a response is for. */
  @Column(label('workflow', 100, true))
  readonly workflow: string | null;

  @Column(label('step', 120, true))
  readonly step: string | null;

  /** The same for all copies of a message. */
  @Column(label('identity', 64, true))
  readonly identity: string | null;

  @Column(label('process_id', 100, true))
  readonly processId: string | null;

  @Column(label('disposition', 12))
  readonly disposition: Disposition;

  @Column(jsonText('body'))
  readonly body: Json;

  /** The length of the body as JSON. */
  @Column({ ...whole('size'), nullable: true })
  readonly size: number | null;

  @Column(label('digest', 64))
  readonly digest: string;

  /** Why it was refused. */
  @Column(longText('reason', true))
  readonly reason: string | null;

  @Column(time('received_at'))
  readonly receivedAt: Date;

  /** When it counts as published; null: when it was received. */
  @Column(time('effective_at', true))
  readonly effectiveAt: Date | null;
}
