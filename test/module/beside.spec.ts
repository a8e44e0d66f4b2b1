/** Unsolicited events beside the flow, and keys of events, at default settings on every database. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

class Log {
  log: string[] = [];
  count = 0;
  box = '';
  other = '';
}
const add = (word: string) => ({ log: (log: string[]) => [...log, word] });

/** What a hung body waits for, by group id. */
const gates = new Map<string, { begun: () => void; opened: Promise<void>; signals: AbortSignal[] }>();
function gateFor(groupId: string) {
  let [begin, open] = [() => {}, () => {}];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const gate = { begun: () => begin(), opened: new Promise<void>((resolve) => (open = resolve)), signals: [] };
  gates.set(groupId, gate);
  return { begun, open: () => open(), signals: gate.signals as AbortSignal[] };
}
async function hang(step: StepRef) {
  const gate = gates.get(step.groupId)!;
  gate.signals.push(step.signal);
  gate.begun();
  await gate.opened; // it does not listen to its signal
}

@Workflow({ name: 'hung', context: Log })
class Hung {
  @Step({ parallel: 'both' }) async hangs(_log: Log, step: StepRef) {
    await hang(step);
    return add('hung');
  }
  @Step({ parallel: 'both', on: 'awaited' }) awaited() {
    return add('awaited');
  }
  @Step() after() {
    return add('after');
  }
  @Step({ on: 'told', unsolicited: true }) told(_log: Log, word: string) {
    return add(word);
  }
  @Step({ on: 'stop', unsolicited: true, next: 'end' }) stop() {
    return add('stopped');
  }
}

@Workflow({ name: 'hung-task', context: Log })
class HungTask {
  @Step({ queue: 'slow' }) async hangs(_log: Log, step: StepRef) {
    await hang(step);
    return add('hung');
  }
  @Step({ on: 'stop', unsolicited: true, next: 'end' }) stop() {
    return add('stopped');
  }
}

@Workflow({ name: 'stream', context: Log })
class Stream {
  @Step() async first(_log: Log, step: StepRef) {
    await hang(step);
  }
  @Step() second() {}
  @Step() third() {}
  @Step({ on: 'never' }) last() {}
  @Step({ on: 'tick', unsolicited: true }) tick() {
    return { count: (count: number) => count + 1 };
  }
}

@Workflow({ name: 'parcel', context: Log })
class ParcelFlow {
  @Step({ on: 'paid' }) paid(_log: Log, box: string) {
    return { box, other: box, ...add('paid') };
  }
  @Step({ parallel: 'both', on: { event: 'shipped', key: { boxId: 'box' } } }) shipped(_log: Log, word: string) {
    return add(`shipped ${word}`);
  }
  @Step({ parallel: 'both', on: { event: 'shipped', key: { otherId: 'other' } } }) other(_log: Log, word: string) {
    return add(`other ${word}`);
  }
  @Step({ on: 'moved', unsolicited: true }) moved(_log: Log, box: string) {
    return { box };
  }
}

@Workflow({ name: 'ahead', context: Log })
class Ahead {
  @Step({ on: 'ordered' }) ordered() {
    return add('ordered');
  }
  @Step({ on: { event: 'delivered', skipAhead: true, reprocess: true } }) delivered(_log: Log, word: string) {
    return add(word);
  }
  @Step({ on: 'closed' }) closed() {}
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => besideTheFlow(database));
}

function besideTheFlow(database: Database): void {
  const apps: TestApp[] = [];
  const opened: (() => void)[] = [];
  const boot = async () => {
    const app = await bootApp(database, 'database', { providers: [Hung, HungTask, Stream, ParcelFlow, Ahead], queues: ['slow'] });
    apps.push(app);
    return app;
  };
  afterEach(async () => {
    for (const open of opened.splice(0)) open();
    for (const app of apps.splice(0)) await app.close();
  });
  afterAll(() => database.drop());

  async function inTheMiddle({ workflows }: TestApp, workflow: typeof Hung | typeof HungTask | typeof Stream) {
    const groupId = randomUUID();
    const gate = gateFor(groupId);
    opened.push(gate.open);
    const { id } = await workflows.start(workflow, {}, { groupId });
    await gate.begun;
    return { groupId, id, ...gate };
  }
  const logOf = async ({ workflows }: TestApp, id: string) => (await workflows.get(id)).context.log as string[];

  it('the handlers of events run and complete while a body hangs, and explain says who runs', async () => {
    const app = await boot();
    const { id, groupId, open } = await inTheMiddle(app, Hung);
    for (const word of ['one', 'two']) await app.workflows.emit('told', groupId, word);
    await app.workflows.emit('awaited', groupId, null);
    expect(await until(() => logOf(app, id), (log) => log.length === 3)).toEqual(expect.arrayContaining(['one', 'two', 'awaited'])); // prettier-ignore
    expect((await app.workflows.explain(id)).sentence).toMatch(/runs step "hangs" on worker/);
    open();
    const done = await until(() => app.workflows.settled(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(await logOf(app, done.id)).toEqual(['one', 'two', 'awaited', 'hung', 'after']);
  });

  it.each([
    ['in the process', Hung],
    ['on a task queue', HungTask],
  ] as const)('an event with next: end aborts a body %s, whose result no longer counts', async (_where, workflow) => {
    const app = await boot();
    const { id, groupId, open, signals } = await inTheMiddle(app, workflow);
    await app.workflows.emit('stop', groupId, null);
    await until(() => app.workflows.settled(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    open();
    await app.engine.activity.idle();
    expect(await logOf(app, id)).toEqual(['stopped']);
  });

  it('a stream of 500 events does not starve the flow, and is handled in order of arrival', async () => {
    const app = await boot();
    const { id, groupId, open } = await inTheMiddle(app, Stream);
    const emits = Array.from({ length: 500 }, () => app.workflows.emit('tick', groupId, null));
    await emits[0];
    open();
    await Promise.all(emits);
    await until(() => app.workflows.get(id), ({ context, status }) => context.count === 500 && status === 'waiting', 60_000); // prettier-ignore
    const completed = (await app.workflows.history(id)).filter(({ type }) => type === 'step-completed');
    const ticks = completed.flatMap(({ step, run }) => (step === 'tick' ? [run!] : []));
    expect(ticks).toHaveLength(500);
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    expect(completed.findIndex(({ step }) => step === 'third')).toBeLessThan(completed.findLastIndex(({ step }) => step === 'tick'));
  }, 90_000);

  it('a wait is re-keyed at once, so the event that came early under the new key is found', async () => {
    const app = await boot();
    const [groupId, box, next] = [randomUUID(), randomUUID(), randomUUID()];
    const { id } = await app.workflows.start(ParcelFlow, {}, { groupId });
    await app.workflows.settled(id);
    expect(await app.workflows.emit('shipped', { boxId: next }, 'early')).toEqual([]);
    await app.workflows.emit('paid', groupId, box);
    await until(() => app.workflows.settled(id), ({ status }) => status === 'waiting'); // prettier-ignore
    await app.workflows.emit('moved', groupId, next);
    expect(await until(() => logOf(app, id), (log) => log.length === 2)).toEqual(['paid', 'shipped early']); // prettier-ignore
    expect(await app.workflows.emit('shipped', { boxId: box }, 'late')).toEqual([]);
  });

  it('two names with one value are two keys, and one call may bring several', async () => {
    const app = await boot();
    const [groupId, box] = [randomUUID(), randomUUID()];
    const { id } = await app.workflows.start(ParcelFlow, {}, { groupId });
    await app.workflows.emit('paid', groupId, box);
    await until(() => app.workflows.get(id), ({ context }) => context.box === box); // prettier-ignore
    await app.workflows.settled(id);
    expect(await app.workflows.emit('shipped', box, 'plain')).toEqual([]);
    expect((await app.workflows.explain(id)).remedies).toContain(`emit('shipped', { 'otherId': '${box}' }, …)`);
    expect(await app.workflows.emit('shipped', { otherId: box }, 'b')).toMatchObject([{ processId: id, disposition: 'delivered' }]);
    expect(await until(() => logOf(app, id), (log) => log.length === 2)).toEqual(['paid', 'other b']); // prettier-ignore
    const deliveries = await app.workflows.emit('shipped', [{ boxId: box, otherId: box }, groupId], 'a');
    expect(deliveries).toMatchObject([{ processId: id, disposition: 'delivered' }]);
    expect((await until(() => app.workflows.settled(id), ({ status }) => status === 'completed')).id).toBe(id); // prettier-ignore
  });

  it('an event skips ahead to its step, which handles later events beside the flow', async () => {
    const app = await boot();
    const groupId = randomUUID();
    const { id } = await app.workflows.start(Ahead, {}, { groupId });
    await app.workflows.settled(id);
    expect((await app.workflows.explain(id)).sentence).toContain(
      `step "delivered" hears the event "delivered" under the key "${groupId}", and would run at once`,
    );
    expect(await app.workflows.emit('delivered', groupId, 'first')).toMatchObject([{ disposition: 'delivered' }]);
    await until(() => app.workflows.explain(id), ({ sentence }) => sentence.includes('waits in step "closed"')); // prettier-ignore
    expect((await app.workflows.history(id)).filter(({ type }) => type === 'step-skipped').map(({ step }) => step)).toEqual(['ordered']);
    expect(await app.workflows.emit('delivered', groupId, 'again')).toMatchObject([{ disposition: 'delivered' }]);
    expect(await until(() => logOf(app, id), (log) => log.length === 2)).toEqual(['first', 'again']); // prettier-ignore
    await until(() => app.workflows.settled(id), ({ status }) => status === 'waiting'); // prettier-ignore
    await app.workflows.emit('closed', groupId, null);
    expect((await until(() => app.workflows.settled(id), ({ status }) => status === 'completed')).id).toBe(id); // prettier-ignore
  });
}
