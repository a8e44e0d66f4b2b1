import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow, again, asked } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile, postgres } from '../support/databases.js';
import { bodies, body, nobodySweeps, quick, signal } from './support.js';

@Workflow({ name: 'line' })
class Line {
  @Step() one(_: object, step: StepRef) { return body(step); }
  @Step({ transactional: true }) two(_: object, step: StepRef) { return body(step); }
  @Step() three(_: object, step: StepRef) { return body(step); }
  @Step({ on: 'told', unsolicited: true }) told(_: object, m: unknown, step: StepRef) { return body(step, m); }
}
@Workflow({ name: 'looping' })
class Looping {
  @Step({ on: 'order:tick', next: ['tick', 'end'] }) tick(_: object, m: unknown, step: StepRef) { return body(step, m) ?? 'tick'; }
}
@Workflow({ name: 'asking' })
class Asking {
  @Step({ request: 'ask' }) answer(_: object, m: unknown, step: StepRef) { return body(step, m); }
  ask(_: object, step: StepRef) { return bodies.get(`${step.groupId} ask`)?.(step) as any; }
}
@Workflow({ name: 'throwing', completeWhen: (c: any) => { if (c.boom) throw new Error('boom'); return false; } } as any)
class Throwing {
  @Step() one(_: object, step: StepRef) { return body(step); }
  @Step({ request: 'ask' }) answer(_: object, m: unknown, step: StepRef) { return body(step, m); }
  ask() {}
}
const providers = [Line, Looping, Asking, Throwing];

for (const make of [libsqlFile, postgres]) describe(make.name, () => {
  let database: Database;
  const apps: TestApp[] = [];
  const boot = async (options: any = quick, more: any = {}) => { const app = await bootApp(database, 'database', { providers, options, ...more }); apps.push(app); return app; };
  beforeAll(async () => { database = await make(); });
  afterEach(async () => { await Promise.all(apps.splice(0).map((app) => app.close())); });
  afterAll(async () => { await database.drop(); });

  it('D resume on the holder after suspend elsewhere', async () => {
    const [a, b] = [await boot(nobodySweeps), await boot(nobodySweeps)];
    const g = randomUUID(); const gate = signal(); const begun = signal();
    bodies.set(`${g} one`, async () => { begun.happen(); await gate.happened; });
    const { id } = await a.workflows.start(Line, {}, { groupId: g });
    await begun.happened;
    await b.workflows.suspend(id);
    try { expect((await a.workflows.resume(id)).status).toBe('running'); } finally { gate.happen(); }
  });

  it('transactional step goes on without sweep', async () => {
    const a = await boot(nobodySweeps);
    const { id } = await a.workflows.start(Line);
    expect((await a.workflows.settled(id, { timeout: '2s' })).status).toBe('completed');
  });

  it('started with manager goes on without sweep', async () => {
    const a = await boot(nobodySweeps);
    const { id } = await a.dataSource.transaction((manager) => a.workflows.start(Asking, {}, { manager }));
    expect((await a.workflows.settled(id, { timeout: '2s' })).status).toBe('waiting');
  });

  it('looping event gives duplicate record each sweep', async () => {
    const a = await boot(quick);
    const g = randomUUID();
    const { id } = await a.workflows.start(Looping, {}, { groupId: g });
    await a.workflows.settled(id);
    await a.workflows.emit('order:tick' as any, g, { a: 1 });
    await until(() => a.workflows.get(id), ({ contextVersion, status }) => contextVersion === 2 && status === 'waiting');
    await a.engine.activity.idle();
    for (let i = 0; i < 3; i++) await a.engine.sweeper.sweep();
    expect((await a.workflows.history(id)).map(({ type }) => type).filter((t) => t === 'message-duplicate')).toEqual([]);
    expect((await a.workflows.get(id)).waits[0]!.key).toBe('order:tick');
  });

  it('poison: correlation id too long', async () => {
    const a = await boot(quick);
    const g = randomUUID(); let n = 0;
    bodies.set(`${g} ask`, () => { n++; return asked({ correlationId: 'x'.repeat(600) }); });
    const { id } = await a.workflows.start(Asking, {}, { groupId: g });
    const p = await a.workflows.settled(id, { timeout: '3s' });
    expect([p.status, n]).toEqual(['failed', 1]);
  });
  it('poison: note of no text', async () => {
    const a = await boot(quick);
    const g = randomUUID(); let n = 0;
    bodies.set(`${g} one`, (step) => { n++; step.note(undefined as any); });
    const { id } = await a.workflows.start(Line, {}, { groupId: g });
    const p = await a.workflows.settled(id, { timeout: '3s' });
    expect([p.status, n]).toEqual(['completed', 1]);
  });
  it('poison: completeWhen throws', async () => {
    const a = await boot(quick);
    const g = randomUUID(); let n = 0;
    bodies.set(`${g} one`, () => { n++; return { boom: true }; });
    const { id } = await a.workflows.start(Throwing, {}, { groupId: g });
    const p = await a.workflows.settled(id, { timeout: '3s' });
    expect([p.status, n]).toEqual(['suspended', 1]);
  });
  it('cancel elsewhere aborts the body here', async () => {
    const [a, b] = [await boot(quick), await boot(quick)];
    const g = randomUUID(); const gate = signal(); const begun = signal(); const aborted = signal();
    bodies.set(`${g} one`, async (step) => { step.signal.addEventListener('abort', () => aborted.happen()); begun.happen(); await gate.happened; });
    const { id } = await a.workflows.start(Line, {}, { groupId: g });
    await begun.happened;
    await b.workflows.cancel(id);
    try {
      expect((await a.workflows.settled(id, { timeout: '3s' })).status).toBe('cancelled');
      await Promise.race([aborted.happened, new Promise((_, no) => setTimeout(no, 3000, new Error('not aborted')))]);
    } finally { gate.happen(); }
  });
  it('mail after restart while old body hangs', async () => {
    const a = await boot(quick);
    const g = randomUUID(); const gate = signal(); const begun = signal(); let n = 0;
    bodies.set(`${g} one`, async () => { if (n++ > 0) return; begun.happen(); await gate.happened; });
    bodies.set(`${g} told`, () => ({ told: true }));
    const { id } = await a.workflows.start(Line, {}, { groupId: g });
    await begun.happened;
    await a.workflows.emit('told' as any, g, {});
    await a.workflows.restartFrom(id, 1);
    try { expect((await a.workflows.settled(id, { timeout: '3s' })).status).toBe('completed'); } finally { gate.happen(); }
  });
  it('close while calls are pending', async () => {
    const a = await boot(quick);
    const { id } = await a.workflows.start(Asking);
    await a.workflows.settled(id);
    const { store } = a.engine; const commit = store.commit.bind(store); const tried = signal();
    (store as any).commit = async () => { tried.happen(); throw new Error('down'); };
    const call = a.workflows.cancel(id).then(() => 'done', (e) => e.name);
    await tried.happened;
    await a.close();
    store.commit = commit;
    expect(await Promise.race([call, new Promise((r) => setTimeout(r, 8000, 'hangs'))])).not.toBe('hangs');
  });
  it('start of a taken id with a lost connection', async () => {
    const a = await boot(quick);
    const g = randomUUID(); let n = 0;
    bodies.set(`${g} one`, () => { n++; });
    const { id } = await a.workflows.start(Line, {}, { groupId: g });
    await a.workflows.settled(id);
    const { store } = a.engine; const commit = store.commit.bind(store);
    (store as any).commit = async () => { store.commit = commit; throw new Error('down'); };
    const r = await a.workflows.start(Line, {}, { groupId: g, id }).then(() => 'started', (e) => e.name);
    await a.engine.activity.idle();
    expect([r === 'started', n]).toEqual([false, 1]);
  });
  it('seats leak', async () => {
    const a = await boot(quick);
    const g = randomUUID();
    await a.workflows.start(Asking, {}, { groupId: g });
    for (let i = 0; i < 5; i++) await a.workflows.start(Asking, {}, { groupId: g, ifLive: 'return' });
    await a.engine.activity.idle();
    expect(a.engine.writer.seats.size).toBe(0);
  });
});
