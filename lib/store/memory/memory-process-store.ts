import { ProcessStore } from '../process-store.js';
import { MemoryCommits } from './memory-commits.js';
import { MemoryMaintenance } from './memory-maintenance.js';
import { MemoryOperating } from './memory-operating.js';
import { MemoryOutbox } from './memory-outbox.js';
import { MemoryQueries } from './memory-queries.js';
import { MemoryTables } from './process-rows.js';

/** Processes in memory: for tests, and the shortest description of what a store has to do. */
export class MemoryProcessStore extends ProcessStore<never> {
  override readonly commits: MemoryCommits;
  override readonly queries: MemoryQueries;
  override readonly maintenance: MemoryMaintenance;
  override readonly outbox: MemoryOutbox;
  override readonly operating: MemoryOperating;

  constructor(now: () => number = Date.now) {
    super();
    const tables = new MemoryTables(now);
    this.commits = new MemoryCommits(tables);
    this.queries = new MemoryQueries(tables);
    this.outbox = new MemoryOutbox(tables);
    this.operating = new MemoryOperating(tables);
    this.maintenance = new MemoryMaintenance(tables);
  }

  override async open(): Promise<void> {}
  override async close(): Promise<void> {}
}
