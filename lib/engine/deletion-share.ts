import { createHash } from 'node:crypto';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import type { EngineSettings } from './settings.js';

/** Whether this worker deletes the process. */
export type IsMine = (process: { readonly id: string }) => boolean;

/** After that the shares go round, so that what one worker cannot delete another one does: not all know all workflows. */
const ROUND_MS = 60_000;
/** A worker that was heard of within so many heartbeats has a share. */
const BEATS = 3;

interface ShareParts {
  readonly worker: string;
  readonly store: ProcessStore;
  readonly clock: Clock;
  readonly settings: EngineSettings;
}

/**
 * Divides the finished processes among the workers, so that no two delete, or archive, the same ones at the same time. Workers that see
 * different workers for a moment do some work twice, which is harmless.
 */
export class DeletionShare {
  constructor(private readonly parts: ShareParts) {}

  /** The share of this worker; it asks for the workers once, and only when it is called. */
  ofNow(): () => Promise<IsMine> {
    let known: Promise<IsMine> | undefined;
    return () => (known ??= this.share());
  }

  private async share(): Promise<IsMine> {
    const now = this.parts.clock.now().getTime();
    const all = await this.parts.store.maintenance.workers();
    const alive = all.filter(({ seenAt }) => seenAt > now - BEATS * this.parts.settings.heartbeatMs).map(({ id }) => id);
    const place = alive.indexOf(this.parts.worker);
    if (place < 0) return () => true;
    return ({ id }) => (numberOf(id) + Math.floor(now / ROUND_MS)) % alive.length === place;
  }
}

function numberOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE();
}
