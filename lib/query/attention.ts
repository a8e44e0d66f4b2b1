import type { TroubleCount } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { COUNTED } from '../store/store-counts.js';
import { countedUpTo, failedIn } from './counts.js';

/** Something that does not go on by itself. */
export interface AttentionItem {
  /**
   * `failed`: processes that have failed. `overdue`: steps that take too long. `refused`: answers that their step has refused.
   * `unmatched`: answers that no step has asked for. `parked`: messages that are not transmitted any more. `unknown`: live processes of a
   * version that this instance does not know, so that it leaves them alone.
   */
  readonly kind: TroubleCount['kind'] | 'failed' | 'unknown';
  readonly workflow: string | null;
  /** Only for `unknown`. */
  readonly version: number | null;
  readonly step: string | null;
  /** Only for `failed`: the error without ids and numbers. */
  readonly error: string | null;
  readonly count: number;
  /** There are more: they were not counted. */
  readonly isMore: boolean;
  /** Since when: the start of the oldest process, or the arrival of the oldest message. */
  readonly oldestAt: Date | null;
  /** The id of a process, or of a message for `refused`, `unmatched` and `parked`. */
  readonly example: string | null;
}

/** What is looked through. */
interface AttentionParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly clock: Clock;
}

/** An answer may come before its step asks, but not for long. */
const PATIENCE_MS = 3_600_000;

/** The most first. */
export async function needingAttention(parts: AttentionParts): Promise<AttentionItem[]> {
  const found = await Promise.all([failedItems(parts), troubleItems(parts), unknownItems(parts)]);
  return found.flat().sort((a, b) => b.count - a.count);
}

async function failedItems({ store }: AttentionParts): Promise<AttentionItem[]> {
  const counts = await store.queries.failureCounts(COUNTED + 1);
  return counts.map(({ workflow, value, count, oldestAt, example }) => {
    const where = { workflow, version: null, ...failedIn(value) };
    return { kind: 'failed', ...where, ...countedUpTo(count, COUNTED), oldestAt: new Date(oldestAt), example };
  });
}

async function troubleItems({ store, clock }: AttentionParts): Promise<AttentionItem[]> {
  const counts = await store.queries.troubleCounts(clock.now().getTime() - PATIENCE_MS, COUNTED + 1);
  return counts.map(({ count, oldestAt, ...of }) => ({ ...of, version: null, error: null, ...countedUpTo(count, COUNTED), oldestAt: new Date(oldestAt) }));
}

async function unknownItems({ store, registry }: AttentionParts): Promise<AttentionItem[]> {
  const unknown = await store.queries.unknownVersions(registry.known(), COUNTED + 1);
  return unknown.map(({ workflow, version, live }) => {
    const none = { step: null, error: null, oldestAt: null, example: null };
    return { kind: 'unknown', workflow, version, ...none, ...countedUpTo(live, COUNTED) };
  });
}
