import { ModulesContainer } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../engine/options.js';
import type { Adapter } from '../../values/adapter.js';
import type { ProcessStore } from '../process-store.js';
import { createTypeOrmStore } from './create-store.js';
import { workflowEntities } from './entities/workflow-entities.js';
import { refuseMissing } from './missing-data-source.js';

const TYPEORM_STORE = Symbol('TYPEORM_STORE');
/** The injection token of the place of the tables, which the module takes from its options. */
export const TABLE_PLACE = Symbol('WORKFLOW_TABLE_PLACE');

/**
 * Processes in a TypeORM data source of the application: PostgreSQL, MySQL, MariaDB or SQLite. The default. `forFeature` is called for what
 * it tells `autoLoadEntities`. Its module is not imported: where there is no data source, its repositories would say so in the words of Nest.
 */
export function typeOrmStore(dataSource = 'default'): Adapter<ProcessStore<EntityManager>> {
  TypeOrmModule.forFeature(workflowEntities, dataSource);
  return {
    use: TYPEORM_STORE,
    providers: [
      {
        provide: TYPEORM_STORE,
        useFactory: (source: DataSource | undefined, tables: TableOptions, modules: ModulesContainer) =>
          source ? createTypeOrmStore(source, dataSource, tables) : refuseMissing(modules, dataSource),
        inject: [{ token: getDataSourceToken(dataSource), optional: true }, TABLE_PLACE, ModulesContainer],
      },
    ],
  };
}
