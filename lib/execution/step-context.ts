import type { EntityManager } from 'typeorm';
import { copy } from '../context/plain.js';
import type { ItemPosition } from '../core/events.js';
import type { ProcessState } from '../core/process.js';
import { type BodyToken, correlationOf, isStepToken, stepRunId, type Token } from '../core/token.js';
import type { Clock } from '../values/clock.js';
import type { Json } from '../values/json.js';
import type { Schema, StepRef } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { StepLog } from './step-log.js';

/** What a visit waited for, as it is stored, and what reads it. */
export interface AwaitedMessage {
  readonly stored: Json;
  readonly schema: Schema | undefined;
}

/** The step a body is about: of one that undoes, the visit that is undone. */
interface VisitedStep extends ItemPosition {
  readonly node: string;
  readonly run: number;
}

/** A visit that is to be undone. */
export interface Undone extends VisitedStep {
  /** The version it made. */
  readonly version: number;
}

/** What undoing a step does, or telling that it is overdue, is not what the step does: whoever acts once for a key acts for each. */
const EFFECT_OF: Readonly<Partial<Record<Token['does'], string>>> = { undo: '.undo', remind: '.overdue' };

/** What a body is given of its visit. The abort signal is made only if somebody looks at it: most never do. */
export class StepVisit implements StepRef {
  log: StepLog;
  now: Date;
  message: unknown;
  awaited: AwaitedMessage | undefined;
  /** What the step before returned, as it is stored. */
  returnedBefore: Json | undefined;
  /** The visit this one undoes: the body is told of that. */
  undoes: Undone | null = null;
  /** What its body waits for here before it begins, in words. */
  waitsFor: string | undefined;
  /** The body has ended: nobody listens to its signal any more. */
  ended = false;
  private transaction: EntityManager | undefined;
  private controller: AbortController | undefined;
  private reason: unknown;

  constructor(
    private process: ProcessState,
    readonly bound: BoundWorkflow,
    readonly token: BodyToken,
    private readonly clock: Clock,
  ) {
    this.now = clock.now();
    this.log = new StepLog(clock);
  }

  /** From the start, in a transaction: nothing of a try before it is left. */
  begin(process: ProcessState, transaction: EntityManager): void {
    Object.assign(this, { process, transaction, log: new StepLog(this.clock), now: this.clock.now(), ended: false });
  }

  get processId(): string {
    return this.process.id;
  }
  get groupId(): string {
    return this.process.groupId;
  }
  get workflow(): string {
    return this.process.workflow;
  }
  get workflowVersion(): number {
    return this.process.workflowVersion;
  }
  get name(): string {
    return this.step.node;
  }
  get attempt(): number {
    return this.token.attempt;
  }
  get correlationId(): string {
    return isStepToken(this.token) ? correlationOf(this.process.id, this.token) : stepRunId(this.process.id, this.step.run);
  }
  get idempotencyKey(): string {
    return stepRunId(this.process.id, this.step.run) + (EFFECT_OF[this.token.does] ?? '');
  }
  get state(): any {
    return isStepToken(this.token) && this.token.state !== undefined ? copy(this.token.state) : undefined;
  }
  get previous(): any {
    return this.returnedBefore === undefined ? undefined : copy(this.returnedBefore);
  }
  get item(): any {
    const { item } = this.step;
    return item === undefined ? undefined : copy(item);
  }
  get index(): number {
    return this.step.index!; // outside forEach nobody asks
  }
  get config(): Readonly<Record<string, any>> {
    return this.bound.steps.get(this.name)?.config ?? {};
  }

  private get step(): VisitedStep {
    return this.undoes ?? (this.token as VisitedStep);
  }

  get manager(): EntityManager {
    if (!this.transaction) throw new Error(`Step "${this.name}" has no transaction: say @Step({ transactional: true }) to write through step.manager.`);
    return this.transaction;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason !== undefined) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  get isAborted(): boolean {
    return this.reason !== undefined;
  }

  abort(reason: unknown): void {
    this.reason = reason;
    this.controller?.abort(reason);
  }

  note(text: string): void {
    this.log.note(String(text)); // whatever was caught: it must not stop the record it goes with
  }
}
