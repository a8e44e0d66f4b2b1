import { Column, Entity, PrimaryColumn } from 'typeorm';
import { key, label, longText, time } from './column-types.js';

/** A version of a workflow as all instances know it; of one that is data, also what it says. */
@Entity('workflow_definition')
export class WorkflowDefinitionEntity {
  @PrimaryColumn(key('name', 100))
  readonly name: string;

  @PrimaryColumn({ name: 'version', type: 'int' })
  readonly version: number;

  @Column(label('fingerprint', 64))
  readonly fingerprint: string;

  @Column(longText('document', true))
  readonly document: string | null;

  /** 1: nothing is started with it any more. */
  @Column({ name: 'withdrawn', type: 'smallint' })
  readonly withdrawn: number;

  /** In the database's time. */
  @Column(time('updated_at'))
  readonly updatedAt: Date;
}
