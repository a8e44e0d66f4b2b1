/** The harness over memory and over the database of an application: the same cases. */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import { of } from 'rxjs';
import libsql from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { done, Step, type StepRef, Workflow, WorkflowService, workflowEntities } from '../../lib/index.js';
import { shuffles, WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

@Entity('receipt')
class Receipt {
  @PrimaryColumn({ length: 80 }) key!: string;
  @Column() total!: number;
}

class Order {
  total = 0;
  paid = false;
  stocked = false;
  noted: string[] = [];
  receipts = 0;
}

@Workflow({ name: 'order', context: Order, defaults: { timeout: '1 minute' } })
class OrderWorkflow {
  asked: string[] = [];
  tries = 0;
  hangs = false;

  @Step({ request: 'askPayment', within: '2 days', retry: 2 })
  pay(_order: Order, answer: { paid: boolean }) {
    return { paid: answer.paid };
  }
  askPayment(_order: Order, step: StepRef) {
    this.asked.push(step.idempotencyKey);
    return of(undefined);
  }

  @Step({ after: '25 days', queue: 'stock', retry: { attempts: 3, delay: '1 hour' }, timeout: '10s' })
  async stock(_order: Order, step: StepRef) {
    this.tries++;
    if (this.hangs && step.attempt === 1) await new Promise((_, reject) => step.signal.addEventListener('abort', () => reject(new Error('too slow'))));
    return { stocked: true };
  }

  @Step({ on: 'order.noted', unsolicited: true })
  note({ noted }: Order, event: { text: string }) {
    return { noted: [...noted, event.text].sort() };
  }
}

@Workflow({ name: 'receipts', context: Order })
class ReceiptWorkflow {
  ran: string[] = [];
  fails = 0;

  @Step({ transactional: true })
  async write({ total }: Order, step: StepRef) {
    this.ran.push('write');
    await step.manager.insert(Receipt, { key: step.idempotencyKey, total });
    if (this.fails-- > 0) throw new Error('no line');
    return { receipts: await step.manager.count(Receipt, { where: { key: step.idempotencyKey } }) };
  }

  @Step({ transactional: true, queue: 'receipts', compensate: 'unwrite' })
  async rewrite(_order: Order, step: StepRef) {
    this.ran.push('rewrite');
    await step.manager.update(Receipt, { key: `${step.processId}.1` }, { total: 7 });
    return done();
  }
  async unwrite(_order: Order, step: StepRef) {
    this.ran.push('unwrite');
    await step.manager.delete(Receipt, { key: `${step.processId}.1` });
  }

  @Step({ after: '1 day' })
  close() {
    return done();
  }
}

interface Cell {
  readonly title: string;
  readonly database: Database | null;
}

const memory: Cell = { title: 'memory', database: null };
const inMemory: Cell = {
  title: 'SQLite in memory',
  database: {
    name: 'SQLite in memory', missing: null, drop: async () => {},
    connect: (more) => new DataSource({ type: 'better-sqlite3', database: ':memory:', driver: libsql, ...more } as DataSourceOptions).initialize(),
  }, // prettier-ignore
};
const databases: Cell[] = [libsqlFile(), await postgres(), await mysql()].map((database) => ({ title: titleOf(database), database }));

describe.each([memory, inMemory, ...databases].map((cell) => [cell.title, cell] as const))('%s', (_title, { database }) => {
  let module: TestingModule;
  let harness: WorkflowHarness;
  const isMissing = database !== null && !isThere(database);

  async function boot(now = '2026-01-01T00:00:00Z') {
    const dataSource = { dataSource: 'default' };
    module = await Test.createTestingModule({
      imports: [...(database ? [connectionTo(database)] : []), WorkflowTestingModule.forRoot({ now, ...(database && dataSource) })],
      providers: [OrderWorkflow, ReceiptWorkflow],
    }).compile();
    module.useLogger(false);
    await module.init();
    harness = module.get(WorkflowHarness);
  }
  beforeAll(async () => {
    if (database && !isMissing) await (await database.connect({ entities: [Receipt], synchronize: true })).destroy();
  });
  /** The tests share a database, so no process of one may go on in the next. */
  afterEach(async () => {
    const workflows = module?.get(WorkflowService);
    for (const { id, live } of (await workflows?.find({ limit: 200 }))?.items ?? []) if (live !== null) await workflows!.cancel(id);
    await module?.close();
  });
  afterAll(() => database?.drop());

  it.skipIf(isMissing)('days pass in order: an answer that does not come, a wait, a time limit, a retry', async () => {
    await boot();
    const workflow = Object.assign(module.get(OrderWorkflow), { hangs: true });
    const order = await harness.start(OrderWorkflow, { total: 3 });
    expect(order.waitingFor).toEqual(['pay']);
    await harness.advance('3 days');
    expect(workflow.asked).toEqual([`${order.id}.1`, `${order.id}.1`]);
    await order.respond('pay', { paid: true });
    await harness.advance('25 days');
    expect([order.context.stocked, workflow.tries]).toEqual([false, 1]);
    await harness.advance('10s');
    expect(order.records.at(-2)).toMatchObject({ type: 'step-failed', error: 'Error: timeout: the body took longer than 10000 ms' });
    await harness.advance('1 hour');
    expect(order).toMatchObject({ status: 'completed', path: ['pay', 'stock'], context: { paid: true, stocked: true } });
    expect(order.records.at(-1)!.createdAt).toEqual(new Date('2026-01-29T01:00:10Z'));
  });

  it.skipIf(isMissing)('a crash in the step and in its request: both run again, each is recorded once', async () => {
    await boot();
    const workflow = module.get(OrderWorkflow);
    harness.crashIn('pay', 'request');
    const order = await harness.start(OrderWorkflow);
    expect(workflow.asked).toEqual([`${order.id}.1`, `${order.id}.1`]);
    await order.respond('pay', { paid: true });
    harness.crashIn('stock');
    await harness.advance('25 days');
    expect(order).toMatchObject({ status: 'completed', path: ['pay', 'stock'] });
    const types = order.records.map(({ type }) => type);
    expect(types.filter((type) => type === 'process-recovered' || type === 'task-recovered')).toEqual(['process-recovered', 'task-recovered']);
    expect(types.filter((type) => type === 'response-requested')).toHaveLength(1);
  });

  it.skipIf(isMissing)('messages in any order come to the same', async () => {
    await boot();
    const messages = ['a', 'b', 'pay'] as const;
    for (const order of shuffles(messages, { times: 4 })) {
      const process = await harness.start(OrderWorkflow, { total: 1 }, { groupId: order.join() });
      for (const message of order)
        if (message === 'pay') await process.respond('pay', { paid: true });
        else await harness.emit('order.noted', order.join(), { text: message });
      expect(process).toMatchObject({ waitingFor: ['stock'], context: { paid: true, noted: ['a', 'b'] } });
    }
  });

  it.skipIf(isMissing)('knows a step that no workflow has', async () => {
    await boot();
    expect(() => harness.crashIn('fly')).toThrow('No workflow has a step "fly".');
    expect(() => harness.crashIn('stock', 'request')).toThrow('No workflow has a step "stock" with a method for `request`.');
  });

  if (database === null) return;

  it.skipIf(isMissing)('a transactional step writes to the tables of the application, and a crash leaves nothing of it', async () => {
    await boot();
    const { ran } = Object.assign(module.get(ReceiptWorkflow), { fails: 1 });
    harness.crashIn('write'); // before its failure is recorded
    harness.crashIn('rewrite');
    const process = await harness.start(ReceiptWorkflow, { total: 3 });
    expect(ran).toEqual(['write', 'write', 'rewrite', 'rewrite']);
    const receipts = () => module.get(DataSource).manager.findBy(Receipt, { key: `${process.id}.1` });
    expect(await receipts()).toMatchObject([{ total: 7 }]);
    expect(process).toMatchObject({ waitingFor: ['close'], path: ['write', 'rewrite'], context: { receipts: 1 } });
    harness.crashIn('rewrite', 'compensate');
    await module.get(WorkflowService).cancel(process.id, { compensate: true });
    await harness.settle();
    expect(ran.slice(4)).toEqual(['unwrite', 'unwrite']);
    expect([process.status, await receipts()]).toEqual(['cancelled', []]);
  });

  if (database === inMemory.database) return;

  it.skipIf(isMissing)('another application on the same database goes on', async () => {
    await boot();
    const { id } = await harness.start(OrderWorkflow);
    await module.close();
    await boot('2026-01-02T00:00:00Z');
    const order = await harness.process(OrderWorkflow, id);
    await order.respond('pay', { paid: true });
    expect(order.waitingFor).toEqual(['stock']);
  });
});

function connectionTo(database: Database) {
  return TypeOrmModule.forRootAsync({
    useFactory: () => ({ retryAttempts: 0 }),
    dataSourceFactory: () => database.connect({ entities: [Receipt, ...workflowEntities], synchronize: database === inMemory.database }),
  });
}
