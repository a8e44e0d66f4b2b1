/** How each kind of client transmits a message. Clients are known by their methods, so none of their packages is loaded here. */
import { isObservable, lastValueFrom } from 'rxjs';
import type { OutboxMessage } from './outbox-message.js';

/** Resolves when the message has left. */
export type Transmit = (message: OutboxMessage, signal: AbortSignal) => unknown;

type Client = Readonly<Record<string, unknown>>;

/** A kind of client, and how it transmits. */
interface ClientKind {
  readonly methods: readonly string[];
  transmit(client: any, message: OutboxMessage, signal: AbortSignal): unknown;
}

/** The first that fits is used. */
const KINDS: readonly ClientKind[] = [
  { methods: ['transmit'], transmit: (client, message, signal) => client.transmit(message, signal) },
  { methods: ['emit', 'send', 'connect'], transmit: emitThrough },
  { methods: ['add', 'getJob'], transmit: (queue, { id, pattern, data }) => queue.add(pattern, data, { jobId: id }) },
  { methods: ['publish', 'createSubscriber'], transmit: publishThrough },
];

/** Null: it is no client of a known kind. */
export function transmitterOf(client: unknown): Transmit | null {
  if (typeof client !== 'object' || client === null) return null;
  const kind = KINDS.find(({ methods }) => methods.every((name) => typeof (client as Client)[name] === 'function'));
  return kind ? (message, signal) => settled(kind.transmit(client, message, signal)) : null;
}

function settled(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

/* ---------------------------------------------------------------- ClientProxy ---- */

interface ClientProxyLike {
  emit(pattern: unknown, data: unknown): unknown;
  readonly serializer?: object;
}

async function emitThrough(client: ClientProxyLike, message: OutboxMessage): Promise<unknown> {
  return settled(client.emit(message.pattern, await withId(client, message)));
}

/** Adds the id of the message where the transport has a place for it. Kafka keeps the order of messages with one key. */
async function withId(client: ClientProxyLike, { id, processId, data }: OutboxMessage): Promise<unknown> {
  const serializer = client.serializer?.constructor.name;
  if (serializer === 'KafkaRequestSerializer') return kafkaRecord(id, processId, data);
  return serializer === 'RmqRecordSerializer' ? rmqRecord(client, id, data) : data;
}

/** Data with a `value` is a Kafka message already. */
function kafkaRecord(id: string, processId: string, data: any): object {
  const given: { headers?: object } = typeof data === 'object' && data !== null && 'value' in data ? data : ({ value: data } as object);
  return { key: processId, ...given, headers: { 'message-id': id, ...given.headers } };
}

/** The record is known to the client by its class, so that must come from the copy of the package that the client comes from. */
async function rmqRecord(client: ClientProxyLike, messageId: string, data: unknown): Promise<unknown> {
  const microservices = await import('@nestjs/microservices').catch(() => null);
  if (!microservices || !(client instanceof microservices.ClientProxy)) return data;
  return new microservices.RmqRecordBuilder(data).setOptions({ messageId, persistent: true }).build();
}

/* ------------------------------------------------------------- AmqpConnection ---- */

interface AmqpLike {
  publish(exchange: string, routingKey: string, data: unknown, options: object): unknown;
}

/** The pattern is a routing key of the default exchange, or names both. */
async function publishThrough(client: AmqpLike, { id, pattern, data }: OutboxMessage): Promise<void> {
  const { exchange = '', routingKey = '' } = typeof pattern === 'string' ? { routingKey: pattern } : (pattern as { exchange?: string; routingKey?: string });
  const accepted = await client.publish(exchange, routingKey, data, { messageId: id, persistent: true, mandatory: exchange === '' });
  if (accepted === false) throw new Error('the broker has not accepted the message');
}
