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
  async function instanceIn(schema: string): Promise<{ store: ProcessStore<EntityManager>; heard: NewWork[] }> {
    const dataSource = await database.connect({ extra: { options: `-c search_path=${schema}` } });
    await dataSource.query(`create schema if not exists ${schema}`);
    const store = createTypeOrmStore(dataSource);
    stores.push(store);
    await store.open('migrate');
    const heard: NewWork[] = [];
    await store.announcer!.listen((work) => heard.push(work));
    return { store, heard };
  }

  it('an announcement is heard by the instances on the same tables, and not by an application in another schema of the database', async () => {
    const [one, other, stranger] = [await instanceIn('one'), await instanceIn('one'), await instanceIn('another')];
    await one.store.announcer!.announce('processes');
    await until(() => other.heard.length, Boolean);
    const strangersOther = await instanceIn('another');
    await strangersOther.store.announcer!.announce('tasks'); // heard after all that was announced before
    await until(() => stranger.heard.length, Boolean);
    expect({ one: one.heard, other: other.heard, stranger: stranger.heard }).toEqual({ one: [], other: ['processes'], stranger: ['tasks'] });
  }, 60_000);
});
