import type { Json } from '../values/json.js';
import type { ProcessState, Token } from '../core/process.js';
import { runnable, visitKey } from '../core/runnable.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import { runBody } from './run-step.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { Clock, Timers } from '../values/clock.js';
import { nextToUndo } from './compensation.js';
import { conclude } from './conclude.js';
import type { StepInputs } from './step-inputs.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessCache } from '../writer/process-cache.js';
import { Slots } from './slots.js';
import { StepVisit } from './step-context.js';
import { speakerOf, visitOf } from './step-outcome.js';
import type { TransactionalSteps } from './transactional-steps.js';

/** Runs the bodies of the processes this worker holds, and keeps going while it can: each commit may leave the next to run. */
export class ProcessRunner {
  private readonly slots: Slots;
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
    concurrency: number,
  ) {
    this.slots = new Slots(concurrency);
    writer.afterCommit((change, seat) => {
      for (const message of change.messages) if (message.disposition === 'delivered') seat.messages.set(message.id, message.body);
      handover.returned.remember(seat, change);
      if (change.versions.some(({ undo }) => undo !== undefined && 'key' in undo)) seat.toUndo = undefined; // it was done last, and is undone next
      this.dropLost(seat, change.process);
      if (seat.known) this.drive(seat);
      else activity.during(() => this.look(change.process.id)); // a transaction of the application's takes nothing: now it is there for whoever can run it
    });
    writer.afterLook((seat, process) => {
      this.dropLost(seat, process);
      this.drive(seat);
    });
  }

  /** Starts nothing more. What runs goes on, and is recorded. */
  stop(): void {
    this.stopped = true;
  }

  /** Starts what the process says this worker runs and it does not run. */
  drive(seat: ProcessCache): void {
    const process = seat.known?.process;
    if (!process || this.stopped) return;
    const bound = this.registry.find(process.workflow, process.workflowVersion);
    if (!bound) return;
    const isRunning = (token: Token) => seat.running.has(visitKey(token));
    const running = process.tokens.filter(isRunning).length; // a body that hangs in a life before this one holds nothing up
    for (const token of runnable(process, this.worker, isRunning, running)) this.begin(seat, bound, process, token);
  }

  /** Reads the process again, takes it if nobody holds it, and drives it: in its turn, so that what is read is not older than what is known. */
  async look(id: string): Promise<void> {
    await this.writer.apply(id, { tell: () => ({ type: 'claimed' }), waits: [], messages: [], patient: false }).catch(() => null);
  }

  /** The claim may be lost: whoever listens to the signal can stop early. Nothing depends on it. */
  abortAll(reason: string): void {
    for (const seat of this.writer.seats.values()) for (const visit of seat.running.values()) visit.abort(new Error(reason));
  }

  private begin(seat: ProcessCache, bound: BoundWorkflow, process: ProcessState, token: Token): void {
    const visit = new StepVisit(process, bound, token, this.clock);
    seat.running.set(visitKey(token), visit);
    this.slots.take(() => this.activity.during(() => this.run(seat, bound, process, visit)));
  }

  private async run(seat: ProcessCache, bound: BoundWorkflow, process: ProcessState, visit: StepVisit): Promise<void> {
    try {
      await this.runAndTell(seat, bound, process, visit);
    } catch {
      seat.known = null; // nobody knows what was recorded: the next look reads it
    } finally {
      seat.running.delete(visitKey(visit.token));
      this.slots.giveBack();
      this.drive(seat);
      this.writer.leave(seat);
    }
  }

  private async runAndTell(seat: ProcessCache, bound: BoundWorkflow, process: ProcessState, visit: StepVisit): Promise<void> {
    const { token } = visit;
    const { claim } = process;
    if (token.does === 'undo' && !(visit.undoes = await nextToUndo(this.store, seat, token))) return this.tellAllUndone(seat, visit, claim);
    const bringing = this.handover.bring(bound, visit, seat);
    if (bringing) await bringing;
    const node = bound.definition.nodes.get(token.node);
    if (node?.kind === 'step' && node.transactional && token.does === 'run') return this.transactional.run(bound, visit, { claim });
    const seen = seat.known?.context ?? (await this.contextOf(seat.id));
    const result = await runBody(bound, visit, seen, this.timers);
    await conclude(this.writer, seat.id, result, speakerOf(visit, { claim, seen, child: 'values' in result ? this.handover.childOf(node) : undefined }));
    if (token.message !== undefined) seat.messages.delete(token.message);
  }

  private async tellAllUndone(seat: ProcessCache, visit: StepVisit, claim: number): Promise<void> {
    const told = { ...visitOf(speakerOf(visit, { claim })), type: 'all-undone' as const };
    await this.writer.apply(seat.id, { tell: () => told, waits: [], messages: [], patient: true });
  }

  private async contextOf(id: string): Promise<Readonly<Record<string, Json>>> {
    return (await this.loader.load({ id, waits: [], messages: [], context: true }))?.context ?? {};
  }

  /** A visit that the process no longer says is running has been cancelled, or taken over. */
  private dropLost(seat: ProcessCache, process: ProcessState): void {
    if (seat.running.size === 0) return;
    const stands = (key: string) => process.tokens.some((token) => visitKey(token) === key);
    for (const [key, visit] of seat.running)
      if (!visit.ended && !stands(key)) visit.abort(new Error('The process has moved on: cancelled, restarted, or taken over by another worker.'));
  }
}
