/** What is erased of a person: afterwards no column of any table has the value, and all of the others is there. */
import 'reflect-metadata';
import { Injectable, Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  BulkRunLiveError,
  type BulkRequest,
  type Erasure,
  type ErasureSubject,
  InvalidInputError,
  MessageSender,
  ProcessLiveError,
  ProcessNotFoundError,
  Step,
  type StepRef,
  Workflow,
} from 'nestjs-argonaut';
import type { StoredBulk } from '../../lib/store/port.js';
import { aBulk, aPause } from '../../lib/testing/contract/operating-contract.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

@Injectable()
class Away extends MessageSender {
  override transmit(): Promise<never> {
    return Promise.reject(new Error('nobody is there'));
  }
}
class Person {
  email = '';
  address: { lines: string[] } = { lines: [] };
}
@Workflow({ name: 'letter', context: Person })
class Letter {
  @Step({ on: 'opened' }) opened(person: Person, _message: object, step: StepRef) {
    step.note(`opened by ${person.email}`);
  }
}
@Workflow({ name: 'order', context: Person })
class Order {
  ask() {}
  @Step({ request: 'ask' }) score({ email }: Person, answer: { of: string }, step: StepRef) {
    step.note(`asked for ${email}`);
    new Logger('Score').log(`the score of ${answer.of}`);
    step.send(Away, 'scored', { of: email });
    return { address: { lines: [`c/o ${email}`, email] } };
  }
  @Step({ child: { workflow: Letter, with: 'person' } }) letter() {
    return { email: '', address: { lines: [] } }; // an older version still has it
  }
  person({ email }: Person) {
    return { email };
  }
  @Step({ on: 'closed' }) closed(_order: Person, _message: object) {}
}
/** Its parent is live while it has ended. */
@Workflow({ name: 'parent' })
class Parent {
  @Step({ child: { workflow: 'bit' } }) first() {}
  @Step({ on: 'closed' }) closed(_context: object, _message: object) {}
}
@Workflow({ name: 'bit' })
class Bit {
  @Step({ on: 'bitten' }) bitten(_context: object, _message: object) {}
}

const ADA = 'ada_100%@example.org';
const GRACE = 'grace@example.org';

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('erasing on %s', async (_name, make) => {
  const database: Database = await make();

  describe.skipIf(!isThere(database))(titleOf(database), () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await bootApp(database, 'database', {
        options: { outbox: { retry: 1 }, worker: { heartbeat: '2 s' } },
        providers: [Letter, Order, Parent, Bit, Away],
      });
    });
    afterAll(async () => {
      await app.close();
      await database.drop();
    });

    /** The columns of all tables that have this text, as `table.column`. */
    async function columnsWith(text: string): Promise<string[]> {
      const found = new Set<string>();
      for (const table of workflowTables)
        for (const row of await app.dataSource.query(`select * from ${table}`))
          for (const [column, value] of Object.entries(row as object)) if (String(value).includes(text)) found.add(`${table.slice(9)}.${column}`);
      return [...found].sort();
    }

    /** An order that has been through everything, with its letter, and messages that nobody has received. Left as it is: the last step waits. */
    async function made(email: string): Promise<string> {
      const { id } = await app.workflows.start(
        Order,
        { email, address: { lines: [] } },
        { groupId: email, id: `order-${email}`, actor: email, reason: `for ${email}` },
      );
      await app.workflows.settled(id);
      const { key } = (await app.workflows.get(id, { internals: true })).waits[0]!;
      await app.workflows.respond(Order, 'score', key!, { of: email }, { sender: email });
      const { id: letter } = await until(async () => (await app.workflows.find({ workflow: 'letter' })).items.find(({ parentId }) => parentId === id)!, (child) => child !== undefined); // prettier-ignore
      const letterGroup = (await app.workflows.get(letter)).groupId;
      await app.workflows.emit('opened' as never, letterGroup, { by: email } as never);
      await until(async () => (await app.workflows.get(id)).waits[0]?.step, (step) => step === 'closed'); // prettier-ignore
      await app.workflows.emit('opened' as never, email, { by: email } as never); // is kept: nothing waits for it
      await app.workflows.respond(Order, 'score', `nobody-${email}`.slice(0, 30), { of: email });
      await operated(email);
      await app.workflows.suspend(id, { reason: `${email} has called` });
      return id;
    }

    const nicknameOf = (email: string) => `nickname of ${email.slice(0, 4)}`;

    /** What people did to it, and to nothing else: none of it applies. */
    async function operated(email: string): Promise<void> {
      const filter = { workflow: 'order', groupIdPrefix: email.slice(0, 4) };
      const requests: BulkRequest[] = [
        { action: 'retry', filter: { groupId: email }, actor: email, reason: `${email}, who has called` },
        { action: 'skip', filter, options: { step: 'score', patch: { email } } },
        { action: 'skip', filter, options: { step: 'score', patch: { address: { lines: [nicknameOf(email)] } } } }, // no other row has the nickname
      ];
      for (const request of requests) {
        const { id } = await app.workflows.bulk.start(request);
        await until(() => app.workflows.bulk.get(id), ({ state }) => state === 'done'); // prettier-ignore
      }
      await app.workflows.pauses.pause({ workflow: 'bit' }, { reason: `until ${email} has answered`, actor: 'boss' });
      await app.workflows.pauses.resume({ workflow: 'bit' }, { reason: email });
      await until(() => app.workflows.pauses.list(), (pauses) => pauses.length === 0); // prettier-ignore
    }

    describe('of one person', () => {
      let graces: string;
      let before: string;
      let kept: string[];
      let gracesColumns: string[];
      const messagesWith = async (text: string) =>
        (await app.workflows.inbox.list()).items.map((message) => JSON.stringify(message)).filter((message) => message.includes(text));
      beforeAll(async () => {
        graces = await made(GRACE);
        before = JSON.stringify(await app.workflows.export(graces));
        kept = await messagesWith(GRACE);
        gracesColumns = await columnsWith(GRACE);
        expect(kept.length).toBeGreaterThanOrEqual(3);
      });

      it.each<[string, (id: string) => ErasureSubject]>([
        ['by a value under keys of the context, also one of an older version', () => ({ keys: ['email', 'address'], value: ADA })],
        ['by the group id', () => ({ groupId: ADA })],
        ['by the process', (id) => id],
      ])('leaves the value in no column of any table: %s', async (_how, subjectOf) => {
        const id = await made(ADA);
        const subject = subjectOf(id);
        const there = await columnsWith(ADA);
        for (const column of [
          'process.id',
          'process.group_id',
          'process.cause',
          'context.snapshot',
          'context.patch',
          'audit.actor',
          'audit.reason',
          'audit.detail',
          'inbox.body',
          'outbox.data',
          'wait.process_id',
          'bulk.filter',
          'bulk.options',
          'bulk.reason',
          'bulk.actor',
          'bulk_item.item_id',
          'pause.reason',
          'pause.resume_reason',
        ])
          // prettier-ignore
          expect(there).toContain(column);
        await expect(app.workflows.erase(subject)).rejects.toThrow(ProcessLiveError);
        await expect(app.workflows.erase(subject)).rejects.toThrow(/(?:is|are) live: order-ada_100%@example\.org\. Wait for their end, or say cancel: true/);
        expect(await columnsWith(ADA)).toEqual(there);
        const dry = await app.workflows.erase(subject, { dryRun: true });
        expect(dry).toEqual({
          processes: [id, expect.any(String)],
          live: [id],
          messages: expect.any(Number),
          bulkRuns: expect.any(Array),
        });
        expect(dry.bulkRuns.length).toBeGreaterThanOrEqual(3);
        expect(await columnsWith(nicknameOf(ADA))).toEqual(['bulk.options']);
        expect(await columnsWith(ADA)).toEqual(there);
        const erased: Erasure = await app.workflows.erase(subject, { cancel: true, actor: 'dpo', reason: `${ADA} asked for it` });
        expect(erased).toMatchObject({ processes: dry.processes, live: [id], bulkRuns: dry.bulkRuns });
        expect(await columnsWith(nicknameOf(ADA))).toEqual([]);
        expect(await app.workflows.bulk.get(erased.bulkRuns[0]!)).toMatchObject({ state: 'done', filter: {}, options: {}, reason: null });
        if (!('value' in Object(subject))) await app.workflows.erase({ keys: 'none', value: ADA }); // an answer to nobody belongs to no process
        expect(await columnsWith(ADA)).toEqual([]);
        await expect(app.workflows.get(id)).rejects.toThrow(ProcessNotFoundError);
        expect(JSON.stringify(await app.workflows.export(graces))).toBe(before);
        expect(await messagesWith(GRACE)).toEqual(kept);
        expect(await columnsWith(GRACE)).toEqual(gracesColumns);
        expect(await columnsWith(nicknameOf(GRACE))).toEqual(['bulk.options']);
      });
    });

    describe('of bulk runs and pauses', () => {
      afterEach(() => vi.restoreAllMocks());

      const running = (request: BulkRequest) => app.workflows.bulk.start(request);
      const ended = async (request: BulkRequest) => {
        const { id } = await running(request);
        return until(() => app.workflows.bulk.get(id), ({ state }) => state === 'done'); // prettier-ignore
      };
      /** A process that has ended. Its id begins with the group id. */
      const letterOf = async (groupId: string) => {
        const { id } = await app.workflows.start(Letter, {}, { groupId, id: `${groupId}-1` });
        await app.workflows.cancel(id);
        return id;
      };
      const rowOf = async (id: string) => (await app.engine.store.operating.bulks({ id, limit: 1 }))[0]!;
      /** Lets so many writes of items through, and stops the next one. */
      const gate = (through: number) => {
        const { operating } = app.engine.store;
        const put = operating.putBulkItems.bind(operating);
        const [reached, opened] = [signal(), signal()];
        let count = 0;
        vi.spyOn(operating, 'putBulkItems').mockImplementation(async (items) => {
          if (count++ >= through) reached.give();
          if (count > through) await opened.given;
          return put(items);
        });
        return { reached: reached.given, open: opened.give };
      };

      it('a run about it that has not ended is named, and nothing is changed; cancel: true stops it first; others go on', async () => {
        const [joe] = [await letterOf('joe'), await letterOf('joel'), await letterOf('jo-e')];
        const start = (more: Partial<BulkRequest>) => running({ action: 'retry', filter: { groupIdPrefix: 'jo' }, perMinute: 1, ...more });
        const runs = [
          await start({ reason: 'for joe.' }),
          await start({ reason: 'for joel' }),
          await start({ filter: { groupIdPrefix: 'jo', workflow: 'letter' } }),
        ];
        const [named, other] = runs as [(typeof runs)[number], (typeof runs)[number]];
        const before = await columnsWith('joe');
        for (const subject of [joe, { groupId: 'joe' }]) {
          const error = await app.workflows.erase(subject).catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(BulkRunLiveError);
          expect(error).toMatchObject({
            status: 409,
            bulkRuns: [named.id],
            message: `Bulk runs about what would be erased have not ended: ${named.id}. Stop them with bulk.stop(id), or wait for their end; or say cancel: true, which stops them.`,
          });
        }
        expect(await app.workflows.bulk.get(named.id)).toMatchObject({ state: 'running', reason: 'for joe.', filter: { groupIdPrefix: 'jo' } });
        expect(await columnsWith('joe')).toEqual(before);
        expect(await app.workflows.erase(joe, { dryRun: true })).toMatchObject({ processes: [joe], bulkRuns: [named.id] });
        expect(await app.workflows.erase(joe, { cancel: true })).toMatchObject({ processes: [joe], bulkRuns: [named.id] });
        expect(await app.workflows.bulk.get(named.id)).toMatchObject({ state: 'stopped', reason: null, filter: {} });
        expect(await app.workflows.bulk.get(other.id)).toMatchObject({ state: 'running', reason: 'for joel', filter: { groupIdPrefix: 'jo' } });
        for (const { id } of runs) await app.workflows.bulk.stop(id);
      });

      it('a stopped run that an instance still works on is waited for, so nothing comes back', async () => {
        const kim = await letterOf('kim');
        const { reached, open } = gate(0);
        const { id } = await running({ action: 'retry', filter: { groupIdPrefix: 'kim' }, reason: 'for kim' });
        await reached;
        await app.workflows.bulk.stop(id);
        await expect(app.workflows.erase(kim)).rejects.toThrow(BulkRunLiveError);
        const erasing = app.workflows.erase(kim, { cancel: true });
        open();
        expect(await erasing).toMatchObject({ processes: [kim], bulkRuns: [id] });
        await app.engine.activity.idle();
        expect(await columnsWith('kim')).toEqual([]);
        expect(await rowOf(id)).toMatchObject({ state: 'stopped', reason: null, filter: {}, cursor: null, skipped: 1 });
      });

      it('an instance writes no place of a run that was stopped meanwhile', async () => {
        await letterOf('lou');
        await letterOf('lou2');
        const { reached, open } = gate(1);
        const { id } = await running({ action: 'retry', filter: { groupIdPrefix: 'lou' }, perMinute: 1 });
        await reached;
        await app.workflows.bulk.stop(id);
        open();
        await until(() => rowOf(id), ({ heldUntil, skipped }) => skipped === 1 && heldUntil <= app.engine.clock.now().getTime()); // prettier-ignore
        expect(await rowOf(id)).toMatchObject({ state: 'stopped', cursor: null });
      });

      it('a run that is stopped while its rate makes it wait does nothing more', async () => {
        await letterOf('ned');
        await letterOf('ned2');
        const { id } = await running({ action: 'retry', filter: { groupIdPrefix: 'ned' }, perMinute: 60 }); // waits for less time than it is held
        await until(() => rowOf(id), ({ skipped }) => skipped === 1); // prettier-ignore
        await app.workflows.bulk.stop(id);
        await until(() => rowOf(id), ({ heldUntil }) => heldUntil <= app.engine.clock.now().getTime()); // prettier-ignore
        expect((await app.workflows.bulk.items(id)).items).toHaveLength(1);
      });

      it('the same call completes what was cut off', async () => {
        await letterOf('lea');
        const nickname = 'the little one';
        const { id } = await ended({
          action: 'skip',
          filter: { workflow: 'letter', groupIdPrefix: 'le' },
          options: { step: 'opened', patch: { email: nickname } },
        });
        vi.spyOn(app.engine.store.operating, 'keepBulk').mockRejectedValueOnce(new Error('cut off'));
        await expect(app.workflows.erase({ groupId: 'lea' })).rejects.toThrow('cut off');
        expect(await columnsWith(nickname)).toEqual(['bulk.options']);
        expect(await app.workflows.erase({ groupId: 'lea' })).toMatchObject({ bulkRuns: [id] });
        expect(await columnsWith(nickname)).toEqual([]);
        expect((await app.workflows.bulk.items(id)).items).toEqual([]);
      });

      it('the reason of a pause is cleared, also where the pause changes meanwhile, and of more of them than a page has', async () => {
        const { operating } = app.engine.store;
        for (let i = 0; i < 201; i++) await operating.keepPause(aPause({ reason: 'mia has called', endedAt: 5 }), null);
        await app.workflows.pauses.pause({ workflow: 'bit' }, { reason: 'until mia has answered', actor: 'boss' });
        const keep = operating.keepPause.bind(operating);
        let isFirst = true;
        vi.spyOn(operating, 'keepPause').mockImplementation(async (pause, expected) => {
          const [stored] = await operating.pausesLike({ id: pause.id, limit: 1 });
          if (stored?.endedAt !== null || !isFirst) return keep(pause, expected);
          isFirst = false;
          const { updatedAt: _updatedAt, ...live } = stored;
          await keep({ ...live, releasedUntil: 5, revision: live.revision + 1 }, live.revision); // another instance was faster
          return keep(pause, expected);
        });
        await app.workflows.erase({ groupId: 'mia' });
        expect(isFirst).toBe(false);
        expect(await columnsWith('mia')).toEqual([]);
        expect(await app.workflows.pauses.list()).toMatchObject([{ actor: 'boss', reason: null }]);
        await app.workflows.pauses.resume({ workflow: 'bit' });
      });

      it.each<[string, Partial<StoredBulk>, boolean]>([
        ['7', { options: { to: 7, contextVersion: 7 }, filter: { version: 7, workflow: '7' } }, false],
        ['7', { filter: { groupId: '7' } }, true],
        ['7', { options: { input: { of: [7] } } }, true],
        ['failed', { filter: { status: ['failed'] } }, false],
        ['failed', { options: { patch: { said: 'it has failed.' } } }, true],
        ['order', { filter: { workflow: 'order', step: 'order' }, options: { step: 'order', next: 'order', box: 'order' } }, false],
        ['order', { filter: { workflow: 'letter', values: { email: 'order' } } }, true],
        ['true', { filter: { overdue: true }, options: { compensate: true, patch: { isThere: true } } }, false],
        ['stored', { filter: { disposition: 'stored' } }, false],
        ['stored', { filter: { process: 'stored' } }, true],
        ['stored', { filter: { error: 'no stored one' } }, true],
      ])('the group id %j and a run of %j: it is cleared %j', async (groupId, given, isCleared) => {
        const run = aBulk({ state: 'done', finishedAt: 5, options: {}, filter: {}, ...given });
        await app.engine.store.operating.keepBulk(run, null);
        expect((await app.workflows.erase({ groupId })).bulkRuns).toEqual(isCleared ? [run.id] : []);
        expect((await rowOf(run.id)).options).toEqual(isCleared ? {} : run.options);
      });

      it('what a run has done to a message that its process has sent is gone with the process', async () => {
        const id = 'order-nat';
        await app.workflows.start(Order, { email: 'nat', address: { lines: [] } }, { id, groupId: 'nat' });
        await app.workflows.settled(id);
        const { key } = (await app.workflows.get(id, { internals: true })).waits[0]!;
        await app.workflows.respond(Order, 'score', key!, { of: 'nat' });
        await until(() => app.workflows.outbox.list({ process: id, parked: true }), ({ items }) => items.length === 1); // prettier-ignore
        const run = await ended({ action: 'replay', filter: { process: id }, options: { box: 'outbox' } });
        expect((await app.workflows.bulk.items(run.id)).items).toHaveLength(1);
        await app.workflows.erase(id, { cancel: true });
        expect((await app.workflows.bulk.items(run.id)).items).toEqual([]);
      });
    });

    it('finds a value that is JSON of its own, and none that only looks like it', async () => {
      const odd = 'O\'Neil "%_!\\ é';
      const start = (email: string, lines: string[] = []) => app.workflows.start(Letter, { email, address: { lines } });
      const [one, two] = [await start(odd), await start('x', ['y', odd])];
      await start(`${odd}.`);
      await start(odd.toLowerCase());
      await start('z', [odd.replace('_', 'x')]);
      const find = (subject: ErasureSubject) => app.workflows.erase(subject, { dryRun: true }).then(({ processes }) => [...processes].sort());
      expect(await find({ keys: ['email', 'address'], value: odd })).toEqual([one.id, two.id].sort());
      expect(await find({ keys: 'email', value: odd })).toEqual([one.id]);
      expect(await find({ keys: 'email', value: odd, workflow: Order })).toEqual([]);
      expect(await find({ keys: 'email', value: odd, workflow: 'letter' })).toEqual([one.id]);
      expect(await find({ groupId: one.groupId, workflow: Order })).toEqual([]);
    });

    it('a finished child that its live parent has yet to read is refused, and named with its parent', async () => {
      const { id: parent } = await app.workflows.start(Parent, {});
      const { id: child } = await until(async () => (await app.workflows.find({ workflow: 'bit' })).items[0]!, (found) => found !== undefined); // prettier-ignore
      await app.workflows.emit('bitten' as never, (await app.workflows.get(child)).groupId, {} as never);
      await until(async () => (await app.workflows.get(parent)).waits[0]?.step, (step) => step === 'closed'); // prettier-ignore
      const error = await app.workflows.erase(child, { cancel: true }).catch((thrown: unknown) => thrown as ProcessLiveError);
      expect(error).toMatchObject({ name: 'ProcessLiveError', status: 409, processIds: [parent], message: `The live parent of process ${child} has yet to read it: ${parent}. Wait for its end, or erase it.` }); // prettier-ignore
      expect((await app.workflows.erase(parent, { cancel: true })).processes).toEqual([parent, child]);
    });

    it.each<[unknown, object, string]>([
      [{}, {}, 'The subject: say the id of a process, or { groupId }, or { keys, value }'],
      [null, {}, 'The subject: it must be an object'],
      [{ groupID: 'x' }, {}, 'there is no "groupID". Did you mean "groupId"?'],
      [{ groupId: '' }, {}, 'groupId: it must not be empty'],
      [{ groupId: 'x', keys: 'y', value: 'z' }, {}, 'say the id of a process, or { groupId }, or { keys, value }'],
      [{ value: 'x' }, {}, 'say the id of a process'],
      [{ keys: [], value: 'x' }, {}, 'keys: name at least one key'],
      [{ keys: ['a', 3], value: 'x' }, {}, 'keys: it must be a string'],
      [{ keys: 'a', value: '' }, {}, 'value: it must not be empty'],
      [{ keys: 'a', value: { x: 1 } }, {}, 'value: it must be a string'],
      ['x', { cancle: true }, 'there is no "cancle". Did you mean "cancel"?'],
      ['x', { dryRun: 'yes' }, 'dryRun: it must be true or false'],
    ])('refuses %j %j', async (subject, options, why) => {
      const error = await app.workflows.erase(subject as never, options).catch((thrown: unknown) => thrown as Error);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as Error).message).toContain(why);
    });

    it('what a bulk run has done to a message that no process has received is gone with the message', async () => {
      const zoe = 'zoe@example.org';
      await app.workflows.respond(Order, 'score', 'nobody-zoe', { of: zoe });
      await app.workflows.respond(Order, 'score', 'nobody-else', { of: 'else' });
      const { id } = await app.workflows.bulk.start({ action: 'discard', filter: { workflow: 'order', step: 'score', disposition: 'stored' } });
      const { done } = await until(() => app.workflows.bulk.get(id), ({ state }) => state === 'done'); // prettier-ignore
      expect(await app.workflows.erase({ keys: 'none', value: zoe })).toMatchObject({ messages: 1, bulkRuns: [] });
      expect(await columnsWith(zoe)).toEqual([]);
      expect((await app.workflows.bulk.items(id)).items).toHaveLength(done - 1);
    });

    it('an id that there is not is told, and a subject that nothing is known of is not', async () => {
      await expect(app.workflows.erase('none')).rejects.toThrow(ProcessNotFoundError);
      expect(await app.workflows.erase({ groupId: 'none' })).toEqual({ processes: [], live: [], messages: 0, bulkRuns: [] });
    });
  });
});
