/** A worker lives as long as its process does: a body that computes blocks the event loop, and is no death. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { StoreClock } from '../../lib/engine/store-clock.js';
import { Heartbeat } from '../../lib/engine/heartbeat.js';
import { HeartbeatThread, type ThreadReport } from '../../lib/engine/heartbeat-thread.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

const HEARTBEAT_MS = 200;

class Job {
  runs = 0;
}

let runs = 0;

function compute(): { runs: number } {
  runs++;
  for (const end = performance.now() + 9 * HEARTBEAT_MS; performance.now() < end;);
  return { runs };
}

@Workflow({ name: 'computes', context: Job })
class Computes {
  @Step() body() {
    return compute();
  }
  @Step({ queue: 'cpu' }) task() {
    return compute();
  }
}

describe.each(matrix())('$name', ({ database, queue }) => {
  let db: Database;
  beforeAll(async () => void (db = await database()));
  afterAll(() => db.drop());

  it('a body that computes for nine heartbeats, in process and queued, is heard of meanwhile, and runs once', async () => {
    runs = 0;
    const app = await bootApp(db, queue, { queues: ['cpu'], options: { worker: { heartbeat: HEARTBEAT_MS } }, providers: [Computes] });
    const silences = await watchFromThread(app);
    const { id } = await app.workflows.start(Computes, {}, { groupId: 'g' });
    await until(
      () => app.workflows.get(id),
      ({ status }) => status === 'completed',
    );
    const seen = await silences.stop();
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.max(...seen)).toBeLessThan(3 * HEARTBEAT_MS);
    expect(runs).toBe(2);
    expect((await app.workflows.history(id)).filter(({ type }) => type.endsWith('recovered'))).toEqual([]);
    await app.close();
  });
});

const SILENT_FOR = {
  pg: `select (extract(epoch from clock_timestamp()) * 1000)::bigint - seen_at as seen_at from workflow_worker where id = $1`,
  mysql2: `select floor(unix_timestamp(now(3)) * 1000) - seen_at as seen_at from workflow_worker where id = ?`,
  sqlite: `select cast(unixepoch('subsec') * 1000 as integer) - seen_at as seen_at from workflow_worker where id = ?`,
};

/** How long the worker has been silent, in the time of the database: asked again and again from a thread that nothing here blocks. */
async function watchFromThread({ engine }: TestApp) {
  const beat = engine.store.maintenance.threadBeat(engine.worker)!;
  const silences: number[] = [];
  const heard = (report: ThreadReport) => void ('storeTime' in report && silences.push(report.storeTime));
  const thread = HeartbeatThread.start(engine.worker, { ...beat, statements: [SILENT_FOR[beat.client]] }, 20, heard, () => {})!;
  await until(
    () => silences.length,
    (length) => length > 0,
  );
  return { stop: () => thread.stop().then(() => silences) };
}

describe('after an outage', () => {
  it('a worker takes others for gone only once all had the time to beat again', async () => {
    let storeTime = 1_000_000;
    const maintenance = { beat: () => Promise.resolve(storeTime), threadBeat: () => null, retire: () => Promise.resolve() };
    const settings = { heartbeatMs: 20 };
    const heartbeat = new Heartbeat({ worker: 'w', settings, store: { maintenance }, clock: new StoreClock() } as unknown as ConstructorParameters<
      typeof Heartbeat
    >[0]);
    expect(heartbeat.silentSince, 'it has not beaten itself').toBeNull();
    await heartbeat.beat();
    expect(heartbeat.silentSince).toBe(storeTime - 60);
    await new Promise((resolve) => setTimeout(resolve, 100)); // five heartbeats without an answer
    storeTime += 100;
    await heartbeat.beat();
    expect(heartbeat.silentSince, 'only workers that have retired').toBe(1);
    for (const end = performance.now() + 80; performance.now() < end; storeTime += 10) {
      await heartbeat.beat();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await heartbeat.beat();
    expect(heartbeat.silentSince).toBe(storeTime - 60);
  });
});

describe('the clock of the store', () => {
  it('takes the time from the shortest round trip, and never runs backwards', () => {
    const clock = new StoreClock();
    const store = 1_000_000_000_000;
    const t = performance.now();
    clock.adjust(store, t);
    const first = clock.now().getTime();
    expect(first - store).toBeLessThan(1000);
    clock.adjust(store, t + 8000); // held up for 8 s on its way back
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(first);
    expect(clock.now().getTime() - store).toBeLessThan(1000);
    for (let i = 0; i < 20; i++) clock.adjust(store - 60_000, t); // the store was set back
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(first);
  });

  it('is rather late than early: the time of the store was read before the answer came', () => {
    const clock = new StoreClock();
    const answered = performance.now();
    clock.adjust(5_000_000, answered);
    expect(clock.now().getTime()).toBeLessThanOrEqual(5_000_000 + (performance.now() - answered));
  });
});
