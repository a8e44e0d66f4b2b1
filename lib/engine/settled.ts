import type { Change } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessRef } from '../query/process-ref.js';
import { milliseconds } from '../values/duration.js';
import type { Duration } from '../values/types.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { clearTimeout, monotonicNow, setTimeout } from '../values/timers.js';

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;

type SettledListener = (process: ProcessState) => void;

/** The parts that the watch needs. */
export interface SettledParts {
  readonly worker: string;
  readonly lookup: Lookup;
  readonly writer: ProcessWriter;
  /** True while the inbox is searched for a message that the process waits for. */
  readonly isLooking: (processId: string) => boolean;
}

/** Waits until a process is no longer running. Commits of this instance are noticed at once, those of others by looking. */
export class SettledWatch {
  private readonly watchers = new Map<string, Set<SettledListener>>();

  constructor(private readonly parts: SettledParts) {}

  committed({ process }: Change): void {
    if (this.watchers.size === 0 || process.status === 'running') return;
    for (const tell of this.watchers.get(process.id) ?? []) tell(process);
  }

  async settled(ref: ProcessRef, timeout: Duration | undefined): Promise<ProcessState> {
    const { lookup } = this.parts;
    const until = timeout === undefined ? Infinity : monotonicNow() + milliseconds(timeout);
    let process = this.known(ref) ?? (await lookup.toRead(ref));
    // a process that runs here is noticed at once, so looks are rare
    for (
      let pause = this.known(process.id) ? LONGEST_LOOK_MS : FIRST_LOOK_MS;
      !this.isSettled(process) && monotonicNow() < until;
      pause = Math.min(pause * 2, LONGEST_LOOK_MS)
    ) {
      process = (await this.told(process.id, Math.min(pause, until - monotonicNow()))) ?? this.known(process.id) ?? (await lookup.toRead(process.id));
    }
    return process;
  }

  /** The state of a process that this worker runs, which need not be read. */
  private known(ref: ProcessRef): ProcessState | undefined {
    const process = typeof ref === 'string' ? this.parts.writer.known(ref)?.process : undefined;
    return process?.worker === this.parts.worker ? process : undefined;
  }

  private isSettled({ id, status }: ProcessState): boolean {
    return status !== 'running' && !this.parts.isLooking(id);
  }

  /** Resolves with the process as soon as this instance settles it. Undefined: it is time to look. */
  private told(id: string, ms: number): Promise<ProcessState | undefined> {
    return new Promise((resolve) => {
      const watchers = this.watchers.get(id) ?? new Set<SettledListener>();
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
