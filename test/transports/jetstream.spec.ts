import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UseInterceptors } from '@nestjs/common';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Ctx, EventPattern, type MicroserviceOptions, Payload } from '@nestjs/microservices';
import { WorkflowAckInterceptor } from 'nestjs-argonaut';
import { madeFrom } from '../docs/made.js';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { type Boot, MOST_DELIVERIES, type OpenTransport, transportContract } from './contract.js';
import { type Calls, handlersOf } from './parcels.js';

const { JetStreamStrategy } = (await import(join(madeFrom('docs/transports.md'), 'jetstream.strategy.ts'))) as {
  JetStreamStrategy: new (options: object) => object;
};
const url = brokerUrl('NATS');

transportContract({
  name: 'NATS JetStream',
  missing: await missingBroker('NATS'),
  guarantees: { redelivers: true, waits: true, answers: false },
  open: openJetStream,
});

async function openJetStream(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const name = `argonaut-${randomBytes(6).toString('hex')}`;
  const [stream, dead] = [name, `${name}-dead`];
  const connection = await connect({ servers: url });
  const [manager, publisher] = [await jetstreamManager(connection), jetstream(connection)];
  await manager.streams.add({ name: stream, subjects: ['start.*', 'response.*', 'event.*', 'input.*'].map((each) => `${name}.${each}`) });
  await manager.streams.add({ name: dead, subjects: [dead] });
  await manager.consumers.add(stream, { durable_name: 'parcels', ack_policy: AckPolicy.Explicit });
  const onRefused = ({ payload }: { payload: unknown }) => publisher.publish(dead, JSON.stringify(payload));
  const acknowledging = UseInterceptors(new WorkflowAckInterceptor({ maxDeliveries: MOST_DELIVERIES, delay: 20, maxDelay: 200, onRefused }));
  const Handlers = handlersOf({ on: (pattern) => EventPattern(`${name}.${pattern}`) as MethodDecorator, message: Payload(), context: Ctx() }, calls);
  acknowledging(Handlers);
  const { app } = await boot({ controllers: [Handlers] });
  app.connectMicroservice<MicroserviceOptions>({ strategy: new JetStreamStrategy({ servers: url, stream, consumer: 'parcels' }) as never });
  await app.startAllMicroservices();
  await app.init();
  return {
    send: (pattern, message) => publisher.publish(`${name}.${pattern}`, JSON.stringify(message)),
    sendMalformed: () => publisher.publish(`${name}.response.above`, '{"ref":'),
    kept: async () => {
      const { num_pending, num_ack_pending } = await manager.consumers.info(stream, 'parcels');
      return num_pending + num_ack_pending;
    },
    refused: async () => (await manager.streams.info(dead)).state.messages,
    close: async () => {
      for (const each of [stream, dead]) await manager.streams.delete(each);
      await connection.close();
    },
  };
}
