/** What is erased of a person: afterwards no column of any table has the value, and all of the others is there. */
import 'reflect-metadata';
import { Injectable, Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
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

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('erasing on %s', async (_name, make) => {
  const database: Database = await make();

  describe.skipIf(!isThere(database))(titleOf(database), () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await bootApp(database, 'database', { options: { outbox: { retry: 1 } }, providers: [Letter, Order, Parent, Bit, Away] });
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
        { action: 'skip', filter, options: { step: 'score', patch: { address: { lines: [nicknameOf(email)] } } } }, // the nickname is known to nobody else
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
        await expect(app.workflows.erase(subject)).rejects.toThrow(/are live: order-ada_100%@example\.org\. Wait for their end, or say cancel: true/);
        expect(await columnsWith(ADA)).toEqual(there);
        const dry = await app.workflows.erase(subject, { dryRun: true });
        expect(dry).toEqual({
          processes: [id, expect.any(String)],
          live: [id],
          messages: expect.any(Number),
          bulkRuns: expect.any(Array),
          runningBulkRuns: [],
        });
        expect(dry.bulkRuns.length).toBeGreaterThanOrEqual(3);
        expect(await columnsWith(nicknameOf(ADA))).toEqual(['bulk.options']);
        expect(await columnsWith(ADA)).toEqual(there);
        const erased: Erasure = await app.workflows.erase(subject, { cancel: true, actor: 'dpo', reason: `${ADA} asked for it` });
        expect(erased).toMatchObject({ processes: dry.processes, live: [id], bulkRuns: dry.bulkRuns, runningBulkRuns: [] });
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

    it('names a bulk run that still runs, whose words stay, and clears them once it has ended; others keep theirs', async () => {
      const people = ['joe', 'joel', 'jo-e'];
      for (const groupId of people) await app.workflows.start(Letter, {}, { groupId });
      const start = (request: Partial<BulkRequest>) => app.workflows.bulk.start({ action: 'retry', filter: { groupIdPrefix: 'jo' }, perMinute: 1, ...request });
      const runs = [
        await start({ reason: 'for joe.' }),
        await start({ reason: 'for joel' }),
        await start({ filter: { groupIdPrefix: 'jo', status: 'waiting' } }),
      ];
      const [named, other] = runs as [(typeof runs)[number], (typeof runs)[number]];
      expect(await app.workflows.erase({ groupId: 'joe' }, { cancel: true })).toMatchObject({ bulkRuns: [], runningBulkRuns: [named.id] });
      expect(await app.workflows.bulk.get(named.id)).toMatchObject({ reason: 'for joe.', filter: { groupIdPrefix: 'jo' } });
      for (const { id } of runs) await app.workflows.bulk.stop(id);
      expect(await app.workflows.erase({ groupId: 'joe' })).toMatchObject({ processes: [], bulkRuns: [named.id], runningBulkRuns: [] });
      expect(await app.workflows.bulk.get(named.id)).toMatchObject({ reason: null, filter: {} });
      expect(await app.workflows.bulk.get(other.id)).toMatchObject({ reason: 'for joel', filter: { groupIdPrefix: 'jo' } });
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
      expect(await app.workflows.erase({ groupId: 'none' })).toEqual({ processes: [], live: [], messages: 0, bulkRuns: [], runningBulkRuns: [] });
    });
  });
});
