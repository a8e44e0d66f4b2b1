import type { VersionDraft } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { CommitStore } from './commit-store.js';
import type { MaintenanceStore } from './maintenance-store.js';
import type { QueryStore } from './query-store.js';

export type * from './port.js';
export type { MarkedVersion } from './query-store.js';

/**
 * Where processes live, in three parts. Every implementation passes `processStoreContract`.
 *
 * The row is the truth: what a commit has applied must survive the death of the process and of the machine, as far as the database
 * can promise it. Times are milliseconds since 1970.
 */
export abstract class ProcessStore<Transaction = unknown> {
  /** What every change depends on. */
  abstract readonly commits: CommitStore<Transaction>;
  /** What people ask. */
  abstract readonly queries: QueryStore;
  /** What the sweep, the heartbeat and the table of definitions need. */
  abstract readonly maintenance: MaintenanceStore;

  /** Checks or makes what it needs. Throws, naming the remedy, if something is missing. */
  abstract open(schema: 'check' | 'migrate' | 'off'): Promise<void>;
  abstract close(): Promise<void>;
}

/** The values of a version, from the snapshot before it and the patches since. */
export function valuesOf(versions: readonly VersionDraft[]): JsonObject {
  const values: Record<string, JsonObject[string]> = {};
  for (const { patch, removed, snapshot } of versions) {
    if (snapshot) for (const key of Object.keys(values)) delete values[key];
    Object.assign(values, snapshot ?? patch);
    for (const key of removed) delete values[key];
  }
  return values;
}
