/** Whose a message is, what makes it a repeat, who may answer, and what the inbox holds. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { IsInt } from 'class-validator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  again, asked, HandlesResponse, InboxFullError, InvalidInputError, MessageNotFoundError, StoreUnavailableError, Step, type StepRef, UnreadableMessageError,
  ValueTooLargeError, Workflow,
} from '../../lib/index.js'; // prettier-ignore
import type { MessageState } from '../../lib/ports.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Answers {
  under = '';
  answers: unknown[] = [];
}
const add = (answer: unknown) => ({ answers: (all: unknown[]) => [...all, answer] });

class Confirmed {
  @IsInt() amount!: number;
}

@Workflow({ name: 'asks', context: Answers })
class Asks {
  @Step({ request: 'ask' }) answer(_: Answers, answer: unknown) { return add(answer); } // prettier-ignore
  ask({ under }: Answers) { return under === '' ? undefined : asked({ correlationId: under }); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
}

@Workflow({ name: 'collects', context: Answers })
class Collects {
  @Step({ request: 'ask' }) answer({ answers }: Answers, answer: unknown) {
    return answers.length < 2 ? again({ patch: add(answer) } as never) : add(answer);
  }
  ask({ under }: Answers) { return asked({ correlationId: under }); } // prettier-ignore
}

@Workflow({ name: 'loops', context: Answers })
class Loops {
  @Step({ request: 'ask', while: ({ answers }: Answers) => answers.length < 3 }) answer(_: Answers, answer: unknown) { return add(answer); } // prettier-ignore
  ask({ under }: Answers) { return asked({ correlationId: under }); } // prettier-ignore
}

@Workflow({ name: 'alpha', context: Answers })
class Alpha {
  @Step({ request: 'ask' }) confirm(_: Answers, answer: unknown) { return add(answer); } // prettier-ignore
  ask({ under }: Answers) { return asked({ correlationId: under }); } // prettier-ignore
}

@Workflow({ name: 'beta', context: Answers })
class Beta {
  @Step({ request: 'ask', response: Confirmed }) confirm(_: Answers, { amount }: Confirmed) { return add(amount); } // prettier-ignore
  ask({ under }: Answers) { return under === '' ? undefined : asked({ correlationId: under }); } // prettier-ignore
}

@Workflow({ name: 'two-doors', context: Answers })
class TwoDoors {
  @Step({ request: 'ask' }) pay(_: Answers, answer: unknown) { return add(answer); } // prettier-ignore
  @Step({ request: 'ask' }) confirm(_: Answers, answer: unknown) { return add(answer); } // prettier-ignore
  ask({ under }: Answers) { return asked({ correlationId: under }); } // prettier-ignore
}

@Workflow({ name: 'gives-up', context: Answers })
class GivesUp {
  @Step({ request: 'ask', within: 30, required: false }) answer() {}
  ask({ under }: Answers, step: StepRef) {
    ids.set(step.processId, step.correlationId);
    return under === '' ? undefined : asked({ correlationId: under });
  }
  @Step({ on: 'never' }) rest() {}
}
const ids = new Map<string, string>();

/** Each answer is held until the test lets go, and `more` is not the last. */
@Workflow({ name: 'takes-its-time', context: Answers })
class TakesItsTime {
  @Step({ request: 'ask' }) async answer(_: Answers, answer: string) {
    await gate;
    return answer === 'more' || answer === 'and more' ? again({ patch: add(answer) as never }) : add(answer);
  }
  ask({ under }: Answers, step: StepRef) {
    ids.set(step.processId, under || step.correlationId);
    return under === '' ? undefined : asked({ correlationId: under });
  }
  @Step({ on: 'never' }) rest() {}
}
let gate: Promise<void> = Promise.resolve();

@Workflow({ name: 'hears', context: Answers })
class Hears {
  @Step({ on: 'told' }) told(_: Answers, what: unknown) { return add(what); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
  @Step({ on: 'news', unsolicited: true }) news(_: Answers, what: unknown) { return add(what); } // prettier-ignore
}

interface Message {
  readonly under: string;
  readonly id?: unknown;
  readonly answer?: unknown;
}

@Injectable()
class Webhook {
  @HandlesResponse(Asks, 'answer', ({ under }: Message) => under, { messageId: ({ id }) => id as string })
  completed({ answer = 'yes' }: Message) {
    return answer;
  }
  @HandlesResponse(Asks, 'answer', ({ deep }: any) => deep.under.id)
  malformed() {
    return 'yes';
  }
}

const providers = [Asks, Collects, Loops, Alpha, Beta, TwoDoors, GivesUp, TakesItsTime, Hears, Webhook];
const heard = async ({ workflows }: TestApp, id: string) => ((await workflows.get(id)).context as Answers).answers;
const types = async ({ workflows }: TestApp, id: string) => (await workflows.history(id)).map(({ type }) => type);

afterEach(() => void vi.restoreAllMocks());

onTwoDatabases('messages', { providers }, ({ boot }) => {
  const begun = async (app: TestApp, workflow: any, under = '') => {
    const { id } = await app.workflows.start(workflow, { under } as never);
    await until(() => app.workflows.get(id), ({ waits }) => waits.length > 0); // prettier-ignore
    return id;
  };
  const idOf = async ({ workflows }: TestApp, id: string) => (await workflows.get(id, { internals: true })).waits[0]!.key!;

  describe('a message is a duplicate only of one that this wait has had', () => {
    it('two processes ask under one id of theirs, and both get the same words', async () => {
      const app = await boot();
      for (let i = 0; i < 2; i++) {
        const id = await begun(app, Asks, 'customer-7');
        expect(await app.workflows.respond(Asks, 'answer', 'customer-7', 'yes' as never)).toBe('delivered');
        await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
        expect(await app.workflows.respond(Asks, 'answer', 'customer-7', 'yes' as never)).toBe('duplicate');
        expect(await app.workflows.respond(Asks, 'answer', 'customer-7', 'no' as never)).toBe('late');
      }
    });

    it.each([Loops, Collects])('%o: each turn gets the same words', async (workflow) => {
      const app = await boot();
      const id = await begun(app, workflow, 'again');
      for (let i = 1; i <= 3; i++) {
        expect(await app.workflows.respond(workflow as typeof Loops, 'answer', 'again', 'yes' as never)).toBe('delivered');
        await until(() => app.workflows.get(id), ({ status, waits, context }) => (context as Answers).answers.length === i && (status === 'completed' || waits.length > 0)); // prettier-ignore
      }
    });

    it('a restart asks again, and gets the same words', async () => {
      const app = await boot();
      const id = await begun(app, Asks, 'once-more');
      for (let i = 0; i < 2; i++) {
        expect(await app.workflows.respond(Asks, 'answer', 'once-more', 'yes' as never)).toBe('delivered');
        await until(() => app.workflows.get(id), ({ waits }) => waits[0]?.step === 'rest'); // prettier-ignore
        await app.workflows.restartFrom(id, 1);
        await until(() => app.workflows.get(id), ({ waits }) => waits[0]?.step === 'answer'); // prettier-ignore
      }
    });

    describe('stored while the look of the wait for it was cut off', () => {
      /** The inbox does not answer so many times, as in an outage. */
      const cutOff = ({ engine }: TestApp, times: number) => {
        const { commits } = engine.store;
        const messagesAt = commits.messagesAt.bind(commits);
        let left = times;
        commits.messagesAt = (addresses) => (left-- > 0 ? Promise.reject(new StoreUnavailableError('away')) : messagesAt(addresses));
      };

      /** Answers while no wait can be seen, as just before it is committed. */
      const respondUnseen = async ({ engine, workflows }: TestApp, under: string, answer: string) => {
        const { commits } = engine.store;
        const waitsAt = commits.waitsAt.bind(commits);
        commits.waitsAt = async () => [];
        return workflows.respond(Asks, 'answer', under, answer as never, { messageId: '1' }).finally(() => (commits.waitsAt = waitsAt));
      };

      it('it goes before a later one, and another body under its id is a conflict', async () => {
        const app = await boot();
        expect(await app.workflows.respond(Asks, 'answer', 'first-1', 'yes' as never, { messageId: '1' })).toBe('stored');
        cutOff(app, 1);
        const id = await begun(app, Asks, 'first-1');
        expect(await app.workflows.respond(Asks, 'answer', 'first-1', 'no' as never, { messageId: '1' })).toBe('conflict');
        await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
        expect(await heard(app, id)).toEqual(['yes']);
        expect((await app.workflows.inbox.list()).items).toEqual([]);
      });

      it('and nothing waits for it any more: the sweep says that it was late, and takes it out of the inbox', async () => {
        const app = await boot();
        const id = await begun(app, Asks);
        const under = await idOf(app, id);
        expect(await respondUnseen(app, under, 'early')).toBe('stored');
        app.engine.store.commits.messagesAt = async () => [];
        expect(await app.workflows.respond(Asks, 'answer', under, 'now' as never, { messageId: '2' })).toBe('delivered');
        await until(() => app.workflows.get(id), ({ waits }) => waits[0]?.step === 'rest'); // prettier-ignore
        await app.engine.sweeper.sweep();
        expect((await app.workflows.inbox.list()).items).toEqual([]);
        expect((await app.workflows.history(id)).filter(({ type }) => type.startsWith('message-')).map(({ type }) => type)).toEqual(['message-delivered', 'message-late']); // prettier-ignore
        expect(await heard(app, id)).toEqual(['now']);
      });

      it('and the same was brought again: one row is left of it', async () => {
        const app = await boot();
        const id = await begun(app, Asks);
        const under = await idOf(app, id);
        expect(await respondUnseen(app, under, 'yes')).toBe('stored');
        expect(await app.workflows.respond(Asks, 'answer', under, 'yes' as never, { messageId: '1' })).toMatch(/duplicate|delivered/);
        await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
        expect(await app.dataSource.query(`select disposition from workflow_inbox where address = 'r:${under}'`)).toEqual([{ disposition: 'delivered' }]);
      });
    });

    it('one with an id of its own is a duplicate in the step run that had it, also when that waits again, and when it came early', async () => {
      const app = await boot();
      const say = () => app.workflows.respond(Collects, 'answer', 'early', 'yes' as never, { messageId: 7 });
      expect(await say()).toBe('stored');
      const id = await begun(app, Collects, 'early');
      await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
      await until(() => app.workflows.get(id), ({ waits }) => waits.length > 0); // prettier-ignore
      expect([await say(), await app.workflows.respond(Collects, 'answer', 'early', 'yes' as never, { messageId: '7' })]).toEqual(['duplicate', 'duplicate']);
      expect(await app.workflows.respond(Collects, 'answer', 'early', 'no' as never, { messageId: 7 })).toBe('conflict');
      expect(await heard(app, id)).toEqual(['yes']);
      expect(await app.workflows.respond(Collects, 'answer', 'early', 'yes' as never, { messageId: 8 })).toBe('delivered');
    });

    it('the id of one sender does not suppress that of another', async () => {
      const app = await boot();
      const id = await begun(app, Collects, 'senders');
      const say = (sender: string) => app.workflows.respond(Collects, 'answer', 'senders', 'yes' as never, { messageId: '1', sender });
      for (const sender of ['a', 'b', 'c']) expect(await say(sender)).toMatch(/^(delivered|stored)$/);
      await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    });

    it.each([[''], ['a\0b'], ['x'.repeat(256)], [1.5], [2 ** 53], [null], [{}]])('a messageId %j is refused by name', async (messageId) => {
      const { workflows } = await boot();
      for (const call of [
        () => workflows.respond(Asks, 'answer', 'x', 'yes' as never, { messageId: messageId as string }),
        () => workflows.emit('told', 'x', {}, { messageId: messageId as string }),
      ]) {
        const error = (await call().catch((thrown: unknown) => thrown)) as InvalidInputError;
        expect(error).toBeInstanceOf(InvalidInputError);
        expect(error.message).toContain('messageId');
        expect(error.permanent).toBe(true);
      }
    });
  });

  describe('a handler', () => {
    it('takes a number as message id, which is its decimal text', async () => {
      const app = await boot();
      const id = await begun(app, Asks);
      const [webhook, under] = [app.app.get(Webhook), await idOf(app, id)];
      expect(await webhook.completed({ under, id: 42 })).toBe('delivered');
      expect(await webhook.completed({ under, id: '42' })).toBe('duplicate');
    });

    it('whose extractor throws says which it is, logs it, and is told apart from an outage', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
      const app = await boot();
      const error = (await (app.app.get(Webhook) as any).malformed({}).catch((thrown: unknown) => thrown)) as UnreadableMessageError;
      expect(error).toBeInstanceOf(UnreadableMessageError);
      expect(error).toMatchObject({ handler: 'Webhook.malformed', part: 'correlationId', permanent: true });
      expect(error.getStatus()).toBe(400);
      expect(new StoreUnavailableError('x').permanent).toBe(false);
      expect(new ValueTooLargeError('x', 2, 1).permanent).toBe(true);
      expect(warn.mock.calls.flat().join()).toContain('Webhook.malformed');
    });
  });

  describe('the addressee travels with a message', () => {
    it('an answer for another workflow is refused, with the reason on record and in the inbox; the right one is still taken', async () => {
      const app = await boot();
      const id = await begun(app, Beta);
      const under = await idOf(app, id);
      expect(await app.workflows.respond(Alpha, 'confirm', under, { amount: 1 } as never)).toBe('refused');
      const record = (await app.workflows.history(id)).at(-1)!;
      expect(record).toMatchObject({ type: 'message-refused', step: 'confirm', error: expect.stringContaining('"alpha"') });
      const { items } = await app.workflows.inbox.list({ disposition: 'refused', process: id });
      expect(items).toMatchObject([{ workflow: 'alpha', step: 'confirm', reason: record.error, correlationId: null }]);
      expect(await app.workflows.respond(Beta, 'confirm', under, { amount: 2 })).toBe('delivered');
      await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      expect(await heard(app, id)).toEqual([2]);
    });

    it('an early answer for another step is refused when it is found, and the right one is taken', async () => {
      const app = await boot();
      expect(await app.workflows.respond(TwoDoors, 'confirm', 'order-1', 'confirmed' as never)).toBe('stored');
      const id = await begun(app, TwoDoors, 'order-1');
      await until(() => types(app, id), (all) => all.includes('message-refused')); // prettier-ignore
      expect(await app.workflows.respond(TwoDoors, 'pay', 'order-1', 'paid' as never)).toBe('delivered');
      await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
      expect(await heard(app, id)).toEqual(['paid']);
    });

    it('one that its wait has had meanwhile is told of as the inbox has it, without the connection for questions of people', async () => {
      const app = await boot();
      const { store, messages } = app.engine;
      await begun(app, Alpha, 'order-3');
      const [wait] = await store.commits.waitsAt(['r:order-3']);
      expect(await app.workflows.respond(Alpha, 'confirm', 'order-3', 'confirmed' as never)).toBe('delivered');
      const [had] = await store.commits.knownAt(['r:order-3']);
      const ask = vi.spyOn(store.queries, 'messagesLike');
      const again = (message: MessageState) => messages.delivery.bring(message, wait!, {}, { lookedUp: true });
      expect([await again(had!), await again({ ...had!, id: 'a-copy' })]).toEqual(['delivered', 'late']);
      expect(await messages.delivery.bring({ ...had!, id: 'another' }, wait!, {}, { lookedUp: true, stored: had! })).toBe('delivered');
      expect(ask).not.toHaveBeenCalled();
    });

    it('an early answer is checked by the step that receives it', async () => {
      const app = await boot();
      const { commits } = app.engine.store;
      await app.workflows.respond(Beta, 'confirm', 'order-2', { amount: 1 });
      const [early] = await commits.messagesAt(['r:order-2']);
      await app.engine.store.maintenance.markMessage(early!.id, ['stored'], 'discarded', null);
      await commits.keepMessages([{ ...early!, id: 'older', body: { amount: 'many' } }]); // as a handler of an older version let it in
      const id = await begun(app, Beta, 'order-2');
      await until(() => types(app, id), (all) => all.includes('message-refused')); // prettier-ignore
      expect((await app.workflows.history(id)).at(-1)!.error).toContain('amount must be an integer');
      expect(await app.workflows.respond(Beta, 'confirm', 'order-2', { amount: 3 })).toBe('delivered');
    });
  });

  describe('a correlation id of the engine', () => {
    it('is a secret: ids tried by counting reach nothing, and nothing shows it unasked', async () => {
      const app = await boot();
      const id = await begun(app, Asks);
      const key = await idOf(app, id);
      for (const guess of [`${id}.1`, `${id}.2`, `${id}.1.${'A'.repeat(22)}`, key.slice(0, -1)])
        expect(await app.workflows.respond(Asks, 'answer', guess, guess as never)).toBe('stored');
      expect(await types(app, id)).toEqual(['process-started', 'response-requested']);
      const secret = key.split('.').at(-1)!;
      expect(Buffer.from(secret, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
      const shown = [
        await app.workflows.get(id),
        await app.workflows.find(),
        await app.workflows.history(id),
        await app.workflows.explain(id),
        await app.workflows.settled(id),
      ];
      expect(JSON.stringify(shown)).not.toContain(secret);
      expect(JSON.stringify(await app.workflows.explain(id, { internals: true }))).toContain(key);
      expect(await app.workflows.respond(Asks, 'answer', key, 'yes' as never)).toBe('delivered');
    });

    it('differs for each request and process, and the view of a process has no internals', async () => {
      const app = await boot();
      const all = await Promise.all([begun(app, Asks), begun(app, Asks)]);
      const keys = await Promise.all(all.map((id) => idOf(app, id)));
      expect(new Set(keys.map((key) => key.split('.').at(-1))).size).toBe(2);
      const [started, [found]] = [await app.workflows.start(Asks), (await app.workflows.find({ workflow: Asks })).items];
      for (const view of [started, found, await app.workflows.get(all[0]!)])
        for (const internal of ['tokens', 'claim', 'groupKey', 'worker', 'root', 'parentBond', 'secret']) expect(view).not.toHaveProperty(internal);
      expect(await app.workflows.get(all[0]!, { internals: true })).toMatchObject({ worker: null, tokens: [], root: 0 });
      await expect(app.workflows.get(all[0]!, { intrenals: true } as never)).rejects.toThrow('Did you mean "internals"?');
    });
  });

  it.each(['', 'theirs'])('an answer to a visit that was given up is late in a live process (id "%s")', async (under) => {
    const app = await boot({ options: { worker: { sweepInterval: '20ms' } } });
    const { id } = await app.workflows.start(GivesUp, { under });
    await until(() => types(app, id), (all) => all.includes('event-awaited')); // prettier-ignore
    expect(await app.workflows.respond('gives-up', 'answer' as never, under || ids.get(id)!, 'yes' as never)).toBe('late');
    expect(await types(app, id)).toContain('message-late');
  });

  it.each(['', 'theirs'])('an answer is late once, although the wait that it found is over before it arrives (id "%s")', async (under) => {
    const app = await boot();
    const id = await begun(app, Asks, under && `${under}-${randomUUID()}`);
    const key = await idOf(app, id);
    const tell = () => app.workflows.respond(Asks, 'answer', key, 'yes' as never, { messageId: '1' });
    const { commits } = app.engine.store;
    const look = vi.spyOn(commits, 'waitsAt').mockImplementationOnce(async (addresses) => {
      look.mockRestore();
      const found = await commits.waitsAt(addresses);
      await app.workflows.skip(Asks, 'answer', id);
      expect(await tell(), 'one that finds no wait').toBe('late');
      return found;
    });
    expect(await tell(), 'one that found it').toBe('duplicate');
    expect((await types(app, id)).filter((type) => type === 'message-late')).toHaveLength(1);
  });

  describe.each(['', 'theirs'])('while the handler of an answer runs (id "%s")', (under) => {
    let letGo: () => void;
    /** A process whose handler holds the first answer. */
    async function holding(app: TestApp, answer: string): Promise<string> {
      gate = new Promise((resolve) => (letGo = resolve));
      const id = await begun(app, TakesItsTime, under && `${under}-${randomUUID()}`);
      expect(await tell(app, id, answer)).toBe('delivered');
      return id;
    }
    /** A process whose handler is done, and that has been told one answer too many meanwhile. */
    async function missing(app: TestApp, answer: string): Promise<string> {
      const id = await holding(app, 'last');
      expect(await tell(app, id, answer)).toBe('stored');
      letGo();
      await until(() => heard(app, id), ({ length }) => length > 0); // prettier-ignore
      await app.engine.sweeper.sweep();
      return id;
    }
    const tell = ({ workflows }: TestApp, id: string, answer: string) => workflows.respond(TakesItsTime, 'answer', ids.get(id)!, answer);

    it('the next ones are stored, and taken when it says again()', async () => {
      const app = await boot();
      const id = await holding(app, 'more');
      expect(await tell(app, id, 'and more')).toBe('stored');
      expect(await tell(app, id, 'last')).toBe('stored');
      expect(await tell(app, id, 'more')).toBe('duplicate');
      letGo();
      const all = await until(() => heard(app, id), ({ length }) => length === 3); // prettier-ignore
      expect(all).toEqual(['more', 'and more', 'last']);
      expect((await app.workflows.inbox.list()).items).toEqual([]);
    });

    it('the next one is late once it is done', async () => {
      const app = await boot();
      const id = await missing(app, 'and another');
      expect(await types(app, id)).toContain('message-late');
      expect(await heard(app, id)).toEqual(['last']);
      expect((await app.workflows.inbox.list()).items).toEqual([]);
      expect(await tell(app, id, 'yet another')).toBe('late');
    });

    it('a late one that two bring at once is late once', async () => {
      const app = await boot();
      const id = await missing(app, 'and another');
      // who brings it at the same moment has not seen the row
      await app.dataSource.query(`update workflow_inbox set address = 'r:unseen' where disposition = 'late' and address like 'r:%'`);
      expect(await tell(app, id, 'and another')).toBe('duplicate');
      expect((await types(app, id)).filter((type) => type === 'message-late')).toHaveLength(1);
    });
  });

  describe('the inbox', () => {
    it('refuses what is beyond its limits, and takes more when there is room', async () => {
      const app = await boot({ options: { inbox: { perAddress: 2, perWorkflow: 3, total: 4 } } });
      const say = (under: string, body: string, workflow: any = Asks, step = 'answer') =>
        app.workflows.respond(workflow as any, step as any, under, body as never);
      expect([await say('a', '1'), await say('a', '2')]).toEqual(['stored', 'stored']);
      const full = (await say('a', '3').catch((error: unknown) => error)) as InboxFullError;
      expect(full).toBeInstanceOf(InboxFullError);
      expect([full.limit, full.most, full.getStatus(), full.permanent]).toEqual(['perAddress', 2, 429, false]);
      expect(await say('b', '1')).toBe('stored');
      await expect(say('c', '1')).rejects.toMatchObject({ limit: 'perWorkflow' });
      expect(await say('c', '1', Alpha, 'confirm')).toBe('stored');
      await expect(app.workflows.emit('told', 'g', 1)).rejects.toMatchObject({ limit: 'total' });
      const id = await begun(app, Asks, 'b');
      await until(() => heard(app, id), ({ length }) => length === 1); // prettier-ignore
      expect(await app.workflows.emit('told', 'g', 1)).toEqual([]);
    });

    it('lists, replays, re-addresses and discards', async () => {
      const app = await boot();
      const { inbox } = app.workflows;
      await app.workflows.respond(Asks, 'answer', 'wrong-id', 'yes' as never);
      const id = await begun(app, Asks);
      const [message] = (await inbox.list({ workflow: Asks, disposition: 'stored' })).items;
      expect(message).toMatchObject({ kind: 'response', step: 'answer', body: 'yes', processId: null });
      expect(await inbox.readdress(message!.id, { workflow: Asks, step: 'answer', correlationId: await idOf(app, id) }, { actor: 'ada' })).toBe('delivered');
      expect((await app.workflows.history(id)).find(({ type }) => type === 'message-delivered')).toMatchObject({ actor: 'ada', message: 'yes' });
      await expect(inbox.get(message!.id)).rejects.toThrow(MessageNotFoundError);

      const other = await begun(app, Beta);
      await app.workflows.respond(Alpha, 'confirm', await idOf(app, other), { amount: 9 } as never);
      const [refused] = (await inbox.list({ process: other })).items;
      expect(await inbox.replay(refused!.id, { actor: 'ada' })).toBe('refused');
      await inbox.readdress(refused!.id, { workflow: Beta, step: 'confirm', correlationId: await idOf(app, other) }, { actor: 'ada', reason: 'wrong door' });
      await until(() => app.workflows.get(other), ({ status }) => status === 'completed'); // prettier-ignore
      expect((await app.workflows.history(other)).find(({ type }) => type === 'message-readdressed')).toMatchObject({ actor: 'ada', reason: 'wrong door' });

      await app.workflows.emit('told', 'nobody', 'x');
      const [event] = (await inbox.list({ disposition: 'stored' })).items;
      expect(event).toMatchObject({ kind: 'event', event: 'told', key: 'nobody' });
      await inbox.discard(event!.id, { reason: 'a test' });
      expect((await inbox.list()).items).toEqual([]);
      await expect(inbox.discard(event!.id)).rejects.toThrow(MessageNotFoundError);
    });
  });

  describe('an event of the future', () => {
    it('reaches those who wait and those beside the flow from then on, by whichever instance is there', async () => {
      const first = await boot({ options: { worker: { enabled: false } } });
      const { id } = await first.workflows.start(Hears, {}, { groupId: 'g' });
      const effectiveAt = new Date(Date.now() + 600);
      for (const event of ['told', 'news']) expect(await first.workflows.emit(event, 'g', event, { effectiveAt })).toEqual([]);
      expect((await first.workflows.inbox.list({ disposition: 'scheduled' })).items.map(({ event }) => event).sort()).toEqual(['news', 'told']);
      const second = await boot({ options: { worker: { sweepInterval: '50ms' } } });
      await until(() => heard(second, id), ({ length }) => length === 2); // prettier-ignore
      expect((await heard(second, id)).toSorted()).toEqual(['news', 'told']);
      expect((await types(second, id)).filter((type) => type === 'message-delivered')).toHaveLength(2);
      expect(await types(second, id)).not.toContain('message-duplicate');
    });

    it('may be discarded before', async () => {
      const app = await boot();
      await app.workflows.start(Hears, {}, { groupId: 'g2' });
      await app.workflows.emit('news', 'g2', 'x', { effectiveAt: new Date(Date.now() + 60_000) });
      const [event] = (await app.workflows.inbox.list({ disposition: 'scheduled' })).items;
      await app.workflows.inbox.discard(event!.id);
      expect((await app.workflows.inbox.list()).items).toEqual([]);
    });
  });

  it('one call brings an event to many keys, and to no more than it may', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(Hears, {}, { groupId: 'k500' });
    await until(() => app.workflows.get(id), ({ waits }) => waits.length > 0); // prettier-ignore
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
    expect(await app.workflows.emit('told', keys, 'x')).toEqual([{ processId: id, disposition: 'delivered' }]);
    await expect(app.workflows.emit('told', [...keys, 'more'], 'x')).rejects.toThrow('there are 1001; at most 1000 are taken at once');
  });
});
