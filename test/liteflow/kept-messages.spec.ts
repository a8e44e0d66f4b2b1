/** How long a message is kept that nobody waits for yet, and what comes of it until then and after. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asked, type Flow, Step, Workflow } from 'nestjs-argonaut';
import { Act, Ahead, onEachDatabase, signal } from './support.js';

class Captured {
  id = '';
  value?: unknown;
}

@Workflow({ name: 'looks-back', context: Captured })
class LooksBack {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Act, { name: 'before' })
      .waitFor('captured', (data) => data.id, { since: () => new Date(0) })
        .output('value', (event) => event); // prettier-ignore
  }
}

@Workflow({ name: 'waits', context: Captured })
class Waits {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Act, { name: 'before' })
      .waitFor('captured', (data) => data.id)
        .output('value', (event) => event); // prettier-ignore
  }
}

@Workflow({ name: 'asks', context: Captured })
class Asks {
  flow(flow: Flow<Captured>) {
    return flow.startWith(Act, { name: 'before' }).then(this.answered);
  }
  ask({ id }: Captured) {
    return asked({ correlationId: id });
  }
  @Step({ request: 'ask' }) answered(_data: Captured, value: string) {
    return { value };
  }
}

const MINUTE = 60_000;
const clock = new Ahead();

await onEachDatabase({ providers: [LooksBack, Waits, Asks], options: { clock, keepUnmatched: '1 hour' } }, (bench) => {
  /** Under an id of the test's, an hour or so ahead of whoever waits for it. */
  async function early(workflow: typeof LooksBack | typeof Waits | typeof Asks, isUnderWay: boolean, minutes: number) {
    const id = randomUUID();
    const gate = signal();
    const start = () => bench.start(workflow, { id }, { before: () => gate.happened });
    const begun = isUnderWay ? await start() : undefined;
    if (workflow === Asks) expect(await bench.workflows.respond(Asks, 'answered', id, 'kept')).toBe('stored');
    else expect(await bench.workflows.emit('captured', id, 'kept')).toEqual([]);
    clock.by(minutes * MINUTE);
    await bench.app.engine.sweeper.beat();
    const process = begun ?? (await start());
    gate.give();
    const { status } = await bench.settled(process.id);
    return { status, value: (await bench.context(process.id)).value as unknown };
  }

  describe('with `keepUnmatched` of an hour', () => {
    it.each([
      ['an event that a later process looks back for', LooksBack, false],
      ['an event for a step its process has not come to', Waits, true],
      ['an answer that is faster than its question', Asks, true],
    ] as const)('L-14 %s is delivered within the hour, and after it is not there', async (_what, workflow, isUnderWay) => {
      expect(await early(workflow, isUnderWay, 59)).toEqual({ status: 'completed', value: 'kept' });
      expect(await early(workflow, isUnderWay, 61)).toEqual({ status: 'waiting', value: undefined });
    });

    it('L-14 another one is taken once the first has been forgotten, also under its message id', async () => {
      const [id, gate] = [randomUUID(), signal()];
      const { id: process } = await bench.start(Waits, { id }, { before: () => gate.happened });
      await bench.workflows.emit('captured', id, 'old', { messageId: `m-${id}` });
      clock.by(61 * MINUTE);
      await bench.app.engine.sweeper.beat();
      gate.give();
      expect((await bench.settled(process)).status).toBe('waiting');
      expect(await bench.workflows.emit('captured', id, 'new', { messageId: `m-${id}` })).toMatchObject([{ disposition: 'delivered' }]);
      await bench.reaches(process, 'completed');
      expect((await bench.context(process)).value).toBe('new');
    });

    it('L-14 what was delivered is kept for good', async () => {
      const { id: process } = await bench.run(Asks, { id: randomUUID() });
      const { waits } = await bench.workflows.get(process, { internals: true });
      await bench.workflows.respond(Asks, 'answered', waits[0]!.key!, 'in time');
      await bench.reaches(process, 'completed');
      clock.by(61 * MINUTE);
      await bench.app.engine.sweeper.beat();
      expect((await bench.workflows.history(process)).find(({ type }) => type === 'message-delivered')).toMatchObject({ message: 'in time' });
      expect(await bench.workflows.respond(Asks, 'answered', waits[0]!.key!, 'in time')).toBe('duplicate');
    });
  });
});
