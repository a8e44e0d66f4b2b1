import { Column, Index, PrimaryColumn } from 'typeorm';
import type { Json } from '../../../values/json.js';
import { jsonText, keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** One action on many processes or messages. */
@EngineTable('workflow_bulk')
@Index('workflow_bulk_started', ['startedAt', 'id'])
@Index('workflow_bulk_state', ['state'])
@Index('workflow_bulk_ended', ['finishedAt'])
export class WorkflowBulkEntity {
  @PrimaryColumn(keyColumn('id', 36))
  readonly id: string;

  @Column(whole('revision'))
  readonly revision: number;

  @Column(label('action', 12))
  readonly action: string;

  @Column(jsonText('filter'))
  readonly filter: Json;

  @Column(jsonText('options'))
  readonly options: Json;

  @Column(label('state', 8))
  readonly state: 'running' | 'stopped' | 'done';

  /** How many it acts on at most. */
  @Column({ name: 'most', type: 'int', nullable: true })
  readonly most: number | null;

  @Column({ name: 'per_minute', type: 'int', nullable: true })
  readonly perMinute: number | null;

  @Column(whole('done'))
  readonly done: number;

  @Column(whole('failed'))
  readonly failed: number;

  @Column(whole('skipped'))
  readonly skipped: number;

  @Column(label('actor', 255, true))
  readonly actor: string | null;

  @Column(longText('reason', true))
  readonly reason: string | null;

  /** The place after which it goes on. */
  @Column(longText('place', true))
  readonly place: string | null;

  /** The instance that works on it, until `heldUntil`. */
  @Column(label('holder', 120, true))
  readonly holder: string | null;

  @Column(time('held_until'))
  readonly heldUntil: Date;

  @Column(time('started_at'))
  readonly startedAt: Date;

  @Column(time('finished_at', true))
  readonly finishedAt: Date | null;

  /** In the database's time. */
  @Column(time('updated_at'))
  readonly updatedAt: Date;
}
