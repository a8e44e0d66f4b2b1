import type { ContextIn, MessageIn, ReceiverIn } from '../definition/workflow-types.js';
import type { AuditRecord, Process } from '../query/shapes.js';
import type { Class } from '../values/types.js';
import type { WorkflowService } from '../workflow.service.js';

/** One process as a test sees it, read when nothing was left to do. */
export interface ProcessProbe<W extends Class | string> {
  readonly id: string;
  readonly status: Process['status'];
  readonly context: ContextIn<W>;
  /** The steps it waits in. */
  readonly waitingFor: string[];
  /** The steps completed so far, in order. */
  readonly path: string[];
  readonly records: AuditRecord[];
  /** Answers the request of a step, under the correlation id it waits for. */
  respond<S extends ReceiverIn<W>>(step: S, response: MessageIn<W, S>): Promise<void>;
  /** Gives a step the input it waits for. */
  provideInput<S extends ReceiverIn<W>>(step: S, input: MessageIn<W, S>): Promise<void>;
}

/** Reads everything when nothing is left to do, so that a test can look at it without waiting. */
export class Probe {
  status!: Process['status'];
  context: unknown;
  waitingFor: string[] = [];
  path: string[] = [];
  records: AuditRecord[] = [];

  constructor(
    private readonly workflows: WorkflowService,
    private readonly workflow: Class | string,
    readonly id: string,
    private readonly settle: () => Promise<void>,
  ) {}

  async look(): Promise<void> {
    const { status, context, waits } = await this.workflows.get(this.id);
    this.status = status;
    this.context = context;
    this.waitingFor = waits.map(({ step }) => step);
    this.records = await this.workflows.history(this.id);
    this.path = this.records.filter(({ type }) => type === 'step-completed').map(({ step }) => step!);
  }

  async respond(step: string, response: unknown): Promise<void> {
    const { waits } = await this.workflows.get(this.id, { internals: true });
    const wait = waits.find((each) => each.kind === 'response' && each.step === step);
    if (!wait) throw new Error(`Process ${this.id} does not wait for a response in "${step}"; it waits in: ${this.waitingFor.join(', ') || 'nothing'}.`);
    await this.workflows.respond(this.workflow as string, step, wait.key!, response);
    await this.settle();
  }

  async provideInput(step: string, input: unknown): Promise<void> {
    await this.workflows.provideInput(this.workflow as string, step, this.id, input);
    await this.settle();
  }
}
