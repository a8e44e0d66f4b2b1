import type { SchemaMode } from '../store/process-store.js';
import type { TaskQueue } from '../queue/task-queue.js';
import { type Clock, SystemTimers, type Timers } from '../values/clock.js';
import type { EngineSettings } from './settings.js';
import { StoreClock } from './store-clock.js';

/** What tests replace of an engine: its time, its task queues, and how it is started. */
export class EngineEnvironment {
  /** `given`: the clock of the module's options. */
  clock(given: Clock | undefined): Clock {
    return given ?? new StoreClock();
  }

  timers(): Timers {
    return new SystemTimers();
  }

  queue(given: TaskQueue): TaskQueue {
    return given;
  }

  settings(given: EngineSettings): EngineSettings {
    return given;
  }

  schema(given: SchemaMode = 'check'): SchemaMode {
    return given;
  }
}
