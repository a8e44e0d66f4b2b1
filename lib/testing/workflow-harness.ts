import { milliseconds } from '../values/duration.js';
import type { ContextIn, MessageIn, ReceiverIn, StartValues } from '../definition/workflow-types.js';
import type { NodeCode } from '../definition/source.js';
import type { Delivery } from '../messaging/delivery.js';
import type { EngineParts } from '../engine/engine.js';
import type { NewEvent } from '../writer/pending-event.js';
import type { StepVisit } from '../execution/step-context.js';
import type { MemoryProcessStore } from '../store/memory/memory-process-store.js';
import type { AuditRecord, Process } from '../query/shapes.js';
import type { Class, Duration, EventData, EventKey, EventName } from '../values/types.js';
import type { StartOptions } from '../writer/call-options.js';
import type { WorkflowService } from '../workflow.service.js';
import type { VirtualClock } from './virtual-clock.js';
import { setTimeout } from '../values/timers.js';

/** Real milliseconds between two looks at the running bodies. After `STILL_TURNS` of them without progress the clock may move on. */
const STILL_MS = 5;
const STILL_TURNS = 10;

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

/** Drives processes by hand. Every method resolves when nothing is left to do at this moment. */
export class WorkflowHarness {
  private readonly probes: Probe[] = [];
  /** Crashes scheduled by `crashIn()`, by step. */
  private readonly crashes = new Map<string, number>();

  /** @internal Made by `WorkflowTestingModule`. */
  constructor(
    private readonly engine: EngineParts,
    private readonly workflows: WorkflowService,
  ) {}

  async start<W extends Class | string>(workflow: W, context?: StartValues<W>, options?: StartOptions): Promise<ProcessProbe<W>> {
    const { id } = await this.workflows.start(workflow, context, options);
    const probe = new Probe(this, this.workflows, workflow, id);
    this.probes.push(probe);
    await this.settle();
    return probe as unknown as ProcessProbe<W>;
  }

  async emit<const E extends EventName>(event: E, groupId: EventKey | readonly EventKey[], data: EventData<E>): Promise<Delivery[]> {
    const deliveries = await this.workflows.emit(event, groupId, data);
    await this.settle();
    return deliveries;
  }

  /** Moves the clock. Timers, time-outs, retries and delayed tasks happen in order on the way. */
  async advance(time: Duration): Promise<void> {
    const until = this.clock.now().getTime() + milliseconds(time);
    await this.settle();
    for (let next = this.nextMoment(); next !== null && next <= until; next = this.nextMoment()) await this.moveTo(next);
    await this.moveTo(until);
  }

  now(): Date {
    return this.clock.now();
  }

  /**
   * In the next run of this step its worker crashes before it can record anything, and another takes over. The body runs to its end:
   * its outside effects have happened, and only its outcome is lost, as after a real crash at the worst moment.
   */
  crashIn(step: string): void {
    const known = this.engine.registry.all().filter(({ steps }) => steps.has(step));
    if (known.length === 0) throw new Error(`No workflow has a step "${step}".`);
    if (!this.crashes.has(step)) for (const { steps } of known) this.replaceBody(steps as Map<string, NodeCode>, step);
    this.crashes.set(step, (this.crashes.get(step) ?? 0) + 1);
  }

  private replaceBody(steps: Map<string, NodeCode>, name: string): void {
    const step = steps.get(name)!;
    const crashing = async (...args: unknown[]) => {
      const crashes = this.crashes.get(name)! > 0;
      this.crashes.set(name, this.crashes.get(name)! - Number(crashes));
      const result = await step.run?.(...args);
      if (crashes) await this.takeOver(args.at(-1) as StepVisit);
      return result; // comes from a worker that has lost its claim, so it changes nothing
    };
    steps.set(name, { ...step, run: crashing });
  }

  /** Does what another worker does once the heartbeat has been missing for long enough. */
  private async takeOver({ processId, token }: StepVisit): Promise<void> {
    const { worker, writer } = this.engine;
    const lost: NewEvent[] = [
      { type: 'worker-lost', worker },
      { type: 'task-lost', worker, key: token.key, run: token.run },
    ];
    for (const event of lost) await writer.apply(processId, event);
  }

  /** Resolves when nothing is left to do at this moment. The other methods do so anyway. */
  async settle(): Promise<void> {
    await this.quiet();
    await this.engine.sweeper.sweep();
    await this.quiet();
    for (const probe of this.probes) await probe.look();
  }

  /** Resolves when nothing runs, or only bodies with a time limit that have waited for a while, perhaps for the clock. */
  private async quiet(): Promise<void> {
    let waiting = true;
    const idle = this.engine.activity.idle().finally(() => (waiting = false));
    for (let still = 0; waiting && still < STILL_TURNS;) {
      await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, STILL_MS))]);
      still = this.engine.activity.underWay <= this.clock.pending ? still + 1 : 0;
    }
  }

  private async moveTo(time: number): Promise<void> {
    this.clock.set(Math.max(time, this.clock.now().getTime()));
    this.clock.fire();
    await this.settle();
  }

  private nextMoment(): number | null {
    const moments = [this.clock.nextTimer(), (this.engine.store as MemoryProcessStore).nextMoment()].filter((moment) => moment !== null);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  private get clock(): VirtualClock {
    return this.engine.clock as VirtualClock;
  }
}

/** Reads everything when nothing is left to do, so that a test can look at it without waiting. */
class Probe {
  status!: Process['status'];
  context: unknown;
  waitingFor: string[] = [];
  path: string[] = [];
  records: AuditRecord[] = [];

  constructor(
    private readonly harness: WorkflowHarness,
    private readonly workflows: WorkflowService,
    private readonly workflow: Class | string,
    readonly id: string,
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
    await this.harness.settle();
  }

  async provideInput(step: string, input: unknown): Promise<void> {
    await this.workflows.provideInput(this.workflow as string, step, this.id, input);
    await this.harness.settle();
  }
}
