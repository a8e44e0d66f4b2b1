import type { Change } from '../core/change.js';
import { isFinished } from '../core/process.js';
import type { ProcessArchive } from '../query/process-archive.js';
import type { ProcessExports } from '../query/process-export.js';
import type { DeletedOutgoing, FinishedProcess } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import type { PendingWork } from '../values/pending-work.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { DeletionShare, IsMine } from './deletion-share.js';
import { PacedBatches } from './paced-batches.js';
import type { RetentionRules } from './retention-rules.js';
import type { EngineSettings } from './settings.js';

/** How many finished processes a sweep reads at once. */
const AT_ONCE = 200;
/** A batch has so many processes, and so many audit records, but for one process that has more. */
const MOST_PROCESSES = 100;
const MOST_RECORDS = 5000;
/** So many processes are in memory at once, with all that they have. */
const EXPORTED_AT_ONCE = 20;

/** The parts that deletion needs. */
export interface DeletionParts {
  readonly store: ProcessStore;
  /** Loads of many parents are one call of the store. */
  readonly loader: BatchLoader;
  readonly writer: ProcessWriter;
  readonly activity: PendingWork;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly rules: RetentionRules;
  readonly share: DeletionShare;
  readonly exports: ProcessExports;
  readonly settings: EngineSettings;
}

/** Deletes finished processes with all their rows, when the rule of their workflow says so. There is no other way by which a rule deletes. */
export class FinishedProcesses {
  /** By workflow, the process after which the next sweep goes on. None: it begins anew. */
  private readonly places = new Map<string, FinishedProcess>();
  /** Processes whose deletion failed here right after their end. */
  private readonly left = new Map<string, FinishedProcess>();
  private readonly batches: PacedBatches;
  private stopped = false;

  constructor(private readonly parts: DeletionParts) {
    this.batches = new PacedBatches(parts);
  }

  /** Deletes a process that has just completed, if its workflow says so. What fails here, the sweep tries again. */
  committed({ process }: Change): void {
    if (process.status !== 'completed' || process.parent?.awaited || this.parts.rules.keepMs(process) !== 0) return;
    this.parts.activity.during(() => this.remove([process], 'none').catch(() => void this.left.set(process.id, process)));
  }

  /** Deletes what is due, batch by batch. */
  async sweep(): Promise<void> {
    await this.remove([...this.left.values()], 'none').catch(() => {}); // they stay here for the next time
    const isMine = this.parts.share.ofNow();
    for (const [workflow, ms] of this.parts.rules.shortest()) await this.sweepOf(workflow, ms, isMine);
  }

  /** No batch begins any more. */
  stop(): void {
    this.stopped = true;
  }

  /** Goes on from page to page while they hold what can be deleted, and else the next time: a sweep costs the same however many processes are kept. */
  private async sweepOf(workflow: string, shortestMs: number, isMine: () => Promise<IsMine>): Promise<void> {
    for (let more = true; more && !this.stopped;) {
      const found = await this.parts.store.maintenance.finishedOf(workflow, this.now() - shortestMs, AT_ONCE, this.places.get(workflow));
      const due = found.filter((process) => this.isDue(process));
      const removed = due.length > 0 ? await this.removeUnneeded(due.filter(await isMine())) : 0;
      more = found.length === AT_ONCE && removed > 0;
      if (found.length === AT_ONCE) this.places.set(workflow, found.at(-1)!);
      else this.places.delete(workflow);
    }
  }

  private isDue(process: FinishedProcess): boolean {
    const ms = this.parts.rules.keepMs(process);
    return ms !== null && process.finishedAt !== null && process.finishedAt + ms <= this.now();
  }

  /** Returns how many there were. */
  private async removeUnneeded(processes: readonly FinishedProcess[]): Promise<number> {
    const unneeded = (await Promise.all(processes.map((process) => this.unneeded(process)))).flat();
    const atOnce = unneeded.filter((process) => this.parts.rules.keepMs(process) === 0);
    await this.removeSlowly(atOnce, 'none');
    await this.removeSlowly(unneeded.filter((process) => !atOnce.includes(process)), 'parked'); // prettier-ignore
    return unneeded.length;
  }

  /** A step of the parent reads the last values of its child, so the child stays as long as its parent is live. */
  private async unneeded(process: FinishedProcess): Promise<FinishedProcess[]> {
    const { parent } = process;
    const awaiting = parent?.awaited ? await this.parts.loader.load({ id: parent.id, waits: [], messages: [], context: false }) : null;
    return awaiting && !isFinished(awaiting.process.status) ? [] : [process];
  }

  private async removeSlowly(processes: readonly FinishedProcess[], outgoing: DeletedOutgoing): Promise<void> {
    for (const batch of batchesOf(processes)) {
      if (this.stopped) return;
      await this.batches.run(() => this.remove(batch, outgoing));
    }
  }

  /** The one way out: what has changed since it was read is left for the next sweep. */
  private async remove(processes: readonly FinishedProcess[], outgoing: DeletedOutgoing): Promise<void> {
    if (processes.length === 0) return;
    await this.parts.store.maintenance.deleteFinished(await this.archived(processes), outgoing);
    for (const { id } of processes) {
      this.left.delete(id);
      this.parts.writer.forget(id);
    }
  }

  /** Those that may be deleted now. The revision is that of before they were read: what has changed since is not deleted, and archived again. */
  private async archived(processes: readonly FinishedProcess[]): Promise<readonly FinishedProcess[]> {
    const { archive } = this.parts.settings;
    if (!archive) return processes;
    const kept: FinishedProcess[] = [];
    for (let from = 0; from < processes.length; from += EXPORTED_AT_ONCE)
      kept.push(...(await this.addTo(archive, processes.slice(from, from + EXPORTED_AT_ONCE))));
    return kept;
  }

  private async addTo(archive: ProcessArchive, processes: readonly FinishedProcess[]): Promise<readonly FinishedProcess[]> {
    const states = await Promise.all(processes.map(({ id }) => this.parts.loader.load({ id, waits: [], messages: [], context: false })));
    const same = states.flatMap((loaded, i) => (loaded?.process.revision === processes[i]!.revision ? loaded.process : []));
    if (same.length > 0) await archive.add(await Promise.all(same.map((state) => this.parts.exports.of(state))));
    return same;
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}

/** The revision of a process is the number of its records. */
function batchesOf(processes: readonly FinishedProcess[]): FinishedProcess[][] {
  const batches: FinishedProcess[][] = [];
  let records = Infinity;
  for (const process of processes) {
    records += process.revision;
    if (records > MOST_RECORDS || batches.at(-1)!.length === MOST_PROCESSES) {
      batches.push([]);
      records = process.revision;
    }
    batches.at(-1)!.push(process);
  }
  return batches;
}
