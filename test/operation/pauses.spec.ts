/** Pauses on two instances of one application. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow, type WorkflowModuleOptions } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  n = 0;
}

/** Every body that has begun: `<group id> <step>`. */
const begun: string[] = [];
const noted = (step: StepRef) => void begun.push(`${step.groupId} ${step.name}`);

@Workflow({ name: 'paused-job', context: Job })
class PausedJob {
  @Step({ on: 'go' }) first(_job: Job, _event: unknown, step: StepRef) {
    noted(step);
  }
  @Step({ queue: 'q' }) second(_job: Job, step: StepRef) {
    noted(step);
  }
  @Step() third(_job: Job, step: StepRef) {
    noted(step);
  }
}

describe.each(matrix())('$name', ({ database, queue, name }) => {
  let db: Database;
  let test = 0;
  const announces = name.startsWith('postgres') || name.endsWith('bull queue');
  const apps: TestApp[] = [];
  beforeAll(async () => void (db = await database()));
  afterEach(async () => {
    for (const { workflow, step, queue: paused } of (await apps[0]?.workflows.pauses.list()) ?? [])
      await apps[0]!.workflows.pauses.resume(paused !== null ? { queue: paused } : { workflow: workflow!, ...(step !== null && { step }) });
    await Promise.all(apps.splice(0).map((app) => app.close()));
    begun.length = 0;
    test++;
  });
  afterAll(() => db.drop());

  const boot = async (worker: WorkflowModuleOptions['worker'] = { sweepInterval: '50 ms' }) => {
    const app = await bootApp(db, queue, { bullPrefix: `pauses ${name} ${test}`, queues: { q: {} }, options: { worker }, providers: [PausedJob] });
    apps.push(app);
    return app;
  };
  const knows = ({ engine }: TestApp, count: number) => until(() => engine.pauses.all.length, (length) => length === count); // prettier-ignore
  const start = async ({ workflows }: TestApp) => (await workflows.start(PausedJob)).id;
  const heldOf = async ({ workflows }: TestApp, id: string) => (await workflows.waits(id)).items.filter(({ kind }) => kind === 'pause').map(({ step }) => step);

  it('hold back every body of a workflow on each instance, until one of them resumes it', async () => {
    const [a, b] = [await boot(), await boot()];
    await a.workflows.pauses.pause({ workflow: PausedJob }, { actor: 'ada', reason: 'the partner is down' });
    await knows(b, 1);
    const ids = [await start(a), await start(b)];
    for (const id of ids) await b.workflows.emit('go', id, {});
    for (const id of ids) expect(await until(() => heldOf(b, id), (held) => held.length > 0)).toEqual(['first']); // prettier-ignore
    expect(begun).toEqual([]);
    const told = await b.workflows.explain(ids[0]!);
    expect(told.sentence).toContain('waits in step "first" since');
    expect(told.sentence).toMatch(/: the workflow "paused-job" is paused by ada since \S+: the partner is down\.$/);
    expect(told.remedies).toContain("pauses.resume({ workflow: 'paused-job' })");
    expect((await b.workflows.get(ids[0]!, { internals: true })).worker).toBe(null);
    await b.workflows.pauses.resume({ workflow: PausedJob }, { actor: 'bob' });
    for (const id of ids) expect((await until(() => a.workflows.get(id), ({ status }) => status === 'completed')).status).toBe('completed'); // prettier-ignore
    expect(begun.sort()).toEqual(ids.flatMap((id) => ['first', 'second', 'third'].map((step) => `${id} ${step}`)).sort());
    const types = (await a.workflows.history(ids[0]!)).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('pause-'))).toEqual(['pause-awaited', 'pause-ended']);
    await until(() => a.workflows.pauses.list(), (list) => list.length === 0); // prettier-ignore
  });

  it('of a step hold back that step alone, and those of a queue its tasks, which go back to it', async () => {
    const app = await boot();
    await app.workflows.pauses.pause({ workflow: PausedJob, step: 'third' });
    await app.workflows.pauses.pause({ queue: 'q' }, { actor: 'ada' });
    const id = await start(app);
    await app.workflows.emit('go', id, {});
    expect(await until(() => heldOf(app, id), (held) => held.length > 0)).toEqual(['second']); // prettier-ignore
    const view = (await app.workflows.queues()).find((each) => each.queue === 'q');
    expect(view).toMatchObject({ paused: { queue: 'q', actor: 'ada' }, held: 1, waiting: 0, taken: 0 });
    await app.workflows.pauses.resume({ queue: 'q' });
    expect(await until(() => heldOf(app, id), (held) => held[0] === 'third')).toEqual(['third']); // prettier-ignore
    expect(begun).toEqual([`${id} first`, `${id} second`]);
    await app.workflows.pauses.resume({ workflow: PausedJob, step: 'third' });
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it('outlive a restart of the application, which is told nothing twice and counts no attempt', async () => {
    const before = await boot();
    await before.workflows.pauses.pause({ workflow: PausedJob });
    const id = await start(before);
    await before.workflows.emit('go', id, {});
    await until(() => heldOf(before, id), (held) => held.length > 0); // prettier-ignore
    await before.close();
    apps.length = 0;
    const after = await boot();
    const { revision } = await after.workflows.get(id);
    await after.engine.sweeper.beat();
    await after.engine.sweeper.sweep();
    expect((await after.workflows.get(id)).revision).toBe(revision);
    expect(begun).toEqual([]);
    await after.workflows.pauses.resume({ workflow: PausedJob });
    await until(() => after.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect((await after.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });

  it.runIf(!announces)('that an instance did not know of the end of hold nothing for long', async () => {
    const [a, late] = [await boot(), await boot({ sweepInterval: '1 h', heartbeat: '1 h' })];
    await a.workflows.pauses.pause({ workflow: PausedJob });
    await late.engine.pauseWatch.learn();
    const known = late.engine.pauses.all;
    await a.workflows.pauses.resume({ workflow: PausedJob });
    await until(() => a.workflows.pauses.list(), (list) => list.length === 0); // prettier-ignore
    late.engine.pauses.set(known); // the news has not come
    await a.stop();
    const id = await start(late);
    await late.workflows.emit('go', id, {});
    await until(() => heldOf(late, id), (held) => held.length > 0); // prettier-ignore
    expect(begun).toEqual([]);
    await late.engine.pauseWatch.run();
    await late.engine.pauseWatch.sweep();
    await until(() => late.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it.runIf(announces)('are told to the other instances, which need no sweep for it', async () => {
    const [a, b] = [await boot(), await boot({ sweepInterval: '1 h', heartbeat: '1 h' })];
    await a.workflows.pauses.pause({ workflow: PausedJob });
    await knows(b, 1);
    await a.workflows.pauses.resume({ workflow: PausedJob });
    await knows(b, 0);
  });
});
