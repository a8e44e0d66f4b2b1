// file: jetstream.main.ts
import type { INestApplication } from '@nestjs/common';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { JetStreamStrategy } from './jetstream.strategy.js';

export async function connectJetStream(app: INestApplication, servers = 'nats://localhost:4222') {
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'loans', subjects: ['loans.*'] });
  await manager.consumers.add('loans', { durable_name: 'workflows', ack_policy: AckPolicy.Explicit });
  await connection.close();
  app.connectMicroservice({ strategy: new JetStreamStrategy({ servers, stream: 'loans', consumer: 'workflows' }) }, { inheritAppConfig: true });
}
