import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { InvalidInputError, type Page, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

class Count {
  @IsInt() total = 0;
}

class Answer {
  @IsString() text: string;
}

@Workflow({ name: 'count', version: 1, context: Count })
class FirstCount {
  @Step()
  add() {}
}

@Workflow({ name: 'count', version: 2, context: Count })
class SecondCount {
  @Step()
  add({ total }: Count, step: StepRef) {
    for (let i = 1; i <= 5; i++) step.note(`note ${i}`);
    return { total: total + 1 };
  }

  @Step({ input: Answer })
  ask(_count: Count, { text }: Answer) {
    return { total: text.length };
  }

  @Step({ queue: 'letters' })
  print() {}
}

describe('what people ask of all of it', () => {
  let db: Database;
  let app: TestApp;
  let id: string;
  beforeAll(async () => {
    db = libsqlFile();
    app = await bootApp(db, 'database', { queues: ['letters', 'parcels'], providers: [FirstCount, SecondCount] });
    id = (await app.workflows.settled((await app.workflows.start('count')).id)).id;
  });
  afterAll(async () => {
    await app.close();
    await db.drop();
  });

  async function inPages<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await read(cursor);
      expect(page.items.length).toBeLessThanOrEqual(2);
      all.push(...page.items);
      cursor = page.next;
    }
    return all;
  }
  const page = (cursor?: string) => ({ limit: 2, ...(cursor !== undefined && { cursor }) });

  it('history, log and versions come in pages, and are together what there is', async () => {
    const { workflows } = app;
    expect(await inPages((cursor) => workflows.history(id, page(cursor)))).toEqual(await workflows.history(id));
    const lines = await inPages((cursor) => workflows.log(id, page(cursor)));
    expect(lines).toEqual(await workflows.log(id));
    expect(lines.map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((i) => `note ${i}`));
    const versions = await inPages((cursor) => workflows.versions(id, page(cursor)));
    expect(versions.map(({ version, step, set }) => [version, step, set])).toEqual([[1, '', ['total']], [2, 'add', ['total']]]); // prettier-ignore
  });

  it('a cursor that no page gave is refused before the database sees it', async () => {
    const cursorOf = (place: string) => Buffer.from(place).toString('base64url');
    for (const place of ['[1e400]', '[1.5]', '["1"]', '[null]', '[]', '{}', 'x'])
      await expect(app.workflows.history(id, { cursor: cursorOf(place) })).rejects.toThrow(InvalidInputError);
    for (const place of ['[1e400,"a"]', '[1,"\\u0000"]', '[1,"\\ud800"]', '[1]'])
      await expect(app.workflows.find({ cursor: cursorOf(place) })).rejects.toThrow(InvalidInputError);
    await expect(app.workflows.history(id, { cursor: 7 as never })).rejects.toThrow(InvalidInputError);
    await expect(app.workflows.history(id, { page: 2 } as never)).rejects.toThrow('there is no "page"');
    expect(await app.workflows.history(id, { cursor: cursorOf('[9007199254740991]') })).toEqual({ items: [], next: null });
  });

  it('definitions are those known here, the newest first, with drawing and schemas', () => {
    const all = app.workflows.definitions();
    expect(all.map(({ workflow, version, newest }) => [workflow, version, newest])).toEqual([['count', 2, true], ['count', 1, false]]); // prettier-ignore
    const [{ steps, context, drawing }] = all as [(typeof all)[number]];
    expect(steps.map(({ name, waitsFor, queue }) => [name, waitsFor, queue])).toEqual([['add', 'nothing', null], ['ask', 'input', null], ['print', 'nothing', 'letters']]); // prettier-ignore
    expect(steps[1]!.input).toMatchObject({ title: 'Answer', required: ['text'] });
    expect(context).toMatchObject({ title: 'Count' });
    expect(drawing).toBe(app.workflows.draw('count'));
  });

  it('queues, workers and readiness are seen', async () => {
    const empty = { waiting: 0, taken: 0, perMinute: 0, readyAt: null, paused: null, held: 0 };
    expect(await app.workflows.queues()).toEqual([{ queue: 'letters', ...empty }, { queue: 'parcels', ...empty }]); // prettier-ignore
    expect(await app.workflows.workers()).toEqual([expect.objectContaining({ id: app.engine.worker, here: true, silent: false })]);
    expect(await app.workflows.ready()).toEqual({ ready: true, problems: [] });
    await app.stop();
    expect(await app.workflows.workers()).toEqual([]);
    expect(await app.workflows.ready()).toMatchObject({ ready: false });
  });
});
