import type { BatchLoader } from './batch-loader.js';
import { snapshotOf, type Standing } from './decide.js';
import type { ProcessCache } from './process-cache.js';

/** A process as read for a round. */
export interface Read extends Standing {
  /** From memory: others may have changed it since. */
  readonly remembered: boolean;
  /** So many changes had been made elsewhere when it was read. */
  readonly changes: number;
}

/** From memory, and at once, while this worker has the newest state and the event is about nothing parked; else from the store. */
export function readFor(seat: ProcessCache, waits: readonly string[], messages: readonly string[], loader: BatchLoader): Promise<Read | null> | Read {
  const { known, changes } = seat;
  if (!known || waits.length + messages.length > 0) return readStored(seat, [...new Set(waits)], [...new Set(messages)], loader);
  return { process: known.process, context: known.context, waits: NONE, asked: NOTHING, messages: NONE, remembered: true, changes };
}

async function readStored(seat: ProcessCache, waits: readonly string[], messages: readonly string[], loader: BatchLoader): Promise<Read | null> {
  const { known, changes } = seat;
  const loaded = await loader.load({ id: seat.id, waits, messages, context: known === null });
  if (!known || loaded?.process.revision === known.process.revision) return loaded && { ...snapshotOf(loaded, waits), ...known, remembered: false, changes };
  seat.known = null; // somebody else has changed it
  return readStored(seat, waits, messages, loader);
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();
const NOTHING: ReadonlySet<string> = new Set<string>();
