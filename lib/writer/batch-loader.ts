import type { ProcessState } from '../core/process.js';
import { ALL } from '../core/missing-waits.js';
import type { Loaded, ProcessRequest } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import { setImmediate } from '../values/timers.js';

interface PendingLoad {
  readonly request: ProcessRequest;
  readonly resolve: (loaded: Loaded | null) => void;
  readonly reject: (error: unknown) => void;
}

/** The stored state of a process, without its waits, messages and values. */
export async function stateOf({ commits }: ProcessStore, id: string): Promise<ProcessState | undefined> {
  return (await commits.load([{ id, waits: [], messages: [], context: false }]))[0]?.process;
}

/** Gathers loads, like commits: all requests of one turn of the event loop are one call of the store. */
export class BatchLoader {
  private asking: PendingLoad[] = [];

  constructor(private readonly store: ProcessStore) {}

  load(request: ProcessRequest): Promise<Loaded | null> {
    return request.waits.includes(ALL) ? this.loadAll(request) : this.gather(request);
  }

  /** Reads the process first, so that its waits are at least as new. If they are newer, the commit is refused as stale. */
  private async loadAll(request: ProcessRequest): Promise<Loaded | null> {
    const loaded = await this.gather({ ...request, waits: [] });
    return loaded && { ...loaded, waits: await this.store.queries.waitsOf(request.id) };
  }

  /** For a decision inside a transaction. */
  async loadWithin(transaction: unknown, request: ProcessRequest): Promise<Loaded | null> {
    return request.waits.includes(ALL) ? this.loadAll(request) : this.store.commits.loadWithin(transaction, request);
  }

  private gather(request: ProcessRequest): Promise<Loaded | null> {
    return new Promise((resolve, reject) => {
      if (this.asking.push({ request, resolve, reject }) === 1) setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    const batch = this.asking;
    this.asking = [];
    try {
      const loaded = await this.store.commits.load(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, i) => resolve(loaded[i] ?? null));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      await Promise.all(batch.map((asking) => this.alone(asking))); // a row that cannot be read does not stop the others
    }
  }

  private async alone({ request, resolve, reject }: PendingLoad): Promise<void> {
    await this.store.commits.load([request]).then(([loaded]) => resolve(loaded ?? null), reject);
  }
}
