import { Logger } from '@nestjs/common';
import type { ProcessStore } from '../store/process-store.js';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { Told } from '../writer/process-cache.js';
import { placeOf, type TaskRunner } from '../execution/task-runner.js';

const MOST_HELD = 10_000;

/** Who holds what: takes over from workers that are gone, and sets right what the rows say of this one. */
export class WorkerRecovery {
  private readonly logger = new Logger('Workflow');

  constructor(
    private readonly worker: string,
    private readonly store: ProcessStore,
    private readonly writer: ProcessWriter,
    private readonly runner: ProcessRunner,
    private readonly tasks: TaskRunner,
  ) {}

  /** What the workers that are gone have left. */
  async recover(silentSince: number): Promise<void> {
    for (const worker of await this.store.silentWorkers(silentSince)) if (worker !== this.worker) await this.inherit(worker);
  }

  private async inherit(worker: string): Promise<void> {
    const { processes, tasks } = await this.store.heldBy(worker, MOST_HELD);
    if (processes.length === 0 && tasks.length === 0) return this.store.forgetWorker(worker);
    this.logger.warn(`Worker ${worker} is gone: taking over ${processes.length} processes and ${tasks.length} tasks.`);
    await Promise.all([
      ...processes.map(({ id }) => this.tell(id, { type: 'worker-lost', worker })),
      ...tasks.map(({ processId, key, run }) => this.tell(processId, { type: 'task-lost', key, run, worker }, [key])),
    ]);
  }

  /**
   * Rows that say this worker runs them, and what it believes to run: others may have changed, cancelled or taken it meanwhile,
   * or the reply to taking it was lost.
   */
  async lookAtMine(): Promise<void> {
    const { worker } = this;
    const known = new Set(this.tasks.running.keys());
    const { processes, tasks } = await this.store.heldBy(worker, MOST_HELD);
    const revisions = new Map(processes.map(({ id, revision }) => [id, revision]));
    const believed = [...this.writer.seats.values()].filter((seat) => seat.known?.process.worker === worker).map(({ id }) => id);
    const changed = [...new Set([...revisions.keys(), ...believed])].filter((id) => this.writer.seats.get(id)?.known?.process.revision !== revisions.get(id));
    await Promise.all(changed.map((id) => this.runner.look(id)));
    const forgotten = tasks.filter((task) => !known.has(placeOf(task)) && !this.tasks.running.has(placeOf(task)));
    await Promise.all(forgotten.map(({ processId, key, run }) => this.tell(processId, { type: 'task-lost', key, run, worker }, [key])));
  }

  private async tell(id: string, told: Told, waits: readonly string[] = []): Promise<void> {
    await this.writer.apply(id, { tell: () => told, waits, messages: [], patient: false }).catch(() => null);
  }
}
