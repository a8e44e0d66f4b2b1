import { Column, Index, PrimaryColumn } from 'typeorm';
import type { Json } from '../../../values/json.js';
import { jsonText, keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A message that a step sends, until it was transmitted. */
@EngineTable('workflow_outbox')
@Index('workflow_outbox_process', ['processId', 'sequence'])
@Index('workflow_outbox_ready', ['readyAt'])
export class WorkflowOutboxEntity {
  @PrimaryColumn(keyColumn('id', 160))
  readonly id: string;

  @Column(label('process_id', 100))
  readonly processId: string;

  @Column(label('workflow', 100))
  readonly workflow: string;

  /** The order within the process. */
  @Column(whole('sequence'))
  readonly sequence: number;

  /** Null: an update of the process. */
  @Column(label('step', 120, true))
  readonly step: string | null;

  /** The name of the provider that transmits it. */
  @Column(label('sender', 255))
  readonly sender: string;

  @Column(jsonText('pattern'))
  readonly pattern: Json;

  @Column(jsonText('data'))
  readonly data: Json;

  /** Attempts that have failed. */
  @Column(whole('attempts'))
  readonly attempts: number;

  /** When it may be transmitted; null: it is parked. */
  @Column(time('ready_at', true))
  readonly readyAt: Date | null;

  /** Why the last attempt failed. */
  @Column(longText('error', true))
  readonly error: string | null;

  /** The claim of the instance that transmits it. */
  @Column(label('holder', 120, true))
  readonly holder: string | null;

  @Column(time('created_at'))
  readonly createdAt: Date;
}
