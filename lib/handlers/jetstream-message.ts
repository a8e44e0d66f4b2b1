import type { BrokerMessage, ContextMethods } from './broker-message.js';

/** What is used of a `JsMsg` of `@nats-io/jetstream`. */
interface JetStreamDelivery {
  readonly seq: number;
  readonly info: { readonly stream: string };
  ack(): void;
  nak(delayMs: number): void;
  term(): void;
}

/** A context whose `getMessage()` is a `JsMsg`. Nest's own transport for NATS has no JetStream: see docs/transports.md. */
export function jetStreamMessage(context: ContextMethods): BrokerMessage | null {
  const message = context.getMessage!() as JetStreamDelivery | undefined;
  if (typeof message?.nak !== 'function' || typeof message.term !== 'function') return null;
  const place = `JetStream ${message.info.stream}@${message.seq}`;
  return {
    place,
    id: place,
    accept: () => message.ack(),
    postpone: (delayMs) => message.nak(delayMs),
    refuse: () => message.term(), // with a reason, servers before 2.11 take it for nothing
  };
}
