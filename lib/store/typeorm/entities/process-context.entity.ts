import { Column, PrimaryColumn } from 'typeorm';
import { jsonText, keyColumn, label, time } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A version of the context of a process: what a step changed, and now and then all values. */
@EngineTable('workflow_context')
export class WorkflowContextEntity {
  @PrimaryColumn(keyColumn('process_id', 100))
  readonly processId: string;

  @PrimaryColumn({ name: 'version', type: 'int' })
  readonly version: number;

  /** The step that made it; empty for the first. */
  @Column(label('step', 100))
  readonly step: string;

  @Column(jsonText('patch'))
  readonly patch: Readonly<Record<string, unknown>>;

  @Column(jsonText('removed', true))
  readonly removed: readonly string[] | null;

  /** All values as of this version, where it is a snapshot. */
  @Column(jsonText('snapshot', true))
  readonly snapshot: Readonly<Record<string, unknown>> | null;

  @Column(jsonText('moves'))
  readonly moves: readonly (readonly unknown[])[];

  /** The result of the step, where that is not its patch. */
  @Column(jsonText('result', true))
  readonly result: unknown;

  /** The data that undoing the step needs, or the version that this one has undone. */
  @Column(jsonText('undo_mark', true))
  readonly undoMark: object | null;

  @Column(time('created_at'))
  readonly createdAt: Date;
}
