import { Column, Index, PrimaryColumn } from 'typeorm';
import { keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A pause of a workflow, a step or a task queue: who has paused it, and why. It stays when it has ended. */
@EngineTable('workflow_pause')
@Index('workflow_pause_place', ['address', 'live'], { unique: true })
@Index('workflow_pause_live', ['live'])
@Index('workflow_pause_ended', ['endedAt'])
@Index('workflow_pause_updated', ['updatedAt'])
export class WorkflowPauseEntity {
  @PrimaryColumn(keyColumn('id', 36))
  readonly id: string;

  /** The address at which bodies wait for its end. */
  @Column(label('address', 40))
  readonly address: string;

  /** 0 until it has ended, then null. */
  @Column({ name: 'live', type: 'smallint', nullable: true })
  readonly live: number | null;

  @Column(whole('revision'))
  readonly revision: number;

  @Column(label('workflow', 100, true))
  readonly workflow: string | null;

  @Column(label('step', 120, true))
  readonly step: string | null;

  @Column(label('queue', 100, true))
  readonly queue: string | null;

  @Column(label('actor', 255, true))
  readonly actor: string | null;

  @Column(longText('reason', true))
  readonly reason: string | null;

  @Column(time('paused_at'))
  readonly pausedAt: Date;

  /** How many bodies may begin in a minute while it ends. */
  @Column({ name: 'per_minute', type: 'int', nullable: true })
  readonly perMinute: number | null;

  @Column(label('resumed_by', 255, true))
  readonly resumedBy: string | null;

  @Column(longText('resume_reason', true))
  readonly resumeReason: string | null;

  /** Since when it ends; null: it holds. */
  @Column(time('resumed_at', true))
  readonly resumedAt: Date | null;

  /** Until this moment all that may begin has been let through. */
  @Column(time('released_until', true))
  readonly releasedUntil: Date | null;

  @Column(time('ended_at', true))
  readonly endedAt: Date | null;

  /** In the database's time. */
  @Column(time('updated_at'))
  readonly updatedAt: Date;
}
