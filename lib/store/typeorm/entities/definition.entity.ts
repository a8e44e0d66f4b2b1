import { Column, Entity, PrimaryColumn } from 'typeorm';
import { keyColumn, label, longText, time } from './column-types.js';

/** A version of a workflow that all instances share, with its document if it is data. */
@Entity('workflow_definition')
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
