import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../engine/options.js';
import type { Adapter } from '../../values/adapter.js';
import type { ProcessStore } from '../process-store.js';
import { createTypeOrmStore } from './create-store.js';
import { workflowEntities } from './entities/workflow-entities.js';

const TYPEORM_STORE = Symbol('TYPEORM_STORE');
/** The injection token of the place of the tables, which the module takes from its options. */
export const TABLE_PLACE = Symbol('WORKFLOW_TABLE_PLACE');

/** Processes in a TypeORM data source of the application: PostgreSQL, MySQL, MariaDB or SQLite. The default. */
export function typeOrmStore(dataSource = 'default'): Adapter<ProcessStore<EntityManager>> {
  return {
    use: TYPEORM_STORE,
    imports: [TypeOrmModule.forFeature(workflowEntities, dataSource)],
    providers: [
      {
        provide: TYPEORM_STORE,
        useFactory: (source: DataSource, tables: TableOptions) => createTypeOrmStore(source, dataSource, tables),
        inject: [getDataSourceToken(dataSource), TABLE_PLACE],
      },
    ],
  };
}
