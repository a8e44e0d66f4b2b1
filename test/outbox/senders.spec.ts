/** Each kind of client transmits over its real broker, with the id of the message where the transport has a place for it. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { BullModule, getQueueToken } from '@nestjs/bull';
import { BullModule as BullMqModule, getQueueToken as getMqQueueToken } from '@nestjs/bullmq';
import { Controller, Injectable, type ModuleMetadata } from '@nestjs/common';
import { type ClientProvider, ClientsModule, EventPattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { Test, type TestingModule } from '@nestjs/testing';
import { connect as connectNats } from '@nats-io/transport-node';
import amqp from 'amqplib';
import type { Queue } from 'bull';
import { Queue as MqQueue } from 'bullmq';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpSender, type OutboxMessage, type SenderRef, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { until } from '../support/app.js';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { forget, redisForTests } from '../support/redis.js';

let to: readonly [sender: SenderRef, pattern: string | object];
const DATA = { order: 7, text: 'ü' };

@Workflow({ name: 'sends' })
class Sends {
  @Step() run(_: object, step: StepRef) { step.send(...to, DATA); } // prettier-ignore
}

const redis = await redisForTests();
const name = () => `argonaut-${randomBytes(6).toString('hex')}`;
const [rabbit, kafka, nats, mosquitto] = await Promise.all(['RabbitMQ', 'Kafka', 'NATS', 'Mosquitto'].map(missingBroker));

/** Whether tests are left out because there is no broker; never in CI. */
function left(missing: string | null | undefined): boolean {
  if (missing && process.env.CI) throw new Error(missing);
  return Boolean(missing);
}

describe('senders', () => {
  let module: TestingModule | undefined;
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    await module?.close();
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** Starts a process that sends one message. Resolves with the message once it has left. */
  async function sends(metadata: ModuleMetadata, ...[sender, pattern]: typeof to): Promise<{ readonly id: string; readonly processId: string }> {
    to = [sender, pattern];
    module = await Test.createTestingModule({
      imports: [WorkflowTestingModule.forRoot(), ...(metadata.imports ?? [])],
      providers: [Sends, ...(metadata.providers ?? [])],
    }).compile();
    module.useLogger(false);
    await module.init();
    const { id, records } = await module.get(WorkflowHarness).start(Sends);
    const { outbox } = module.get(WorkflowService);
    await until(() => outbox.list(), ({ items }) => items.length === 0 || items[0]!.attempts > 0); // prettier-ignore
    expect((await outbox.list()).items).toEqual([]);
    return { id: records.find(({ type }) => type === 'send-requested')!.detail!.split(':')[0]!, processId: id };
  }
  const client = (options: object) => ({ imports: [ClientsModule.register([{ name: 'CLIENT', ...options } as ClientProvider & { name: string }])] });

  describe.skipIf(left(rabbit))('RabbitMQ', () => {
    async function queueOf(): Promise<readonly [queue: string, get: () => Promise<amqp.GetMessage>]> {
      const connection = await amqp.connect(brokerUrl('RabbitMQ'));
      const channel = await connection.createChannel();
      const queue = name();
      await channel.assertQueue(queue);
      ends.push(async () => (await channel.deleteQueue(queue), connection.close()));
      const get = () => until(() => channel.get(queue, { noAck: true }), Boolean) as Promise<amqp.GetMessage>;
      return [queue, get];
    }

    it('a ClientProxy: the id is the property messageId', async () => {
      const [queue, get] = await queueOf();
      const { id } = await sends(client({ transport: Transport.RMQ, options: { urls: [brokerUrl('RabbitMQ')], queue } }), 'CLIENT', 'order.paid');
      const { content, properties } = await get();
      expect(JSON.parse(content.toString())).toEqual({ pattern: 'order.paid', data: DATA });
      expect(properties).toMatchObject({ messageId: id, deliveryMode: 2 });
    });

    /** As that of @golevelup/nestjs-rabbitmq, whose range of Nest versions does not hold ours yet. */
    @Injectable()
    class AmqpConnection {
      createSubscriber() {}
      async publish(exchange: string, routingKey: string, message: unknown, options: object): Promise<boolean> {
        const connection = await amqp.connect(brokerUrl('RabbitMQ'));
        const channel = await connection.createConfirmChannel();
        channel.publish(exchange, routingKey, Buffer.from(JSON.stringify(message)), options);
        await channel.waitForConfirms();
        await connection.close();
        return true;
      }
    }

    it.each([
      ['a routing key', (queue: string) => queue],
      ['an exchange and a routing key', (queue: string) => ({ exchange: '', routingKey: queue })],
    ])('an AmqpConnection, with %s', async (_, pattern) => {
      const [queue, get] = await queueOf();
      const { id } = await sends({ providers: [AmqpConnection] }, AmqpConnection, pattern(queue));
      const { content, properties } = await get();
      expect(JSON.parse(content.toString())).toEqual(DATA);
      expect(properties).toMatchObject({ messageId: id });
    });
  });

  it.skipIf(left(kafka))('Kafka: the id is the header message-id, the key is that of the process', async () => {
    const brokers = brokerUrl('Kafka').split(',');
    const topic = name();
    const options = { client: { brokers, logLevel: logLevel.NOTHING }, producerOnlyMode: true };
    const { id, processId } = await sends(client({ transport: Transport.KAFKA, options }), 'CLIENT', topic);
    const consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: topic, maxWaitTimeInMs: 50 });
    ends.push(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const message = await new Promise<any>((resolve) => void consumer.run({ eachMessage: async (each) => resolve(each.message) }));
    expect(JSON.parse(message.value.toString())).toEqual(DATA);
    expect(message.key.toString()).toBe(processId);
    expect(message.headers['message-id'].toString()).toBe(id);
  });

  it.skipIf(left(nats))('NATS', async () => {
    const subject = name();
    const connection = await connectNats({ servers: brokerUrl('NATS') });
    ends.push(() => connection.close());
    const subscription = connection.subscribe(subject, { max: 1 });
    await connection.flush();
    await sends(client({ transport: Transport.NATS, options: { servers: [brokerUrl('NATS')] } }), 'CLIENT', subject);
    for await (const message of subscription) expect(message.json()).toMatchObject({ pattern: subject, data: DATA });
  });

  it('NATS: a message that the server has not read is tried again', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {}).write('INFO {"server_id":"a","version":"2.9.10","max_payload":1048576,"headers":true,"proto":1}\r\n');
      socket.on('data', (data) => (data.includes('PUB') ? socket.destroy() : data.includes('PING') && socket.write('PONG\r\n')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    const servers = [`nats://127.0.0.1:${(server.address() as AddressInfo).port}`];
    await expect(sends(client({ transport: Transport.NATS, options: { servers } }), 'CLIENT', 'order.paid')).rejects.toThrow();
    expect((await module!.get(WorkflowService).outbox.list()).items).toMatchObject([{ attempts: 1, parked: false }]);
  });

  it.skipIf(left(mosquitto))('MQTT: the broker acknowledges it (QoS 1)', async () => {
    const topic = name();
    const subscriber = await connectAsync(brokerUrl('Mosquitto'));
    ends.push(() => subscriber.endAsync());
    await subscriber.subscribeAsync(topic, { qos: 2 });
    const got = new Promise<{ payload: Buffer; qos: number }>((resolve) => subscriber.on('message', (_topic, payload, { qos }) => resolve({ payload, qos })));
    await sends(client({ transport: Transport.MQTT, options: { url: brokerUrl('Mosquitto') } }), 'CLIENT', topic);
    const { payload, qos } = await got;
    expect(JSON.parse(payload.toString())).toEqual({ pattern: topic, data: DATA });
    expect(qos).toBe(1);
  });

  describe.skipIf(left(redis.missing))('Redis', () => {
    const { hostname: host, port } = new URL(redis.url ?? 'redis://127.0.0.1:6379');

    it('publish and subscribe', async () => {
      const channel = name();
      const subscriber = new Redis(redis.url);
      ends.push(() => subscriber.quit());
      await subscriber.subscribe(channel);
      const got = new Promise<string>((resolve) => subscriber.on('message', (_channel: string, text: string) => resolve(text)));
      await sends(client({ transport: Transport.REDIS, options: { host, port: Number(port) } }), 'CLIENT', channel);
      expect(JSON.parse(await got)).toEqual({ pattern: channel, data: DATA });
    });

    it('a Bull queue: the id is that of the job', async () => {
      const prefix = name();
      ends.push(() => forget(redis.url, prefix));
      const imports = [BullModule.forRoot({ url: redis.url, prefix }), BullModule.registerQueue({ name: 'posts' })];
      const { id } = await sends({ imports }, getQueueToken('posts'), 'welcome');
      const job = await module!.get<Queue>(getQueueToken('posts')).getJob(id);
      expect(job).toMatchObject({ name: 'welcome', data: DATA });
    });

    it('a BullMQ queue: the id is that of the job', async () => {
      const prefix = name();
      ends.push(() => forget(redis.url, prefix));
      const imports = [BullMqModule.forRoot({ connection: { host, port: Number(port) }, prefix }), BullMqModule.registerQueue({ name: 'posts' })];
      const { id } = await sends({ imports }, getMqQueueToken('posts'), 'welcome');
      expect(await module!.get<MqQueue>(getMqQueueToken('posts')).getJob(id)).toMatchObject({ name: 'welcome', data: DATA });
    });
  });

  it('TCP, to a microservice of Nest', async () => {
    const got: unknown[] = [];
    @Controller()
    class Receiver {
      @EventPattern('order.paid') paid(@Payload() data: unknown) { got.push(data); } // prettier-ignore
    }
    const receiving = await Test.createTestingModule({ controllers: [Receiver] }).compile();
    const options = { host: '127.0.0.1', port: 0 };
    const server = receiving.createNestMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options });
    server.useLogger(false);
    await server.listen();
    ends.push(() => server.close());
    const { port } = (server.unwrap<Server>()).address() as AddressInfo; // prettier-ignore
    await sends(client({ transport: Transport.TCP, options: { host: '127.0.0.1', port } }), 'CLIENT', 'order.paid');
    expect(await until(() => got, ({ length }) => length > 0)).toEqual([DATA]); // prettier-ignore
  });

  it.each<[string, ModuleMetadata, SenderRef, string | object, string]>([
    ['a Bull queue', { providers: [{ provide: 'QUEUE', useValue: { add() {}, getJob() {} } }] }, 'QUEUE', { cmd: 'a' }, 'its pattern is the name of a job'],
    [
      'an AmqpConnection',
      { providers: [{ provide: 'AMQP', useValue: { publish() {}, createSubscriber() {} } }] },
      'AMQP',
      { cmd: 'a' },
      'its pattern is a routing key',
    ],
    ['an HttpSender', { providers: [HttpSender] }, HttpSender, 'orders', 'its pattern is a URL'],
  ])('%s refuses a pattern that it cannot use, when the step sends', async (_, metadata, sender, pattern, problem) => {
    to = [sender, pattern];
    module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Sends, ...metadata.providers!] }).compile();
    module.useLogger(false);
    await module.init();
    const { id } = await module.get(WorkflowHarness).start(Sends);
    expect((await module.get(WorkflowService).get(id)).cause).toContain(problem);
  });

  describe('HTTP', () => {
    /** Answers with these statuses, one after the other, and the last of them from then on. */
    async function partner(...statuses: number[]): Promise<readonly [url: string, got: { request: IncomingMessage; body: string }[]]> {
      const got: { request: IncomingMessage; body: string }[] = [];
      const server = createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          got.push({ request, body: Buffer.concat(parts).toString() });
          response.writeHead(statuses.length > 1 ? statuses.shift()! : statuses[0]!).end('{}');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ends.push(() => new Promise((resolve) => server.close(resolve)));
      return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`, got];
    }

    class SignedSender extends HttpSender {
      protected override headersOf({ id }: OutboxMessage) {
        return { authorization: `Bearer ${id.length}` };
      }
    }

    it('posts JSON: the id is the idempotency key, and headers may be added', async () => {
      const [url, got] = await partner(202);
      const { id } = await sends({ providers: [SignedSender] }, SignedSender, url);
      expect(got.map(({ body }) => JSON.parse(body) as unknown)).toEqual([DATA]);
      expect(got[0]!.request).toMatchObject({ method: 'POST', url: '/orders' });
      expect(got[0]!.request.headers).toMatchObject({ 'idempotency-key': id, 'content-type': 'application/json', authorization: 'Bearer 36' });
    });

    async function unsent(...statuses: number[]): Promise<OutboxMessage[]> {
      const [url] = await partner(...statuses);
      await expect(sends({ providers: [HttpSender] }, HttpSender, url)).rejects.toThrow();
      return (await module!.get(WorkflowService).outbox.list()).items;
    }

    it.each([500, 503, 429, 408, 401, 404])('%i is tried again', async (status) => {
      expect(await unsent(status)).toMatchObject([{ attempts: 1, parked: false }]);
    });

    it.each([400, 410, 422])('%i is parked at once', async (status) => {
      expect(await unsent(status)).toMatchObject([{ attempts: 1, parked: true, error: expect.stringContaining(`answered ${status}`) as string }]);
    });

    it('a redirect is not followed', async () => {
      expect(await unsent(302)).toMatchObject([{ parked: false, attempts: 1 }]);
    });
  });
});
