import { Worker } from 'node:worker_threads';
import type { ThreadBeat } from '../store/thread-beat.js';
import { HEARTBEAT_SCRIPT } from './heartbeat-script.js';

/** A beat that went well, on the clock of `process.hrtime()`, ms; or one that did not. */
export type ThreadReport = { readonly storeTime: number; readonly asked: number; readonly answered: number } | { readonly error: string };

/** An event loop that has not turned for so long does not come back: the worker counts as dead, and others take over. */
const MOST_BLOCKED_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;

/**
 * Beats from a thread of its own: a body that computes for a minute blocks the event loop and is no death. A process that is stopped or
 * killed stops this thread as well.
 */
export class HeartbeatThread {
  private readonly turning: NodeJS.Timeout;

  /** `turns`: counted up by the event loop as long as it turns. */
  private constructor(
    private readonly thread: Worker,
    turns: Int32Array,
    everyMs: number,
  ) {
    this.turning = setInterval(() => Atomics.add(turns, 0, 1), everyMs).unref();
  }

  /** Null: its options cannot be sent to a thread. `ended`: it broke, and does not beat any more. */
  static start(worker: string, beat: ThreadBeat, everyMs: number, heard: (report: ThreadReport) => void, ended: () => void): HeartbeatThread | null {
    const loop = new SharedArrayBuffer(4);
    const job = { ...beat, worker, everyMs, loop, timeoutMs: TIMEOUT_MS, mostBlockedMs: MOST_BLOCKED_MS };
    try {
      const thread = new Worker(HEARTBEAT_SCRIPT, { eval: true, workerData: job, stdout: false, stderr: false });
      thread.on('message', heard).on('error', ended);
      thread.unref();
      return new HeartbeatThread(thread, new Int32Array(loop), everyMs);
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.turning);
    await this.thread.terminate();
  }
}
