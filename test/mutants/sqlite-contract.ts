import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe } from './vitest.js';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { processStoreContract } from '../../lib/testing/process-store.contract.js';
import { type Database, libsqlFile } from '../support/databases.js';
import { kit } from '../support/store-contract.js';

/** The contract on SQLite, with a fresh file for each mutant. */
describe('SQLite', () => {
  let database: Database;
  let store: ProcessStore<EntityManager>;
  beforeAll(async () => {
    database = libsqlFile();
    store = createTypeOrmStore(await database.connect());
    await store.open('migrate');
  });
  afterAll(async () => {
    await store?.close();
    await database.drop();
  });
  processStoreContract(async () => ({ store, close: async () => {} }), kit);
});
