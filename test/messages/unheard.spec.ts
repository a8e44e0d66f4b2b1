/** What is brought under a wrong name, and reaches no process, is said in the log: once, and not for each message. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { UnaskedAnswers } from '../../lib/messaging/unasked-answers.js';
import { VirtualClock, VirtualTimers } from '../../lib/testing/virtual-clock.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

@Workflow({ name: 'order' })
class Order {
  @Step({ on: 'payment.received' }) pay() {}
  @Step({ request: 'ask' }) ship(_: object, _answer: unknown) {}
  ask(_: object, step: StepRef): Promise<void> {
    return asking(step);
  }
  @Step({ on: 'order.recalled', unsolicited: true }) recall() {}
}
let asking: (step: StepRef) => Promise<void> = async () => {};

const said = (level: 'warn' | 'debug') => {
  const lines: string[] = [];
  vi.spyOn(Logger.prototype, level).mockImplementation((line) => void lines.push(String(line)));
  return lines;
};

afterEach(() => {
  vi.restoreAllMocks();
  asking = async () => {};
});

onTwoDatabases('what no process hears', { providers: [Order] }, ({ boot }) => {
  describe('an event', () => {
    it.each(['paymnet.received', 'payment.recieved', 'payment_received', 'payments.received', 'Payment.Received'])('%s: is told of once, with the name that was meant', async (name) => {
      const [app, warned] = [await boot(), said('warn')];
      for (let i = 0; i < 3; i++) expect(await app.workflows.emit(name, `order-${i}`, {})).toEqual([]);
      expect(warned).toEqual([`Event "${name}" reaches no process: no workflow known here has a step for it. Did you mean "payment.received"?`]);
    }); // prettier-ignore

    it('of an unsolicited step, and one that is for later, is found in the same way', async () => {
      const [app, warned] = [await boot(), said('warn')];
      await app.workflows.emit('order.recaled', 'order-1', {}, { effectiveAt: new Date(Date.now() + 3_600_000) });
      expect(warned).toEqual([expect.stringContaining('Did you mean "order.recalled"?')]);
    });

    it('that is like none of them is no warning: an application has events that no workflow is for', async () => {
      const [app, warned, debugged] = [await boot(), said('warn'), said('debug')];
      for (const name of ['invoice.printed', 'payment.refused', 'invoice.printed']) await app.workflows.emit(name, 'order-1', {});
      expect(warned).toEqual([]);
      expect(debugged).toEqual([
        'Event "invoice.printed" reaches no process: no workflow known here has a step for it.',
        'Event "payment.refused" reaches no process: no workflow known here has a step for it. Did you mean "payment.received"?',
      ]);
    });

    it('that a step is for is kept for later without a line', async () => {
      const [app, warned, debugged] = [await boot(), said('warn'), said('debug')];
      for (const name of ['payment.received', 'order.recalled']) await app.workflows.emit(name, 'order-1', {});
      expect([...warned, ...debugged]).toEqual([]);
    });

    it('of a name made from ids fills neither the log nor the memory', async () => {
      const [app, warned] = [await boot(), said('warn')];
      const { events } = app.engine.messages as unknown as { events: { unheard: { tell(event: string): void } } };
      for (let i = 0; i < 3000; i++) events.unheard.tell(`payment.receive${String.fromCharCode(0x400 + i)}`);
      expect(warned).toHaveLength(1000);
    });
  });

  describe('an answer under an id that no process has asked under', () => {
    it('is told of after a moment, without its id, which is a secret', async () => {
      const [app, warned] = [await boot(), said('warn')];
      expect(await app.workflows.respond(Order, 'ship', 'a-mistyped-id', 'yes' as never)).toBe('stored');
      await until(() => warned, ({ length }) => length > 0); // prettier-ignore
      const { items: [message] } = await app.workflows.inbox.list(); // prettier-ignore
      expect(warned).toEqual([
        `An answer to order.ship is kept, because no process has asked under its correlation id: was it sent with another one? workflows.inbox.get('${message!.id}') shows it.`,
      ]);
    });

    /** The clock of the lines, and how many answers each tells of. */
    async function minutes(app: TestApp) {
      const clock = new VirtualClock();
      const unasked = new UnaskedAnswers({ store: app.engine.store, clock }, new VirtualTimers(clock));
      const warned = said('warn');
      vi.spyOn(app.engine.messages.responses.unasked, 'stored').mockImplementation((message) => unasked.stored({ ...message, receivedAt: clock.now().getTime() })); // prettier-ignore
      const pass = (ms: number) => {
        clock.set(clock.now().getTime() + ms);
        clock.fire();
      };
      const lineAfter = async (ms: number) => {
        const { length } = warned;
        pass(ms);
        return (await until(() => warned, (lines) => lines.length > length)).at(-1)!; // prettier-ignore
      };
      return { warned, clock, pass, lineAfter, unasked };
    }

    it('is one line a minute, with the number of them, however many come', async () => {
      const app = await boot();
      const { warned, clock, pass, lineAfter } = await minutes(app);
      const come = async (from: number, to: number) => {
        for (let i = from; i < to; i++) await app.workflows.respond(Order, 'ship', `wrong-${i}`, i as never);
      };
      await come(0, 1);
      pass(500);
      await come(1, 2); // may be early yet, when the first is told of
      expect(await lineAfter(500)).toMatch(/shows it\.$/);
      await until(() => clock.pending, (pending) => pending === 1); // prettier-ignore
      await come(2, 71);
      pass(59_999);
      expect(clock.pending).toBe(1);
      expect(await lineAfter(1)).toMatch(/shows it\. 69 more answers have come like it\.$/);
      await until(() => clock.pending, (pending) => pending === 1); // prettier-ignore
      await come(71, 73);
      expect(await lineAfter(60_000)).toMatch(/shows it\. 1 more answer has come like it\.$/);
      expect(warned).toHaveLength(3);
    });

    it('is not told of if it was only faster than the wait, or its step is still at work', async () => {
      const app = await boot();
      const { warned, pass, unasked } = await minutes(app);
      let go = () => {};
      const held = new Promise<void>((resolve) => (go = resolve));
      const stored = vi.spyOn(unasked, 'stored');
      const look = vi.spyOn(unasked as unknown as { look(): Promise<void> }, 'look');
      asking = async (step) => {
        expect(await app.workflows.respond(Order, 'ship', step.correlationId, 'early' as never)).toBe('stored');
        await held;
      };
      const { id } = await app.workflows.start(Order, {}, { groupId: 'order-1' });
      await app.workflows.emit('payment.received', 'order-1', {});
      await until(() => stored.mock.calls, ({ length }) => length > 0); // prettier-ignore
      pass(1000);
      await look.mock.results[0]!.value;
      go();
      await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      expect(warned).toEqual([]);
    });
  });
});
