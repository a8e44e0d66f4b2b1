import {
  type BulkQuery,
  OperatingStore,
  type PauseQuery,
  type StoredBulk,
  type StoredBulkItem,
  type StoredPause,
  type WorkerReport,
} from '../operating-store.js';
import type { DueWait, KnownWorkflow, WorkThere } from '../port.js';
import { addressOf } from '../../core/wait.js';
import { byStart, type MemoryTables, openWaits } from './process-rows.js';
import { isOfKnown } from './row-filters.js';

export class MemoryOperating extends OperatingStore {
  private readonly said = new Map<string, WorkerReport>();

  constructor(private readonly tables: MemoryTables) {
    super();
  }

  override async pauses(endedSince: number): Promise<readonly StoredPause[]> {
    return [...this.tables.pauses.values()].filter(({ endedAt }) => endedAt === null || endedAt >= endedSince);
  }

  override async pausesLike({ id, after = '', limit }: PauseQuery): Promise<readonly StoredPause[]> {
    const fit = [...this.tables.pauses.values()].filter((pause) => (id ?? pause.id) === pause.id && pause.id > after);
    return fit.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  override async keepPause(pause: Omit<StoredPause, 'updatedAt'>, expected: number | null): Promise<boolean> {
    const { pauses, now } = this.tables;
    const rival = [...pauses.values()].some(({ id, address, endedAt }) => id !== pause.id && address === pause.address && endedAt === null);
    if ((pauses.get(pause.id)?.revision ?? null) !== expected || (rival && pause.endedAt === null)) return false;
    pauses.set(pause.id, { ...pause, updatedAt: now() });
    return true;
  }

  override async heldAt(address: string, limit: number, workflows?: readonly KnownWorkflow[]): Promise<readonly DueWait[]> {
    const all = this.tables.all.filter(({ process }) => workflows === undefined || isOfKnown(process, workflows));
    const held = all.flatMap((rows) => openWaits(rows).filter((wait) => wait.waitsFor.kind === 'pause' && addressOf(wait) === address).map(({ token }) => ({ processId: rows.process.id, token }))); // prettier-ignore
    const oldest = held.sort((a, b) => a.token.since - b.token.since).slice(0, limit);
    return oldest.map(({ processId, token: { key, run } }) => ({ processId, key, run }));
  }

  override async bulks({ id, state, after, limit }: BulkQuery): Promise<readonly StoredBulk[]> {
    const all = [...this.tables.bulks.values()].filter((run) => (id ?? run.id) === run.id && (state ?? run.state) === run.state).sort(byStart);
    return all.filter((run) => !after || byStart(run, after) > 0).slice(0, limit);
  }

  override async keepBulk(run: Omit<StoredBulk, 'updatedAt'>, expected: number | null): Promise<boolean> {
    const { bulks, now } = this.tables;
    if ((bulks.get(run.id)?.revision ?? null) !== expected) return false;
    bulks.set(run.id, { ...run, updatedAt: now() });
    return true;
  }

  override async bulkItems(bulkId: string, page: { after?: string; ids?: readonly string[]; limit: number }): Promise<readonly StoredBulkItem[]> {
    const { after = '', ids, limit } = page;
    const its = [...this.tables.bulkItems.values()].filter((item) => item.bulkId === bulkId && item.id > after && (ids?.includes(item.id) ?? true));
    return its.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  override async putBulkItems(items: readonly StoredBulkItem[]): Promise<void> {
    for (const item of items) this.tables.bulkItems.set(`${item.bulkId} ${item.id}`, item);
  }

  override async forgetBulkItems(ids: readonly string[]): Promise<void> {
    for (const [key, { id }] of this.tables.bulkItems) if (ids.includes(id)) this.tables.bulkItems.delete(key);
  }

  override async bulksWith(ids: readonly string[]): Promise<readonly string[]> {
    return [...new Set([...this.tables.bulkItems.values()].filter(({ id }) => ids.includes(id)).map(({ bulkId }) => bulkId))];
  }

  override async endedBulks(before: number, limit: number): Promise<readonly string[]> {
    const ended = [...this.tables.bulks.values()].filter(({ finishedAt, heldUntil }) => finishedAt !== null && finishedAt <= before && heldUntil <= before);
    return ended.sort((a, b) => a.finishedAt! - b.finishedAt!).slice(0, limit).map(({ id }) => id); // prettier-ignore
  }

  override async forgetBulk(id: string, limit: number): Promise<boolean> {
    const items = await this.bulkItems(id, { limit });
    for (const item of items) this.tables.bulkItems.delete(`${id} ${item.id}`);
    if (items.length === limit) return false;
    this.tables.bulks.delete(id);
    return true;
  }

  override async forgetPauses(endedBefore: number, limit: number): Promise<number> {
    const ended = [...this.tables.pauses.values()].filter(({ endedAt }) => endedAt !== null && endedAt <= endedBefore).slice(0, limit);
    for (const { id } of ended) this.tables.pauses.delete(id);
    return ended.length;
  }

  override async bulkCounts(bulkId: string): Promise<ReadonlyMap<StoredBulkItem['outcome'], number>> {
    const counts = new Map<StoredBulkItem['outcome'], number>();
    for (const item of this.tables.bulkItems.values()) if (item.bulkId === bulkId) counts.set(item.outcome, (counts.get(item.outcome) ?? 0) + 1);
    return counts;
  }

  override async putReport(worker: string, report: WorkerReport): Promise<void> {
    this.said.set(worker, report);
  }

  override async reports(): Promise<ReadonlyMap<string, WorkerReport>> {
    return this.said;
  }
}

/** What a sweep is told of pauses and bulk runs. */
export function operatingIn({ pauses, bulks }: MemoryTables): Pick<WorkThere, 'pausedAt' | 'bulk'> {
  return {
    pausedAt: Math.max(0, ...[...pauses.values()].map(({ updatedAt }) => updatedAt)),
    bulk: [...bulks.values()].some(({ state }) => state === 'running'),
  };
}
