import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { Change } from '../core/change.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import { PendingWork } from '../values/pending-work.js';
import type { Clock, Timers } from '../values/clock.js';
import { ChildStarter } from '../messaging/child-starter.js';
import { GroupCommit } from '../writer/group-commit.js';
import { StepInputs } from '../execution/step-inputs.js';
import { DefinitionCatalog } from '../workflows/definition-catalog.js';
import { ProcessCommands } from '../writer/process-commands.js';
import { logFailure } from './failure-log.js';
import { BatchLoader } from '../writer/batch-loader.js';
import { ChildCanceller } from '../messaging/child-canceller.js';
import { MessageRouter } from '../messaging/message-router.js';
import { ProcessRunner } from '../execution/process-runner.js';
import { ProcessStarter } from '../writer/process-starter.js';
import { ProcessWriter } from '../writer/process-writer.js';
import { WorkflowRegistry } from '../workflows/registry.js';
import { Sweeper } from './sweeper.js';
import { taskOfWait } from '../queue/task-id.js';
import { TaskRunner } from '../execution/task-runner.js';
import { TransactionalSteps } from '../execution/transactional-steps.js';
import { Uncommitted } from '../writer/uncommitted.js';

export interface EngineSettings {
  /** False: this instance starts, tells and reads, and others run. */
  readonly enabled: boolean;
  readonly concurrency: number;
  readonly shutdownMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly keepUnmatchedMs: number;
  /** False: nobody sweeps but who calls it. For a clock that stands still. */
  readonly sweeps: boolean;
}

/** The parts of one worker, put together. Start and stop are its only two doings of its own. */
export class Engine {
  readonly registry = new WorkflowRegistry();
  readonly activity = new PendingWork();
  readonly uncommitted: Uncommitted;
  /** New at every boot: a name that comes back would be taken for the worker that died. */
  worker = newWorkerId();
  /** Only then it takes processes: before its first heartbeat and after its last, nobody would notice that it is gone. */
  private works = false;
  private readonly listening = new Set<string>();
  readonly committer: GroupCommit;
  readonly loader: BatchLoader;
  readonly writer: ProcessWriter;
  readonly starter: ProcessStarter;
  readonly hands: ProcessCommands;
  readonly post: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly definitions: DefinitionCatalog;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
  readonly sweeper: Sweeper;

  constructor(
    readonly store: ProcessStore,
    readonly queue: TaskQueue,
    readonly clock: Clock,
    timers: Timers,
    readonly settings: EngineSettings,
  ) {
    const { registry, activity, worker } = this;
    this.committer = new GroupCommit(store);
    this.loader = new BatchLoader(store);
    this.writer = new ProcessWriter(this.committer, this.loader, registry, clock, activity, () => (this.works ? worker : null));
    this.uncommitted = new Uncommitted(store, (change) => this.writer.committedElsewhere(change, null));
    const transactional = new TransactionalSteps(store, this.loader, this.writer, clock, timers, worker, this.uncommitted);
    const handover = new StepInputs(store, this.loader, registry);
    this.runner = new ProcessRunner(worker, store, this.writer, registry, this.loader, handover, transactional, clock, timers, activity, settings.concurrency);
    this.tasks = new TaskRunner(worker, store, this.writer, registry, this.loader, handover, transactional, clock, timers, activity);
    this.writer.afterCommit((change) => this.ring(change));
    this.writer.afterCommit(logFailure);
    this.starter = new ProcessStarter(store, this.committer, this.writer, clock, () => (this.works ? worker : null), this.uncommitted);
    this.hands = new ProcessCommands(this.writer, store, this.loader, registry, clock, this.uncommitted);
    this.post = new MessageRouter(store, registry, this.hands, clock, activity);
    this.children = new ChildStarter(store, registry, this.starter, this.post.courier, this.hands, activity);
    this.orphans = new ChildCanceller(store, registry, this.hands, activity);
    this.definitions = new DefinitionCatalog(store, registry, () => this.listenMore());
    const nets = { post: this.post, children: this.children, orphans: this.orphans, definitions: this.definitions };
    this.sweeper = new Sweeper({ worker, ...settings }, store, queue, registry, this.writer, this.runner, this.tasks, nets, clock, timers);
  }

  async start(): Promise<void> {
    if (!this.settings.enabled) return;
    this.works = true;
    await this.listenTo(this.registry.queues());
    if (this.settings.sweeps) await this.sweeper.start();
  }

  private async listenTo(queues: readonly string[]): Promise<void> {
    for (const queue of queues) this.listening.add(queue);
    await this.queue.listen(queues, this.tasks);
  }

  /** A definition that came at run time may name queues of its own. */
  private async listenMore(): Promise<void> {
    const more = this.registry.queues().filter((queue) => !this.listening.has(queue));
    if (this.works && this.queue.queues === null && more.length > 0) await this.listenTo(more);
  }

  /** Takes nothing more, waits for what runs, then says that it is gone: others go on with what is left. */
  async stop(): Promise<void> {
    this.works = false;
    this.sweeper.pause();
    this.runner.stop();
    await this.queue.stop();
    this.tasks.stop();
    const late = new Promise((resolve) => setTimeout(resolve, this.settings.shutdownMs, 'late').unref());
    if ((await Promise.race([this.activity.idle(), late])) === 'late') this.abandon();
    this.writer.close();
    if (this.settings.enabled) await this.sweeper.stop();
  }

  private abandon(): void {
    this.runner.abortAll('The application shuts down.');
    this.tasks.abortAll('The application shuts down.');
  }

  private ring(change: Change): void {
    const tasks = change.waits.put.filter((wait) => wait.kind === 'task' && wait.readyAt !== null);
    if (tasks.length > 0) void this.queue.ring(tasks.map((wait) => taskOfWait(change.process.id, wait))).catch(() => {}); // the sweep rings again
  }
}

function newWorkerId(): string {
  return `${hostname().slice(0, 60)}-${process.pid}-${randomBytes(4).toString('hex')}`;
}
