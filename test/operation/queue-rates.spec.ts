/** The rate of a queue: what workers say with their heartbeat, as every instance sees it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EndedTasks } from '../../lib/execution/ended-tasks.js';
import { Step, Workflow } from '../../lib/index.js';
import { VirtualClock } from '../../lib/testing.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

@Workflow({ name: 'rated' })
class Rated {
  @Step({ queue: 'rated', retry: { attempts: 2, delay: 0 } }) work(_context: object, step: { readonly attempt: number }) {
    if (step.attempt === 1) throw new Error('not yet');
  }
}

for (const { name, database: make, queue } of matrix()) {
  const database = await make();
  describe.skipIf(!isThere(database))(`${titleOf(database)}, ${queue} queue`, () => rates(database, queue, name));
}

function rates(database: Database, queue: 'database' | 'bull', name: string): void {
  const apps: TestApp[] = [];
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
  beforeAll(() => expect(database.missing).toBeNull());
  afterAll(() => database.drop());

  const boot = async (worker: object) => {
    const app = await bootApp(database, queue, { bullPrefix: `rates ${name}`, queues: { rated: {}, idle: {} }, options: { worker }, providers: [Rated] });
    apps.push(app);
    return app;
  };
  const perMinute = async (app: TestApp) => Object.fromEntries((await app.workflows.queues()).map((view) => [view.queue, view.perMinute]));

  it('is not known where no worker has said so, and else the number of bodies that have ended, on all of them', async () => {
    const asks = await boot({ enabled: false });
    expect(await perMinute(asks)).toEqual({ idle: null, rated: null });
    const works = await boot({ heartbeat: '50 ms' });
    expect(await perMinute(works)).toEqual({ idle: 0, rated: 0 });
    const started = await Promise.all(Array.from({ length: 3 }, () => works.workflows.start(Rated, {})));
    for (const { id } of started) await works.workflows.settled(id);
    expect(await until(() => perMinute(works), (rate) => rate['rated'] === 6)).toEqual({ idle: 0, rated: 6 }); // prettier-ignore
    const other = await boot({ heartbeat: '50 ms' });
    const { id } = await other.workflows.start(Rated, {});
    await other.workflows.settled(id);
    for (const each of [asks, works, other]) expect(await until(() => perMinute(each), (rate) => rate['rated'] === 8)).toEqual({ idle: 0, rated: 8 }); // prettier-ignore
  });

  it('is not told by a worker that has been silent for three heartbeats', async () => {
    const asks = await boot({ enabled: false, heartbeat: '10 s' });
    const gone = { at: asks.engine.clock.now().getTime() - 30_001, ended: { idle: 5 } };
    await asks.engine.store.maintenance.beat('gone');
    await asks.engine.store.operating.putReport('gone', gone);
    expect((await perMinute(asks))['idle'] ?? 0).toBe(0);
    await asks.engine.store.operating.putReport('gone', { ...gone, at: gone.at + 20_000 });
    expect((await perMinute(asks))['idle']).toBe(5);
    await asks.engine.store.maintenance.forgetWorker('gone');
  });
}

describe('what has ended', () => {
  it('is counted for 60 s, by queue', () => {
    const clock = new VirtualClock('2026-01-01T00:00:00Z');
    const ended = new EndedTasks(clock);
    expect(ended.inLastMinute()).toEqual({});
    const at = (ms: number) => clock.set(new Date('2026-01-01T00:00:00Z').getTime() + ms);
    ended.add('a');
    at(999);
    ended.add('a');
    ended.add('b');
    at(30_000);
    ended.add('a');
    at(59_999);
    expect(ended.inLastMinute()).toEqual({ a: 3, b: 1 });
    at(60_000);
    expect(ended.inLastMinute()).toEqual({ a: 1, b: 0 });
    ended.add('a');
    at(90_000);
    expect(ended.inLastMinute()).toEqual({ a: 1, b: 0 });
    at(119_999);
    expect(ended.inLastMinute()).toEqual({ a: 1, b: 0 });
    at(120_000);
    expect(ended.inLastMinute()).toEqual({ a: 0, b: 0 });
  });
});
