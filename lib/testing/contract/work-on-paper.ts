import type { Missed, Ran, Task, TaskQueue, TaskWork } from '../../queue/task-queue.js';
import { taskOf } from '../../queue/task-id.js';
import type { Rate } from '../../store/port.js';
import { anId } from '../builders.js';

type Entry = { task: Task; state: 'free' | 'runs' | 'done' };

/** Stands in for the engine and the store: knows which tasks there are, runs each once, and sweeps. */
export class WorkOnPaper implements TaskWork {
  /** The tasks whose bodies have begun, in order, each with its queue and time. */
  readonly begun: { readonly id: string; readonly queue: string; readonly at: number }[] = [];
  most = 0;
  /** How long a body takes: ms, or `'open'` until {@link endAll}. */
  bodyMs: number | 'open' = 0;
  /** How many tries are answered with `limited` first. */
  refusals = 0;
  private readonly entries = new Map<string, Entry>();
  private readonly windows = new Map<string, { from: number; taken: number }>();
  private open: (() => void)[] = [];

  constructor(private readonly queue: TaskQueue) {}

  async missed(): Promise<Missed> {
    return { what: 'over' };
  }

  /** Adds tasks that are committed but not announced yet. */
  add(count: number, queue: string, readyInMs = 0): Task[] {
    const readyAt = Date.now() + readyInMs;
    const tasks = Array.from({ length: count }, () => taskOf({ processId: anId(), key: '0', run: 1, claim: 0, queue, readyAt }));
    for (const task of tasks) this.entries.set(task.id, { task, state: 'free' });
    return tasks;
  }

  /** The same task, ready now instead of later. */
  bringForward({ id, queue }: Task): Task {
    const task = { id, queue, readyAt: Date.now() };
    this.entries.get(id)!.task = task;
    return task;
  }

  async run(id: string, rate?: Rate): Promise<Ran> {
    const entry = this.entries.get(id);
    if (entry?.state !== 'free' || entry.task.readyAt > Date.now()) return { what: 'gone' };
    if (this.refusals-- > 0 || (rate && !this.hasRoom(entry.task.queue, rate))) return { what: 'limited', retryMs: 20 };
    await this.perform(entry);
    return { what: 'ran' };
  }

  async ready(queues: readonly string[], limit: number): Promise<readonly Task[]> {
    await pass(5);
    return this.free().filter(({ queue }) => queues.includes(queue)).slice(0, limit); // prettier-ignore
  }

  /** Announces tasks again that were not taken, as the engine's sweep does. */
  sweep(): Promise<void> {
    return this.queue.notify(this.free());
  }

  /** Announces free tasks again until the condition holds, and fails after 8 seconds. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 8000;
    for (let turn = 1; !isSo(); turn++) {
      if (Date.now() > end) throw new Error(`It did not come to that: ${what}`);
      await pass(20);
      if (turn % 10 === 0) await this.sweep();
    }
  }

  endAll(): void {
    this.bodyMs = 0;
    for (const end of this.open.splice(0)) end();
  }

  timesBegun(task: Task): number {
    return this.begun.filter(({ id }) => id === task.id).length;
  }

  private free(): Task[] {
    return [...this.entries.values()].filter(({ task, state }) => state === 'free' && task.readyAt <= Date.now()).map(({ task }) => task);
  }

  private async perform(entry: Entry): Promise<void> {
    const { id, queue } = entry.task;
    entry.state = 'runs';
    this.begun.push({ id, queue, at: Date.now() });
    this.most = Math.max(this.most, [...this.entries.values()].filter(({ state }) => state === 'runs').length);
    await (this.bodyMs === 'open' ? new Promise<void>((resolve) => this.open.push(resolve)) : pass(this.bodyMs));
    entry.state = 'done';
  }

  private hasRoom(queue: string, { max, perMs }: Rate): boolean {
    const known = this.windows.get(queue);
    const window = known && Date.now() < known.from + perMs ? known : { from: Date.now(), taken: 0 };
    this.windows.set(queue, window);
    return window.taken < max && ++window.taken > 0;
  }
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
