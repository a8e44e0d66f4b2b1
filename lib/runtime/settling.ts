import { milliseconds } from '../core/duration.js';
import type { ProcessState } from '../core/process.js';
import type { Duration } from '../values.js';
import type { Engine } from './engine.js';
import type { Lookup, ProcessRef } from './lookup.js';

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;

/** Waits until a process waits, parks or ends: told at once of what this instance commits, and looking for what others do. */
export class Settling {
  private readonly watchers = new Map<string, Set<() => void>>();

  constructor(
    private readonly engine: Engine,
    private readonly lookup: Lookup,
  ) {
    engine.writer.afterCommit(({ process }) => {
      if (process.status !== 'running') for (const tell of this.watchers.get(process.id) ?? []) tell();
    });
  }

  async settled(ref: ProcessRef, timeout: Duration | undefined): Promise<ProcessState> {
    const until = timeout === undefined ? Infinity : Date.now() + milliseconds(timeout);
    const { id } = await this.lookup.toRead(ref);
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
      const watch = this.watch(id);
      const process = await this.lookup.toRead(id);
      if ((process.status !== 'running' && !this.engine.post.isLooking(id)) || Date.now() >= until) return watch.end(process);
      await watch.told(Math.min(pause, until - Date.now()));
    }
  }

  /** Watches from before the look, so that nothing falls between. */
  private watch(id: string): { told(ms: number): Promise<void>; end(process: ProcessState): ProcessState } {
    let tell!: () => void;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const all = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, all.add(tell));
    const end = () => {
      all.delete(tell);
      if (all.size === 0 && this.watchers.get(id) === all) this.watchers.delete(id);
    };
    return { told: (ms) => firstOf(told, ms).finally(end), end: (process) => (end(), process) };
  }
}

function firstOf(told: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void told.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
