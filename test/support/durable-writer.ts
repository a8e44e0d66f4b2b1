import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DataSource } from 'typeorm';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { workflowEntities } from '../../lib/store/typeorm/entities/workflow-entities.js';
import { aStart } from '../../lib/testing/builders.js';

export async function writeForEver(database: string, driver: string): Promise<never> {
  const sqlite: unknown = createRequire(import.meta.url)(driver);
  const dataSource = await new DataSource({ type: 'better-sqlite3', database, driver: sqlite, entities: workflowEntities }).initialize();
  const store = createTypeOrmStore(dataSource);
  await store.open('migrate');
  for (;;) {
    const starts = Array.from({ length: 7 }, () => aStart());
    await store.commits.commit(starts);
    for (const { process } of starts) writeSync(1, `${process.id}\n`);
  }
}
