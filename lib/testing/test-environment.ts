import { EngineEnvironment } from '../engine/engine-environment.js';
import type { EngineSettings } from '../engine/settings.js';
import { MemoryTaskQueue } from '../queue/memory/memory-task-queue.js';
import type { SchemaMode } from '../store/process-store.js';
import type { TaskQueue } from '../queue/task-queue.js';
import { VirtualClock, VirtualTimers } from './virtual-clock.js';

/** A body that listens to no signal may not hold up the end of a test. */
const SHUTDOWN_MS = 100;

/** A clock that stands still, task queues in memory, and no heartbeat or sweep by itself. */
export class TestEnvironment extends EngineEnvironment {
  private readonly virtual: VirtualClock;

  constructor(
    now: string | Date | undefined,
    private readonly schemaMode: SchemaMode = 'migrate',
  ) {
    super();
    this.virtual = new VirtualClock(now);
  }

  override clock(): VirtualClock {
    return this.virtual;
  }

  override timers(): VirtualTimers {
    return new VirtualTimers(this.virtual);
  }

  /** The queues of the application are not used, but boot checks their names. */
  override queue(given: TaskQueue): TaskQueue {
    return new MemoryTaskQueue(given.queues, () => this.virtual.now().getTime());
  }

  override settings(given: EngineSettings): EngineSettings {
    return { ...given, enabled: true, sweeps: false, shutdownMs: SHUTDOWN_MS };
  }

  override schema(): SchemaMode {
    return this.schemaMode;
  }
}
