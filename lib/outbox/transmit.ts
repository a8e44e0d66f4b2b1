/** How each kind of client transmits a message. Clients are known by their methods, so none of their packages is loaded here. */
import { isObservable, lastValueFrom } from 'rxjs';
import type { Json } from '../values/json.js';
import type { OutboxMessage } from './outbox-message.js';

/** Resolves when the message has left. */
export type Transmit = (message: OutboxMessage, signal: AbortSignal) => unknown;

type Client = Readonly<Record<string, unknown>>;

/** A client that transmits messages. */
export interface Transmitter {
  readonly transmit: Transmit;
  /** What is wrong with a pattern for it; null: nothing. */
  patternProblem(pattern: Json): string | null;
}

/** A kind of client, and how it transmits. */
interface ClientKind {
  readonly methods: readonly string[];
  /** Left out: any pattern. */
  patternProblem?(pattern: Json, client: any): string | null;
  transmit(client: any, message: OutboxMessage, signal: AbortSignal): unknown;
}

/** The first that fits is used. */
const KINDS: readonly ClientKind[] = [
  {
    methods: ['transmit'],
    patternProblem: (pattern, sender) => sender.patternProblem?.(pattern) ?? null,
    transmit: (sender, message, signal) => sender.transmit(message, signal),
  },
  { methods: ['emit', 'send', 'connect'], transmit: emitThrough },
  { methods: ['add', 'getJob'], patternProblem: jobProblem, transmit: (queue, { id, pattern, data }) => queue.add(pattern, data, { jobId: id }) },
  { methods: ['publish', 'createSubscriber'], patternProblem: routeProblem, transmit: publishThrough },
];

/** Null: it is no client of a known kind. */
export function transmitterOf(client: unknown): Transmitter | null {
  if (typeof client !== 'object' || client === null) return null;
  const kind = KINDS.find(({ methods }) => methods.every((name) => typeof (client as Client)[name] === 'function'));
  if (!kind) return null;
  return {
    transmit: (message, signal) => settled(kind.transmit(client, message, signal)),
    patternProblem: (pattern) => kind.patternProblem?.(pattern, client) ?? null,
  };
}

function jobProblem(pattern: Json): string | null {
  return typeof pattern === 'string' ? null : 'its pattern is the name of a job: a string';
}

function routeProblem(pattern: Json): string | null {
  const { exchange = '', routingKey } = routeIn(pattern);
  const isRoute = typeof exchange === 'string' && typeof routingKey === 'string' && (exchange !== '' || routingKey !== '');
  return isRoute ? null : 'its pattern is a routing key, or { exchange, routingKey }';
}

function settled(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

/* ---------------------------------------------------------------- ClientProxy ---- */

interface ClientProxyLike {
  emit(pattern: unknown, data: unknown): unknown;
  unwrap?(): unknown;
  readonly serializer?: object;
}

/** Nest refuses to emit nothing, so a message without data is an empty object. */
async function emitThrough(client: ClientProxyLike, message: OutboxMessage): Promise<unknown> {
  const emitted = client.emit(message.pattern, await recordOf(client, { ...message, data: message.data ?? {} }));
  if (!isObservable(emitted)) throw new Error('its emit() has returned no observable');
  const result: unknown = await lastValueFrom(emitted, { defaultValue: undefined });
  if (serializerOf(client) === 'NatsRecordSerializer') await natsHasIt(client);
  return result;
}

function serializerOf({ serializer }: ClientProxyLike): string | undefined {
  return serializer?.constructor.name;
}

/** Adds the id of the message where the transport has a place for it, and asks for a confirmation of the broker. Kafka keeps the order of messages with one key. */
async function recordOf(client: ClientProxyLike, { id, processId, data }: OutboxMessage): Promise<unknown> {
  const serializer = serializerOf(client);
  if (serializer === 'KafkaRequestSerializer') return kafkaRecord(id, processId, data);
  if (serializer === 'RmqRecordSerializer') return nestRecord(client, data, ({ RmqRecordBuilder }) => new RmqRecordBuilder(data).setOptions({ messageId: id, persistent: true })); // prettier-ignore
  if (serializer === 'MqttRecordSerializer') return nestRecord(client, data, ({ MqttRecordBuilder }) => new MqttRecordBuilder(data).setQoS(AT_LEAST_ONCE));
  return data;
}

/** A quality of service of MQTT. With less, the client has done its part when it has written to its socket. */
const AT_LEAST_ONCE = 1;

/** Data with a `value` is a Kafka message already. */
function kafkaRecord(id: string, processId: string, data: any): object {
  const given: { headers?: object } = typeof data === 'object' && data !== null && 'value' in data ? data : ({ value: data } as object);
  return { key: processId, ...given, headers: { 'message-id': id, ...given.headers } };
}

type Microservices = typeof import('@nestjs/microservices');

/** The record is known to the client by its class, so that must come from the copy of the package that the client comes from. */
async function nestRecord(client: object, data: unknown, builderOf: (microservices: Microservices) => { build(): unknown }): Promise<unknown> {
  const microservices = await import('@nestjs/microservices').catch(() => null);
  return microservices && client instanceof microservices.ClientProxy ? builderOf(microservices).build() : data;
}

/** The client of NATS only fills a buffer, and forgets it when its connection breaks. The server answers a flush when it has read all before it. */
async function natsHasIt(client: ClientProxyLike): Promise<void> {
  await (client.unwrap?.() as { flush?(): Promise<void> } | undefined)?.flush?.();
}

/* ------------------------------------------------------------- AmqpConnection ---- */

interface AmqpLike {
  publish(exchange: string, routingKey: string, data: unknown, options: object): unknown;
}

/** The pattern is a routing key of the default exchange, or names both. */
function routeIn(pattern: Json): { readonly exchange?: string; readonly routingKey?: string } {
  return typeof pattern === 'string' ? { routingKey: pattern } : (pattern as object);
}

async function publishThrough(client: AmqpLike, { id, pattern, data }: OutboxMessage): Promise<void> {
  const { exchange = '', routingKey = '' } = routeIn(pattern);
  const accepted = await client.publish(exchange, routingKey, data, { messageId: id, persistent: true });
  if (accepted === false) throw new Error('the broker has not accepted the message');
}
