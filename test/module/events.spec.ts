/** Events with keys of their own, from a moment on, and for one of those who wait. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { eventAddress } from '../../lib/core/addresses.js';
import { newMessage } from '../../lib/core/engine-messages.js';
import { InvalidInputError, Step, Workflow } from '../../lib/index.js';
import { until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Trip {
  ticket = '';
  since = new Date(0);
  heard = '';
}

@Workflow({ name: 'keyed', context: Trip })
class Keyed {
  @Step({ on: { event: 'train.left', key: 'ticket' } }) left(_trip: Trip, event: { at: string }) {
    return { heard: event.at };
  }
}

@Workflow({ name: 'since', context: Trip })
class Since {
  @Step({ on: { event: 'train.left', since: (trip: Trip) => trip.since } }) left(_trip: Trip, event: { at: string }) {
    return { heard: event.at };
  }
}

@Workflow({ name: 'taxi', context: Trip })
class Taxi {
  @Step({ on: { event: 'fare.called', key: () => 'town', matchOne: true } }) called() {}
}

const minutes = (ago: number) => new Date(Date.now() - ago * 60_000);

onTwoDatabases('events', { providers: [Keyed, Since, Taxi] }, ({ boot }) => {
  it('a message that missed its wait is found behind many that match for ever', async () => {
    const { workflows, engine } = await boot();
    const taxis = await Promise.all(Array.from({ length: 205 }, () => workflows.start(Taxi)));
    await workflows.settled(taxis[0]!.id);
    expect(await workflows.emit('fare.called', 'town', {})).toHaveLength(1); // the others still match it
    const { id } = await workflows.start(Keyed, { ticket: 't-9' });
    await workflows.settled(id);
    await engine.store.commits.keepMessages([newMessage('missed', eventAddress('train.left', 't-9'), { at: 'noon' }, Date.now() + 1)]);
    for (let sweeps = 0; sweeps < 2; sweeps++) await engine.sweeper.sweep();
    expect((await workflows.settled(id)).status).toBe('completed');
  });

  it('an event finds the process by a value of its context', async () => {
    const { workflows } = await boot();
    const [a, b] = await Promise.all(['t-1', 't-2'].map((ticket) => workflows.start(Keyed, { ticket })));
    await Promise.all([a, b].map((each) => workflows.settled(each!.id)));
    expect(await workflows.emit('train.left', 't-2', { at: 'noon' })).toEqual([{ processId: b!.id, disposition: 'delivered' }]);
    await until(() => workflows.get(b!.id), ({ context }) => (context as Trip).heard === 'noon'); // prettier-ignore
    expect((await workflows.settled(a!.id)).status).toBe('waiting');
  });

  it('one that came before the process is not for it, unless the wait says since when events count', async () => {
    const { workflows } = await boot();
    await workflows.emit('train.left', 'k', { at: 'early' });
    const emitted = Date.now();
    await until(Date.now, (now) => now > emitted + 1); // an event of the same millisecond counts
    const late = await workflows.start(Keyed, { ticket: 'k' });
    expect((await workflows.settled(late.id)).status).toBe('waiting');
    const since = await workflows.start(Since, { since: minutes(5) }, { groupId: 'k' });
    expect((await until(() => workflows.get(Since, since.id), ({ status }) => status === 'completed')).context.heard).toBe('early'); // prettier-ignore
  });

  it('the date it is in effect from counts, when it is told and when it is found', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Since, { since: minutes(5) }, { groupId: 'g' });
    await workflows.settled(id);
    expect(await workflows.emit('train.left', 'g', { at: 'too old' }, { effectiveAt: minutes(10) })).toEqual([]);
    expect((await workflows.settled(id)).status).toBe('waiting');
    const [delivery] = await workflows.emit('train.left', 'g', { at: 'in time' }, { effectiveAt: minutes(2) });
    expect(delivery!.disposition).toBe('delivered');
    expect((await until(() => workflows.get(Since, id), ({ status }) => status === 'completed')).context.heard).toBe('in time'); // prettier-ignore
  });

  it('one of the future is kept, and delivered from then on', async () => {
    const { workflows } = await boot();
    const { id } = await workflows.start(Keyed, { ticket: 't-f' });
    await workflows.settled(id);
    const effectiveAt = new Date(Date.now() + 400);
    expect(await workflows.emit('train.left', 't-f', { at: 'later' }, { effectiveAt })).toEqual([]);
    expect((await workflows.settled(id)).status).toBe('waiting');
    await until(() => workflows.get(id), ({ context }) => (context as Trip).heard === 'later'); // prettier-ignore
    const [delivered] = (await workflows.history(id)).filter(({ type }) => type === 'message-delivered');
    expect(delivered!.createdAt.getTime()).toBeGreaterThanOrEqual(effectiveAt.getTime());
  });

  it('its moment must be a date', async () => {
    const { workflows } = await boot();
    await expect(workflows.emit('train.left', 'g', {}, { effectiveAt: new Date('soon') })).rejects.toThrow(InvalidInputError);
  });

  it('all who wait get it; of those that want it alone, one', async () => {
    const { workflows } = await boot();
    const taxis = await Promise.all([1, 2, 3].map(() => workflows.start(Taxi)));
    for (const { id } of taxis) await workflows.settled(id);
    expect(await workflows.emit('fare.called', 'town', {})).toHaveLength(1);
    expect(await workflows.emit('fare.called', 'town', {}, { messageId: 'once' })).toMatchObject([{ disposition: 'delivered' }]);
    expect(await workflows.emit('fare.called', 'town', {}, { messageId: 'once' })).toMatchObject([{ disposition: 'duplicate' }]);
    const left = await until(
      () => Promise.all(taxis.map(({ id }) => workflows.settled(id))),
      (all) => all.filter(({ status }) => status === 'waiting').length === 1,
    );
    expect(left.filter(({ status }) => status === 'completed')).toHaveLength(2);
  });

  it('two instances that tell of events at once, while processes come to wait, give each event to one', async () => {
    const [one, two] = [await boot(), await boot()];
    const starts = Array.from({ length: 12 }, () => one.workflows.start(Taxi));
    const first = await Promise.all(starts);
    const calls = Array.from({ length: 8 }, (_, i) => [one, two][i % 2]!.workflows.emit('fare.called', 'town', {}));
    const more = Array.from({ length: 6 }, () => two.workflows.start(Taxi));
    const all = [...first, ...(await Promise.all(more))];
    await Promise.all(calls);
    for (const { engine } of [one, two]) await engine.sweeper.sweep();
    const states = await until(
      () => Promise.all(all.map(({ id }) => one.workflows.settled(id))),
      (found) => found.filter(({ status }) => status === 'completed').length >= 8,
    );
    expect(states.filter(({ status }) => status === 'completed')).toHaveLength(8);
  });
});
