import type { Change } from '../core/change.js';
import { isTaskWait, type TaskWaitState, type WaitState } from '../core/wait.js';
import { isSuspect } from '../core/suspicion.js';
import { isUnderAny } from '../core/token-key.js';
import { taskAddress, taskOf } from '../queue/task-id.js';
import type { Missed, Ran, Task, TaskWork } from '../queue/task-queue.js';
import type { Loaded, Rate, TaskAt } from '../store/port.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { ExecutionParts } from './execution-parts.js';
import type { StepToken } from '../core/token.js';
import type { BodyObserver } from './body-observer.js';
import { EndedTasks } from './ended-tasks.js';
import { type BodyClaim, recordOutcome } from './record-outcome.js';
import { runBody } from './run-step.js';
import { StepVisit } from './step-context.js';
import { TaskClaims } from './task-claims.js';
import type { SuspectTurns } from './suspect-turns.js';
import { isTransactional, type TransactionalSteps } from './transactional-steps.js';

const GONE: Ran = { what: 'gone' };
const RAN: Ran = { what: 'ran' };
const OVER: Missed = { what: 'over' };
const FOREIGN: Missed = { what: 'foreign' };

/** Runs queued tasks: claims one, runs its body with the newest context, and records the outcome under that claim. */
export class TaskRunner implements TaskWork {
  /** Tasks this worker claims or runs, by place. A claimed row that is missing here means the reply to the claim was lost. */
  private readonly running = new Map<string, StepVisit | null>();
  private readonly claims: TaskClaims;
  private stopped = false;
  readonly ended: EndedTasks;

  constructor(
    private readonly parts: ExecutionParts,
    private readonly transactional: TransactionalSteps,
    private readonly suspects: SuspectTurns,
  ) {
    this.claims = new TaskClaims(parts);
    this.ended = new EndedTasks(parts.clock);
  }

  stop(): void {
    this.stopped = true;
  }

  run(taskId: string, rate?: Rate): Promise<Ran> {
    const at = taskAddress(taskId);
    if (!at || this.stopped || this.isRunning(at)) return Promise.resolve(GONE);
    return new Promise((resolve) => this.parts.activity.during(async () => resolve(await this.tryToRun(at, rate))));
  }

  async missed(taskId: string): Promise<Missed> {
    const at = taskAddress(taskId);
    if (!at) return OVER;
    const request = { id: at.processId, waits: [at.key], messages: [], context: false };
    return this.parts.loader.load(request).then((loaded) => (loaded ? this.missedOf(loaded.waits[0], at) : FOREIGN), () => OVER); // prettier-ignore
  }

  private missedOf(wait: WaitState | undefined, { run, claim }: TaskAt): Missed {
    if (!isTaskWait(wait) || wait.token.run !== run || (wait.token.claims ?? 0) !== claim || wait.waitsFor.readyAt === null) return OVER;
    return { what: 'early', ms: Math.max(0, wait.waitsFor.readyAt - this.parts.clock.now().getTime()) };
  }

  async ready(queues: readonly string[], limit: number): Promise<readonly Task[]> {
    const { store, registry, clock } = this.parts;
    return (await store.maintenance.readyTasks(registry.known(), queues, clock.now().getTime(), limit)).map(taskOf);
  }

  isRunning(at: Pick<TaskAt, 'processId' | 'key'>): boolean {
    return this.running.has(taskPlace(at));
  }

  places(): ReadonlySet<string> {
    return new Set(this.running.keys());
  }

  abortAll(reason: string): void {
    for (const visit of this.running.values()) visit?.abort(new Error(reason));
  }

  /** Aborts bodies whose step run this change has ended: all of the process, those of a branch, or one alone. */
  committed({ process, waits }: Change): void {
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

  /* ---------------------------------------------------------------------- running ---- */

  private async tryToRun(at: TaskAt, rate: Rate | undefined): Promise<Ran> {
    this.running.set(taskPlace(at), null);
    try {
      return await this.claimAndRun(at, rate);
    } catch {
      return GONE; // the store did not answer: the sweep finds the task if it is free, the heartbeat if this worker holds it
    } finally {
      this.running.delete(taskPlace(at));
    }
  }

  /** Claims the task before reading it, so that nothing is read for tasks that others have claimed. */
  private async claimAndRun(at: TaskAt, rate: Rate | undefined): Promise<Ran> {
    const taken = await this.claims.take(at, rate);
    if (!taken) return rate ? this.limitedOrGone(at, rate) : GONE;
    const loaded = await this.parts.loader.load({ id: at.processId, waits: [at.key], messages: [], context: true });
    const wait = loaded?.waits[0];
    const bound = loaded && this.parts.registry.find(loaded.process.workflow, loaded.process.workflowVersion);
    if (bound && isTaskWait(wait) && wait.token.claims === taken.claim) await this.perform(loaded, bound, wait, taken.claim);
    return RAN;
  }

  private async limitedOrGone(at: TaskAt, rate: Rate): Promise<Ran> {
    return (await this.ready([at.queue], 1)).length > 0 ? { what: 'limited', retryMs: Math.max(20, Math.round(rate.perMs / 10)) } : GONE;
  }

  private async perform({ process, context }: Loaded, bound: BoundWorkflow, { token, waitsFor }: TaskWaitState, claim: number): Promise<void> {
    const visit = new StepVisit(process, bound, token, this.parts.clock, this.parts.senders, this.parts.limits);
    this.running.set(taskPlace({ processId: process.id, key: token.key }), visit);
    const { pauses, inputs, worker } = this.parts;
    const by = { claim, taskOf: worker, begunAt: visit.nowMs };
    const pause = pauses.areThere ? pauses.over(visit, by) : undefined;
    if (pause) return pauses.holdBack(pause, visit, by);
    await inputs.bring(visit);
    if (this.parts.observers.watchesBodies) tellOfWait(visit, token, this.parts.observers);
    if (isSuspect(token)) await new Promise<void>((resolve) => this.suspects.take(visit, resolve));
    try {
      if (isSuspect(token) && !(await this.suspects.began(visit, by))) return;
      if (isTransactional(visit)) await this.inTransaction(visit, by);
      else await recordOutcome(this.parts.writer, visit, by, await runBody(visit, context!, this.parts), context!);
      this.ended.add(waitsFor.queue);
    } finally {
      this.suspects.giveBack(visit);
    }
  }

  private async inTransaction(visit: StepVisit, by: BodyClaim): Promise<void> {
    const { turns } = this.transactional;
    await new Promise<void>((begin) => turns.take(visit, { begin }));
    await this.transactional.run(visit, by).finally(() => turns.giveBack());
  }
}

/** When the task was ready is known only of a first attempt, claimed once, of a step that had nothing to wait for before its queue. */
function tellOfWait({ bound, nowMs }: StepVisit, { node: name, attempt, claims, since }: StepToken, observers: BodyObserver): void {
  const node = bound.definition.nodes.get(name);
  if (node?.kind !== 'step' || node.queue === undefined || attempt > 1 || claims !== 1) return;
  if (!node.when && node.after === undefined && node.gate.for === 'nothing') observers.taskBegan(node.queue, Math.max(0, nowMs - since));
}

export function taskPlace({ processId, key }: Pick<TaskAt, 'processId' | 'key'>): string {
  return `${processId} ${key}`;
}
