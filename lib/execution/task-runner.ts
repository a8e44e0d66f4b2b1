import type { Change } from '../core/change.js';
import { isUnderAny } from '../core/keys.js';
import { toToken, type WaitState } from '../core/process.js';
import { stepNamed } from '../definition/graph.js';
import type { Ran, Task, TaskWork } from '../queue/task-queue.js';
import type { Loaded, Rate, TaskAt } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import { runBody } from './run-step.js';
import type { Clock, Timers } from '../values/clock.js';
import { conclude } from './conclude.js';
import type { StepInputs } from './step-inputs.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { StepVisit } from './step-context.js';
import { addressOf, taskOf } from '../queue/task-id.js';
import { TaskClaims } from './task-claims.js';
import { speakerOf } from './step-outcome.js';
import type { TransactionalSteps } from './transactional-steps.js';

/** Runs queued tasks: takes one, runs its body with the newest context, records the outcome under the claim it took. */
export class TaskRunner implements TaskWork {
  /** What this worker takes or runs, by place: a row it holds and does not remember is a lost reply. */
  readonly running = new Map<string, StepVisit | null>();
  private readonly claims: TaskClaims;
  private stopped = false;

  constructor(
    private readonly worker: string,
    private readonly store: ProcessStore,
    private readonly writer: ProcessWriter,
    private readonly registry: WorkflowRegistry,
    private readonly loader: BatchLoader,
    private readonly handover: StepInputs,
    private readonly transactional: TransactionalSteps,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly activity: PendingWork,
  ) {
    this.claims = new TaskClaims(store, worker, clock);
    writer.afterCommit((change) => this.abortLost(change));
  }

  stop(): void {
    this.stopped = true;
  }

  run(taskId: string, rate?: Rate): Promise<Ran> {
    const at = addressOf(taskId);
    if (!at || this.stopped || this.running.has(placeOf(at))) return Promise.resolve({ what: 'gone' });
    return new Promise((resolve) => this.activity.during(async () => resolve(await this.tryToRun(at, rate))));
  }

  async ready(queues: readonly string[], limit: number): Promise<readonly Task[]> {
    return (await this.store.readyTasks(this.registry.known(), queues, this.clock.now().getTime(), limit)).map(taskOf);
  }

  abortAll(reason: string): void {
    for (const visit of this.running.values()) visit?.abort(new Error(reason));
  }

  /** Its process has ended the visit: with all others, with its branch, or by itself. */
  private abortLost({ process, waits }: Change): void {
    const { clear, kill, delete: gone } = waits;
    if (this.running.size === 0 || (!clear && kill.length === 0 && gone.length === 0)) return;
    const killed = new Set(kill);
    for (const visit of this.running.values()) {
      if (visit?.processId !== process.id || visit.ended) continue;
      const { key } = visit.token;
      if (clear || gone.includes(key) || isUnderAny(key, killed))
        visit.abort(new Error('The process has moved on: cancelled, restarted or completed, or another branch was faster.'));
    }
  }

  private async tryToRun(at: TaskAt, rate: Rate | undefined): Promise<Ran> {
    this.running.set(placeOf(at), null);
    try {
      return await this.claimAndRun(at, rate);
    } catch {
      return { what: 'gone' }; // the store did not answer: the sweep finds the task, free or held by us and not remembered
    } finally {
      this.running.delete(placeOf(at));
    }
  }

  private async claimAndRun(at: TaskAt, rate: Rate | undefined): Promise<Ran> {
    const before = await this.loadTask(at);
    if (!before || !this.registry.find(before.process.workflow, before.process.workflowVersion)) return { what: 'gone' };
    const claim = await this.claims.take(at, rate);
    if (!claim) return rate ? this.limitedOrGone(at, rate) : { what: 'gone' };
    const seen = before.waits[0]?.claim === claim.claim - 1 && before.waits[0].run === at.run;
    const loaded = seen ? before : await this.loadTask(at);
    if (loaded?.waits[0]) await this.perform(loaded, loaded.waits[0], claim.claim);
    return { what: 'ran' };
  }

  private loadTask(at: TaskAt): Promise<Loaded | null> {
    return this.loader.load({ id: at.processId, waits: [at.key], messages: [], context: true });
  }

  private async limitedOrGone(at: TaskAt, rate: Rate): Promise<Ran> {
    const ready = await this.store.readyTasks(this.registry.known(), [at.queue], this.clock.now().getTime(), 1);
    return ready.length > 0 ? { what: 'limited', retryMs: Math.max(20, Math.round(rate.perMs / 10)) } : { what: 'gone' };
  }

  private async perform({ process, context }: Loaded, wait: WaitState, claim: number): Promise<void> {
    const bound = this.registry.find(process.workflow, process.workflowVersion)!;
    const node = stepNamed(bound.definition, wait.node);
    const token = toToken(wait);
    const visit = new StepVisit(process, bound, token, this.clock);
    this.running.set(placeOf({ processId: process.id, key: wait.key }), visit);
    await this.handover.bring(bound, visit);
    const by = { claim, taskOf: this.worker, begunAt: visit.now.getTime() };
    if (node.transactional && token.does === 'run') return this.transactional.run(bound, visit, by);
    const result = await runBody(bound, visit, context!, this.timers);
    const child = 'values' in result ? this.handover.childOf(node) : undefined;
    await conclude(this.writer, process.id, result, speakerOf(visit, { ...by, seen: context!, child }));
  }
}

export function placeOf({ processId, key }: Pick<TaskAt, 'processId' | 'key'>): string {
  return `${processId} ${key}`;
}
