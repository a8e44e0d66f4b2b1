/** A cold application with its default settings meets a hundred of everything at once: more than any pool holds. */
import { IsInt } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseTaskQueue, Step, type StepRef, Workflow, type WorkflowService } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

const CROWD = 100;

class Tally {
  n = 0;
  parts: number[] = [1, 2, 3];
}
class Answer {
  @IsInt() n!: number;
}

/** Answers come from outside while the request is still being recorded, so they are early. */
let ask: (correlationId: string) => void = () => {};

@Workflow({ name: 'crowd-child', context: Tally })
class ChildOfCrowd {
  @Step() only({ n }: Tally) { return { n: n + 1 }; } // prettier-ignore
}

@Workflow({ name: 'crowd', context: Tally })
class Crowd {
  @Step() plain() { return { n: 1 }; } // prettier-ignore
  @Step({ transactional: true, compensate: 'undo' }) async written(_tally: Tally, step: StepRef) {
    await step.manager.query('select 1');
    return { n: 2 };
  }
  async undo(_tally: Tally, step: StepRef) {
    await step.manager.query('select 1');
  }
  @Step({ request: 'askThem', response: Answer }) asked(_tally: Tally, { n }: Answer) { return { n }; } // prettier-ignore
  askThem(_tally: Tally, step: StepRef) { ask(step.correlationId); } // prettier-ignore
  @Step({ on: 'go' }) told() { return { n: 4 }; } // prettier-ignore
  @Step({ input: Answer }) given(_tally: Tally, { n }: Answer) { return { n }; } // prettier-ignore
  @Step({ queue: 'crowd' }) queued() { return { n: 6 }; } // prettier-ignore
  @Step({ forEach: 'parts' }) async each() { await Promise.resolve(); } // prettier-ignore
  @Step({ child: { workflow: ChildOfCrowd, with: 'toChild' } }) child(_tally: Tally, child: Tally) { return { n: child.n }; } // prettier-ignore
  toChild({ n }: Tally) { return { n }; } // prettier-ignore
  @Step({ parallel: 'both', transactional: true }) async left(_tally: Tally, step: StepRef) { await step.manager.query('select 1'); } // prettier-ignore
  @Step({ parallel: 'both', transactional: true }) async right(_tally: Tally, step: StepRef) { await step.manager.query('select 1'); } // prettier-ignore
  @Step({ on: 'end' }) last() { return { n: 9 }; } // prettier-ignore
}

const groups = Array.from({ length: CROWD }, (_, i) => `crowd-${i}`);

describe.each(matrix())('$name', ({ database, queue, name }) => {
  let db: Database;
  let app: TestApp;
  let workflows: WorkflowService;

  beforeAll(async () => {
    db = await database();
    if (!isThere(db)) return;
    const options = queue === 'database' ? { taskQueue: databaseTaskQueue() } : {};
    app = await bootApp(db, queue, { providers: [Crowd, ChildOfCrowd], queues: queue === 'bull' ? { crowd: {} } : {}, options });
    ({ workflows } = app);
    ask = (correlationId) => void workflows.respond(Crowd, 'asked', correlationId, { n: 3 });
  });
  afterAll(async () => {
    await app?.close();
    await db.drop();
  });

  const standing = async (step: string) => (await workflows.find({ workflow: Crowd, step, limit: CROWD })).items.length;
  const all = (count: number) => count === CROWD;

  it('starts, in a transaction of the application or not, answers, events, inputs and cancellations: all come to their end', async ({ skip }) => {
    skip(!isThere(db), titleOf(db));
    const takesMany = !name.startsWith('sqlite'); // of TypeORM's transactions there is one at a time on SQLite
    const start = (groupId: string, i: number) =>
      takesMany && i % 2 ? app.dataSource.transaction((manager) => workflows.start(Crowd, {}, { groupId, manager })) : workflows.start(Crowd, {}, { groupId });
    await Promise.all(groups.map(start));
    await until(() => standing('told'), all, 60_000);
    await Promise.all(groups.map((groupId) => workflows.emit('go', groupId, {})));
    await until(() => standing('given'), all, 60_000);
    await Promise.all(groups.map((groupId) => workflows.provideInput(Crowd, 'given', { groupId }, { n: 5 })));
    await until(() => standing('last'), all, 60_000);
    const [ended, undone] = [groups.slice(0, CROWD / 2), groups.slice(CROWD / 2)];
    await Promise.all([
      ...ended.map((groupId) => workflows.emit('end', groupId, {})),
      ...undone.map((groupId) => workflows.cancel({ workflow: Crowd, groupId }, { compensate: true })),
    ]);
    const finished = async () => (await workflows.find({ workflow: Crowd, status: ['completed', 'cancelled'], limit: CROWD })).items;
    const items = await until(finished, ({ length }) => length === CROWD, 60_000);
    expect(items.filter(({ status }) => status === 'completed')).toHaveLength(CROWD / 2);
  }, 240_000);
});
