/** More processes than an instance may hold: what is beyond waits in the database, and the caller is slowed. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { type AppSetup, bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  n = 0;
}

/** Bodies that wait until the test opens the gate. */
let gate: { readonly opened: Promise<void>; open(): void };
let atOnce = 0;
let most = 0;
const order: string[] = [];

function closeGate(): void {
  let open!: () => void;
  gate = { opened: new Promise<void>((resolve) => (open = resolve)), open };
  [atOnce, most] = [0, 0];
  order.length = 0;
}

@Workflow({ name: 'held', context: Job })
class Held {
  @Step() async wait(job: Job, step: StepRef) {
    order.push(step.groupId);
    most = Math.max(most, ++atOnce);
    await gate.opened;
    atOnce--;
    return { n: job.n + 1 };
  }
  @Step() second(job: Job) {
    return { n: job.n + 1 };
  }
}

@Workflow({ name: 'begun', context: Job })
class Begun {
  @Step({ on: 'go' }) wait(_: Job, _message: unknown, step: StepRef) {
    order.push(step.groupId);
    return { n: 1 };
  }
}

@Workflow({ name: 'parent', context: Job })
class Parent {
  @Step() async first() {
    await starting(3, 'from a body');
    return { n: 1 };
  }
}

let starting: (count: number, groupId: string) => Promise<unknown>;

describe.each(matrix().filter(({ queue }) => queue === 'database'))('$name', ({ database, queue }) => {
  let db: Database;
  const apps: TestApp[] = [];

  beforeAll(async () => void (db = await database()));
  afterAll(() => db.drop());
  afterEach(async () => {
    gate.open();
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  async function boot(worker: NonNullable<AppSetup['options']>['worker'] = {}): Promise<TestApp> {
    const app = await bootApp(db, queue, { options: { worker }, providers: [Held, Begun, Parent] });
    apps.push(app);
    starting = (count, groupId) => Promise.all(Array.from({ length: count }, (_, i) => app.workflows.start(Held, {}, { groupId: `${groupId} ${i}` })));
    return app;
  }

  const statusOf = (app: TestApp, workflow: string) => async () => {
    const rows = await app.dataSource.query(
      `select status, worker from workflow_process where workflow = '${workflow}' and status not in ('completed', 'cancelled')`,
    );
    return rows as { status: string; worker: string }[];
  };

  it('holds no more processes than it may; the others stay unclaimed, are said to wait, and are done in the end', async () => {
    closeGate();
    const app = await boot({ concurrency: 4, maxStartDelay: 30 });
    await starting(20, 'more than it may');
    const held = (await statusOf(app, 'held')()).filter(({ worker }) => worker === app.engine.worker);
    expect([held.length, most]).toEqual([4, 4]);
    const [waiting] = (await app.workflows.find({ workflow: 'held', limit: 50 })).items.filter(({ id }) => !app.engine.writer.known(id));
    expect((await app.workflows.explain(waiting!.id)).sentence).toContain(
      'can run step "wait", and no worker has taken it: this one holds as many processes as it may',
    );
    gate.open();
    await until(statusOf(app, 'held'), (rows) => rows.length === 0);
    expect(most).toBeLessThanOrEqual(4);
    expect(app.engine.limit.room).toBe(4);
  });

  it('slows whoever starts: the next start is answered when there is room', async () => {
    closeGate();
    const app = await boot({ concurrency: 2, maxStartDelay: '1 m' });
    await starting(2, 'first');
    let isAnswered = false;
    const third = starting(1, 'third').then(() => (isAnswered = true));
    await until(
      async () => order.length,
      (length) => length === 2,
    );
    await app.workflows.find({ workflow: 'held' });
    expect(isAnswered).toBe(false);
    gate.open();
    await third;
    await until(statusOf(app, 'held'), (rows) => rows.length === 0);
  });

  it('does not slow a start in a transaction of the caller, nor in a body', async () => {
    closeGate();
    const app = await boot({ concurrency: 1, maxStartDelay: '1 m' });
    const { id } = await app.workflows.start(Parent, {}, { groupId: 'parent' });
    await until(
      () => app.workflows.get(id),
      ({ status }) => status === 'completed',
    );
    await app.dataSource.transaction((manager) => app.workflows.start(Held, {}, { groupId: 'in a transaction', manager }));
    gate.open();
    await until(statusOf(app, 'held'), (rows) => rows.length === 0);
  });

  it('takes processes that have begun before new ones', async () => {
    closeGate();
    const app = await boot({ concurrency: 1, maxStartDelay: 0 });
    await app.workflows.start(Begun, {}, { groupId: 'begun' });
    await starting(3, 'new'); // one runs, two wait
    await until(
      async () => order.length,
      (length) => length === 1,
    );
    await app.workflows.emit('go', 'begun', null);
    gate.open();
    await until(statusOf(app, 'held'), (rows) => rows.length === 0);
    await until(statusOf(app, 'begun'), (rows) => rows.length === 0);
    expect(order.indexOf('begun')).toBe(1);
  });

  it('works off what it finds at boot, as fast as it can be run', async () => {
    closeGate();
    gate.open();
    const starter = await boot({ enabled: false });
    await Promise.all(Array.from({ length: 300 }, (_, i) => starter.workflows.start(Held, {}, { groupId: `backlog ${i}` })));
    const app = await boot({ concurrency: 10, sweepInterval: '1 h' });
    await until(statusOf(app, 'held'), (rows) => rows.length === 0, 30_000);
    expect(most).toBeLessThanOrEqual(10);
  });
});
