import { milliseconds } from '../values/duration.js';
import type { ProcessState } from '../core/process.js';
import type { Duration } from '../values/types.js';
import type { Engine } from './engine.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessRef } from '../query/process-ref.js';

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;

type Tell = (process: ProcessState) => void;

/** Waits until a process waits, parks or ends: told at once of what this instance commits, and looking for what others do. */
export class SettledWatch {
  private readonly watchers = new Map<string, Set<Tell>>();

  constructor(
    private readonly engine: Engine,
    private readonly lookup: Lookup,
  ) {
    engine.writer.afterCommit(({ process }) => {
      if (process.status !== 'running') for (const tell of this.watchers.get(process.id) ?? []) tell(process);
    });
  }

  async settled(ref: ProcessRef, timeout: Duration | undefined): Promise<ProcessState> {
    const until = timeout === undefined ? Infinity : Date.now() + milliseconds(timeout);
    let process = this.known(ref) ?? (await this.lookup.toRead(ref));
    for (let pause = FIRST_LOOK_MS; !this.isSettled(process) && Date.now() < until; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
      process = (await this.told(process.id, Math.min(pause, until - Date.now()))) ?? this.known(process.id) ?? (await this.lookup.toRead(process.id));
    }
    return process;
  }

  /** What this worker itself is driving it need not read. */
  private known(ref: ProcessRef): ProcessState | undefined {
    const process = typeof ref === 'string' ? this.engine.writer.seats.get(ref)?.known?.process : undefined;
    return process?.worker === this.engine.worker ? process : undefined;
  }

  private isSettled({ id, status }: ProcessState): boolean {
    return status !== 'running' && !this.engine.post.isLooking(id);
  }

  /** The process as soon as this instance settles it; undefined: it is time to look. */
  private told(id: string, ms: number): Promise<ProcessState | undefined> {
    return new Promise((resolve) => {
      const watchers = this.watchers.get(id) ?? new Set<Tell>();
      const end = (process?: ProcessState) => {
        clearTimeout(timer);
        watchers.delete(end);
        if (watchers.size === 0) this.watchers.delete(id);
        resolve(process);
      };
      const timer = setTimeout(end, ms);
      this.watchers.set(id, watchers.add(end));
    });
  }
}
