import type { VersionDraft } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { Announcer } from '../values/announcer.js';
import type { CommitStore } from './commit-store.js';
import type { MaintenanceStore } from './maintenance-store.js';
import type { OperatingStore } from './operating-store.js';
import type { OutboxStore } from './outbox-store.js';
import type { QueryStore } from './query-store.js';

export type * from './port.js';
export type { MarkedVersion } from './query-store.js';

/** What is done with the tables at boot: they are checked, or made where they are missing, or left alone. */
export type SchemaMode = 'check' | 'migrate' | 'off';

/**
 * A store of processes, in five parts. Every implementation passes `processStoreContract`.
 *
 * The row is the truth: what a commit has applied must survive a crash of the application and of the machine, as far as the
 * database can promise it. Times are milliseconds since 1970.
 */
export abstract class ProcessStore<Transaction = unknown> {
  /** The part that every change uses. */
  abstract readonly commits: CommitStore<Transaction>;
  /** The part that answers questions of people. */
  abstract readonly queries: QueryStore;
  /** The part for the sweep, the heartbeat and the table of definitions. */
  abstract readonly maintenance: MaintenanceStore;
  /** The part that keeps the messages that steps send. */
  abstract readonly outbox: OutboxStore;
  /** The part that keeps pauses and bulk runs. */
  abstract readonly operating: OperatingStore;
  /** Announces work to other instances. Null: they find it by their sweeps. */
  readonly announcer: Announcer | null = null;

  /** Checks or makes the tables. Throws an error that names the remedy if something is missing. */
  abstract open(schema: SchemaMode): Promise<void>;
  abstract close(): Promise<void>;
}

/** The values of a version, made from the snapshot before it and the patches since. */
export function valuesOf(versions: readonly VersionDraft[]): JsonObject {
  const values: Record<string, JsonObject[string]> = {};
  for (const { patch, removed, snapshot } of versions) {
    if (snapshot) for (const key of Object.keys(values)) delete values[key];
    Object.assign(values, snapshot ?? patch);
    for (const key of removed) delete values[key];
  }
  return values;
}
