import 'reflect-metadata';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import amqp from 'amqplib';
import Bull from 'bull';
import { type Class, WorkflowService } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/app.js';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { leftOut, redisForTests } from '../support/redis.js';
import { documents } from './document.js';
import { madeFrom } from './made.js';
import { serving } from './served.js';

/** The guides, done as they say, with their code as it stands there. */
const guide = (name: string) => madeFrom(`docs/guides/${name}.md`);
/** What a run calls its own on a server that others use too. */
const OWN = `guides-${randomBytes(4).toString('hex')}`;

/** Where a guide names something on a server, it gets a name of this run. */
function renamed(folder: string, file: string, from: string, to: string): string {
  const text = readFileSync(join(folder, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no "${from}" any more`);
  writeFileSync(join(folder, file), text.replaceAll(from, to));
  return folder;
}
const load = async (folder: string, file: string) => (await import(join(folder, file))) as Record<string, Class>;

/** One after the other: loaded at once, a file that two of them import was made twice at times, with two classes of one name. */
async function loadAll(folder: string, ...files: readonly string[]): Promise<any[]> {
  const loaded: unknown[] = [];
  for (const file of files) loaded.push(await load(folder, file));
  return loaded;
}

describe('docs/guides/saga.md', async () => void (await import(join(guide('saga'), 'order.spec.ts'))));
describe('docs/guides/versions.md', async () => void (await import(join(guide('versions'), 'order.spec.ts'))));
describe('docs/guides/tests.md', async () => void (await import(join(guide('tests'), 'invoice.spec.ts'))));

describe('docs/guides/approval.md', () => {
  const folder = guide('approval');

  async function opened() {
    const [{ ExpenseWorkflow }, { ExpensesController }, { Mail }] = await loadAll(folder, 'expense.workflow.ts', 'expenses.controller.ts', 'mail.ts');
    const letters: string[] = [];
    const mail = { provide: Mail, useValue: { send: async (to: string, text: string) => void letters.push(`${to}: ${text}`) } };
    const parts = { imports: [WorkflowTestingModule.forRoot()], controllers: [ExpensesController], providers: [ExpenseWorkflow, mail] };
    const module = await (await Test.createTestingModule(parts).compile()).init();
    const controller = module.get<any>(ExpensesController);
    const { id } = await controller.start('E-1', { employee: 'ann', amount: 30 });
    const harness = module.get(WorkflowHarness);
    return { letters, controller, harness, expense: await harness.process(ExpenseWorkflow, id) };
  }

  it('a person decides, after a reminder', async () => {
    const { letters, controller, harness, expense } = await opened();
    await harness.advance('2 days');
    expect(letters).toEqual(['boss@example.org: ann waits for 30']);
    expect((await controller.owed()).items).toMatchObject([{ groupId: 'E-1', step: 'approve', schema: { required: ['by', 'approved'] } }]);
    await expect(controller.decide('E-1', { by: 'bob' })).rejects.toMatchObject({ status: 400 });
    await controller.decide('E-1', { by: 'bob', approved: true });
    await harness.settle();
    expect(expense).toMatchObject({ status: 'completed', context: { ended: 'paid', approvedBy: 'bob' } });
  });

  it('expires after a week', async () => {
    const { letters, harness, expense } = await opened();
    await harness.advance('7 days');
    expect(expense).toMatchObject({ status: 'completed', context: { ended: 'expired' } });
    expect(letters).toHaveLength(2);
  });
});

describe('docs/guides/webhook.md', () => {
  const folder = guide('webhook');

  it('the carrier is asked, and answers by a signed request', async () => {
    const asked: { address: string; reference: string }[] = [];
    const carrier = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
        asked.push(JSON.parse(Buffer.concat(parts).toString()) as (typeof asked)[0]);
        response.end();
      }); // prettier-ignore
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void carrier.close());
    await once(carrier, 'listening');
    process.env['CARRIER_URL'] = `http://127.0.0.1:${(carrier.address() as AddressInfo).port}`;
    process.env['WEBHOOK_SECRET'] = 'a secret';
    const { AppModule } = await load(folder, 'app.module.ts');
    await serving(AppModule!, async (call) => {
      await call('POST', '/shipments/S-1', { address: 'Harbour 1' });
      await until(async () => asked, ({ length }) => length === 1); // prettier-ignore
      const message = { id: 'm-1', reference: asked[0]!.reference, tracking: 'T-1' };
      const signed = (body: object) => ({ 'x-signature': createHmac('sha256', 'a secret').update(JSON.stringify(body)).digest('hex') });
      const wrong = { ...message, id: 'm-0', tracking: 5 };
      expect(await call('POST', '/carrier/bookings', wrong, signed(wrong))).toMatchObject({ statusCode: 400, problems: ['tracking must be a string'] });
      expect(await call('POST', '/carrier/bookings', message, { 'x-signature': '00' })).toMatchObject({ statusCode: 403 });
      const said = [1, 2].map(() => call('POST', '/carrier/bookings', message, signed(message)));
      expect((await Promise.all(said)).sort()).toEqual(['delivered', 'duplicate']);
      await until(() => call('GET', '/shipments/S-1'), ({ status }) => status === 'completed'); // prettier-ignore
      expect(await call('GET', '/shipments/S-1')).toMatchObject({ context: { tracking: 'T-1' } });
    }, { rawBody: true }); // prettier-ignore
  });
});

const noRabbit = await missingBroker('RabbitMQ');
describe.skipIf(noRabbit !== null)(`docs/guides/rabbitmq.md${noRabbit === null ? '' : ` (left out: ${noRabbit})`}`, () => {
  const folder = renamed(guide('rabbitmq'), 'app.module.ts', "'shop.", `'${OWN}.`);

  it('the command leaves, the answer comes, and what comes twice changes nothing', async () => {
    process.env['RABBITMQ_URL'] = brokerUrl('RabbitMQ');
    process.env['DATABASE_FILE'] = ':memory:';
    const connection = await amqp.connect(brokerUrl('RabbitMQ'));
    onTestFinished(() => connection.close());
    const channel = await connection.createChannel();
    const queues = [`${OWN}.orders`, `${OWN}.orders.dead`, `${OWN}.payments`];
    for (const queue of queues) await channel.deleteQueue(queue);
    await channel.assertQueue(`${OWN}.orders.dead`);
    await channel.assertQueue(`${OWN}.payments`, { durable: true });
    const [{ OrderWorkflow }, { bootstrap }] = await loadAll(folder, 'order.workflow.ts', 'main.ts');
    const app = await bootstrap();
    const answer = (data: object) => channel.sendToQueue(`${OWN}.orders`, Buffer.from(JSON.stringify({ pattern: 'charged', data })), { persistent: true });
    await channel.consume(`${OWN}.payments`, (message) => {
      const { pattern, data } = JSON.parse(message!.content.toString()) as { pattern: string; data: { id: string; amount: number } };
      for (let i = 0; i < 2; i++) answer({ id: data.id, charge: `${pattern}d ${data.amount}` });
      answer({ id: data.id, charge: 5 }); // not what the step takes: it is on record
      channel.ack(message!);
    }, { consumerTag: 'payments' }); // prettier-ignore
    const workflows: WorkflowService = app.get(WorkflowService);
    const { id } = await workflows.start(OrderWorkflow, { amount: 30 });
    await until(() => workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(await workflows.get(id)).toMatchObject({ context: { charge: 'charged 30' } });
    // Before the close: a message that was not acknowledged until then goes back to its queue.
    await until(async () => (await channel.checkQueue(`${OWN}.orders.dead`)).messageCount, (count) => count === 1); // prettier-ignore
    await app.close();
    await channel.cancel('payments');
    for (const queue of queues) await channel.deleteQueue(queue);
  });
});

describe('docs/guides/tenants.md', () => {
  const folder = guide('tenants');

  it('each tenant sees its own', async () => {
    const { AppModule } = await load(folder, 'app.module.ts');
    await serving(AppModule!, async (call) => {
      const as = (name: string) => ({ authorization: `Bearer ${name}` });
      const { id, groupId } = await call('POST', '/tickets', { number: '1', subject: 'no tea' }, as('ann'));
      expect(groupId).toBe('north:1');
      expect((await call('GET', '/workflow-api/processes', undefined, as('ann'))).items).toHaveLength(1);
      expect((await call('GET', '/workflow-api/processes', undefined, as('bob'))).items).toHaveLength(0);
      expect(await call('GET', `/workflow-api/processes/${id}`, undefined, as('bob'))).toMatchObject({ status: 404 });
      expect(await call('POST', `/workflow-api/processes/${id}/cancel`, {}, as('bob'))).toMatchObject({ status: 404 });
      expect(await call('POST', `/workflow-api/processes/${id}/cancel`, {}, as('ann'))).toMatchObject({ status: 'cancelled' });
      expect(await call('GET', '/workflow-api/processes')).toMatchObject({ status: 401 });
    });
  });
});

describe('docs/guides/operating.md', () => {
  const folder = guide('operating');

  it('what has failed is found, understood and retried', async () => {
    const [{ Support }, { PayoutWorkflow, Bank }] = await loadAll(folder, 'support.ts', 'payout.workflow.ts');
    let isAway = true;
    const pay = async (key: string) => {
      if (isAway) throw new Error(`the bank is away, ${key}`);
    };
    const providers = [PayoutWorkflow, Support, { provide: Bank, useValue: { pay } }];
    const module = await (await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile()).init();
    const [harness, support] = [module.get(WorkflowHarness), module.get<any>(Support)];
    const payouts = [await harness.start(PayoutWorkflow, {}), await harness.start(PayoutWorkflow, {})];
    await harness.advance('1 minute');
    const [item] = await support.attention();
    expect(item).toMatchObject({ kind: 'failed', workflow: 'payout', step: 'pay', count: 2 });
    const { sentence, remedies } = await support.why(item.example);
    expect(sentence).toContain('the bank is away');
    expect(remedies.join(' ')).toContain('retry');
    isAway = false;
    expect(await support.retryAlike(item.example, 'ada')).toBe(2);
    await harness.settle();
    expect(payouts.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(await support.attention()).toEqual([]);
  });
});

describe('docs/guides/data-protection.md', () => {
  const folder = guide('data-protection');

  it('a person asks what is stored, and is forgotten', async () => {
    process.env['DATABASE_FILE'] = ':memory:';
    process.env['ARCHIVE'] = mkdtempSync(join(tmpdir(), 'argonaut-archive-'));
    onTestFinished(() => rmSync(process.env['ARCHIVE']!, { recursive: true, force: true }));
    const [{ AppModule }, { ApplicationWorkflow }, { Requests }] = await loadAll(folder, 'app.module.ts', 'application.workflow.ts', 'requests.ts');
    const app = await (await Test.createTestingModule({ imports: [AppModule] }).compile()).init();
    const [workflows, requests] = [app.get(WorkflowService), app.get<any>(Requests)];
    for (const person of ['p-1', 'p-2'])
      await workflows.start(ApplicationWorkflow, { person, email: `${person}@example.org`, text: 'I sail.' }, { groupId: `A-${person}` });
    expect(await requests.access('p-1')).toMatchObject([{ process: { groupId: 'A-p-1' } }]);
    await workflows.suspend({ workflow: ApplicationWorkflow, groupId: 'A-p-1' }, { reason: 'p-1@example.org has called' });
    expect(JSON.stringify(await requests.access('p-1'))).toContain('***@*** has called');
    expect(await requests.forget('p-1', 'privacy')).toMatchObject({ processes: [expect.any(String)], live: [expect.any(String)] });
    expect(await requests.access('p-1')).toEqual([]);
    expect((await workflows.find()).items).toMatchObject([{ groupId: 'A-p-2' }]);
    await app.close();
  });
});

const redis = await redisForTests();
describe.skipIf(leftOut(redis))('docs/guides/from-bull.md', () => {
  const folder = renamed(guide('from-bull'), 'app.module.ts', 'BullModule.forRoot({ ', `BullModule.forRoot({ prefix: '${OWN}', `);

  it('a job of the old queue starts a process, once', async () => {
    process.env['REDIS_URL'] = redis.url;
    process.env['DATABASE_FILE'] = ':memory:';
    const old = new Bull('import', redis.url, { prefix: OWN });
    const [{ AppModule }, { ImageWorkflow }] = await loadAll(folder, 'app.module.ts', 'image.workflow.ts');
    const app = await (await Test.createTestingModule({ imports: [AppModule] }).compile()).init();
    const workflows = app.get(WorkflowService);
    const job = await old.add({ url: 'https://example.org/a.png' });
    await job.finished();
    const image = { workflow: ImageWorkflow, groupId: `job-${job.id}` };
    await until(() => workflows.get(image), ({ status }) => status === 'completed'); // prettier-ignore
    expect(await workflows.get(image)).toMatchObject({ context: { file: 'a.png', resized: true } });
    await app.close();
    await old.client.del(...(await old.client.keys(`${OWN}*`)));
    await old.close();
  });
});

it('each guide is in the index, and has at most 120 lines', () => {
  const guides = documents().filter(({ path }) => path.startsWith('docs/guides/'));
  const index = guides.find(({ path }) => path.endsWith('index.md'))!;
  expect(guides.filter(({ path }) => !path.endsWith('index.md') && !index.text.includes(`(${path.slice('docs/guides/'.length)})`))).toEqual([]);
  expect(guides.filter(({ text }) => text.split('\n').length > 121).map(({ path }) => path)).toEqual([]);
});
