import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerMessage, ContextMethods } from './broker-message.js';

/** What is used of a consumer of `kafkajs`. */
interface KafkaConsumer {
  commitOffsets(offsets: { topic: string; partition: number; offset: string }[]): Promise<void>;
}

/** A consumer that is silent for longer counts as dead (`sessionTimeout`, 30 s by default). */
const HEARTBEAT_MS = 1000;

/**
 * Kafka keeps one number for each partition: the offset up to which all is done. Nothing is committed for a message that comes again;
 * its error reaches the client, which reads on from that message.
 */
export function kafkaMessage(context: ContextMethods): BrokerMessage | null {
  if (typeof context.getConsumer !== 'function' || typeof context.getPartition !== 'function') return null;
  const consumer = context.getConsumer() as KafkaConsumer;
  const [topic, partition] = [context.getTopic!() as string, context.getPartition() as number];
  const { offset } = context.getMessage!() as { offset: string };
  const place = `Kafka ${topic}[${partition}]@${offset}`;
  const pass = () => consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
  const heartbeat = context.getHeartbeat!() as () => Promise<void>;
  return { place, id: place, accept: pass, postpone: (delayMs) => stayAlive(delayMs, heartbeat), refuse: pass };
}

/** Ends early when the group is dealt anew: its error says so, and the partition may be another consumer's by now. */
async function stayAlive(delayMs: number, heartbeat: () => Promise<void>): Promise<void> {
  for (let left = delayMs; left > 0; left -= HEARTBEAT_MS) {
    await pause(Math.min(left, HEARTBEAT_MS));
    await heartbeat();
  }
}
