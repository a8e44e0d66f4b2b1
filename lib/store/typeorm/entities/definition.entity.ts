import { Column, PrimaryColumn } from 'typeorm';
import { keyColumn, label, longText, time } from './column-types.js';
import { EngineTable } from './engine-table.js';

/** A version of a workflow that all instances share, with its document if it is data. */
@EngineTable('workflow_definition')
export class WorkflowDefinitionEntity {
  @PrimaryColumn(keyColumn('name', 100))
  readonly name: string;

  @PrimaryColumn({ name: 'version', type: 'int' })
  readonly version: number;

  @Column(label('fingerprint', 64))
  readonly fingerprint: string;

  @Column(longText('document', true))
  readonly document: string | null;

  /** 1: no process starts with it any more. */
  @Column({ name: 'withdrawn', type: 'smallint' })
  readonly withdrawn: number;

  /** In the database's time. */
  @Column(time('updated_at'))
  readonly updatedAt: Date;
}
