import type { EntityManager } from 'typeorm';
import { copy } from '../context/plain.js';
import type { ProcessLimits } from '../context/process-limits.js';
import type { ItemPosition } from '../core/facts.js';
import type { ProcessState } from '../core/process.js';
import { correlationOf, stepRunId, undoCorrelationOf } from '../core/correlation.js';
import type { UndoTries } from '../core/events.js';
import { type BodyToken, isEventToken, isStepToken, type Token } from '../core/token.js';
import type { Clock } from '../values/clock.js';
import type { Json } from '../values/json.js';
import type { Sending } from '../core/outgoing.js';
import { addSending } from '../outbox/sendings.js';
import type { Senders } from '../outbox/senders.js';
import type { Reached, Schema, SenderRef, StepRef } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { StepLog } from './step-log.js';

/** The message that a step run waited for, as stored, and the schema that reads it. */
export interface AwaitedMessage {
  readonly stored: Json;
  readonly schema: Schema | undefined;
}

/** The step run that a body is about: for a compensation, the one that is undone. */
interface VisitedStep extends ItemPosition {
  readonly node: string;
  readonly run: number;
}

/** A step run that is to be undone. */
export interface Undone extends VisitedStep {
  /** The version it made. */
  readonly version: number;
  readonly reached: Reached;
  /** The correlation id of its response, if that is not ours. */
  readonly correlation?: string;
  /** The inbox message it waited for. */
  readonly message?: string;
}

/** Suffixes of the idempotency key. A compensation or a reminder has an effect of its own, so it needs a key of its own. */
const EFFECT_OF: Readonly<Partial<Record<Token['does'], string>>> = { undo: '.undo', remind: '.overdue' };

/** The step argument of a body. The abort signal is made only when the body reads it, because most never do. */
export class StepVisit implements StepRef {
  log: StepLog;
  /** When the body was given its turn, ms. */
  nowMs: number;
  message: unknown;
  awaited: AwaitedMessage | undefined;
  /** The message of the step run that is undone, where what undoes it has a message of its own. */
  awaitedBefore: AwaitedMessage | undefined;
  messageBefore: unknown;
  /** The result of the step before, as stored. */
  returnedBefore: Json | undefined;
  /** The step run that this one undoes: the body sees its name, item and keys. */
  undoes: Undone | null = null;
  /** In words, what the body waits for on this worker before it begins. */
  waitsFor: string | undefined;
  /** The body has begun, and its slot has not been given back. */
  holdsSlot = false;
  /** The body has ended, so its signal has no effect any more. */
  ended = false;
  /** When the body began, on a clock that only goes forward, ms; only where that is observed. */
  begunAt: number | undefined;
  /** The messages that the body has sent. */
  sends: Sending[] | undefined;
  private transaction: EntityManager | undefined;
  private controller: AbortController | undefined;
  private reason: unknown;

  constructor(
    private process: ProcessState,
    readonly bound: BoundWorkflow,
    readonly token: BodyToken,
    private readonly clock: Clock,
    private readonly senders: Senders,
    private readonly limits: ProcessLimits,
  ) {
    this.nowMs = clock.now().getTime();
    this.log = new StepLog(clock, limits, this);
  }

  /** Begins from the start, in a transaction: nothing of an earlier try is left. */
  begin(process: ProcessState, transaction: EntityManager): void {
    Object.assign(this, { process, transaction, log: new StepLog(this.clock, this.limits, this), ended: false, sends: undefined });
    this.nowMs = this.clock.now().getTime();
  }

  get now(): Date {
    return new Date(this.nowMs);
  }
  get processId(): string {
    return this.process.id;
  }
  get groupId(): string {
    return this.process.groupId;
  }
  /** The messages of the accepted events in the process row. */
  get eventMessages(): string[] {
    return this.process.tokens.flatMap((token) => (isEventToken(token) && isStepToken(token) && token.message !== undefined ? [token.message] : []));
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
    if (this.undoStep !== undefined) return undoCorrelationOf(this.process, this.token.run, { run: this.step.run, ...this.tried });
    return correlationOf(this.process, isStepToken(this.token) ? this.token : (this.undoes ?? this.token));
  }
  get undone(): StepRef['undone'] {
    if (!this.undoes) return undefined;
    return { correlationId: correlationOf(this.process, this.undoes), message: this.undoStep === undefined ? this.message : this.messageBefore };
  }
  get idempotencyKey(): string {
    return stepRunId(this.process.id, this.step.run) + (EFFECT_OF[this.token.does] ?? '');
  }
  get state(): any {
    const state = isStepToken(this.token) ? this.token.state : this.tried?.state;
    return state === undefined ? undefined : copy(state);
  }
  get previous(): any {
    return this.returnedBefore === undefined ? undefined : copy(this.returnedBefore);
  }
  get item(): any {
    const { item } = this.step;
    return item === undefined ? undefined : copy(item);
  }
  get index(): number {
    return this.step.index!; // read only inside forEach
  }
  get reached(): Reached | undefined {
    return this.undoes?.reached;
  }
  get config(): Readonly<Record<string, any>> {
    return this.bound.steps.get(this.name)?.config ?? {};
  }

  /** The step that undoes it, if that asks first. */
  get undoStep(): string | undefined {
    const node = this.undoes ? this.bound.definition.nodes.get(this.undoes.node) : undefined;
    return node?.kind === 'step' ? node.undo?.asks : undefined;
  }
  /** The attempts so far to undo it. */
  get tried(): UndoTries | undefined {
    const tried = this.token.does === 'undo' ? this.token.tried : undefined;
    return tried?.run === this.undoes?.run ? tried : undefined;
  }
  /** The method that runs now. */
  get does(): BodyToken['does'] {
    if (this.undoStep === undefined) return this.token.does;
    return this.tried?.message === undefined ? 'request' : 'run';
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

  send(sender: SenderRef, pattern: string | object, data: unknown): string {
    if (this.ended) throw new Error(`Step "${this.name}" has ended: what it sends now would not be sent.`);
    return addSending((this.sends ??= []), this.senders, sender, pattern, data);
  }

  note(text: string): void {
    this.log.note(String(text)); // the caller may pass any value, which must not break the record
  }
}
