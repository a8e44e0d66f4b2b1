import type { ProcessState } from '../core/process.js';
import { ALL } from '../core/missing-waits.js';
import type { Loaded, ProcessRequest } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';

interface PendingLoad {
  readonly request: ProcessRequest;
  readonly resolve: (loaded: Loaded | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A process as it stands, without what belongs to it. */
export async function stateOf({ commits }: ProcessStore, id: string): Promise<ProcessState | undefined> {
  return (await commits.load([{ id, waits: [], messages: [], context: false }]))[0]?.process;
}

/** Loads are gathered like commits: all that is wanted in one turn of the event loop is one question to the store. */
export class BatchLoader {
  private asking: PendingLoad[] = [];

  constructor(private readonly store: ProcessStore) {}

  load(request: ProcessRequest): Promise<Loaded | null> {
    return request.waits.includes(ALL) ? this.loadAll(request) : this.gather(request);
  }

  /** The process first: what is read of its waits is at least as new, and the commit tells if it is newer. */
  private async loadAll(request: ProcessRequest): Promise<Loaded | null> {
    const loaded = await this.gather({ ...request, waits: [] });
    return loaded && { ...loaded, waits: await this.store.queries.waitsOf(request.id) };
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
      await Promise.all(batch.map((asking) => this.alone(asking))); // one row that cannot be read stops nobody else
    }
  }

  private async alone({ request, resolve, reject }: PendingLoad): Promise<void> {
    await this.store.commits.load([request]).then(([loaded]) => resolve(loaded ?? null), reject);
  }
}
