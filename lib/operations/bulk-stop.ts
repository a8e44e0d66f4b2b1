import type { OperatingStore, StoredBulk } from '../store/operating-store.js';

/** Stops a run; one that has ended stays as it is. Undefined: there is none. */
export async function stopRun(store: OperatingStore, id: string, now: number): Promise<StoredBulk | undefined> {
  for (;;) {
    const [run] = await store.bulks({ id, limit: 1 });
    if (run?.state !== 'running') return run;
    const stopped = { ...run, state: 'stopped' as const, finishedAt: now, revision: run.revision + 1 };
    if (await store.keepBulk(stopped, run.revision)) return stopped;
  }
}
