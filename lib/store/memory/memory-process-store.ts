import { ProcessStore } from '../process-store.js';
import { MemoryCommits } from './memory-commits.js';
import { MemoryMaintenance } from './memory-maintenance.js';
import { MemoryOutbox } from './memory-outbox.js';
import { MemoryQueries } from './memory-queries.js';
import { mayRunTasks, MemoryTables, timedIn } from './process-rows.js';
import { isTaskWait } from '../../core/wait.js';

/** Processes in memory: for tests, and the shortest description of what a store has to do. */
export class MemoryProcessStore extends ProcessStore<never> {
  private readonly tables: MemoryTables;
  override readonly commits: MemoryCommits;
  override readonly queries: MemoryQueries;
  override readonly maintenance: MemoryMaintenance;
  override readonly outbox: MemoryOutbox;

  constructor(now: () => number = Date.now) {
    super();
    this.tables = new MemoryTables(now);
    this.commits = new MemoryCommits(this.tables);
    this.queries = new MemoryQueries(this.tables);
    this.outbox = new MemoryOutbox(this.tables);
    this.maintenance = new MemoryMaintenance(this.tables);
  }

  override async open(): Promise<void> {}
  override async close(): Promise<void> {}

  /** The time at which the next timer, deadline or task is due. A test moves its clock there. */
  nextMoment(): number | null {
    const timed = this.tables.all.flatMap(timedIn).map(({ dueAt }) => dueAt);
    const open = this.tables.all.filter(({ process }) => mayRunTasks(process)).flatMap(({ waits }) => [...waits.values()]);
    const scheduled = this.tables.unreceived.flatMap(({ disposition, receivedAt }) => (disposition === 'scheduled' ? receivedAt : []));
    const times = [...timed, ...scheduled, ...this.outbox.nextMoments(), ...open.flatMap((wait) => (isTaskWait(wait) ? (wait.waitsFor.readyAt ?? []) : []))];
    return times.length === 0 ? null : Math.min(...times);
  }
}
