/** What one instance leaves to others, they learn at once: the sweep is only the net. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
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

/** SQLite and MySQL have nothing to tell others with; Redis has. */
const cells = matrix().filter(({ name }) => name.startsWith('postgres') || name.endsWith('bull queue'));

describe.each(cells)('$name', ({ database, queue, name }) => {
  let db: Database;
  const apps: TestApp[] = [];
  beforeAll(async () => void (db = await database()));
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await db.drop();
  });

  const boot = async (enabled: boolean) => {
    const worker = { enabled, sweepInterval: '1 h', heartbeat: '1 h' } as const;
    const app = await bootApp(db, queue, { bullPrefix: `push ${name}`, queues: ['q'], options: { worker }, providers: [Told] });
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
});
