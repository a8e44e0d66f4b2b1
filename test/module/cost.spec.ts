import 'reflect-metadata';
import { createHook } from 'node:async_hooks';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditRecord, Process, ProcessContext, Step, Workflow } from '../../lib/index.js';
import type { Change } from '../../lib/core/change.js';
import { bootApp, type TestApp } from '../support/app.js';
import { isThere, postgres, titleOf } from '../support/databases.js';

/** With the shares of a start, of its end and of the statements, which are a tenth of all. */
const MOST_PROMISES = 6;

class Sum {
  total = 0;
}

@Workflow({ name: 'ten', context: Sum })
class TenSteps {
  @Step() s1(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s2(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s3(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s4(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s5(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s6(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s7(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s8(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s9(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
  @Step() s10(sum: Sum) { return { total: sum.total + 1 }; } // prettier-ignore
}

const database = await postgres();

describe.skipIf(!isThere(database))(`the cost of a step: ${titleOf(database)}`, () => {
  let app: TestApp;
  const statements: string[] = [];
  const commits: (readonly Change[])[] = [];
  const query = pg.Client.prototype.query;

  beforeAll(async () => {
    app = await bootApp(database, 'database', { providers: [TenSteps], options: { worker: { sweepInterval: '1h', heartbeat: '1h' } } });
    const { store } = app.engine;
    const commit = store.commits.commit.bind(store.commits);
    store.commits.commit = (changes) => {
      commits.push(changes);
      return commit(changes);
    };
    pg.Client.prototype.query = function (this: pg.Client, ...args: any[]) {
      statements.push(String(args[0].text ?? args[0]));
      return (query as (...all: any[]) => any).apply(this, args);
    } as typeof query;
  });
  afterAll(async () => {
    pg.Client.prototype.query = query;
    await app?.close();
    await database.drop();
  });

  async function run(count: number): Promise<string[]> {
    statements.length = commits.length = 0;
    const all = await Promise.all(Array.from({ length: count }, () => app.workflows.start(TenSteps)));
    for (const { id } of all) await app.workflows.settled(id);
    return all.map(({ id }) => id);
  }

  it('a chain of ten steps run alone is eleven statements: one for each step, and the start', async () => {
    await run(4); // both connections are open and set up
    const [id] = await run(1);
    expect(statements).toEqual(Array.from({ length: 11 }, () => expect.stringContaining('update workflow_process')));
    expect(commits.map((changes) => changes.length)).toEqual(Array.from({ length: 11 }, () => 1));
    expect(await app.dataSource.getRepository(ProcessContext).countBy({ processId: id! })).toBe(11);
    expect(await app.dataSource.getRepository(AuditRecord).countBy({ processId: id! })).toBe(12); // with the completion of the process
    expect(await app.dataSource.getRepository(Process).countBy({ id: id! })).toBe(1);
  });

  it('a step creates few promises: each is memory, and a turn of the microtasks', async () => {
    await run(100);
    let promises = 0;
    const hook = createHook({ init: (_id, type) => void (promises += Number(type === 'PROMISE')) });
    hook.enable();
    await run(100);
    hook.disable();
    expect(promises / 1000).toBeLessThan(MOST_PROMISES);
  });

  it('a hundred at once share their statements: far fewer than one for each step', async () => {
    await run(100);
    expect(commits.flat()).toHaveLength(1100);
    expect(statements.length).toBeLessThan(220);
  });

  it('a step writes one version, one record, and one narrow row without touching an index', async () => {
    await run(1);
    for (const [change] of commits.slice(1, -1)) {
      expect(change).toMatchObject({ versions: [expect.anything()], records: [expect.anything()], waits: { clear: false, delete: [], put: [] }, messages: [] });
      expect(JSON.stringify(change!.process).length).toBeLessThan(650);
    }
  });
});
