import type { EntityManager } from 'typeorm';
import type { Json } from '../core/json.js';
import { correlationOf, type ProcessState, stepRunId, type Token } from '../core/process.js';
import { copy } from '../context/plain.js';
import type { StepRef } from '../values.js';

/** What a body is given of its visit. The abort signal is made only if somebody looks at it: most never do. */
export class StepVisit implements StepRef {
  readonly notes: string[] = [];
  /** The body has ended: nobody listens to its signal any more. */
  ended = false;
  private controller: AbortController | undefined;
  private reason: unknown;

  constructor(
    private readonly process: ProcessState,
    readonly token: Token,
    public message: unknown,
    readonly now: Date,
    private readonly transaction: EntityManager | undefined,
  ) {}

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
    return this.token.node;
  }
  get attempt(): number {
    return this.token.attempt;
  }
  get correlationId(): string {
    return correlationOf(this.process.id, this.token);
  }
  get idempotencyKey(): string {
    return stepRunId(this.process.id, this.token.run);
  }
  get state(): any {
    return this.token.state === undefined ? undefined : copy(this.token.state as Json);
  }
  get item(): undefined {
    return undefined;
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

  abort(reason: unknown): void {
    this.reason = reason;
    this.controller?.abort(reason);
  }

  note(text: string): void {
    this.notes.push(String(text)); // whatever was caught: it must not stop the record it goes with
  }
}
