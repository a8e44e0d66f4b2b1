// Over TypeORM 0.3, which the package `typeorm-0.3` is: the contract on SQLite, transactions and migrations on each database.
import { DataSource } from 'typeorm';
import { expect, it, vi } from 'vitest';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';

vi.mock('typeorm', () => import('typeorm-0.3'));

import './sqlite-libsql.spec.js';
import './typeorm-schema.spec.js';
import './typeorm-transactions.spec.js';

it('is TypeORM 0.3 that is tested here', async () => {
  expect(DataSource).toBe((await import('typeorm-0.3')).DataSource);
});

it('names another driver for a data source of sqlite3', () => {
  const dataSource = { options: { type: 'sqlite' } } as unknown as DataSource;
  expect(() => createTypeOrmStore(dataSource)).toThrow(/"default" is of type "sqlite".*`type: 'better-sqlite3'`/);
});
