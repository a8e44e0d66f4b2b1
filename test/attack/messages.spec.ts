/** Messages over two instances and in transactions of the application (P6, P8). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, Process, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import { bodies, body, nobodySweeps, signal } from './support.js';

@Workflow({ name: 'hearing' })
class Hearing {
  @Step({ request: 'ask' }) ready(_context: object, _reply: unknown, step: StepRef) { return body(step); } // prettier-ignore
  ask() {}
  @Step({ on: 'order:paid' }) paid(_context: object, event: unknown) { return { paid: event } as any; } // prettier-ignore
}

@Workflow({ name: 'hearing-too' })
class HearingToo {
  @Step({ on: 'order:paid', next: ['again', 'end'] }) again() { return 'again' as const; } // prettier-ignore
}

@Workflow({ name: 'order' })
class Order {
  @Step({ on: 'order' }) order(_context: object, event: unknown) { return { order: event } as any; } // prettier-ignore
}

@Workflow({ name: 'late' })
class Late {
  @Step({ request: 'ask', within: 50, required: false }) answer(_context: object, _reply: unknown) {}
  ask(_context: object, step: StepRef) { return bodies.get(step.groupId)?.(step) as any; } // prettier-ignore
  @Step({ on: 'order' }) then_(_context: object, event: unknown) { return { order: event } as any; } // prettier-ignore
}

@Workflow({ name: 'racing' })
class Racing {
  @Step({ request: 'ask' }) answer(_context: object, reply: unknown) { return { reply } as any; } // prettier-ignore
  ask(_context: object, step: StepRef) { return bodies.get(step.groupId)?.(step) as any; } // prettier-ignore
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => messages(database));
}

function messages(database: Database): void {
  let [a, b]: TestApp[] = [];
  beforeAll(async () => {
    const providers = [Hearing, HearingToo, Order, Racing, Late];
    a = await bootApp(database, 'database', { providers, options: nobodySweeps });
    b = await bootApp(database, 'database', { providers, options: nobodySweeps });
  });
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()]);
    await database.drop();
  });
  const event = 'order:paid' as string;

  it('an event whose name has a colon is shown by its name, and is no other event for a longer key', async () => {
    const group = `paid:${randomUUID()}`;
    const { id } = await a!.workflows.start(HearingToo, {}, { groupId: group });
    const order = await a!.workflows.start(Order, {}, { groupId: group });
    await Promise.all([a!.workflows.settled(id), a!.workflows.settled(order.id)]);
    expect((await a!.workflows.get(id)).waits.map(({ key }) => key)).toEqual(['order:paid']);
    expect(await a!.workflows.emit(event, group.slice('paid:'.length), {})).toEqual([]); // once the address of `order` for `paid:...`
    expect((await a!.workflows.get(order.id)).status).toBe('waiting');
  });

  it('an event told where only one of two waiting processes is known reaches each of them once', async () => {
    const old = await bootApp(database, 'database', { providers: [HearingToo], options: nobodySweeps }); // a deploy is under way
    const groupId = randomUUID();
    const known = await a!.workflows.start(HearingToo, {}, { groupId });
    const unknown = await a!.workflows.start(Hearing, {}, { groupId });
    await a!.workflows.settled(unknown.id);
    await a!.workflows.respond(Hearing, 'ready', (await a!.workflows.get(unknown.id, { internals: true })).waits[0]!.key!, {});
    await until(() => a!.workflows.get(unknown.id), ({ waits }) => waits[0]?.step === 'paid'); // prettier-ignore
    await old.workflows.emit(event, groupId, {});
    await until(() => old.workflows.get(known.id), ({ contextVersion, waits }) => contextVersion === 2 && waits.length === 1); // prettier-ignore
    for (let i = 0; i < 2; i++) {
      await a!.engine.sweeper.sweep();
      await a!.engine.activity.idle();
      await old.engine.activity.idle();
    }
    const delivered = async (id: string) =>
      (await a!.workflows.history(id)).filter(({ type, step }) => type === 'message-delivered' && step !== 'ready').length;
    expect([await delivered(known.id), await delivered(unknown.id)]).toEqual([1, 1]);
    await old.close();
  });

  it('an answer that races the registration of its wait is never missed, with nobody sweeping', async () => {
    const races = Array.from({ length: 150 }, (_, i) => i);
    await Promise.all(
      races.map(async () => {
        const groupId = randomUUID();
        let answer!: Promise<unknown>;
        bodies.set(groupId, (step) => void (answer = b!.workflows.respond(Racing, 'answer', step.correlationId, 1)));
        const { id } = await a!.workflows.start(Racing, {}, { groupId });
        await until(() => a!.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
        expect(await answer).toMatch(/stored|delivered/);
        expect((await a!.workflows.history(id)).filter(({ type }) => type === 'message-duplicate')).toEqual([]);
      }),
    );
  });

  it('an answer to a step run that is over is late, also while its process goes on; one that comes early is kept', async () => {
    let key = '';
    bodies.set('late', ({ correlationId }) => void (key = correlationId));
    const { id } = await a!.workflows.start(Late, {}, { groupId: 'late' });
    await until(
      async () => (await a!.workflows.history(id)).map(({ type }) => type),
      (types) => (types.includes('event-awaited') ? true : (void a!.engine.sweeper.sweep(), false)),
    );
    expect(await b!.workflows.respond(Late, 'answer', key, {} as never)).toBe('late');
    expect(await b!.workflows.respond(Late, 'answer', `${id}.99`, {} as never)).toBe('stored');
    expect((await a!.workflows.history(id)).at(-1)).toMatchObject({ type: 'message-late' });
  });

  it('an answer that both sides find in the inbox is delivered, and no duplicate of itself', async () => {
    const id = randomUUID();
    const [kept, found] = [signal(), signal()];
    const [here, there] = [a!.engine.store.commits, b!.engine.store.commits];
    const [messagesAt, waitsAt] = [here.messagesAt.bind(here), there.waitsAt.bind(there)];
    let looks = 0;
    there.waitsAt = async (addresses) => {
      if (++looks === 1) return waitsAt(addresses); // nobody waits yet: it is kept
      there.waitsAt = waitsAt;
      kept.happen();
      const waits = await until(() => waitsAt(addresses), ({ length }) => length > 0); // prettier-ignore
      found.happen();
      await until(() => a!.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      return waits;
    };
    here.messagesAt = async (addresses) => {
      here.messagesAt = messagesAt;
      await found.happened;
      return messagesAt(addresses);
    };
    bodies.set(id, () => asked({ correlationId: `early-${id}` }));
    const answer = b!.workflows.respond(Racing, 'answer', `early-${id}`, 1);
    await kept.happened;
    await a!.workflows.start(Racing, {}, { id });
    expect(await answer).toBe('delivered');
    expect((await a!.workflows.history(id)).map(({ type }) => type)).not.toContain('message-duplicate');
  });

  it('one message id, told to both instances at once, is delivered once', async () => {
    for (let i = 0; i < 20; i++) {
      const { id } = await a!.workflows.start(Racing);
      await a!.workflows.settled(id);
      const { key } = (await a!.workflows.get(id, { internals: true })).waits[0]!;
      const told = await Promise.all([a!, b!, a!, b!].map(({ workflows }) => workflows.respond(Racing, 'answer', key!, 1, { messageId: 'm' })));
      expect(told.toSorted()).toEqual(['delivered', 'duplicate', 'duplicate', 'duplicate']);
    }
  });

  describe('in a transaction of the application', () => {
    const rolledBack = (work: (manager: any) => Promise<unknown>) =>
      a!.dataSource
        .transaction(async (manager) => {
          await work(manager);
          throw new Error('rolled back');
        })
        .catch(() => {});

    it('an event that was rolled back reaches nobody', async () => {
      const group = randomUUID();
      const { id } = await a!.workflows.start(HearingToo, {}, { groupId: group });
      await a!.workflows.settled(id);
      await rolledBack((manager) => a!.workflows.emit(event, group, { no: true }, { manager }));
      await a!.engine.sweeper.sweep();
      await a!.engine.activity.idle();
      expect(await a!.dataSource.getRepository(Process).findOneByOrFail({ id })).toMatchObject({ contextVersion: 1, status: 'waiting' });
    });

    it('an answer that came early and was rolled back is not kept', async () => {
      const id = randomUUID();
      await rolledBack((manager) => a!.workflows.respond(Racing, 'answer', `early-${id}`, 1, { manager }));
      bodies.set(id, () => asked({ correlationId: `early-${id}` }));
      await a!.workflows.start(Racing, {}, { id });
      expect((await a!.workflows.settled(id)).status).toBe('waiting');
    });

    it('an answer that came early and was committed is delivered', async () => {
      const id = randomUUID();
      await a!.dataSource.transaction((manager) => a!.workflows.respond(Racing, 'answer', `early-${id}`, 1, { manager }));
      bodies.set(id, () => asked({ correlationId: `early-${id}` }));
      await a!.workflows.start(Racing, {}, { id });
      await until(() => a!.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    });
  });
}
