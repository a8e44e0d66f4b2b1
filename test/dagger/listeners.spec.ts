/** Dagger's scenarios of listeners and correlation, by their numbers. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { eventAddress } from '../../lib/core/addresses.js';
import { Act, onEachDatabase } from './row.js';

class Parcel {
  box = 'none';
  outcome?: string;
}

/** `TEST_WAITING=15001` for what Dagger splits into two. */
const MANY = Number(process.env.TEST_WAITING ?? 250);

@Workflow({ name: 'hears', context: Parcel })
class Hears {
  constructor(private readonly act: Act) {}
  @Step({ on: { event: 'box', key: 'box' } }) heard(parcel: Parcel, _message: any, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step() after(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
}

@Workflow({ name: 'hears-alone', context: Parcel })
class HearsAlone {
  @Step({ on: { event: 'box', key: 'box', matchOne: true } }) heard(_parcel: Parcel, _message: any) {
    return { outcome: 'heard' };
  }
}

@Workflow({ name: 'hears-late', context: Parcel })
class HearsLate {
  flow(flow: Flow<Parcel>) {
    return flow.startWith(Act, { name: 'first', when: (parcel) => parcel.outcome === 'go' }).waitFor('box', (parcel) => parcel.box);
  }
  @Step({ unsolicited: true, on: 'go' }) go(_parcel: Parcel, _event: any) {
    return { outcome: 'go' };
  }
}

@Workflow({ name: 'hears-twice', context: Parcel })
class HearsTwice {
  flow(flow: Flow<Parcel>) {
    return flow.waitFor('box', (parcel) => parcel.box, { name: 'one' }).waitFor('lid', (parcel) => parcel.box, { name: 'two' });
  }
}

await onEachDatabase({ providers: [Hears, HearsAlone, HearsLate, HearsTwice] }, (bench) => {
  const key = () => `box-${randomUUID()}`;
  const told = (box: string, data: unknown = {}) => bench.workflows.emit('box' as string, box, data);

  it('G-10 a message with the key on that name reaches the listener; another key or name does not', async () => {
    const [box, other] = [key(), key()];
    const { id, names } = await bench.run(Hears, { box });
    await told(other);
    await bench.workflows.emit('lid' as string, box, {});
    expect(await bench.waiting(id)).toEqual(['heard']);
    expect(await told(box)).toMatchObject([{ processId: id, disposition: 'delivered' }]);
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['heard', 'after']);
  });

  it('G-12 one message completes two processes, also on the fly', async () => {
    const box = key();
    const plan = { name: `on-the-fly-${box}`, steps: [{ name: 'wait', use: 'Act', on: { event: 'box', key: 'box' } }] };
    const both = [await bench.workflows.start(plan, { box }), await bench.workflows.start(plan, { box })];
    for (const { id } of both) await bench.waitsIn(id, 'wait');
    expect(await told(box)).toHaveLength(2);
    for (const { id } of both) await bench.reaches(id, 'completed');
  });

  it('G-13 several processes with one key: all are served; with matchOne exactly one', async () => {
    const [box, lone] = [key(), key()];
    const all = await Promise.all([1, 2, 3].map(() => bench.run(Hears, { box })));
    await told(box);
    for (const { id } of all) await bench.reaches(id, 'completed');
    const alone = await Promise.all([1, 2, 3].map(() => bench.run(HearsAlone, { box: lone })));
    await told(lone);
    const statuses = await until(async () => Promise.all(alone.map(async ({ id }) => (await bench.workflows.get(id)).status)), (found) => found.includes('completed')); // prettier-ignore
    expect(statuses.toSorted()).toEqual(['completed', 'waiting', 'waiting']);
  });

  it('G-14 a message that is earlier than its listener is kept for it, and not lost', async () => {
    const box = key();
    const { id, groupId } = await bench.run(HearsLate, { box });
    expect(await bench.waiting(id)).toEqual(['first']);
    await told(box);
    await bench.workflows.emit('go' as string, groupId, {});
    await bench.reaches(id, 'completed');
    expect(await bench.steps(id)).toEqual(['go', 'first', 'box']);
  });

  it('G-16 a late or repeated message changes nothing and is recorded; the step that runs is not taken for done', async () => {
    const box = key();
    const { id, names } = await bench.run(Hears, { box });
    const once = (body = {}) => bench.workflows.emit('box' as string, box, body, { messageId: `m-${box}` });
    await once();
    await bench.reaches(id, 'completed');
    expect(await once()).toEqual([{ processId: id, disposition: 'duplicate' }]);
    expect(await once({ weight: 1 })).toEqual([{ processId: id, disposition: 'conflict' }]);
    expect(names()).toEqual(['heard', 'after']);
    const records = (await bench.workflows.history(id)).map(({ type }) => type).filter((type) => type.startsWith('message-'));
    expect(records).toEqual(['message-delivered', 'message-duplicate', 'message-conflict']);
  });

  it('G-18 a handler that throws fails its own process, which runs it again with the message; the others are served', async () => {
    const box = key();
    const broken = await bench.run(Hears, { box }, { heard: () => { throw new Error('unreadable'); } }); // prettier-ignore
    const sound = await bench.run(Hears, { box });
    await told(box, { weight: 3 });
    await bench.reaches(sound.id, 'completed');
    expect(await bench.reaches(broken.id, 'failed')).toMatchObject({ cause: expect.stringContaining('unreadable') });
    bench.journal.tell(broken.groupId, {});
    await bench.workflows.retry(broken.id);
    await bench.reaches(broken.id, 'completed');
    expect(bench.journal.of(broken.groupId, 'heard').map(({ message }) => message)).toEqual([{ weight: 3 }, { weight: 3 }]);
  });

  it('G-21 a key belongs to the name of its event: the same value under another name is another key', async () => {
    const box = key();
    const { id } = await bench.run(HearsTwice, { box });
    await bench.workflows.emit('lid' as string, box, {});
    expect(await bench.waiting(id)).toEqual(['one']);
    await told(box);
    await bench.reaches(id, 'completed');
  });

  it(
    'G-22 many wait with one key, and all are found',
    async () => {
      const box = key();
      const started = await Promise.all(Array.from({ length: MANY }, () => bench.workflows.start(HearsTwice, { box })));
      await until(() => bench.workflows.find({ workflow: HearsTwice, waitingFor: 'one', limit: 200 }), ({ items }) => items.length === 200); // prettier-ignore
      for (const { id } of started.slice(0, 3)) await bench.waitsIn(id, 'one');
      await bench.app.engine.activity.idle();
      expect(await told(box)).toHaveLength(MANY);
      for (const { id } of started) await bench.waitsIn(id, 'two');
    },
    60_000 + MANY * 50,
  );

  it('G-23 a message for processes that are gone finds none of them, and is kept like any other', async () => {
    const box = key();
    const { id } = await bench.run(Hears, { box });
    await bench.workflows.cancel(id);
    expect(await told(box)).toEqual([]);
    const address = eventAddress('box', box);
    expect(await bench.app.engine.store.commits.messagesAt([address])).toMatchObject([{ disposition: 'stored', processId: null }]);
    const next = await bench.start(Hears, { box });
    expect(await bench.settled(next.id)).toMatchObject({ status: 'waiting' });
  });
});
