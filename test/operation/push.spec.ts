/** What one instance leaves to others, they learn at once: the sweep is only the net. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  n = 0;
}

@Workflow({ name: 'told', context: Job })
class Told {
  @Step() first() {
    return { n: 1 };
  }
  @Step({ on: 'go' }) second() {
    return { n: 2 };
  }
  @Step({ queue: 'q' }) third() {
    return { n: 3 };
  }
  @Step({ on: 'on' }) fourth() {
    return { n: 4 };
  }
}

/** What the body of a group id waits for. */
const held = new Map<string, Promise<void>>();

@Workflow({ name: 'behind', context: Job })
class Behind {
  @Step({ queue: 'narrow' }) async only(_job: Job, step: StepRef) {
    await held.get(step.groupId);
    return { n: 1 };
  }
}

/** SQLite and MySQL have nothing to tell others with; Redis has. */
const cells = matrix().filter(({ name }) => name.startsWith('postgres') || name.endsWith('bull queue'));

describe.each(cells)('$name', ({ database, queue, name }) => {
  let db: Database;
  const apps: TestApp[] = [];
  beforeAll(async () => void (db = await database()));
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
  afterAll(() => db.drop());

  const boot = async (enabled: boolean) => {
    const worker = { enabled, sweepInterval: '1 h', heartbeat: '1 h' } as const;
    const app = await bootApp(db, queue, {
      bullPrefix: `push ${name}`,
      queues: { q: {}, narrow: { concurrency: 1 } },
      options: { worker },
      providers: [Told, Behind],
    });
    apps.push(app);
    return app;
  };

  it('a start, an event and a queued task of an instance that runs nothing are run by another, without its sweep', async () => {
    const teller = await boot(false);
    await boot(true);
    const { id } = await teller.workflows.start(Told, {}, { groupId: 'g' });
    const waits = (step: string) => async () => (await teller.workflows.explain(id)).waits.some((wait) => wait.step === step);
    await until(waits('second'), Boolean);
    await teller.workflows.emit('go', 'g', null);
    await until(waits('fourth'), Boolean);
    await teller.workflows.emit('on', 'g', null);
    await until(
      async () => (await teller.workflows.get(id)).status,
      (status) => status === 'completed',
    );
    expect((await teller.workflows.contextAt(id, 5)) as object).toMatchObject({ n: 4 });
  });

  it('also by one whose clock is a little behind', async () => {
    const teller = await boot(false);
    const { clock } = (await boot(true)).engine;
    const now = clock.now.bind(clock);
    clock.now = () => new Date(now().getTime() - 40);
    const ids = await Promise.all(['1', '2', '3'].map((n) => teller.workflows.start(Behind, {}, { groupId: `behind ${n}` })));
    await until(
      () => Promise.all(ids.map(async ({ id }) => (await teller.workflows.get(id)).status)),
      (all) => all.every((status) => status === 'completed'),
    );
  });

  it('a task that waits behind another in a full queue is run by another instance, without its sweep', async () => {
    const first = await boot(true);
    let letGo = () => {};
    held.set(`held ${name}`, new Promise((resolve) => (letGo = resolve)));
    await first.workflows.start(Behind, {}, { groupId: `held ${name}` });
    await until(async () => (await first.workflows.queues()).find(({ queue }) => queue === 'narrow'), (row) => row?.taken === 1); // prettier-ignore
    await boot(true);
    const { id } = await first.workflows.start(Behind, {}, { groupId: `behind ${name}` });
    await until(async () => (await first.workflows.get(id)).status, (status) => status === 'completed'); // prettier-ignore
    letGo();
  });
});
