import { Logger } from '@nestjs/common';
import type { KnownPauses } from '../execution/known-pauses.js';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { TaskRunner } from '../execution/task-runner.js';
import type { TransactionTurns } from '../execution/transaction-turns.js';
import type { ChildCanceller } from '../messaging/child-canceller.js';
import type { ChildStarter } from '../messaging/child-starter.js';
import type { Inputs } from '../messaging/input-delivery.js';
import type { OutboxTransmitter } from '../outbox/outbox-transmitter.js';
import type { Senders } from '../outbox/senders.js';
import type { Outbox } from '../messaging/outbox.js';
import type { Inbox } from '../messaging/inbox.js';
import type { InboxLimits } from '../messaging/inbox-limits.js';
import type { MessageRouter } from '../messaging/message-router.js';
import type { Migrations } from '../operations/migration.js';
import type { Erasures } from '../operations/erasure.js';
import type { BulkRuns } from '../operations/bulk-runs.js';
import type { BulkWorker } from '../operations/bulk-worker.js';
import type { Pauses } from '../operations/pauses.js';
import type { Operations } from '../operations/process-operations.js';
import type { OwedInputs } from '../query/owed-inputs.js';
import type { ProcessExports } from '../query/process-export.js';
import type { History } from '../query/process-history.js';
import type { ProcessPages } from '../query/process-pages.js';
import type { WaitList } from '../query/wait-list.js';
import type { Lookup } from '../query/process-lookup.js';
import type { RecordStream } from '../query/record-stream.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import type { PendingWork } from '../values/pending-work.js';
import type { DefinitionCatalog } from '../workflows/definition-catalog.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ClaimLimit } from '../writer/claim-limit.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import type { ProcessStarter } from '../writer/process-starter.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { Uncommitted } from '../writer/uncommitted.js';
import type { Announcements } from './announcements.js';
import type { DueTimers } from './due-timers.js';
import type { EndedOperations } from './ended-operations.js';
import type { FinishedProcesses } from './finished-processes.js';
import type { Heartbeat } from './heartbeat.js';
import type { PauseWatch } from './pause-watch.js';
import type { Observers } from './observers.js';
import type { RetentionRules } from './retention-rules.js';
import type { EngineSettings } from './settings.js';
import type { SettledWatch } from './settled.js';
import type { Sweeper } from './sweeper.js';
import { inTime } from '../values/in-time.js';

/** The parts of one worker, as `compose.ts` puts them together. */
export interface EngineParts {
  readonly worker: string;
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly registry: WorkflowRegistry;
  readonly activity: PendingWork;
  readonly writer: ProcessWriter;
  readonly limit: ClaimLimit;
  readonly commands: ProcessCommands;
  readonly starter: ProcessStarter;
  readonly uncommitted: Uncommitted;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
  readonly connectionTurns: TransactionTurns;
  readonly observers: Observers;
  readonly pauses: KnownPauses;
  readonly pauseWatch: PauseWatch;
  readonly pausing: Pauses;
  readonly bulk: BulkRuns;
  readonly bulkWorker: BulkWorker;
  readonly messages: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly definitions: DefinitionCatalog;
  readonly heartbeat: Heartbeat;
  readonly announcements: Announcements;
  readonly sweeper: Sweeper;
  readonly dueTimers: DueTimers;
  readonly eventTimers: DueTimers;
  readonly inbox: InboxLimits;
  readonly inboxMessages: Inbox;
  readonly senders: Senders;
  readonly outboxTransmitter: OutboxTransmitter;
  readonly outbox: Outbox;
  readonly lookup: Lookup;
  readonly history: History;
  readonly pages: ProcessPages;
  readonly settled: SettledWatch;
  readonly rules: RetentionRules;
  readonly exports: ProcessExports;
  readonly erasures: Erasures;
  readonly finished: FinishedProcesses;
  readonly endedOperations: EndedOperations;
  readonly records: RecordStream;
  readonly operations: Operations;
  readonly inputs: Inputs;
  readonly owed: OwedInputs;
  readonly waits: WaitList;
  readonly migrations: Migrations;
  /** Whether the engine has been started and not stopped. */
  readonly works: () => boolean;
}

/** One worker: its start and its stop. */
export class Engine {
  private isWorking = false;
  private readonly listening = new Set<string>();

  constructor(readonly parts: EngineParts) {}

  /** True from the first heartbeat to stop(). Only then processes are claimed: a worker that was never heard of counts as lost. */
  get works(): boolean {
    return this.isWorking;
  }

  async start(): Promise<void> {
    const { settings, registry, sweeper, heartbeat, announcements } = this.parts;
    if (!settings.enabled) return settings.sweeps ? sweeper.startClock() : undefined;
    await this.parts.pauseWatch.learn(); // before any body begins
    if (settings.sweeps) await heartbeat.start();
    this.isWorking = true;
    await this.listenTo(registry.queues());
    if (!settings.sweeps) return this.stopTimers(); // a test asks for moments itself, and takes its timers for bodies that wait for the clock
    this.tellRules();
    await announcements.listen();
    await sweeper.start();
  }

  private async listenTo(queues: readonly string[]): Promise<void> {
    for (const queue of queues) this.listening.add(queue);
    await this.parts.queue.listen(queues, this.parts.tasks);
  }

  private tellRules(): void {
    const sentence = this.parts.rules.sentence();
    if (sentence !== null) new Logger('Workflow').log(this.parts.settings.archive ? `${sentence} They are archived first.` : sentence);
    const ofOperations = this.parts.endedOperations.sentence();
    if (ofOperations !== null) new Logger('Workflow').log(ofOperations);
  }

  /** Listens to further queues, which a definition that came at run time may name. */
  async listenMore(): Promise<void> {
    const { registry, queue } = this.parts;
    const more = registry.queues().filter((name) => !this.listening.has(name));
    if (this.isWorking && queue.queues === null && more.length > 0) await this.listenTo(more);
  }

  /** Claims nothing more, waits for running bodies, then says that this worker is gone. Others go on with the rest. */
  async stop(): Promise<void> {
    const { settings, sweeper, runner, queue, tasks, activity, writer } = this.parts;
    this.isWorking = false;
    sweeper.pause();
    this.stopTimers();
    this.parts.finished.stop();
    this.parts.endedOperations.stop();
    runner.stop();
    await queue.stop();
    tasks.stop();
    if (!(await inTime(activity.idle(), settings.shutdownMs))) this.abandon();
    writer.close();
    await this.parts.announcements.close();
    if (settings.enabled) await sweeper.stop();
  }

  private stopTimers(): void {
    this.parts.dueTimers.stop();
    this.parts.eventTimers.stop();
    this.parts.messages.responses.unasked.stop();
  }

  private abandon(): void {
    this.parts.runner.abortAll('The application shuts down.');
    this.parts.tasks.abortAll('The application shuts down.');
  }
}
