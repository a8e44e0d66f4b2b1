/** A worker dies in the body of a step, again and again: that step is left to a person, and no other. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  n = 0;
}

/** Ends the worker of which it is the body. */
let die: (step: StepRef) => Promise<void>;
const forEver = new Promise<void>(() => {});

@Workflow({ name: 'poison', context: Job })
class Poison {
  @Step() async kill(_: Job, step: StepRef) {
    await die(step);
  }
}

@Workflow({ name: 'queued-poison', context: Job })
class QueuedPoison {
  @Step({ queue: 'q' }) async kill(_: Job, step: StepRef) {
    await die(step);
  }
}

/** Its body is under way when the worker dies; where nothing kills the worker meanwhile, it ends. */
@Workflow({ name: 'innocent', context: Job })
class Innocent {
  @Step() async work(job: Job) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return { n: job.n + 1 };
  }
}

@Workflow({ name: 'queued-innocent', context: Job })
class QueuedInnocent {
  @Step({ queue: 'q' }) work(job: Job) {
    return new Innocent().work(job);
  }
}

describe.each(matrix())('$name', ({ database, queue, name }) => {
  let db: Database;
  beforeEach(async () => void (db = await database()));
  afterEach(() => db.drop());

  const options = { worker: { heartbeat: '1 h', sweepInterval: 50, shutdownTimeout: 10 } } as const;
  const boot = () =>
    bootApp(db, queue, {
      bullPrefix: `blame ${name}`,
      queues: { q: { concurrency: 30 } },
      options,
      providers: [Poison, QueuedPoison, Innocent, QueuedInnocent],
    });

  /** As a kill does: nothing is recorded any more, and nobody says goodbye. */
  function killed(app: TestApp): Promise<void> {
    return new Promise((resolve) => {
      die = async () => {
        app.engine.writer.close();
        app.engine.runner.stop();
        app.engine.tasks.stop();
        void app.engine.queue.stop(); // the dead take no jobs out of Redis
        app.engine.sweeper.pause();
        await app.engine.heartbeat.stopThread();
        resolve();
        await forEver;
      };
    });
  }

  it('a poison beside twenty innocent bodies, and a queued one: exactly the poisons are parked, and said to be suspects before', async () => {
    const apps: TestApp[] = [await boot()];
    let death = killed(apps[0]!);
    const { workflows } = apps[0]!;
    const innocents = [...Array(20).keys()].map((i) => workflows.start(i % 2 ? 'innocent' : 'queued-innocent', {}, { groupId: `innocent ${i}` }));
    const poisons = await Promise.all([workflows.start('poison', {}, { groupId: 'p' }), workflows.start('queued-poison', {}, { groupId: 'q' })]);
    const ids = (await Promise.all(innocents.map((each) => each.catch(() => null)))).flatMap((each) => each?.id ?? []);
    const sentences: string[] = [];
    for (let deaths = 0; deaths < 30; deaths++) {
      const isOver = settled(apps.at(-1)!, [...ids, ...poisons.map(({ id }) => id)]).then(() => true);
      if (await Promise.race([death.then(() => false), isOver])) break;
      const next = await boot();
      apps.push(next);
      await next.dataSource.query(`update workflow_worker set seen_at = 1 where id <> '${next.engine.worker}'`);
      death = killed(next);
      for (const { id } of poisons) sentences.push((await next.workflows.explain(id)).sentence);
      await next.engine.sweeper.beat();
    }
    const last = apps.at(-1)!;
    const parked = await last.workflows.find({ status: 'failed' });
    expect(parked.items.map(({ id }) => id).sort()).toEqual(poisons.map(({ id }) => id).sort());
    for (const id of ids) expect((await last.workflows.get(id)).status).toBe('completed');
    expect(parked.items[0]!.cause).toContain('4 times while no other suspect ran beside it');
    expect(sentences.some((sentence) => sentence.includes('may be what kills its workers'))).toBe(true);
    await Promise.all(apps.map((app) => app.close().catch(() => {})));
  }, 120_000);

  it('five deploys while one body runs are no crashes', async () => {
    let begun!: () => void;
    const apps: TestApp[] = [];
    die = async () => {
      begun();
      await forEver;
    };
    let id: string | undefined;
    for (let deploys = 0; deploys < 6; deploys++) {
      const runs = new Promise<void>((resolve) => (begun = resolve));
      const app = await boot();
      apps.push(app);
      id ??= (await app.workflows.start('poison', {}, { groupId: 'deploys' })).id;
      await app.engine.sweeper.beat();
      await runs;
      await app.stop();
    }
    const { status } = await apps.at(-1)!.workflows.get(id!);
    expect(status).toBe('running');
    const rows = (await apps.at(-1)!.dataSource.query(`select tokens from workflow_process where id = '${id}'`)) as { tokens: string }[];
    expect(rows[0]!.tokens).not.toContain('crashes');
    await Promise.all(apps.map((app) => app.close().catch(() => {})));
  }, 60_000);
});

function settled({ workflows }: TestApp, ids: readonly string[]): Promise<unknown> {
  const isOver = async (id: string) => ['completed', 'failed'].includes((await workflows.get(id)).status);
  return until(async () => (await Promise.all(ids.map(isOver))).every(Boolean), Boolean, 60_000).catch(() => null);
}
