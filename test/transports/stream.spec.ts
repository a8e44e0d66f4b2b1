import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BullModule, Process, Processor } from '@nestjs/bull';
import { EventPattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import amqp from 'amqplib';
import Bull from 'bull';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { madeFrom } from '../docs/made.js';
import { breakableBroker, brokerUrl, missingBroker } from '../support/brokers.js';
import { postgres } from '../support/databases.js';
import { killAndRestart, type LoadMessage, PROCESSES, runStream, STREAM_TIMEOUT_MS, type StreamBroker } from './stream.js';

const made = madeFrom('docs/transports.md');
const event = () => EventPattern('load.weighed') as MethodDecorator;

async function rabbit(): Promise<StreamBroker | null> {
  const server = await breakableBroker('RabbitMQ');
  if (!server) return null;
  const queue = 'loads';
  return {
    spelling: { on: event, message: Payload() },
    microservice: () => ({
      transport: Transport.RMQ,
      options: { urls: [server.url], queue, queueOptions: { durable: true }, noAck: false, prefetchCount: 50, socketOptions: { reconnectTimeInSeconds: 1 } },
    }),
    publish: async (messages) => {
      const connection = await amqp.connect(server.url);
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue(queue, { durable: true });
      for (const data of messages) channel.sendToQueue(queue, Buffer.from(JSON.stringify({ pattern: 'load.weighed', data })), { persistent: true });
      await channel.waitForConfirms();
      await connection.close();
    },
    disturb: () => killAndRestart(server),
    close: () => server.stop(),
  };
}

async function jetStream(): Promise<StreamBroker | null> {
  const server = await breakableBroker('NATS');
  if (!server) return null;
  const { JetStreamStrategy } = (await import(join(made, 'jetstream.strategy.ts'))) as {
    JetStreamStrategy: new (options: object) => any;
  };
  return {
    spelling: { on: event, message: Payload() },
    microservice: () =>
      ({ strategy: new JetStreamStrategy({ servers: server.url, stream: 'loads', consumer: 'loads', maxMessages: 50 }) }) as MicroserviceOptions,
    publish: async (messages) => {
      const connection = await connect({ servers: server.url });
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: 'loads', subjects: ['load.*'] });
      await manager.consumers.add('loads', { durable_name: 'loads', ack_policy: AckPolicy.Explicit, ack_wait: 15_000_000_000, max_ack_pending: 500 });
      const publisher = jetstream(connection);
      for (let i = 0; i < messages.length; i += 500)
        await Promise.all(messages.slice(i, i + 500).map((message) => publisher.publish('load.weighed', JSON.stringify(message))));
      await connection.close();
    },
    disturb: () => killAndRestart(server),
    close: () => server.stop(),
  };
}

async function kafka(): Promise<StreamBroker | null> {
  if ((await missingBroker('Kafka')) !== null) return null;
  const brokers = brokerUrl('Kafka').split(',');
  const topic = `argonaut-${randomBytes(6).toString('hex')}`;
  return {
    spelling: { on: () => EventPattern(topic) as MethodDecorator, message: Payload() },
    microservice: () => ({
      transport: Transport.KAFKA,
      options: {
        client: { brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, maxRetryTime: 1000 } },
        consumer: { groupId: topic, maxWaitTimeInMs: 50, heartbeatInterval: 500, sessionTimeout: 6000, rebalanceTimeout: 4000 },
        run: { autoCommit: false, partitionsConsumedConcurrently: 4 },
        subscribe: { fromBeginning: true },
      },
    }),
    publish: async (messages) => {
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      await producer.send({ topic, messages: messages.map((message) => ({ key: message.ref, value: JSON.stringify(message) })) });
      await producer.disconnect();
    },
    close: async () => {},
  };
}

async function bull(): Promise<StreamBroker | null> {
  const server = await breakableBroker('Redis');
  if (!server) return null;
  const settings = { lockDuration: 2000, stalledInterval: 1000, maxStalledCount: 100 };
  return {
    spelling: { on: () => Process({ name: 'weighed', concurrency: 20 }), read: (job: { data: LoadMessage }) => job.data },
    module: { imports: [BullModule.forRoot({ url: server.url, settings }), BullModule.registerQueue({ name: 'loads' })] },
    decorate: Processor('loads'),
    publish: async (messages) => {
      const queue = new Bull('loads', server.url);
      await queue.pause();
      for (let i = 0; i < messages.length; i += 500)
        await queue.addBulk(messages.slice(i, i + 500).map((data) => ({ name: 'weighed', data, opts: { attempts: 20, backoff: 500 } })));
      await queue.close();
    },
    begin: async () => {
      const queue = new Bull('loads', server.url);
      await queue.resume();
      await queue.close();
    },
    disturb: () => killAndRestart(server),
    close: () => server.stop(),
  };
}

const database = await postgres();
await database.drop();

/** Messages shuffled, a tenth doubled, a tenth early; the broker is killed in their midst and started again; three instances. */
describe.skipIf(database.missing !== null)(database.missing === null ? 'a stream of messages' : `a stream (left out: ${database.missing})`, () => {
  const streams = [
    ['RabbitMQ', rabbit],
    ['NATS JetStream', jetStream],
    ['Kafka', kafka],
    ['Bull', bull],
  ] as const;
  for (const [name, open] of streams)
    it(
      `${name}: nothing is lost, nothing is done twice`,
      async ({ skip }) => {
        const broker = await open();
        if (broker === null && process.env.CI) throw new Error(`${name}: it is missing`);
        if (broker === null) return skip('its programs are missing');
        const result = await runStream(broker);
        if (process.env.TEST_STREAM) console.log(name, JSON.stringify(result));
        expect(result).toMatchObject({ statuses: { completed: PROCESSES }, dispositions: { delivered: PROCESSES }, completions: PROCESSES });
        const { delivered = 0, stored = 0, duplicate = 0, late = 0 } = result.returned;
        expect(Object.keys(result.returned).filter((each) => !['delivered', 'stored', 'duplicate', 'late'].includes(each))).toEqual([]);
        // A message that was stored, and comes again when its process waits, is brought there by whichever comes first.
        expect(delivered).toBeLessThanOrEqual(PROCESSES);
        expect(delivered + stored + duplicate + late).toBeGreaterThanOrEqual((PROCESSES * 11) / 10);
      },
      STREAM_TIMEOUT_MS,
    );
});
