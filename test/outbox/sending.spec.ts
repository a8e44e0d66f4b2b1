/** What a step sends, when it leaves, and what becomes of it when its receiver is away. With a virtual clock. */
import 'reflect-metadata';
import { Injectable, Logger, Module, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { of, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  again, fail, InvalidInputError, InvalidWorkflowError, MessageNotFoundError, MessageSender, type OutboxMessage, pause, Step, type StepRef, UnserialisableValueError,
  Workflow, WorkflowService,
} from '../../lib/index.js'; // prettier-ignore
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

/** Notes what arrives, and fails as long as it is told to. */
@Injectable()
class Partner extends MessageSender {
  readonly got: OutboxMessage[] = [];
  fault: Error | null = null;
  override transmit(message: OutboxMessage): Promise<void> {
    if (this.fault) return Promise.reject(this.fault);
    this.got.push(message);
    return Promise.resolve();
  }
}
/** Nest makes one for each class that injects it, and none for itself. */
@Injectable({ scope: Scope.TRANSIENT })
class Fleeting extends Partner {}
const emitted: unknown[] = [];
const client = { connect() {}, send() {}, emit: (pattern: unknown, data: unknown) => (emitted.push([pattern, data]), of(undefined)) };
const broken = { connect() {}, send() {}, emit: () => throwError(() => new Error('no broker')) };
const SECOND = Symbol('SECOND');

@Module({ providers: [{ provide: 'TWICE', useValue: client }] })
class First {}
@Module({ providers: [{ provide: 'TWICE', useValue: { ...client } }] })
class Second {}

class Data {
  sent = '';
}
let body: (step: StepRef) => unknown = () => undefined;

@Workflow({ name: 'sends', context: Data })
class Sends {
  @Step() run(_: Data, step: StepRef) { return body(step) as object; } // prettier-ignore
}

@Workflow({ name: 'asks-by-message', context: Data })
class AsksByMessage {
  @Step({ request: 'ask' }) answer(_: Data, answer: { text: string }) { return { sent: answer.text }; } // prettier-ignore
  ask(_: Data, step: StepRef) {
    step.send(Partner, 'question', { under: step.correlationId });
  }
}

@Workflow({ name: 'undoes', context: Data })
class Undoes {
  @Step({ compensate: 'refund' }) pay(_: Data, step: StepRef) { step.send(Partner, 'charge', 1); } // prettier-ignore
  refund(_: Data, step: StepRef) { step.send(Partner, 'refund', 1); } // prettier-ignore
  @Step({ onError: 'compensate' }) breaks() { return fail('no'); } // prettier-ignore
}

@Workflow({ name: 'asks-and-tells', updates: { to: Partner, pattern: 'updates' } })
class AsksAndTells {
  @Step({ request: 'ask' }) answer() {}
  ask() {}
}

@Workflow({ name: 'tells', context: Data, updates: { to: Partner, pattern: 'updates', context: true } })
class Tells {
  @Step() one() { return { sent: 'one' }; } // prettier-ignore
  @Step({ after: '1m' }) two() {}
}

describe('what a step sends', () => {
  let module: TestingModule;
  let harness: WorkflowHarness;
  let partner: Partner;
  let workflows: WorkflowService;

  beforeEach(async () => {
    emitted.length = 0;
    const senders = [Partner, Fleeting, { provide: 'CLIENT', useValue: client }, { provide: SECOND, useValue: client }, { provide: 'BROKEN', useValue: broken }, { provide: 'OTHER', useValue: {} }]; // prettier-ignore
    module = await Test.createTestingModule({
      imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z', outbox: { retry: { attempts: 3, delay: '1m' } } }), First, Second],
      providers: [Sends, AsksByMessage, Undoes, Tells, AsksAndTells, ...senders],
    }).compile();
    module.useLogger(false);
    await module.init();
    [harness, partner, workflows] = [module.get(WorkflowHarness), module.get(Partner), module.get(WorkflowService)];
  });
  afterEach(() => module.close());

  const patterns = () => partner.got.map(({ pattern }) => pattern as unknown);
  const types = (records: readonly { type: string }[]) => records.map(({ type }) => type);

  it('leaves with the outcome of the step, once, in order, and is on record', async () => {
    const ids: string[] = [];
    body = (step) => {
      ids.push(step.send(Partner, 'a', { at: step.now }), step.send(Partner, { cmd: 'b' }, 2), step.send(Partner, 'c', undefined));
    };
    const process = await harness.start(Sends);
    expect(partner.got).toMatchObject([
      { id: ids[0], pattern: 'a', data: { at: '2026-01-01T00:00:00.000Z' }, step: 'run', processId: process.id, workflow: 'sends', sender: 'Partner' },
      { id: ids[1], pattern: { cmd: 'b' }, data: 2 },
      { id: ids[2], pattern: 'c', data: null },
    ]);
    expect(types(process.records)).toEqual(['process-started', 'send-requested', 'send-requested', 'send-requested', 'step-completed', 'process-completed']);
    expect(process.records[1]).toMatchObject({ step: 'run', detail: `${ids[0]}: a to Partner` });
    expect((await workflows.outbox.list()).items).toEqual([]);
  });

  it('goes through the client that the token names: a string, a symbol, a class', async () => {
    body = (step) => void [step.send('CLIENT', 'a', 1), step.send(SECOND, 'b', 2), step.send(Partner, 'c', 3)];
    await harness.start(Sends);
    expect(emitted).toEqual([['a', 1], ['b', 2]]); // prettier-ignore
    expect(patterns()).toEqual(['c']);
  });

  it.each<[string, (step: StepRef) => unknown, string]>([
    ['an attempt that fails', (step) => { step.send(Partner, 'a', 1); throw new Error('no'); }, 'failed'],
    ['fail()', (step) => (step.send(Partner, 'a', 1), fail('no')), 'failed'],
    ['pause()', (step) => (step.send(Partner, 'a', 1), pause('look')), 'suspended'],
    ['a result that is refused', (step) => (step.send(Partner, 'a', 1), 'no such branch'), 'failed'],
  ])('does not leave with %s', async (_, given, status) => {
    body = given;
    expect((await harness.start(Sends)).status).toBe(status);
    expect(patterns()).toEqual([]);
  }); // prettier-ignore

  it('leaves with each again(), and each time under an id of its own', async () => {
    body = (step): unknown => (step.send(Partner, `turn ${step.attempt}`, 1), step.attempt < 3 ? again({ after: '1s' }) : undefined);
    await harness.start(Sends);
    await harness.advance('5s');
    expect(patterns()).toEqual(['turn 1', 'turn 2', 'turn 3']);
    expect(new Set(partner.got.map(({ id }) => id)).size).toBe(3);
  });

  it('is a request: the wait stands when the question leaves', async () => {
    const process = await harness.start(AsksByMessage);
    expect(process.waitingFor).toEqual(['answer']);
    const [question] = partner.got;
    expect(await workflows.respond(AsksByMessage, 'answer', question!.data.under as string, { text: 'yes' })).toBe('delivered');
    await harness.settle();
    expect(process.context).toEqual({ sent: 'yes' });
  });

  it('leaves with what undoes a step', async () => {
    const process = await harness.start(Undoes);
    expect(process.status).toBe('cancelled');
    expect(patterns()).toEqual(['charge', 'refund']);
    expect(partner.got.map(({ step }) => step)).toEqual(['pay', 'pay']);
  });

  describe('when its receiver is away', () => {
    beforeEach(() => {
      body = (step) => void [step.send(Partner, 'first', 1), step.send(Partner, 'second', 2), step.send('CLIENT', 'third', 3)];
      partner.fault = new Error('partner is down');
    });

    it('is tried again later, and those behind it wait', async () => {
      const process = await harness.start(Sends);
      expect(process.status).toBe('completed');
      const { items } = await workflows.outbox.list({ process: process.id });
      expect(items).toMatchObject([
        { pattern: 'first', attempts: 1, error: 'Error: partner is down', parked: false },
        { pattern: 'second', attempts: 0 },
        { pattern: 'third', attempts: 0 },
      ]);
      expect((await workflows.explain(process.id)).sentence).toMatch(
        /has not got message \S+ \(first\) to "Partner" in 1 attempt: Error: partner is down; the next/,
      );
      partner.fault = null;
      await harness.advance('59s');
      expect(patterns()).toEqual([]);
      await harness.advance('2s');
      expect(patterns()).toEqual(['first', 'second']);
      expect(emitted).toEqual([['third', 3]]);
    });

    it('is parked after its last attempt, and lets the others pass once they have had theirs', async () => {
      const process = await harness.start(Sends);
      await harness.advance('1h');
      const { items } = await workflows.outbox.list({ parked: true });
      expect(items.map(({ pattern, attempts }) => [pattern, attempts])).toEqual([['first', 3], ['second', 3]]); // prettier-ignore
      expect(emitted).toEqual([['third', 3]]);
      const { sentence, remedies } = await workflows.explain(process.id);
      expect(sentence).toContain('in 3 attempts: Error: partner is down; it is parked');
      expect(remedies).toContain(`outbox.replay('${items[0]!.id}')`);
    });

    it('is parked at once where the error says that it is permanent', async () => {
      partner.fault = Object.assign(new Error('unknown customer'), { permanent: true });
      await harness.start(Sends);
      expect((await workflows.outbox.list({ parked: true })).items).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
    });

    it('is replayed by a person, who is on record', async () => {
      const process = await harness.start(Sends);
      await harness.advance('1h');
      partner.fault = null;
      const { items } = await workflows.outbox.list({ sender: Partner });
      await workflows.outbox.replay(items[0]!.id, { actor: 'ann', reason: 'mended' });
      await harness.settle();
      expect(patterns()).toEqual(['first']);
      expect(process.records.at(-1)).toMatchObject({
        type: 'send-replayed',
        actor: 'ann',
        reason: 'mended',
        step: 'run',
        detail: `${items[0]!.id} to Partner`,
      });
      await expect(workflows.outbox.replay(items[0]!.id)).rejects.toThrow(MessageNotFoundError);
    });

    it('is discarded by a person, and those behind it leave', async () => {
      const process = await harness.start(Sends);
      const [first, second] = (await workflows.outbox.list()).items;
      await workflows.outbox.discard(first!.id, { actor: 'ann' });
      await harness.settle();
      partner.fault = null;
      await workflows.outbox.replay(second!.id);
      await harness.settle();
      expect(patterns()).toEqual(['second']);
      expect(types(process.records)).toContain('send-discarded');
      expect(emitted).toEqual([['third', 3]]);
    });

    it('is tried again where its client is an observable that fails', async () => {
      body = (step) => void step.send('BROKEN', 'a', 1);
      await harness.start(Sends);
      expect((await workflows.outbox.list()).items).toMatchObject([{ attempts: 1, error: 'Error: no broker' }]);
    });

    it('says so where it stands behind a parked one', async () => {
      partner.fault = Object.assign(new Error('unknown customer'), { permanent: true });
      const process = await harness.start(Sends);
      body = (step) => void [step.send(Partner, 'first', 1), step.send('BROKEN', 'second', 2)];
      const other = await harness.start(Sends, {}, { groupId: 'other' });
      expect((await workflows.explain(other.id)).sentence).toMatch(/\(first\).*it is parked; .*\(second\) to "BROKEN" in 1 attempt.*the next attempt/);
      expect((await workflows.explain(process.id)).sentence).toMatch(/\(first\).*it is parked/);
    });
  });

  it('says which of two providers of one name transmits', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    body = (step) => void [step.send('TWICE', 'a', 1), step.send('TWICE', 'b', 2)];
    await harness.start(Sends);
    expect(emitted).toEqual([['a', 1], ['b', 2]]); // prettier-ignore
    const said = warn.mock.calls.map(([text]) => text as string).filter((text) => text.includes('TWICE')); // another file may have left an application
    expect(said).toEqual([expect.stringMatching(/^2 providers are named "TWICE", in .*First.*, Second: that of/)]);
    warn.mockRestore();
  });

  it.each<[string, (step: StepRef) => unknown, new (...args: any[]) => Error, RegExp]>([
    ['a sender that is not there', (step) => step.send('CLEINT', 'a', 1), InvalidInputError, /there is no provider "CLEINT".*"?CLIENT/],
    ['a provider that transmits nothing', (step) => step.send('OTHER', 'a', 1), InvalidInputError, /provider "OTHER" transmits nothing: a sender is/],
    ['a sender of which there is no instance', (step) => step.send(Fleeting, 'a', 1), InvalidInputError, /there is no provider "Fleeting"/],
    ['no sender', (step) => step.send(undefined as never, 'a', 1), InvalidInputError, /injection token/],
    ['a symbol without a description', (step) => step.send(Symbol(), 'a', 1), InvalidInputError, /injection token/],
    ['no pattern', (step) => step.send(Partner, '', 1), InvalidInputError, /its pattern is a string/],
    ['a list as its pattern', (step) => step.send(Partner, [] as never, 1), InvalidInputError, /its pattern is a string/],
    ['a function as its data', (step) => step.send(Partner, 'a', () => {}), UnserialisableValueError, /data cannot be stored/],
    ['more than a thousand', (step) => { for (let i = 0; i <= 1000; i++) step.send(Partner, 'a', 1); }, InvalidInputError, /at most 1000/],
  ])('refuses %s, and nothing leaves', async (_, given, type, message) => {
    let thrown: unknown;
    body = (step) => {
      try {
        given(step);
      } catch (error) {
        thrown = error;
        throw error;
      }
    };
    expect((await harness.start(Sends)).status).toBe('failed');
    expect(thrown).toBeInstanceOf(type);
    expect((thrown as Error).message).toMatch(message);
    expect(patterns()).toEqual([]);
  }); // prettier-ignore

  it('refuses to send when the body has ended', async () => {
    let late: StepRef;
    body = (step) => void (late = step);
    await harness.start(Sends);
    expect(() => late.send(Partner, 'a', 1)).toThrow('Step "run" has ended');
  });

  it('refuses a filter and options that it does not know', async () => {
    await expect(workflows.outbox.list({ parkt: true } as never)).rejects.toThrow('there is no "parkt"');
    await expect(workflows.outbox.list({ parked: 'yes' } as never)).rejects.toThrow('parked must be true or false');
    await expect(workflows.outbox.list({ cursor: 'x' })).rejects.toThrow(InvalidInputError);
    await expect(workflows.outbox.discard('none')).rejects.toThrow(MessageNotFoundError);
    await expect(workflows.outbox.get(1 as never)).rejects.toThrow(InvalidInputError);
  });

  describe('updates of a process', () => {
    it('tell each commit with its number, its records and what has changed', async () => {
      const process = await harness.start(Tells);
      await harness.advance('1m');
      const updates = partner.got.map(
        ({ data }) => data as { update: number; records: { sequence: number; type: string }[]; changes: object[]; status: string },
      );
      expect(updates.flatMap(({ records }) => records.map(({ sequence }) => sequence))).toEqual(process.records.map(({ sequence }) => sequence));
      expect(updates.map(({ update }) => update)).toEqual(updates.map(({ records }) => records.at(-1)!.sequence));
      expect(updates[1]).toMatchObject({ processId: process.id, workflow: 'tells', status: 'waiting', changes: [{ patch: { sent: 'one' } }] });
      expect(updates.at(-1)!.status).toBe('completed');
      expect(partner.got.every(({ pattern, step }) => pattern === 'updates' && step === null)).toBe(true);
    });

    it('hold no correlation id of a request, and none is made for what people do about the outbox', async () => {
      partner.fault = new Error('away');
      const process = await harness.start(AsksAndTells);
      const { items } = await workflows.outbox.list({ process: process.id });
      const { waits } = await workflows.get(process.id, { internals: true });
      expect(items.length).toBeGreaterThan(0);
      expect(JSON.stringify(items)).not.toContain(waits[0]!.key);
      await harness.advance('3m'); // it is parked
      for (const { id } of items) await workflows.outbox.discard(id);
      expect((await workflows.outbox.list({ process: process.id })).items).toEqual([]);
    });

    it('are refused at boot where their sender is not there', async () => {
      @Workflow({ name: 'wrong', updates: { to: 'NOWHERE', pattern: '', contxt: true } as never })
      class Wrong {
        @Step() run() {}
      }
      @Module({ imports: [WorkflowTestingModule.forRoot()], providers: [Wrong] })
      class App {}
      const app = await Test.createTestingModule({ imports: [App] }).compile();
      const error = (await app.init().catch((thrown: unknown) => thrown)) as InvalidWorkflowError;
      expect(error).toBeInstanceOf(InvalidWorkflowError);
      expect(error.problems.join('\n')).toMatch(/updates: .*contxt[^]*there is no provider "NOWHERE"[^]*pattern is a string/);
    });
  });
});
