import { Logger } from '@nestjs/common';
import type { Job, JobOptions, Queue } from 'bull';
import { taskAddress } from '../task-id.js';
import { QueueWorker } from '../queue-worker.js';
import type { QueuePlan } from '../queue-settings.js';
import type { Missed, Task, TaskWork } from '../task-queue.js';
import { inTime } from '../../values/in-time.js';
import { setTimeout } from '../../values/timers.js';
import { SeldomLogger } from './seldom-logger.js';

/** How long an announcement may take: when Redis is down, `add` does not fail but hangs. */
const PATIENCE_MS = 1000;
/** How long a Redis that hangs gets no more jobs, which would pile up in memory. The sweep announces lost tasks again. */
const SILENCE_MS = 5000;
/** The clocks of two instances differ by some milliseconds. A job that is earlier than that is left to the sweep. */
const LONGEST_WAIT_MS = 1000;
/** A task that this instance may not run at all looks like one that has just become ready. */
const MOST_TRIES = 3;
/** A task that is ready later than this is left to the sweep. */
const LONGEST_DELAY_MS = 24 * 24 * 60 * 60 * 1000;
/** A task so late is announced under a new id. */
const RENEWED_AFTER_MS = 60_000;
/** Jobs in one Redis transaction. All other clients wait for it. */
const AT_ONCE = 500;

/** Also for a job that says nothing of itself: forged, or what Redis still has of one. Bull would keep it, and ignore its id from then on. */
const NOTHING_KEPT: JobOptions = { removeOnComplete: true, removeOnFail: true };

/**
 * Bull puts a job of another application back every half a second, for ten seconds; after that its application announces the task
 * anew. No other job has attempts: one that fails because Redis is gone is not tried again, as the store has its task.
 */
const PUT_BACK: JobOptions = { attempts: 20, backoff: { type: 'fixed', delay: 500 } };

type NewJob = { readonly data: { readonly id: string }; readonly opts: JobOptions };

/** One queue in Redis: announces its tasks, and runs them. */
export class BullQueueWorker {
  readonly name: string;
  private readonly logger: SeldomLogger;
  private silentUntil = 0;
  private stopped = false;
  private withoutRedis: QueueWorker | undefined;

  constructor(
    private readonly plan: QueuePlan,
    private readonly queue: Queue,
  ) {
    this.name = plan.name;
    this.logger = new SeldomLogger(new Logger('Workflow'), `Task queue "${plan.name}"`);
    queue.on('error', (error: unknown) => this.logger.warn('Redis', error)); // Redis may return or not: tasks are in the store
    handleOutages(queue);
  }

  /* ------------------------------------------------------------- announcing ---- */

  /** Neither fails nor takes long, whatever Redis does. */
  async notify(tasks: readonly Task[]): Promise<void> {
    const jobs = tasks.flatMap((task) => jobOf(task) ?? []);
    if (jobs.length === 0) return;
    if (Date.now() < this.silentUntil) return this.workOff(tasks);
    try {
      if (await inTime(this.add(jobs), PATIENCE_MS)) return;
      this.beSilent();
    } catch (error) {
      this.logger.warn('Tasks are run without it', error);
    }
    this.workOff(tasks);
  }

  /** Without Redis, this instance runs the tasks itself that are ready. */
  private workOff(tasks: readonly Task[]): void {
    for (const task of tasks) if (task.readyAt <= Date.now()) this.withoutRedis?.add(task);
  }

  private beSilent(): void {
    this.silentUntil = Date.now() + SILENCE_MS;
    this.logger.warn('Tasks are run without it', 'Redis does not answer');
  }

  private async add(jobs: readonly NewJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += AT_ONCE) {
      const added = await this.queue.addBulk(jobs.slice(from, from + AT_ONCE));
      if (added.some(({ id }) => id === undefined)) throw new Error('Redis refused them'); // full, or a replica: Bull does not tell which
    }
    this.silentUntil = 0;
  }

  /** A client without a connection would keep the command until it has one. */
  async ping(): Promise<void> {
    const { client } = this.queue;
    if (client.status !== 'ready') throw new Error(`Redis is not connected (${client.status})`);
    if (!(await inTime(client.ping(), PATIENCE_MS))) throw new Error(`Redis has not answered in ${PATIENCE_MS} ms`);
  }

  /* ---------------------------------------------------------------- working ---- */

  /** One handler takes jobs of any name: Bull would fail and keep jobs of a name without a handler. Begins when Redis is available. */
  listen(work: TaskWork): void {
    this.withoutRedis = new QueueWorker(this.plan, work);
    this.queue.process('*', this.plan.concurrency, (job: Job) => this.take(job, work)).catch(() => {}); // also reported by 'error'
  }

  /** Resolves when the try has ended. The store knows how it ended; Bull need not. Rejects for a task that is not ours: Bull puts its job back. */
  private async take(job: Job, work: TaskWork): Promise<void> {
    Object.assign(job.opts, NOTHING_KEPT);
    const id = idIn(job.data, this.name);
    const missed = id === null || this.stopped ? null : await this.run(id, work);
    if (id === null) this.logger.warn('A job was dropped', 'it is no task of this queue');
    if (isRemnant(job)) await this.queue.client.del(this.queue.toKey(String(job.id)));
    if (missed?.what === 'foreign') this.leaveToOthers(job);
  }

  /** A task that is a moment early by the clock of this instance waits for that moment: its job comes only once. Null: the task ran. */
  private async run(id: string, work: TaskWork): Promise<Missed | null> {
    for (let tries = 1; (await work.run(id)).what === 'gone'; tries++) {
      const missed = await work.missed(id);
      if (missed.what !== 'early' || missed.ms > LONGEST_WAIT_MS || tries === MOST_TRIES) return missed;
      await new Promise((resolve) => setTimeout(resolve, missed.ms + 1)); // a timer may end a moment early
    }
    return null;
  }

  private leaveToOthers({ opts }: Job): never {
    const why = `its process is not in this database. If other applications use this Redis, give each a prefix of its own, other than that of "${this.queue.name}": bullTaskQueue({ prefix })`;
    this.logger.warn('A job was left to others', why);
    Object.assign(opts, PUT_BACK);
    throw new Error(why);
  }

  /** Bull still hands out a job while it pauses. That job is dropped, and the sweep announces its task again. Running jobs are not awaited. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.withoutRedis?.close();
    await inTime(this.queue.pause(true, true), PATIENCE_MS).catch(() => false);
  }
}

/**
 * Changes two behaviours that do harm without Redis. @nestjs/bull closes its queues when the application shuts down, and waits for
 * their jobs for ever. And Bull gives its connection a name without handling a failure: that rejection would end the process.
 */
function handleOutages(queue: Queue): void {
  const { setWorkerName } = queue as unknown as { setWorkerName(): Promise<void> };
  Object.assign(queue, { onApplicationShutdown: () => closeInTime(queue), setWorkerName: () => setWorkerName.call(queue).catch(() => {}) });
}

/** A Redis that is just stopping or starting can keep Bull waiting. Then its connections are cut. */
async function closeInTime(queue: Queue): Promise<void> {
  await inTime(queue.close(true), PATIENCE_MS).catch(() => false);
  for (const client of (queue as unknown as { clients: BullClient[] }).clients) cutForGood(client);
}

interface BullClient {
  disconnect(): void;
  connect(): Promise<void>;
}

/** Bull connects again when a pause has ended that had to wait for Redis. Without its application, that client would try to reconnect for ever. */
function cutForGood(client: BullClient): void {
  client.disconnect();
  client.connect = () => Promise.reject(new Error('The queue is closed'));
}

/** Null: the task is ready too late. A job is deleted once it has run. */
function jobOf({ id, readyAt }: Task): NewJob | null {
  const delay = Math.max(0, readyAt - Date.now());
  if (!(delay <= LONGEST_DELAY_MS)) return null;
  const jobId = `${id}|${readyAt}${renewal(Date.now() - readyAt)}`;
  return { data: { id }, opts: { attempts: 1, jobId, delay, ...NOTHING_KEPT } };
}

/**
 * Bull ignores a job whose id it has. So the id contains `readyAt`: a task that is brought forward is announced again. And so a
 * task that is not taken gets a new id when it is a minute late, two minutes, four: Redis may hold the first id in a job that no
 * worker will ever see, for instance after it has lost a part of its memory. A job too many does no harm.
 */
function renewal(lateMs: number): string {
  return lateMs < RENEWED_AFTER_MS ? '' : `|${Math.floor(Math.log2(lateMs / RENEWED_AFTER_MS))}`;
}

/**
 * A job that Redis has forgotten between handing it out and locking it: Bull then writes a time into a job that is not there. What
 * is left is in no list, is never deleted, and makes Bull ignore every new announcement of the task.
 */
function isRemnant({ timestamp }: Job): boolean {
  return !Number.isFinite(timestamp);
}

/** Redis may hold anything. Only the id of a task of this queue is accepted: a task of another queue would escape the limits of that. */
function idIn(data: unknown, queue: string): string | null {
  const id: unknown = (data as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' && taskAddress(id)?.queue === queue ? id : null;
}
