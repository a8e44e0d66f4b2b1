import type { ModuleRef } from '@nestjs/core';
import { milliseconds } from '../values/duration.js';
import type { StartValues } from '../definition/workflow-types.js';
import type { Delivery } from '../messaging/delivery.js';
import { Engine, type EngineParts } from '../engine/engine.js';
import { MemoryProcessStore } from '../store/memory/memory-process-store.js';
import { setTimeout } from '../values/timers.js';
import type { Class, Duration, EventData, EventKey, EventName } from '../values/types.js';
import { WorkflowService } from '../workflow.service.js';
import type { StartOptions } from '../writer/call-options.js';
import { WorkerCrashes, type CrashPoint } from './worker-crashes.js';
import { HeldBodies } from './held-bodies.js';
import type { ProcessFixture } from './process-fixture.js';
import { ProcessReplay } from './process-replay.js';
import { Probe, type ProcessProbe } from './process-probe.js';
import type { VirtualClock } from './virtual-clock.js';

/** Real milliseconds between two looks at the running bodies. */
const LOOK_MS = 5;
/** After so many looks without progress a body with a time limit counts as one that waits for the clock. A body may ask a database. */
const STILL_LOOKS = { held: 2, inMemory: 10, inDatabase: 60 };

export interface ReplayOptions {
  /** Steps whose code of today runs, with the providers of the test. What it changes is compared. */
  readonly run?: readonly string[];
}

/** What came of a replay. */
export interface Replay {
  /** The process of today, where it stands at the end. */
  readonly process: ProcessProbe<string>;
  /** Where it went another way, in sentences. Empty: nowhere. */
  readonly differences: readonly string[];
}

/** Drives processes by hand. Every method resolves when nothing is left to do at this moment. */
export class WorkflowHarness {
  private readonly probes: Probe[] = [];
  private readonly held: HeldBodies[] = [];
  private crashes: WorkerCrashes | undefined;

  /** @internal Made by `WorkflowTestingModule`. */
  constructor(private readonly modules: ModuleRef) {}

  async start<W extends Class | string>(workflow: W, context?: StartValues<W>, options?: StartOptions): Promise<ProcessProbe<W>> {
    const { id } = await this.workflows.start(workflow, context, options);
    return this.process(workflow, id);
  }

  /** Watches a process that something else has started: a controller, a message handler, or a step that has a child. */
  async process<W extends Class | string>(workflow: W, id: string): Promise<ProcessProbe<W>> {
    const probe = new Probe(this.workflows, workflow, id, () => this.settle());
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
    await this.advanceTo(this.clock.now().getTime() + milliseconds(time));
  }

  private async advanceTo(until: number): Promise<void> {
    await this.settle();
    for (let next = await this.nextMoment(); next <= until; next = await this.nextMoment()) await this.moveTo(next);
    await this.moveTo(until);
  }

  now(): Date {
    return this.clock.now();
  }

  /**
   * In the next run of this step its worker crashes before it can record anything, and another takes over. The body runs to its end: its
   * outside effects have happened, and only its outcome is lost, as after a real crash at the worst moment. The writes of a
   * transactional step are rolled back. `point`: which method of the step; by default the step itself.
   */
  crashIn(step: string, point: CrashPoint = 'run'): void {
    (this.crashes ??= new WorkerCrashes(this.engine)).add(step, point);
  }

  /**
   * Lets a process of today's code go through what a process of {@link fixtureOf} went through: the same starting values, messages and times. Each
   * body ends as it did then, without being run, except those of the steps in `run`. Ends at the first record that it does not follow.
   * @throws InvalidInputError if the workflow of today does not start with these values
   */
  async replay(fixture: ProcessFixture, { run = [] }: ReplayOptions = {}): Promise<Replay> {
    const { engine, workflows } = this;
    const runs = new Set(run);
    const held = new HeldBodies();
    this.held.push(held);
    held.hold(engine.registry.all(), runs);
    try {
      const process = await this.start<string>(fixture.workflow, fixture.context, { groupId: fixture.groupId });
      const parts = {
        engine,
        workflows,
        held,
        runs,
        advanceTo: (time: number) => this.advanceTo(time),
        settle: () => this.settle(),
        probe: process as unknown as Probe,
      };
      const replay = new ProcessReplay(fixture, parts);
      await replay.run();
      return { process, differences: replay.differences };
    } finally {
      held.release();
    }
  }

  /** Resolves when nothing is left to do at this moment. The other methods do so anyway; call it after something else has told a workflow something. */
  async settle(): Promise<void> {
    await this.quiet();
    await this.engine.sweeper.sweep();
    await this.quiet();
    for (const probe of this.probes) await probe.look();
  }

  /** Resolves when nothing runs, or only bodies with a time limit that have waited for a while, perhaps for the clock. */
  private async quiet(): Promise<void> {
    const { activity } = this.engine;
    let isIdle = false;
    const idle = activity.idle().finally(() => (isIdle = true));
    for (let still = 0, begun = -1; !isIdle && still < this.enoughLooks; begun = activity.begun) {
      await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
      still = activity.begun === begun && activity.underWay <= this.clock.pending + this.heldBodies ? still + 1 : 0;
    }
  }

  private get enoughLooks(): number {
    const { activity, store } = this.engine;
    if (activity.underWay <= this.heldBodies) return STILL_LOOKS.held;
    return store instanceof MemoryProcessStore ? STILL_LOOKS.inMemory : STILL_LOOKS.inDatabase;
  }

  private get heldBodies(): number {
    return this.held.reduce((sum, { count }) => sum + count, 0);
  }

  private async moveTo(time: number): Promise<void> {
    this.clock.set(Math.max(time, this.clock.now().getTime()));
    this.clock.fire();
    await this.settle();
  }

  /** The next moment at which something may happen. Infinity: there is none. */
  private async nextMoment(): Promise<number> {
    const stored = await this.engine.store.maintenance.nextMoment(this.clock.now().getTime());
    return Math.min(stored ?? Infinity, this.clock.nextTimer() ?? Infinity, this.engine.pauseWatch.nextMoment() ?? Infinity);
  }

  private get engine(): EngineParts {
    return this.modules.get(Engine, { strict: false }).parts;
  }

  private get workflows(): WorkflowService {
    return this.modules.get(WorkflowService, { strict: false });
  }

  private get clock(): VirtualClock {
    return this.engine.clock as VirtualClock;
  }
}
