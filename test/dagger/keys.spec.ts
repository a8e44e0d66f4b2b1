/** Dagger's scenarios of several keys, keys that change, and listeners that skip ahead or hear again, by their numbers. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { Step, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { onEachDatabase } from './row.js';

class Parcel {
  box = 'none';
  lid = 'none';
  log: string[] = [];
}
const add = (word: string) => ({ log: (log: string[]) => [...log, word] });

@Workflow({ name: 'two-keys', context: Parcel })
class TwoKeys {
  @Step({ parallel: 'both', on: { event: 'packed', key: { boxId: 'box' } } }) inBox(_: Parcel, by: string) {
    return add(`box ${by}`);
  }
  @Step({ parallel: 'both', on: { event: 'packed', key: { lidId: 'lid' } } }) underLid(_: Parcel, by: string) {
    return add(`lid ${by}`);
  }
  @Step({ unsolicited: true, on: 'moved' }) moved(_: Parcel, box: string) {
    return { box };
  }
}

@Workflow({ name: 'skips-ahead', context: Parcel })
class SkipsAhead {
  @Step({ on: 'paid' }) paid() {
    return add('paid');
  }
  @Step({ on: { event: 'shipped', skipAhead: true, reprocess: true } }) shipped(_: Parcel, by: string) {
    return add(`shipped ${by}`);
  }
  @Step({ on: 'closed' }) closed() {}
}

@Workflow({ name: 'in-order', context: Parcel })
class InOrder {
  @Step({ on: 'shipped' }) shipped(_: Parcel, by: string) {
    return add(`shipped ${by}`);
  }
  @Step({ on: 'closed' }) closed() {}
}

await onEachDatabase({ providers: [TwoKeys, SkipsAhead, InOrder] }, (bench) => {
  const key = () => randomUUID();
  const emit = (event: string, to: any, data: unknown = null) => bench.workflows.emit(event as string, to, data);
  const logIs = (id: string, log: string[]) => until(async () => (await bench.workflows.get(id)).context.log as string[], (now) => now.length >= log.length).then((now) => expect(now).toEqual(log)); // prettier-ignore

  it('G-12 one message with several keys: every listener of each key is served, each process once', async () => {
    const [box, lid] = [key(), key()];
    const all = [await bench.workflows.start(TwoKeys, { box }), await bench.workflows.start(TwoKeys, { lid })];
    for (const { id } of all) await bench.waitsIn(id, 'inBox', 'underLid');
    const told = await emit('packed', [{ boxId: box }, { lidId: lid }], 'ada');
    expect(told.map(({ processId }) => processId).sort()).toEqual(all.map(({ id }) => id).sort());
    await logIs(all[0]!.id, ['box ada']);
    await logIs(all[1]!.id, ['lid ada']);
  });

  it('G-14 skipAhead: a message for a later listener skips the unfinished steps before it, and the listener runs now', async () => {
    const { id, groupId } = await bench.workflows.start(SkipsAhead);
    await bench.waitsIn(id, 'paid');
    await emit('shipped', groupId, 'dhl');
    await logIs(id, ['shipped dhl']);
    await bench.waitsIn(id, 'closed');
    expect((await bench.workflows.history(id)).filter(({ type }) => type === 'step-skipped').map(({ step }) => step)).toEqual(['paid']);
  });

  it('G-15 a skipped listener takes the message where it says skipAhead, and ignores it otherwise', async () => {
    const [ahead, inOrder] = [await bench.workflows.start(SkipsAhead), await bench.workflows.start(InOrder)];
    await emit('paid', ahead.groupId);
    for (const { id } of [ahead, inOrder]) await bench.waitsIn(id, 'shipped');
    await bench.workflows.skip(SkipsAhead, 'shipped', ahead.id);
    await bench.workflows.skip(InOrder, 'shipped', inOrder.id);
    for (const { id } of [ahead, inOrder]) await bench.waitsIn(id, 'closed');
    for (const { groupId } of [ahead, inOrder]) await emit('shipped', groupId, 'dhl');
    await logIs(ahead.id, ['paid', 'shipped dhl']);
    await logIs(inOrder.id, []);
    await bench.workflows.cancel(ahead.id);
    expect(await emit('shipped', ahead.groupId, 'late')).toEqual([]);
  });

  it('G-17 reprocess: a completed listener runs again with a further message, and the flow stands where it stood', async () => {
    const { id, groupId } = await bench.workflows.start(SkipsAhead);
    await bench.waitsIn(id, 'paid');
    await emit('paid', groupId);
    await bench.waitsIn(id, 'shipped');
    await emit('shipped', groupId, 'dhl');
    await bench.waitsIn(id, 'closed');
    await emit('shipped', groupId, 'ups');
    await logIs(id, ['paid', 'shipped dhl', 'shipped ups']);
    await bench.waitsIn(id, 'closed');
  });

  it('G-19 a value that changes while a listener waits with it as its key: found by the new value at once, and no more by the old', async () => {
    const [old, young] = [key(), key()];
    const { id, groupId } = await bench.workflows.start(TwoKeys, { box: old });
    await bench.waitsIn(id, 'inBox', 'underLid');
    await emit('moved', groupId, young);
    await until(async () => (await bench.workflows.get(id)).context.box as string, (box) => box === young); // prettier-ignore
    expect(await emit('packed', { boxId: old }, 'nobody')).toEqual([]);
    expect(await emit('packed', { boxId: young }, 'ada')).toMatchObject([{ processId: id, disposition: 'delivered' }]);
    await logIs(id, ['box ada']);
  });

  it('G-21 a key is a name and a value: the same value under another name is another key', async () => {
    const both = key();
    const { id } = await bench.workflows.start(TwoKeys, { box: both, lid: both });
    await bench.waitsIn(id, 'inBox', 'underLid');
    expect(await emit('packed', both, 'no name')).toEqual([]);
    expect(await emit('packed', { lidId: both }, 'ada')).toHaveLength(1);
    await logIs(id, ['lid ada']);
    await emit('packed', { boxId: both }, 'bob');
    await logIs(id, ['lid ada', 'box bob']);
    await bench.reaches(id, 'completed');
  });
});
