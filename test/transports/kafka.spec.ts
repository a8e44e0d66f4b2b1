import { randomBytes } from 'node:crypto';
import { UseInterceptors } from '@nestjs/common';
import { Ctx, EventPattern, type KafkaContext, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { Kafka, logLevel } from 'kafkajs';
import { type RefusedMessage, WorkflowAckInterceptor } from 'nestjs-argonaut';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { type Boot, MOST_DELIVERIES, type OpenTransport, transportContract } from './contract.js';
import { type Calls, handlersOf, PATTERNS } from './parcels.js';

const brokers = brokerUrl('Kafka').split(',');

transportContract({ name: 'Kafka', missing: await missingBroker('Kafka'), guarantees: { redelivers: true, waits: true, answers: false }, open: openKafka });

async function openKafka(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const name = `argonaut-${randomBytes(6).toString('hex')}`;
  const [dead, groupId] = [`${name}.dead`, name];
  const topics = PATTERNS.map((pattern) => `${name}.${pattern}`);
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const [admin, producer] = [client.admin(), client.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  for (const topic of [...topics, dead]) await producer.send({ topic, messages: [] }).catch(() => {});
  const onRefused = ({ context, payload, error }: RefusedMessage) =>
    (context as KafkaContext).getProducer().send({ topic: dead, messages: [{ value: JSON.stringify(payload ?? null), headers: { error: String(error) } }] });
  const acknowledging = UseInterceptors(new WorkflowAckInterceptor({ maxDeliveries: MOST_DELIVERIES, delay: 20, maxDelay: 200, onRefused }));
  const Handlers = handlersOf({ on: (pattern) => EventPattern(`${name}.${pattern}`) as MethodDecorator, message: Payload(), context: Ctx() }, calls);
  acknowledging(Handlers);
  const { app } = await boot({ controllers: [Handlers] });
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.KAFKA,
    options: {
      client: { brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 200 } },
      consumer: { groupId, maxWaitTimeInMs: 50, sessionTimeout: 6000, heartbeatInterval: 1000 }, // it joins again after so long
      run: { autoCommit: false },
      subscribe: { fromBeginning: true },
    },
  });
  await app.startAllMicroservices();
  await app.init();
  return {
    send: (pattern, message) => producer.send({ topic: `${name}.${pattern}`, messages: [{ key: message.ref, value: JSON.stringify(message) }] }),
    sendMalformed: () =>
      producer.send({
        topic: `${name}.response.above`,
        messages: [
          { key: 'any', value: '{"ref":' },
          { key: 'any', value: null },
        ],
      }),
    kept: async () => {
      const committed = await admin.fetchOffsets({ groupId: `${groupId}-server`, topics });
      const ends = await Promise.all(topics.map((topic) => sum(admin.fetchTopicOffsets(topic))));
      const done = committed.flatMap(({ partitions }) => partitions.map(({ offset }) => Math.max(Number(offset), 0)));
      return ends.reduce((all, each) => all + each, 0) - done.reduce((all, each) => all + each, 0);
    },
    refused: () => sum(admin.fetchTopicOffsets(dead)),
    close: async () => {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

async function sum(offsets: Promise<{ offset: string }[]>): Promise<number> {
  return (await offsets).reduce((all, { offset }) => all + Number(offset), 0);
}
