import type { Loaded, ProcessStore, Want } from '../store/process-store.js';

interface Asking {
  readonly want: Want;
  readonly resolve: (loaded: Loaded | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Loads are gathered like commits: all that is wanted in one turn is one question to the store. */
export class Loader {
  private asking: Asking[] = [];

  constructor(private readonly store: ProcessStore) {}

  load(want: Want): Promise<Loaded | null> {
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

  private async alone({ want, resolve, reject }: Asking): Promise<void> {
    await this.store.load([want]).then(([loaded]) => resolve(loaded ?? null), reject);
  }
}
