import { Column, PrimaryColumn } from 'typeorm';
import type { AuditType } from '../../../core/change.js';
import type { AuditRecord } from '../../../query/shapes.js';
import { keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** One thing that happened to a process. The engine never changes it, and deletes it with its process only. */
@EngineTable('workflow_audit')
export class WorkflowAuditEntity implements AuditRecord {
  @PrimaryColumn(keyColumn('process_id', 100))
  readonly processId: string;

  /** 1, 2, 3... within the process. */
  @PrimaryColumn({ name: 'sequence', type: 'int' })
  readonly sequence: number;

  @Column(label('type', 32))
  readonly type: AuditType;

  @Column(label('step', 100, true))
  readonly step: string | null;

  @Column({ name: 'run', type: 'int', nullable: true })
  readonly run: number | null;

  @Column({ name: 'attempt', type: 'int', nullable: true })
  readonly attempt: number | null;

  @Column(whole('context_version'))
  readonly contextVersion: number;

  @Column(label('actor', 255, true))
  readonly actor: string | null;

  @Column(longText('reason', true))
  readonly reason: string | null;

  @Column(longText('error', true))
  readonly error: string | null;

  @Column(longText('detail', true))
  readonly detail: string | null;

  @Column(label('worker', 100, true))
  readonly worker: string | null;

  @Column(time('created_at'))
  readonly createdAt: Date;
}
