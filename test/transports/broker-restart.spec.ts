/** A broker is killed while messages are under way, and started again with its data: what consumers and the outbox make of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { BullModule as BullMqModule, getQueueToken, Processor as MqProcessor, WorkerHost } from '@nestjs/bullmq';
import {
  ClientProxyFactory,
  ClientsModule,
  type ClientProvider,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { connect as connectManaged } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { firstValueFrom, retry, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { breakableBroker } from '../support/brokers.js';
import { postgres } from '../support/databases.js';
import type { BreakableServer } from '../support/servers.js';
import { type OutboxBroker, type Parting, sendAcrossRestart } from './outbox-stream.js';
import { killAndRestart, type LoadMessage, PROCESSES, runStream, STREAM_TIMEOUT_MS, type StreamBroker } from './stream.js';

const FOR_EVER = 1_000_000;
/** Consumers that have handled nothing for so long have nothing left. */
const SILENCE_MS = 3000;
/** So many for each consumer; `TEST_STREAM=10000` for a long run. */
const FEW = process.env.TEST_STREAM ? PROCESSES : 100;

/** The settings with which Nest's client and server come back after a restart. */
const settings = {
  NATS: ({ url }: BreakableServer) => ({ transport: Transport.NATS, options: { servers: [url], maxReconnectAttempts: -1, reconnectTimeWait: 200 } }),
  Redis: ({ url }: BreakableServer) => ({ transport: Transport.REDIS, options: { ...placeOf(url), retryAttempts: FOR_EVER, retryDelay: 200 } }),
  Mosquitto: ({ url }: BreakableServer) => ({ transport: Transport.MQTT, options: { url, reconnectPeriod: 200, subscribeOptions: { qos: 1 } } }),
  RabbitMQ: ({ url }: BreakableServer) => ({
    transport: Transport.RMQ,
    options: { urls: [url], queue: 'parts', queueOptions: { durable: true }, socketOptions: { reconnectTimeInSeconds: 1 } },
  }),
} as const;

function placeOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}

/* ---------------------------------------------------------------- consumers ---- */

type On = (pattern: string) => MethodDecorator;

/** Nest's transport of this name. The broker keeps nothing for it, so the sender sends a message until it is answered; or, if none answers, all of them again and again. */
function kept(server: BreakableServer, name: keyof typeof settings, on: On): StreamBroker {
  const options = () => settings[name](server) as MicroserviceOptions;
  const client = ClientProxyFactory.create(options() as never);
  let [messages, ended, sending] = [[] as readonly LoadMessage[], false, Promise.resolve()];
  let end = () => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  const ask = (message: LoadMessage) =>
    firstValueFrom(client.send<string>('load.weighed', message).pipe(timeout(5000), retry({ delay: 200, count: FOR_EVER }))).catch(() => {});
  const tell = (message: LoadMessage) => firstValueFrom(client.emit('load.weighed', message), { defaultValue: undefined }).catch(() => {});
  const sendAll = async (how: typeof ask | typeof tell) => {
    for (let i = 0; i < messages.length && !ended; i += 20) await Promise.all(messages.slice(i, i + 20).map(how));
  };
  /** Events have no answer that would slow this sender down, so it sends nothing while consumers are at work. */
  const tellAgainAndAgain = async (handled: () => number) => {
    while (!ended) {
      await sendAll(tell);
      for (let before = -1; before !== handled() && !ended; await Promise.race([pause(SILENCE_MS), over])) before = handled();
    }
  };
  return {
    spelling: { on: () => on('load.weighed'), message: Payload() },
    microservice: options,
    publish: async (all) => void (messages = all),
    begin: async (handled) => void (sending = on === MessagePattern ? sendAll(ask) : tellAgainAndAgain(handled)),
    disturb: () => killAndRestart(server),
    close: async () => {
      ended = true;
      end();
      await sending;
      await client.close();
      await server.stop();
    },
  };
}

/** A processor of BullMQ has one method, `process`. */
function bullMq(server: BreakableServer): StreamBroker {
  const connection = { ...placeOf(server.url), maxRetriesPerRequest: null };
  return {
    spelling: { on: () => () => {}, read: ({ data }: { data: LoadMessage }) => data },
    module: { imports: [BullMqModule.forRoot({ connection }), BullMqModule.registerQueue({ name: 'loads' })] },
    decorate: (loads) => {
      Object.setPrototypeOf(loads.prototype, WorkerHost.prototype);
      Object.assign(loads.prototype, { process(this: { take(job: unknown): unknown }, job: unknown) { return this.take(job); } }); // prettier-ignore
      MqProcessor('loads', { concurrency: 20, lockDuration: 2000, stalledInterval: 1000, maxStalledCount: 100 })(loads);
    },
    publish: async (messages) => {
      const queue = new Queue('loads', { connection });
      await queue.pause();
      await queue.addBulk(messages.map((data) => ({ name: 'weighed', data, opts: { attempts: 20, backoff: 500 } })));
      await queue.close();
    },
    begin: async () => {
      const queue = new Queue('loads', { connection });
      await queue.resume();
      await queue.close();
    },
    disturb: () => killAndRestart(server),
    close: () => server.stop(),
  };
}

/* ---------------------------------------------------------------- the outbox ---- */

/** Where a transport's messages go, and what notes them there: a thing that has lost nothing when it is back. */
type Receiver = (server: BreakableServer, note: (parting: Parting, id?: string) => void) => Promise<() => Promise<unknown>>;

const intoQueue: Receiver = async ({ url }, note) => {
  const connection = await connectManaged([url], { reconnectTimeInSeconds: 1 });
  const channel = connection.createChannel({
    setup: async (each: ConfirmChannel) => {
      await each.assertQueue('parts', { durable: true });
      await each.consume('parts', (message) => {
        if (!message) return; // the queue is gone
        note((JSON.parse(message.content.toString()) as { data: Parting }).data, message.properties.messageId as string);
        each.ack(message);
      });
    },
  });
  await channel.waitForConnect();
  return () => connection.close();
};

const intoStream: Receiver = async ({ url }, note) => {
  const connection = await connectNats({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'parts', subjects: ['parts'] });
  await manager.consumers.add('parts', { durable_name: 'parts', ack_policy: AckPolicy.Explicit });
  const messages = await (await jetstream(connection).consumers.get('parts', 'parts')).consume();
  void (async () => {
    for await (const message of messages) {
      note(message.json<{ data: Parting }>().data);
      message.ack();
    }
  })();
  return () => connection.close();
};

const bySession: Receiver = async ({ url }, note) => {
  const client = await connectAsync(url, { clientId: 'parts', clean: false, reconnectPeriod: 200 });
  client.on('message', (_topic, payload) => note((JSON.parse(payload.toString()) as { data: Parting }).data));
  await client.subscribeAsync('parts', { qos: 1 });
  return () => client.endAsync(true);
};

const byChannel: Receiver = async ({ url }, note) => {
  const client = new Redis(url, { retryStrategy: () => 200, maxRetriesPerRequest: null });
  client.on('error', () => {}).on('message', (_channel: string, text: string) => note((JSON.parse(text) as { data: Parting }).data));
  await client.subscribe('parts');
  return async () => client.disconnect();
};

/** Without a worker: a job that one had taken when Redis was killed comes again after those behind it. */
const byReading: Receiver = async ({ url }, note) => {
  const queue = new Queue('parts', { connection: { ...placeOf(url), retryStrategy: () => 200 } });
  queue.on('error', () => {});
  let ended = false;
  const readAll = async () => {
    while (!ended) {
      for (const { id, data } of await queue.getWaiting().catch(() => [])) note(data as Parting, id);
      await pause(100);
    }
  };
  const reading = readAll();
  return async () => {
    ended = true;
    await queue.close();
    await reading;
  };
};

const clientOf = (name: keyof typeof settings, server: BreakableServer) => [ClientsModule.register([{ name: 'PARTS', ...settings[name](server) } as ClientProvider & { name: string }])]; // prettier-ignore
const queueOf = (server: BreakableServer) => [
  BullMqModule.forRoot({ connection: { ...placeOf(server.url), retryStrategy: () => 200 } }),
  BullMqModule.registerQueue({ name: 'parts' }),
];

function outboxOf(server: BreakableServer, name: keyof typeof settings, receiver: Receiver): OutboxBroker {
  let leave = (): Promise<unknown> => Promise.resolve();
  const toQueue = receiver === byReading;
  return {
    imports: toQueue ? queueOf(server) : clientOf(name, server),
    sender: toQueue ? getQueueToken('parts') : 'PARTS',
    pattern: 'parts',
    receive: async (note) => void (leave = await receiver(server, note)),
    kill: () => server.kill(),
    start: () => server.start(),
    close: async () => {
      await leave();
      await server.stop();
    },
  };
}

const database = await postgres();
await database.drop();

describe.skipIf(database.missing !== null)(
  database.missing === null ? 'a consumer whose broker is killed' : `a consumer (left out: ${database.missing})`,
  () => {
    it.for<readonly [string, keyof typeof settings, On | null]>([
      ['NATS, requests', 'NATS', MessagePattern],
      ['NATS, events', 'NATS', EventPattern],
      ['Redis, requests', 'Redis', MessagePattern],
      ['Redis, events', 'Redis', EventPattern],
      ['MQTT, requests', 'Mosquitto', MessagePattern],
      ['MQTT, events', 'Mosquitto', EventPattern],
      ['BullMQ', 'Redis', null],
    ])(
      '%s: goes on by itself, and nothing that the sender keeps is lost, nothing is done twice',
      { timeout: STREAM_TIMEOUT_MS },
      async ([name, kind, on], { skip }) => {
        const server = await breakableBroker(kind);
        if (server === null) return skip('its programs are missing');
        const result = await runStream(on === null ? bullMq(server) : kept(server, kind, on), FEW);
        if (process.env.TEST_STREAM) console.log(name, JSON.stringify(result));
        expect(result).toMatchObject({ statuses: { completed: FEW }, dispositions: { delivered: FEW }, completions: FEW });
        // All instances hear each message: one that was stored, and comes again to all of them when its process waits, is delivered once, and all say so.
        expect(Object.keys(result.returned).filter((each) => !['delivered', 'stored', 'duplicate', 'late'].includes(each))).toEqual([]);
      },
    );
  },
);

describe.skipIf(database.missing !== null)('an outbox whose broker is killed', () => {
  it.for<readonly [string, keyof typeof settings, Receiver]>([
    ['RabbitMQ', 'RabbitMQ', intoQueue],
    ['NATS, to a stream', 'NATS', intoStream],
    ['MQTT, to a persistent session', 'Mosquitto', bySession],
    ['BullMQ', 'Redis', byReading],
  ])('%s: each message arrives, under its id, in order', { timeout: STREAM_TIMEOUT_MS }, async ([, kind, receiver], { skip }) => {
    const server = await breakableBroker(kind);
    if (server === null) return skip('its programs are missing');
    expect(await sendAcrossRestart(outboxOf(server, kind, receiver), 'all')).toEqual({ missing: [0, 0, 0], disordered: [], renamed: 0 });
  });

  it(
    "Redis's channels keep nothing for a subscriber that is away: what is sent once it is back arrives, in order",
    async ({ skip }) => {
      const server = await breakableBroker('Redis');
      if (server === null) return skip('its programs are missing');
      expect(await sendAcrossRestart(outboxOf(server, 'Redis', byChannel), 'later')).toMatchObject({
        missing: [expect.any(Number), expect.any(Number), 0],
        disordered: [],
      });
    },
    STREAM_TIMEOUT_MS,
  );
});
