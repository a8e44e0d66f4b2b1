/** A worker lives as long as its process does: a body that computes blocks the event loop, and is no death. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('a worker whose own beats were late', () => {
  let storeTime = 1_000_000;
  const newHeartbeat = () => {
    const maintenance = { beat: () => Promise.resolve(storeTime), threadBeat: () => null, retire: () => Promise.resolve() };
    const parts = { worker: 'w', settings: { heartbeatMs: 20 }, store: { maintenance }, clock: new StoreClock() };
    return new Heartbeat(parts as unknown as ConstructorParameters<typeof Heartbeat>[0]);
  };
  /** A beat that comes so long after the one before. */
  const beatAfter = async (heartbeat: Heartbeat, ms: number) => {
    vi.advanceTimersByTime(ms);
    storeTime += ms;
    await heartbeat.beat();
  };
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('takes others for gone, after an outage, only once all had the time to beat again', async () => {
    const heartbeat = newHeartbeat();
    expect(heartbeat.silentSince, 'it has not beaten itself').toBeNull();
    await beatAfter(heartbeat, 1);
    expect(heartbeat.silentSince).toBe(storeTime - 60);
    await beatAfter(heartbeat, 100_000);
    for (let beat = 0; beat < 3; beat++) {
      expect(heartbeat.silentSince, 'all were silent for 100 s').toBe(storeTime - 300_000);
      await beatAfter(heartbeat, 20);
    }
    expect(heartbeat.silentSince).toBe(storeTime - 60);
  });

  it('takes over all the same where they are always late, as on a machine with too much to do', async () => {
    const heartbeat = newHeartbeat();
    for (let beat = 0; beat < 10; beat++) await beatAfter(heartbeat, 70);
    expect(heartbeat.silentSince).toBe(storeTime - 210);
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
