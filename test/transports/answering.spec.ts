import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Body, type CallHandler, type ExecutionContext, type NestInterceptor, Post, UseInterceptors } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  type ClientGrpcProxy,
  ClientProxyFactory,
  Ctx,
  EventPattern,
  GrpcMethod,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { connect as connectNats } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { lastValueFrom, map, type Observable } from 'rxjs';
import { brokerUrl, missingBroker } from '../support/brokers.js';
import { freePort, redisForTests } from '../support/redis.js';
import { type Boot, type OpenTransport, transportContract, type TransportUnderTest } from './contract.js';
import { type Calls, handlersOf, type Pattern, PATTERNS } from './parcels.js';

/* --------------------------------------------- transports of @nestjs/microservices ---- */

interface NestTransport {
  readonly name: string;
  readonly missing: string | null;
  options(): Promise<object> | object;
  /** To the topic or subject of `response.above`. */
  sendMalformed(options: any, topic: string): Promise<void>;
}

const redis = await redisForTests();
const nestTransports: readonly NestTransport[] = [
  {
    name: 'NATS',
    missing: await missingBroker('NATS'),
    options: () => ({ transport: Transport.NATS, options: { servers: [brokerUrl('NATS')] } }),
    sendMalformed: async (_options, topic) => {
      const client = await connectNats({ servers: brokerUrl('NATS') });
      client.publish(topic, '{"ref":');
      await client.drain();
    },
  },
  {
    name: 'Redis',
    missing: redis.missing,
    options: () => {
      const { hostname: host, port } = new URL(redis.url);
      return { transport: Transport.REDIS, options: { host, port: Number(port || 6379) } };
    },
    sendMalformed: async (_options, topic) => {
      const client = new Redis(redis.url);
      await client.publish(topic, '{"ref":');
      await client.quit();
    },
  },
  {
    name: 'MQTT',
    missing: await missingBroker('Mosquitto'),
    options: () => ({ transport: Transport.MQTT, options: { url: brokerUrl('Mosquitto'), subscribeOptions: { qos: 1 } } }),
    sendMalformed: async (_options, topic) => {
      const client = await connectAsync(brokerUrl('Mosquitto'));
      await client.publishAsync(topic, '{"ref":', { qos: 1 });
      await client.endAsync();
    },
  },
  {
    name: 'TCP',
    missing: null,
    options: async () => ({ transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } }),
    sendMalformed: ({ options }) =>
      new Promise((resolve) => {
        const socket = connect(options.port, '127.0.0.1', () => socket.write('7#{"ref":'));
        socket.on('error', () => {}).on('close', () => resolve());
      }),
  },
];

async function openNest(transport: NestTransport, on: (pattern: string) => unknown, calls: Calls, boot: Boot): Promise<OpenTransport> {
  const prefix = `argonaut-${randomBytes(6).toString('hex')}`;
  const options = (await transport.options()) as MicroserviceOptions;
  const Handlers = handlersOf({ on: (pattern) => on(`${prefix}.${pattern}`) as MethodDecorator, message: Payload(), context: Ctx() }, calls);
  const { app } = await boot({ controllers: [Handlers] });
  app.connectMicroservice<MicroserviceOptions>(options);
  await app.startAllMicroservices();
  await app.init();
  const client = ClientProxyFactory.create(options as never);
  await client.connect();
  const say = (pattern: Pattern, message: object) => (on === EventPattern ? client.emit : client.send).call(client, `${prefix}.${pattern}`, message);
  return {
    send: (pattern, message) => lastValueFrom(say(pattern, message), { defaultValue: undefined }),
    sendMalformed: () => transport.sendMalformed(options, `${prefix}.response.above`),
    close: async () => client.close(),
  };
}

const ANSWERS = { redelivers: false, answers: true };
const NEITHER = { redelivers: false, answers: false };

const byNest: readonly TransportUnderTest[] = nestTransports.flatMap((transport) => [
  { ...transport, name: `${transport.name}, requests`, guarantees: ANSWERS, open: (calls, boot) => openNest(transport, MessagePattern, calls, boot) },
  { ...transport, name: `${transport.name}, events`, guarantees: NEITHER, open: (calls, boot) => openNest(transport, EventPattern, calls, boot) },
]);

/* ------------------------------------------------------------------------- gRPC ---- */

const pascal = (pattern: string) => pattern.replaceAll(/(?:^|\.)([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/** The answer of a gRPC method has to be a message. */
class AsMessage implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((answer) => ({ answer: JSON.stringify(answer) })));
  }
}

async function openGrpc(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const proto = join(mkdtempSync(join(tmpdir(), 'argonaut-')), 'parcels.proto');
  const methods = PATTERNS.map((pattern) => `  rpc ${pascal(pattern)} (Parcel) returns (Reply);`).join('\n');
  writeFileSync(
    proto,
    `syntax = "proto3";\npackage parcels;\nservice Parcels {\n${methods}\n}\nmessage Parcel { string ref = 1; double weight = 2; string by = 3; string note = 4; string how = 5; }\nmessage Reply { string answer = 1; }\n`,
  );
  const options: MicroserviceOptions = { transport: Transport.GRPC, options: { url: `127.0.0.1:${await freePort()}`, package: 'parcels', protoPath: proto } };
  const Handlers = handlersOf({ on: (pattern) => GrpcMethod('Parcels', pascal(pattern)), message: Payload(), context: Ctx() }, calls);
  UseInterceptors(new AsMessage())(Handlers);
  const { app } = await boot({ controllers: [Handlers] });
  app.connectMicroservice<MicroserviceOptions>(options);
  await app.startAllMicroservices();
  await app.init();
  const client = ClientProxyFactory.create(options) as unknown as ClientGrpcProxy;
  const service = client.getService<Record<string, (message: object) => Observable<{ answer: string }>>>('Parcels');
  const call = async (pattern: Pattern, message: object) => {
    const name = pascal(pattern);
    const { answer } = await lastValueFrom(service[name[0]!.toLowerCase() + name.slice(1)]!(message));
    return JSON.parse(answer) as unknown;
  };
  return { send: call, sendMalformed: () => call('response.above', {}), close: async () => client.close() };
}

/* ---------------------------------------------------------- HTTP and the event emitter ---- */

async function openHttp(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const Handlers = handlersOf({ on: (pattern) => Post(pattern), message: Body() }, calls);
  const { app } = await boot({ controllers: [Handlers] });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const post = async (pattern: Pattern, body: string) => {
    const response = await fetch(`${url}/${pattern}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    if (!response.ok) throw new Error(`${response.status}`);
    return response.text();
  };
  return { send: (pattern, message) => post(pattern, JSON.stringify(message)), sendMalformed: () => post('response.above', '{"ref":'), close: async () => {} };
}

async function openEmitter(calls: Calls, boot: Boot): Promise<OpenTransport> {
  const Handlers = handlersOf({ on: (pattern) => OnEvent(pattern, { suppressErrors: false }) }, calls);
  const { app } = await boot({ imports: [EventEmitterModule.forRoot()], providers: [Handlers] });
  await app.init();
  const emitter = app.get(EventEmitter2);
  const emit = async (pattern: Pattern, message: unknown) => (await emitter.emitAsync(pattern, message))[0] as unknown;
  return { send: emit, sendMalformed: () => emit('response.above', undefined), close: async () => {} };
}

for (const transport of [
  ...byNest,
  { name: 'gRPC', missing: null, guarantees: ANSWERS, open: openGrpc },
  { name: 'HTTP', missing: null, guarantees: ANSWERS, open: openHttp },
  { name: '@OnEvent', missing: null, guarantees: ANSWERS, open: openEmitter },
])
  transportContract(transport);
