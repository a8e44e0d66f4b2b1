import { signal } from '@preact/signals';
import { apiUrl } from '../api/client.js';
import { EventParser, type StreamEvent } from './event-stream.js';

export type LiveState = 'live' | 'polling' | 'paused';

/** How the page learns of changes now. */
export const liveState = signal<LiveState>('polling');

const POLL_MS = 5000;
/** Without a process the stream tells of what this instance does, and of starts: the rest is asked for. */
const LIST_POLL_MS = 15_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Tells when something has changed: by a stream that goes on from where it was cut, else every five seconds. While the tab is hidden
 * it is silent; when it is shown again, it tells once at once.
 */
export class Feed {
  private control: AbortController | null = null;
  private cursor: string | null = null;
  /** As the server has said last. */
  private firstPauseMs = 1000;
  private pauseMs = 1000;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly poll: ReturnType<typeof setInterval>;
  private isOpen = false;
  private askedAt = Date.now();

  constructor(
    private readonly processId: string | null,
    private readonly changed: () => void,
  ) {
    this.poll = setInterval(() => this.ask(), POLL_MS);
    document.addEventListener('visibilitychange', this.turned);
    this.turned();
  }

  private ask(): void {
    const isDue = !this.isOpen || (this.processId === null && Date.now() - this.askedAt >= LIST_POLL_MS);
    if (!isDue || document.hidden) return;
    this.askedAt = Date.now();
    this.changed();
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.turned);
    clearInterval(this.poll);
    this.cut();
  }

  private readonly turned = (): void => {
    if (document.hidden) return this.cut('paused');
    const wasHidden = liveState.value === 'paused';
    liveState.value = 'polling';
    void this.listen();
    if (wasHidden) this.changed();
  };

  private cut(state: LiveState = 'polling'): void {
    clearTimeout(this.retry);
    this.control?.abort();
    this.control = null;
    this.isOpen = false;
    liveState.value = state;
  }

  private async listen(): Promise<void> {
    this.cut();
    const control = (this.control = new AbortController());
    try {
      await this.read(control.signal);
    } catch {
      // it is tried again, and the page asks by itself until then
    }
    if (this.control !== control) return;
    this.isOpen = false;
    liveState.value = 'polling';
    this.retry = setTimeout(() => void this.listen(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const headers = { accept: 'text/event-stream', ...(this.cursor !== null && { 'last-event-id': this.cursor }) };
    const answer = await fetch(apiUrl('live', { process: this.processId }), { headers, signal, credentials: 'same-origin' });
    if (!answer.ok || !answer.body || !answer.headers.get('content-type')?.startsWith('text/event-stream')) throw new Error('no stream');
    this.isOpen = true;
    liveState.value = 'live';
    const parser = new EventParser();
    for await (const text of textsOf(answer.body)) for (const event of parser.take(text)) this.heard(event);
  }

  private heard({ event, data, id, retryMs }: StreamEvent): void {
    this.cursor = id ?? this.cursor;
    this.firstPauseMs = retryMs ?? this.firstPauseMs;
    this.pauseMs = this.firstPauseMs;
    if (event === 'changed' || (event === 'ready' && missedSome(data))) this.changed();
  }
}

/** The server could not tell all that has happened since the cursor. */
function missedSome(data: string): boolean {
  return data.includes('"complete":false') || data.includes('"complete": false');
}

/** Not every browser can iterate a stream. */
async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield decoder.decode(read.value, { stream: true });
}
