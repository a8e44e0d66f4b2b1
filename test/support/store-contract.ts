import type { EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { processStoreContract } from '../../lib/testing/process-store.contract.js';
import { type Database, isThere, titleOf } from './databases.js';

export const kit = { describe, it, expect, beforeEach, afterEach };

/** The contract on one fresh database: its cases keep out of each other's way. */
export function contractOn(database: Database): void {
  describe.skipIf(!isThere(database))(titleOf(database), () => contractWith(() => database));
}

/** The same, on a database that is made when its cases begin. */
export function contractWith(made: () => Database): void {
  let database: Database;
  let store: ProcessStore<EntityManager>;
  beforeAll(async () => {
    database = made();
    store = createTypeOrmStore(await database.connect());
    await store.open('migrate');
  });
  afterAll(async () => {
    await store?.close();
    await database.drop();
  });
  processStoreContract(async () => ({ store, close: async () => {} }), kit);
}
