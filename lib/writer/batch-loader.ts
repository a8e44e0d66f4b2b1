import type { ProcessState } from '../core/process.js';
import { ALL } from '../core/tokens.js';
import type { Loaded, Want } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';

interface PendingLoad {
  readonly want: Want;
  readonly resolve: (loaded: Loaded | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A process as it stands, without what belongs to it. */
export async function stateOf(store: ProcessStore, id: string): Promise<ProcessState | undefined> {
  return (await store.load([{ id, waits: [], messages: [], context: false }]))[0]?.process;
}

/** Loads are gathered like commits: all that is wanted in one turn is one question to the store. */
export class BatchLoader {
  private asking: PendingLoad[] = [];

  constructor(private readonly store: ProcessStore) {}

  load(want: Want): Promise<Loaded | null> {
    return want.waits.includes(ALL) ? this.everything(want) : this.gather(want);
  }

  /** The process first: what is read of its waits is at least as new, and the commit tells if it is newer. */
  private async everything(want: Want): Promise<Loaded | null> {
    const loaded = await this.gather({ ...want, waits: [] });
    return loaded && { ...loaded, waits: await this.store.waitsOf(want.id) };
  }

  private gather(want: Want): Promise<Loaded | null> {
    return new Promise((resolve, reject) => {
      if (this.asking.push({ want, resolve, reject }) === 1) setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    const batch = this.asking;
    this.asking = [];
    try {
      const loaded = await this.store.load(batch.map(({ want }) => want));
      batch.forEach(({ resolve }, i) => resolve(loaded[i] ?? null));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      await Promise.all(batch.map((asking) => this.alone(asking))); // one row that cannot be read stops nobody else
    }
  }

  private async alone({ want, resolve, reject }: PendingLoad): Promise<void> {
    await this.store.load([want]).then(([loaded]) => resolve(loaded ?? null), reject);
  }
}
