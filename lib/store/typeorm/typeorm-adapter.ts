import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Adapter } from '../../values/adapter.js';
import type { ProcessStore } from '../process-store.js';
import { createTypeOrmStore } from './create-store.js';
import { workflowEntities } from './entities/workflow-entities.js';

const TYPEORM_STORE = Symbol('TYPEORM_STORE');

/** Processes in a TypeORM data source of the application: PostgreSQL, MySQL, MariaDB or SQLite. The default. */
export function typeOrmStore(dataSource = 'default'): Adapter<ProcessStore<EntityManager>> {
  return {
    use: TYPEORM_STORE,
    imports: [TypeOrmModule.forFeature(workflowEntities, dataSource)],
    providers: [
      {
        provide: TYPEORM_STORE,
        useFactory: (source: DataSource) => createTypeOrmStore(source, dataSource),
        inject: [getDataSourceToken(dataSource)],
      },
    ],
  };
}
