import type { Change } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { isSuspect } from '../core/suspicion.js';
import { nextEvent, runnable } from '../core/runnable.js';
import { type BodyToken, isEventToken, type Token } from '../core/token.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { KnownProcess } from '../writer/decide.js';
import { type BodyHost, BodyRun } from './body-run.js';
import type { ExecutionParts } from './execution-parts.js';
import { RunningProcess } from './running-process.js';
import { Slots } from './slots.js';
import { StepVisit } from './step-context.js';
import type { SuspectTurns } from './suspect-turns.js';
import { isTransactional, mayNeedTransaction, type TransactionalSteps } from './transactional-steps.js';
import { howMany } from '../values/how-many.js';

/** Runs the bodies of the processes that this worker holds. After each commit, starts the bodies that can run next. */
export class ProcessRunner implements BodyHost {
  private readonly slots: Slots;
  private readonly running = new Map<string, RunningProcess>();
  isStopped = false;

  constructor(
    readonly parts: ExecutionParts,
    readonly transactional: TransactionalSteps,
    readonly suspects: SuspectTurns,
    concurrency: number,
  ) {
    this.slots = new Slots(concurrency);
  }

  /** Starts nothing more. Bodies that run go on, and are recorded. */
  stop(): void {
    this.isStopped = true;
  }

  /** The claims may be lost, so bodies that listen to the signal can stop early. Nothing depends on it. */
  abortAll(reason: string): void {
    for (const process of this.running.values()) process.abortAll(new Error(reason));
  }

  /* ----------------------------------------------------------------------- changes ---- */

  /** Called after a commit. `known` null: the caller's transaction committed it and claims no process, so this worker tries to claim it now. */
  committed(change: Change, known: KnownProcess | null): void {
    const { id, worker } = change.process;
    let running = this.running.get(id);
    if (!running && worker === this.parts.worker && worker !== null) running = this.runningOf(id);
    running?.remember(change);
    if (running) this.abortLost(running, change.process);
    if (known) this.drive(known);
    else this.parts.activity.during(() => this.look(id));
  }

  /** Called when a process was read. */
  seen(known: KnownProcess): void {
    const running = this.running.get(known.process.id);
    if (running) this.abortLost(running, known.process);
    this.drive(known);
  }

  /** Reads the process again, claims it if it is free, and drives it. Its events run in turn, so no read is older than the known state. */
  async look(id: string): Promise<void> {
    await this.parts.writer.tryToApply(id, { type: 'claimed' });
  }

  /** Starts the bodies that this worker should run by the process's state, and does not run yet. */
  private drive({ process }: KnownProcess): void {
    const { worker, registry } = this.parts;
    if (process.worker !== worker || this.isStopped) return this.leave(process.id);
    const bound = registry.find(process.workflow, process.workflowVersion);
    if (!bound) return;
    const running = this.runningOf(process.id);
    for (const token of runnable(process, worker, running.isRunning))
      if (!isEventToken(token) || !running.isHandlingEvent) this.begin(running, bound, process, token);
  }

  /* ------------------------------------------------------------------------ bodies ---- */

  private begin(running: RunningProcess, bound: BoundWorkflow, process: ProcessState, token: BodyToken): void {
    const visit = new StepVisit(process, bound, token, this.parts.clock, this.parts.senders, this.parts.limits);
    running.begin(visit);
    const run = new BodyRun(this, running, visit, { claim: process.claim });
    if (isSuspect(token)) this.suspects.take(visit, () => this.lineUp(run));
    else this.lineUp(run);
  }

  private lineUp(run: BodyRun): void {
    if (mayNeedTransaction(run.visit)) this.transactional.turns.take(run.visit, { begin: () => this.takeSlot(run) });
    else this.takeSlot(run);
  }

  private takeSlot(run: BodyRun): void {
    if (!this.slots.hasRoom)
      run.visit.waitsFor = `one of ${howMany(this.slots.size, 'body that runs here', 'bodies that run here at once')} (worker.concurrency) to end`;
    this.slots.take(run);
  }

  /** Begins with the next event while the outcome of this one is recorded. */
  beginNextEvent({ running, visit: { bound } }: BodyRun): void {
    const process = this.parts.writer.known(running.id)?.process;
    const next = process && !this.isStopped ? nextEvent(process, this.parts.worker, running.isRunning) : undefined;
    if (next && next.crashes === undefined) this.begin(running, bound, process!, next);
  }

  /** Aborts bodies that the process no longer lists. Such a body may never end, so it holds no slot; a transaction holds its connection to its end. */
  private abortLost(running: RunningProcess, process: ProcessState): void {
    for (const visit of running.abortLost(process)) if (!isTransactional(visit)) this.release(running, visit);
  }

  /** Once for each body that has begun. */
  private release(running: RunningProcess, visit: StepVisit): void {
    if (!visit.holdsSlot) return;
    visit.holdsSlot = false;
    running.end(visit);
    this.slots.giveBack();
    this.suspects.giveBack(visit);
    this.parts.activity.end();
  }

  ended({ running, visit }: BodyRun): void {
    if (mayNeedTransaction(visit)) this.transactional.turns.giveBack();
    this.release(running, visit);
    const known = this.parts.writer.known(running.id);
    if (known) this.drive(known);
    this.leave(running.id);
  }

  /** In words, what a token's body waits for here before it begins. Undefined: the body runs, or is not here. */
  waitsFor(id: string, token: Token): string | undefined {
    return this.running.get(id)?.visitOf(token)?.waitsFor;
  }

  private runningOf(id: string): RunningProcess {
    let running = this.running.get(id);
    if (!running) this.running.set(id, (running = new RunningProcess(id)));
    return running;
  }

  /** Forgets a process that this worker does not hold and of which no body runs here. */
  private leave(id: string): void {
    const running = this.running.get(id);
    if (running?.isIdle && this.parts.writer.known(id)?.process.worker !== this.parts.worker) this.running.delete(id);
  }
}
