import type { EntityManager } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import type { NewWork } from '../../lib/values/announcer.js';
import { isThere, postgres, titleOf } from '../support/databases.js';
import { until } from '../support/app.js';

const database = await postgres();

describe.skipIf(!isThere(database))(titleOf(database), () => {
  const stores: ProcessStore<EntityManager>[] = [];
  afterAll(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });

  /** An instance of the application whose tables are in this schema, and what it has heard. */
  async function instanceIn(schema: string, options: object): Promise<{ store: ProcessStore<EntityManager>; heard: NewWork[] }> {
    const dataSource = await database.connect(options);
    await dataSource.query(`create schema if not exists ${schema}`);
    const store = createTypeOrmStore(dataSource);
    stores.push(store);
    await store.open('migrate');
    const heard: NewWork[] = [];
    await store.announcer!.listen((work) => heard.push(work));
    return { store, heard };
  }

  it.each([
    ['by its search path', (schema: string) => ({ extra: { options: `-c search_path=${schema}` } })],
    ['by its option `schema`', (schema: string) => ({ schema })],
  ])(
    'an announcement is heard by the instances on the same tables, and not by an application that is in another schema %s',
    async (how, options) => {
      const own = (name: string) => `${name}_${how.length}`;
      const instance = (name: string) => instanceIn(own(name), options(own(name)));
      const [one, other, stranger] = [await instance('one'), await instance('one'), await instance('another')];
      await one.store.announcer!.announce('processes');
      await until(() => other.heard.length, Boolean);
      const strangersOther = await instance('another');
      await strangersOther.store.announcer!.announce('tasks'); // heard after all that was announced before
      await until(() => stranger.heard.length, Boolean);
      expect({ one: one.heard, other: other.heard, stranger: stranger.heard }).toEqual({ one: [], other: ['processes'], stranger: ['tasks'] });
    },
    60_000,
  );
});
