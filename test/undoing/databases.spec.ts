/** What is undone, and how, on each database with each task queue. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bodies, body, quick, signal } from '../attack/support.js';
import { bootApp, type Cell, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

@Entity('undo_entry')
class Entry {
  @PrimaryGeneratedColumn() id: number;
  @Column({ type: 'varchar', length: 200 }) owner: string;
  @Column({ type: 'varchar', length: 200 }) text: string;
}

const soon = { attempts: 3, delay: 20 } as const;
const undone = new Map<string, string[]>();
function note(step: StepRef, more = ''): void {
  undone.set(step.groupId, [...(undone.get(step.groupId) ?? []), `${step.name}${more} ${step.reached} ${JSON.stringify(step.message)}`]);
}

@Workflow({ name: 'queued-charge' })
class QueuedCharge {
  @Step({ queue: 'bank', request: 'ask', compensate: { do: 'refund', retry: soon } }) pay(_context: object, _answer: unknown, step: StepRef) { return body(step); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
  ask(_context: object, step: StepRef): any { return bodies.get(`${step.groupId} ask`)?.(step); } // prettier-ignore
  async refund(_context: object, step: StepRef) {
    await bodies.get(`${step.groupId} refund`)?.(step);
    note(step);
  }
}

@Workflow({ name: 'ledger' })
class Ledger {
  @Step({ transactional: true, compensate: { do: 'back', retry: soon } }) async book(_context: object, step: StepRef) { await write(step, 'booked'); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
  async back(_context: object, step: StepRef) {
    await write(step, 'taken back');
    await bodies.get(`${step.groupId} back`)?.(step);
  }
}
@Workflow({ name: 'asking-ledger' })
class AskingLedger {
  @Step({ transactional: true, compensate: { request: 'ask', do: 'back', retry: soon } }) async book(_context: object, step: StepRef) { await write(step, 'booked'); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
  ask() {}
  async back(_context: object, answer: { n: number }, step: StepRef) {
    await write(step, `taken back ${answer.n}`);
    await bodies.get(`${step.groupId} back`)?.(step);
  }
}
async function write({ manager, groupId }: StepRef, text: string): Promise<void> {
  await manager.insert(Entry, { owner: groupId, text });
}

@Workflow({ name: 'charges' })
class Charges {
  @Step({ forEach: () => ['a', 'b', 'c'], concurrency: 1, request: 'ask', compensate: 'refund' }) pay(_context: object, _answer: unknown, _step: StepRef<unknown, string>) {} // prettier-ignore
  ask() {}
  refund(_context: object, step: StepRef) { note(step, ` ${step.item} ${step.index}`); } // prettier-ignore
}

@Workflow({ name: 'errand' })
class Errand {
  @Step({ on: 'errand-done' }) done() {}
}
@Workflow({ name: 'sender' })
class Sender {
  @Step({ child: Errand, compensate: 'callBack' }) send() {}
  @Step({ on: 'never' }) rest() {}
  callBack(_context: object, step: StepRef) { note(step); } // prettier-ignore
}

for (const cell of matrix()) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => undoing(cell, database));
}

function undoing({ queue }: Cell, database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, queue, {
      providers: [QueuedCharge, Ledger, AskingLedger, Charges, Errand, Sender],
      queues: ['bank'],
      entities: [Entry],
      options: quick,
    });
    const id = database.name.startsWith('SQLite') ? 'integer primary key' : database.name === 'MySQL' ? 'int auto_increment primary key' : 'serial primary key';
    await app.dataSource.query(`create table undo_entry (id ${id}, owner varchar(200), text varchar(200))`);
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  const waitsIn = (id: string, step: string) => until(() => app.workflows.get(id, { internals: true }), ({ waits }) => waits.some((wait) => wait.step === step && wait.kind !== 'task' && wait.kind !== 'turn')); // prettier-ignore
  const statusIs = (id: string, status: string) => until(() => app.workflows.get(id), (now) => now.status === status); // prettier-ignore
  async function undo(id: string) {
    await app.workflows.cancel(id, { compensate: true });
    await statusIs(id, 'cancelled');
  }
  async function waitsAfterStart(workflow: any, step: string) {
    const groupId = randomUUID();
    const { id } = await app.workflows.start(workflow, {}, { groupId });
    return { id, groupId, waits: (await waitsIn(id, step)).waits };
  }

  it('a queued request that was made is undone, and what fails is tried again', async () => {
    const { id, groupId } = await waitsAfterStart(QueuedCharge, 'pay');
    let refunds = 0;
    bodies.set(`${groupId} refund`, () => {
      if (++refunds < 3) throw new Error('502');
    });
    await undo(id);
    expect(undone.get(groupId)).toEqual(['pay asked undefined']);
    expect(refunds).toBe(3);
  });

  it('one whose answer failed for good is told the answer', async () => {
    const { id, groupId, waits } = await waitsAfterStart(QueuedCharge, 'pay');
    bodies.set(`${groupId} pay`, () => {
      throw new Error('odd');
    });
    await app.workflows.respond(QueuedCharge, 'pay', waits[0]!.key!, { charge: 7 });
    await statusIs(id, 'failed');
    await undo(id);
    expect(undone.get(groupId)).toEqual(['pay failed {"charge":7}']);
  });

  it('a request that is being made ends first, and is undone', async () => {
    const groupId = randomUUID();
    const [begun, gate] = [signal(), signal()];
    bodies.set(`${groupId} ask`, async () => {
      begun.happen();
      await gate.happened;
    });
    const { id } = await app.workflows.start(QueuedCharge, {}, { groupId });
    await begun.happened;
    await app.workflows.cancel(id, { compensate: true });
    gate.happen();
    await statusIs(id, 'cancelled');
    expect(undone.get(groupId)).toEqual(['pay asked undefined']);
  });

  it('a request that could not be made is not undone', async () => {
    const groupId = randomUUID();
    bodies.set(`${groupId} ask`, () => {
      throw new Error('no bank');
    });
    const { id } = await app.workflows.start(QueuedCharge, {}, { groupId });
    await statusIs(id, 'failed');
    await undo(id);
    expect(undone.get(groupId)).toBeUndefined();
  });

  it('what undoes a transactional step writes with the record of it, once', async () => {
    const { id, groupId } = await waitsAfterStart(Ledger, 'rest');
    let tries = 0;
    bodies.set(`${groupId} back`, () => {
      if (++tries < 2) throw new Error('not now');
    });
    await undo(id);
    expect(tries).toBe(2);
    const entries = await app.dataSource.getRepository(Entry).find({ where: { owner: groupId }, order: { id: 'asc' } });
    expect(entries.map(({ text }) => text)).toEqual(['booked', 'taken back']);
  });

  it('what undoes it asks, and writes with the record of it once the answer has come', async () => {
    const { id, groupId } = await waitsAfterStart(AskingLedger, 'rest');
    let tries = 0;
    bodies.set(`${groupId} back`, () => {
      if (++tries < 2) throw new Error('not now');
    });
    await app.workflows.cancel(id, { compensate: true });
    const { waits } = await waitsIn(id, 'back');
    expect(waits).toMatchObject([{ step: 'back', kind: 'response' }]);
    expect(await app.workflows.respond(AskingLedger, 'back', waits[0]!.key!, { n: 3 })).toBe('delivered');
    await statusIs(id, 'cancelled');
    expect(tries).toBe(2);
    const entries = await app.dataSource.getRepository(Entry).find({ where: { owner: groupId }, order: { id: 'asc' } });
    expect(entries.map(({ text }) => text)).toEqual(['booked', 'taken back 3']);
  });

  it('of items, those that have asked are undone, each with its item', async () => {
    const { id, groupId, waits } = await waitsAfterStart(Charges, 'pay');
    const first = waits.find(({ kind }) => kind === 'response')!;
    await app.workflows.respond(Charges, 'pay', first.key!, { n: 1 });
    await until(() => app.workflows.get(id, { internals: true }), (now) => now.waits.some(({ kind, key }) => kind === 'response' && key !== first.key)); // prettier-ignore
    await undo(id);
    expect(undone.get(groupId)).toEqual(['pay b 1 asked undefined', 'pay a 0 completed {"n":1}']);
  });

  it('a child that was awaited is undone by its parent, started or ended', async () => {
    const asked = await waitsAfterStart(Sender, 'send');
    await app.workflows.cancel(asked.id, { compensate: true });
    await statusIs(asked.id, 'cancelled');
    expect(undone.get(asked.groupId)).toEqual(['send asked undefined']);

    const ended = await waitsAfterStart(Sender, 'send');
    const child = await until(() => app.workflows.find({ workflow: Errand, status: 'waiting' }), ({ items }) => items.some(({ parentId }) => parentId === ended.id)); // prettier-ignore
    await app.workflows.emit('errand-done', child.items.find(({ parentId }) => parentId === ended.id)!.groupId, {});
    await waitsIn(ended.id, 'rest');
    await app.workflows.cancel(ended.id, { compensate: true });
    await statusIs(ended.id, 'cancelled');
    expect(undone.get(ended.groupId)).toEqual(['send completed {}']);
  });
}
