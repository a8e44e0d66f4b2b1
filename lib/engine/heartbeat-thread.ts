import { Worker } from 'node:worker_threads';
import type { ThreadBeat } from '../store/thread-beat.js';
import { HEARTBEAT_SCRIPT } from './heartbeat-script.js';
import { inTime } from '../values/in-time.js';
import { clearInterval, setInterval } from '../values/timers.js';

/** The result of a beat. `asked` and `answered` are on the clock of `process.hrtime()`, ms. */
export type ThreadReport = { readonly storeTime: number; readonly asked: number; readonly answered: number } | { readonly error: string };

/** After this long without a turn of the event loop the thread stops beating: the worker counts as dead, and others take over. */
const MOST_BLOCKED_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
/** So long a thread may take to end: a beat may be under way. */
const PATIENCE_MS = 2000;

/**
 * Beats from a thread of its own, so a body that blocks the event loop for a minute does not make the worker count as dead. The thread
 * stops when the Node process is stopped or killed.
 */
export class HeartbeatThread {
  private readonly turning: NodeJS.Timeout;

  /** `turns`: a counter that the event loop raises as long as it turns. */
  private constructor(
    private readonly thread: Worker,
    private readonly isNative: boolean,
    turns: Int32Array,
    everyMs: number,
  ) {
    this.turning = setInterval(() => Atomics.add(turns, 0, 1), everyMs).unref();
  }

  /** Null: the options cannot be sent to a thread. `ended`: called when the thread broke and beats no more. */
  static start(worker: string, beat: ThreadBeat, everyMs: number, heard: (report: ThreadReport) => void, ended: () => void): HeartbeatThread | null {
    const loop = new SharedArrayBuffer(4);
    const job = { ...beat, worker, everyMs, loop, timeoutMs: TIMEOUT_MS, mostBlockedMs: MOST_BLOCKED_MS };
    try {
      const thread = new Worker(HEARTBEAT_SCRIPT, { eval: true, workerData: job, stdout: false, stderr: false });
      thread.on('message', heard).on('error', ended).on('exit', ended);
      thread.unref();
      return new HeartbeatThread(thread, beat.client === 'sqlite', new Int32Array(loop), everyMs);
    } catch {
      return null;
    }
  }

  /** Lets the thread end by itself. Only one that hangs is cut off, and never inside of a native driver: that would end the process. */
  async stop(): Promise<void> {
    clearInterval(this.turning);
    const ended = new Promise<boolean>((resolve) => this.thread.once('exit', () => resolve(true)));
    this.thread.postMessage('stop');
    if (!(await inTime(ended, PATIENCE_MS)) && !this.isNative) await this.thread.terminate();
  }
}
