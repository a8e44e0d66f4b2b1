/** An answer that goes on: server-sent events, on Express and on Fastify. */
import type { ServerResponse } from 'node:http';

/** One event. `id`: from where to go on after it. */
export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: object;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): void;
}

/** A client that reads so slowly is given up: it comes again, and goes on where it was. */
const MOST_UNREAD_BYTES = 1_000_000;

/** No cache, no proxy and no compression may hold events back. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

export class EventStream {
  private readonly raw: ServerResponse;

  /** Begins the answer. `response`: as the platform gives it. */
  constructor(response: unknown, retryMs: number) {
    this.raw = rawOf(response as FastifyReply | ServerResponse);
    const isHttp1 = this.raw.req.httpVersionMajor === 1; // a shutdown would wait for the connection until the client leaves it
    this.raw.writeHead(200, { ...STREAM_HEADERS, ...(isHttp1 && { connection: 'close' }) });
    this.write(`retry: ${retryMs}\n\n`);
  }

  send({ id, name, data }: StreamEvent): void {
    this.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Keeps the connection open where something between closes those that are silent. */
  beat(): void {
    this.write(':\n\n');
  }

  /** Called once, when the client or this side has ended it. */
  onEnd(ended: () => void): void {
    if (this.raw.destroyed || this.raw.writableEnded) ended();
    else this.raw.once('close', ended);
  }

  end(): void {
    this.raw.end();
  }

  private write(text: string): void {
    if (this.raw.destroyed || this.raw.writableEnded) return;
    this.raw.write(text);
    if (this.raw.writableLength > MOST_UNREAD_BYTES) this.raw.destroy();
  }
}

function rawOf(response: FastifyReply | ServerResponse): ServerResponse {
  if (!('raw' in response)) return response;
  response.hijack();
  return response.raw;
}
