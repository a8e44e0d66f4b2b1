import { Column, Index, PrimaryColumn } from 'typeorm';
import type { WaitKind } from '../../../core/waits-for.js';
import { jsonText, keyColumn, label, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** Something a process waits for: a response, an event, a task, a moment. `closed`: the process no longer waits for it. */
@EngineTable('workflow_wait')
@Index('workflow_wait_address', ['address'])
@Index('workflow_wait_due', ['dueAt'])
@Index('workflow_wait_ready', ['queue', 'readyAt'])
@Index('workflow_wait_worker', ['worker'])
@Index('workflow_wait_kind', ['kind', 'since'])
export class WorkflowWaitEntity {
  @PrimaryColumn(keyColumn('process_id', 100))
  readonly processId: string;

  @PrimaryColumn(keyColumn('token_key', 500))
  readonly tokenKey: string;

  @Column(label('step', 120))
  readonly step: string;

  @Column(whole('run'))
  readonly run: number;

  @Column(label('kind', 12))
  readonly kind: WaitKind | 'closed';

  /** The address by which a message finds this wait. */
  @Column(label('address', 512, true))
  readonly address: string | null;

  /** The time at which the wait is due. */
  @Column(time('due_at', true))
  readonly dueAt: Date | null;

  @Column(label('queue', 100, true))
  readonly queue: string | null;

  /** When a task may run; null once it is taken. */
  @Column(time('ready_at', true))
  readonly readyAt: Date | null;

  @Column(label('worker', 100, true))
  readonly worker: string | null;

  @Column(whole('claim'))
  readonly claim: number;

  @Column(whole('attempt'))
  readonly attempt: number;

  @Column(time('since'))
  readonly since: Date;

  /** Events count from this moment on; null: since the process started. */
  @Column(time('from_at', true))
  readonly fromAt: Date | null;

  /** The rest of its token. */
  @Column(jsonText('token'))
  readonly token: object;
}
