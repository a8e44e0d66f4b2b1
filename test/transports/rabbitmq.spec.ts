import { randomBytes } from 'node:crypto';
import { Logger, UseInterceptors } from '@nestjs/common';
import { ClientProxyFactory, Ctx, EventPattern, MessagePattern, type MicroserviceOptions, Payload, type RmqOptions, Transport } from '@nestjs/microservices';
import amqp from 'amqplib';
import { WorkflowAckInterceptor } from 'nestjs-argonaut';
import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { until } from '../support/app.js';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { type Boot, MOST_DELIVERIES, type OpenTransport, transportContract } from './contract.js';
import { Calls, handlersOf, openParcels, type ParcelApp, type Spelling } from './parcels.js';

const url = brokerUrl('RabbitMQ');
const missing = await missingBroker('RabbitMQ');
const acknowledging = UseInterceptors(new WorkflowAckInterceptor({ maxDeliveries: MOST_DELIVERIES, delay: 20, maxDelay: 200 }));

type Settings = NonNullable<RmqOptions['options']>;

async function openRabbit(spelling: Spelling, settings: Settings, calls: Calls, boot: Boot, acknowledges = settings.noAck === false): Promise<OpenTransport> {
  const [queue, dead] = [0, 1].map(() => `argonaut-${randomBytes(6).toString('hex')}`) as [string, string];
  const Handlers = handlersOf({ ...spelling, message: Payload(), context: Ctx() }, calls);
  if (acknowledges) acknowledging(Handlers);
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(dead);
  const queueOptions = { durable: true, deadLetterExchange: '', deadLetterRoutingKey: dead, ...settings.queueOptions };
  const options: Settings = { urls: [url], queue, ...settings, queueOptions };
  const { app } = await boot({ controllers: [Handlers] });
  app.connectMicroservice<MicroserviceOptions>({ transport: Transport.RMQ, options });
  await app.startAllMicroservices();
  await app.init();
  const client = ClientProxyFactory.create({ transport: Transport.RMQ, options: { urls: [url], queue, queueOptions, persistent: true } });
  const isEvent = spelling.on === EventPattern;
  return {
    send: (pattern, message) =>
      lastValueFrom(isEvent ? client.emit<unknown>(pattern, message) : client.send<unknown>(pattern, message), { defaultValue: undefined }),
    sendMalformed: async () => {
      channel.sendToQueue(queue, Buffer.from('{"pattern": "response.above", "data":'));
      channel.sendToQueue(queue, Buffer.from('{"pattern": "response.above", "data": null}'));
      return 2;
    },
    kept: async () => (await channel.checkQueue(queue)).messageCount,
    refused: async () => (await channel.checkQueue(dead)).messageCount,
    close: async () => {
      await client.close();
      for (const each of [queue, dead]) await channel.deleteQueue(each);
      await connection.close();
    },
  };
}

const durable: Settings = { noAck: false, prefetchCount: 1 };

transportContract({
  name: 'RabbitMQ, events',
  missing,
  guarantees: { redelivers: true, waits: true, answers: false },
  open: (calls, boot) => openRabbit({ on: EventPattern }, durable, calls, boot),
});

transportContract({
  name: 'RabbitMQ, events of a quorum queue',
  missing,
  guarantees: { redelivers: true, waits: true, answers: false },
  open: (calls, boot) => openRabbit({ on: EventPattern }, { ...durable, queueOptions: { arguments: { 'x-queue-type': 'quorum' } } }, calls, boot),
});

transportContract({
  name: 'RabbitMQ, requests',
  missing,
  guarantees: { redelivers: false, answers: true },
  open: (calls, boot) => openRabbit({ on: MessagePattern }, { ...durable, prefetchCount: 20 }, calls, boot),
});

transportContract({
  name: 'RabbitMQ, events as Nest sets them up (noAck: true)',
  missing,
  guarantees: { redelivers: false, answers: false },
  open: (calls, boot) => openRabbit({ on: EventPattern }, {}, calls, boot),
});

it.skipIf(missing !== null)('an acknowledgement under noAck: true closes the channel, and the log says what to set', async () => {
  const heard: string[] = [];
  let parcels!: ParcelApp;
  const line = await openRabbit({ on: EventPattern }, {}, new Calls(), async (parts) => (parcels = await openParcels(parts)), true);
  Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (message: unknown) => void heard.push(String(message)) });
  await line.send('response.above', { ref: 'any', weight: 1 });
  await until(() => heard, (all) => all.some((each) => each.includes('Set noAck: false in the options of the transport'))); // prettier-ignore
  expect(await parcels.heard('any')).toEqual(['stored']);
  Logger.overrideLogger(false);
  await parcels.app.close();
  await line.close();
});
