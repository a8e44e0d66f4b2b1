/** What this instance runs, and another changes; what stands in line, and must not begin any more. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  items = [0, 1, 2];
}

let begun: string[] = [];
let open = () => {};
let gate = Promise.resolve();
const closeGate = () => {
  begun = [];
  gate = new Promise((resolve) => (open = resolve));
};

async function hold(step: StepRef): Promise<void> {
  begun.push(step.name);
  await gate;
}

@Workflow({ name: 'inside', context: Job })
class Inside {
  @Step({ transactional: true }) async one(_: Job, step: StepRef) {
    await hold(step);
  }
}

@Workflow({ name: 'line', context: Job })
class Line {
  @Step({ forEach: 'items' }) async each(_: Job, step: StepRef) {
    await hold(step);
  }
}

@Workflow({ name: 'two', context: Job })
class Two {
  @Step() async first(_: Job, step: StepRef) {
    await hold(step);
  }
  @Step() second() {}
}

describe.each(matrix().filter(({ name }) => name.endsWith('database queue') && !name.startsWith('sqlite')))('$name', ({ database, queue }) => {
  let db: Database;
  const apps: TestApp[] = [];
  beforeEach(async () => void (db = await database()));
  afterEach(async () => {
    open();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await db.drop();
  });

  async function boot(worker: object = {}): Promise<TestApp> {
    const options = { worker: { sweepInterval: 50, shutdownTimeout: 100, ...worker } };
    const app = await bootApp(db, queue, { options, providers: [Inside, Line, Two] });
    apps.push(app);
    return app;
  }

  const statusOf = (app: TestApp, id: string) => async () => (await app.workflows.get(id)).status;

  it('a transactional step whose process another instance has cancelled does not run again', async () => {
    closeGate();
    const [one, two] = [await boot(), await boot({ enabled: false })];
    const { id } = await one.workflows.start(Inside, {}, { groupId: 'inside' });
    await until(() => begun.length, (count) => count === 1); // prettier-ignore
    await two.workflows.cancel(id);
    open();
    await until(() => one.engine.activity.underWay, (count) => count === 0); // prettier-ignore
    expect(begun).toEqual(['one']);
    expect(one.engine.limit.room).toBe(1000);
  });

  it('a suspended process takes no room once its body has ended, and goes on when it is resumed', async () => {
    closeGate();
    const app = await boot({ concurrency: 1 });
    const { id } = await app.workflows.start(Two, {}, { groupId: 'suspended' });
    await until(() => begun.length, (count) => count === 1); // prettier-ignore
    await app.workflows.suspend(id);
    open();
    await until(() => app.engine.limit.room, (room) => room === 1); // prettier-ignore
    await app.workflows.resume(id);
    await until(statusOf(app, id), (status) => status === 'completed');
  });

  it('bodies in line do not begin after their process was cancelled, nor while the worker shuts down', async () => {
    closeGate();
    const app = await boot({ concurrency: 1 });
    const { id } = await app.workflows.start(Line, {}, { groupId: 'cancelled' });
    await until(() => begun.length, (count) => count === 1); // prettier-ignore
    await app.workflows.cancel(id);
    open();
    await until(() => app.engine.activity.underWay, (count) => count === 0); // prettier-ignore
    expect(begun).toEqual(['each']);

    closeGate();
    await app.workflows.start(Line, {}, { groupId: 'shut down' });
    await until(() => begun.length, (count) => count === 1); // prettier-ignore
    const stopped = app.stop();
    open();
    await stopped;
    expect(begun).toEqual(['each']);
  });
});
