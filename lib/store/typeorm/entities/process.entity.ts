import { Column, Index, PrimaryColumn } from 'typeorm';
import type { ProcessStatus } from '../../../core/process.js';
import type { Process, ProcessInternals } from '../../../query/shapes.js';
import { jsonText, keyColumn, label, longText, time, whole } from './column-types.js';
import { EngineTable } from './engine-table.js';

/**
 * One run of a workflow, as a row. Read it, join it, show it; only the engine writes it.
 *
 * @example
 * const late = await processes.find({ where: { workflow: 'order', status: 'waiting' }, order: { startedAt: 'ASC' } });
 */
@EngineTable('workflow_process')
@Index('workflow_process_group', ['workflow', 'groupKey', 'live'], { unique: true })
@Index('workflow_process_worker', ['worker'])
@Index('workflow_process_started', ['startedAt', 'id'])
@Index('workflow_process_latest', ['workflow', 'groupKey', 'startedAt', 'id'])
@Index('workflow_process_status', ['live', 'workflow', 'status'], { where: 'live = 0' })
@Index('workflow_process_parent', ['live', 'parentId'], { where: 'parent_id is not null' })
export class WorkflowProcessEntity implements Process, ProcessInternals {
  @PrimaryColumn(keyColumn('id', 100))
  readonly id: string;

  @Column(label('workflow', 100))
  readonly workflow: string;

  @Column(whole('workflow_version'))
  readonly workflowVersion: number;

  /** The application's name for the process: one live process per workflow and group id. */
  @Column(label('group_id', 255))
  readonly groupId: string;

  /** The hash of the group id, because collations could make two group ids equal. */
  @Column(label('group_key', 32))
  readonly groupKey: string;

  /** 0 while it is live, null once it is finished: nulls never collide, so this makes "one live process" a plain unique index. */
  @Column({ name: 'live', type: 'smallint', nullable: true })
  readonly live: number | null;

  @Column(label('status', 12))
  readonly status: ProcessStatus;

  /** How many audit records it has; guards every change. */
  @Column(whole('revision'))
  readonly revision: number;

  @Column(whole('context_version'))
  readonly contextVersion: number;

  @Column(whole('snapshot_version'))
  readonly snapshotVersion: number;

  @Column(whole('runs'))
  readonly runs: number;

  @Column(whole('root'))
  readonly root: number;

  /** The worker that runs it. Empty, or `-` before it has begun: free for any worker. Null: nothing in it can run. */
  @Column(label('worker', 100, true))
  readonly worker: string | null;

  @Column(whole('claim'))
  readonly claim: number;

  /** The tokens of the process, except those that wait ({@link WorkflowWaitEntity}). */
  @Column(jsonText('tokens'))
  readonly tokens: readonly object[];

  /** Why it failed, is suspended or was cancelled. */
  @Column(longText('cause', true))
  readonly cause: string | null;

  /** The process that started it. */
  @Column(label('parent_id', 100, true))
  readonly parentId: string | null;

  /** `awaited`: the parent is told of its end. `tied`: the child ends with its parent. Otherwise `both` or `none`. */
  @Column(label('parent_bond', 16, true))
  readonly parentBond: 'awaited' | 'tied' | 'both' | 'none' | null;

  /** The correlation ids of its requests are derived from it, so it is read only where a query asks for it. */
  @Column({ ...label('secret', 64, true), select: false })
  readonly secret?: string | null;

  @Column(time('started_at'))
  readonly startedAt: Date;

  @Column(time('finished_at', true))
  readonly finishedAt: Date | null;

  @Column(time('updated_at'))
  readonly updatedAt: Date;
}
