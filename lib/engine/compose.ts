/** Puts all parts of the engine together. No other file knows them all. */
import type { ProcessLimits } from '../context/process-limits.js';
import type { ExecutionParts } from '../execution/execution-parts.js';
import { ProcessRunner } from '../execution/process-runner.js';
import { StepInputs } from '../execution/step-inputs.js';
import { SuspectTurns } from '../execution/suspect-turns.js';
import { TaskRunner } from '../execution/task-runner.js';
import { TransactionTurns } from '../execution/transaction-turns.js';
import { TransactionalSteps } from '../execution/transactional-steps.js';
import { ChildCanceller } from '../messaging/child-canceller.js';
import { ChildStarter } from '../messaging/child-starter.js';
import { Outbox } from '../messaging/outbox.js';
import { OutboxTransmitter } from '../outbox/outbox-transmitter.js';
import { Senders } from '../outbox/senders.js';
import { Inbox } from '../messaging/inbox.js';
import { InboxLimits } from '../messaging/inbox-limits.js';
import { MessageRouter } from '../messaging/message-router.js';
import type { MessagingParts } from '../messaging/messaging-parts.js';
import { endOutdated } from '../operations/outdated-processes.js';
import { notifyQueued } from '../queue/notify-queued.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { PendingWork } from '../values/pending-work.js';
import { rootContext } from '../values/root-context.js';
import { DefinitionGuard } from '../workflows/definition-guard.js';
import { DefinitionCatalog } from '../workflows/definition-catalog.js';
import { WorkflowRegistry } from '../workflows/registry.js';
import { BatchLoader } from '../writer/batch-loader.js';
import { ClaimLimit } from '../writer/claim-limit.js';
import { GroupCommit } from '../writer/group-commit.js';
import { ProcessCommands } from '../writer/process-commands.js';
import { ProcessStarter } from '../writer/process-starter.js';
import { ProcessWriter } from '../writer/process-writer.js';
import { Uncommitted } from '../writer/uncommitted.js';
import { WritePath } from '../writer/write-path.js';
import { Announcements } from './announcements.js';
import { composeData } from './compose-data.js';
import { composeOperating, composePauses } from './compose-operating.js';
import { composeQueries } from './compose-queries.js';
import { CommitFollowers } from './commit-followers.js';
import { DueWork } from './due-work.js';
import { DueTimers } from './due-timers.js';
import { Engine, type EngineParts } from './engine.js';
import { FreeProcesses } from './free-processes.js';
import { Heartbeat } from './heartbeat.js';
import { publishNotices } from './diagnostics.js';
import { logFailure } from './failure-log.js';
import { Observers } from './observers.js';
import type { EngineSettings } from './settings.js';
import { SettledWatch } from './settled.js';
import { Sweeper } from './sweeper.js';
import { newWorkerId } from './worker-id.js';
import { WorkerRecovery } from './worker-recovery.js';

/** The ports that the engine needs. */
export interface EnginePorts {
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly timers: Timers;
}

export function composeEngine(ports: EnginePorts, settings: EngineSettings): Engine {
  const common = {
    ...ports,
    settings,
    limits: settings.limits,
    worker: newWorkerId(),
    registry: new WorkflowRegistry(),
    activity: new PendingWork(),
    senders: new Senders(),
    observers: new Observers(),
  };
  const followers = new CommitFollowers();
  const ground = composePauses({ ...common, ...composeWriter(common, followers, () => (engine.works ? common.worker : null)) });
  const parts = { ...ground, ...composeExecution(ground), ...composeMessaging(ground, () => engine.works), ...composeQueries(ground) };
  const engine: Engine = new Engine({
    ...parts,
    ...composeCare(
      parts,
      () => engine.listenMore(),
      () => !engine.works,
    ),
  });
  listFollowers(followers, engine.parts);
  return engine;
}

type Common = EnginePorts & Pick<EngineParts, 'settings' | 'worker' | 'registry' | 'activity' | 'senders' | 'observers'> & { readonly limits: ProcessLimits };

/** Makes the write path and the parts that lead to it. */
function composeWriter({ store, registry, activity, clock, settings }: Common, follower: CommitFollowers, worker: () => string | null) {
  const path = new WritePath(registry, clock, settings.limits);
  const loader = new BatchLoader(store);
  const limit = new ClaimLimit(settings.concurrency, settings.enabled ? settings.maxStartDelayMs : 0);
  const writer = new ProcessWriter({ path, loader, activity, follower, worker, limit, commits: new GroupCommit(store.commits), inRoot: rootContext() });
  const uncommitted = new Uncommitted(store.commits, (change, context) => writer.committedElsewhere(change, context));
  const commands = new ProcessCommands(writer, path, { commits: store.commits, loader, uncommitted, limit });
  return { inbox: new InboxLimits(store, settings.inbox), loader, limit, writer, uncommitted, commands, starter: new ProcessStarter(store, commands) };
}

type Ground = Common & ReturnType<typeof composeWriter> & ReturnType<typeof composePauses>;

function composeExecution(ground: Ground) {
  const { store, loader, registry, settings } = ground;
  const parts: ExecutionParts = { ...ground, inputs: new StepInputs(store, loader, registry) };
  const share = settings.transactionalConcurrency ?? Math.max(1, Math.floor(store.commits.maxTransactions / 2));
  const transactional = new TransactionalSteps(parts, new TransactionTurns(share));
  const suspects = new SuspectTurns(ground.writer);
  const runner = new ProcessRunner(parts, transactional, suspects, settings.concurrency);
  return { runner, tasks: new TaskRunner(parts, transactional, suspects), connectionTurns: transactional.turns };
}

function composeMessaging(ground: Ground, works: () => boolean) {
  const parts: MessagingParts = ground;
  const outboxTransmitter = new OutboxTransmitter({ ...ground, works, inRoot: rootContext() });
  const messages = new MessageRouter(parts);
  return {
    messages,
    inboxMessages: new Inbox(parts, messages),
    outboxTransmitter,
    outbox: new Outbox(parts, outboxTransmitter),
    children: new ChildStarter(parts, ground.starter, messages.delivery),
    orphans: new ChildCanceller(parts),
  };
}

type Parts = Ground & ReturnType<typeof composeExecution> & ReturnType<typeof composeMessaging> & ReturnType<typeof composeQueries>;

/** Makes the parts that look after processes, workers, and the table of definitions. */
function composeCare(parts: Parts, learned: () => Promise<void>, isIdle: () => boolean) {
  const { store, registry, clock, timers, messages, settings } = parts;
  const guard = new DefinitionGuard(settings.documents);
  const definitions = new DefinitionCatalog(store, registry, learned, guard, settings.development ? endOutdated(parts) : null);
  const care = { heartbeat: new Heartbeat(parts), due: new DueWork(parts), free: new FreeProcesses(parts), recovery: new WorkerRecovery(parts) };
  const data = composeData(parts);
  const lookForBulk = () => operating.bulkWorker.look();
  const sweeper: Sweeper = new Sweeper({ ...parts, ...care, definitions, ...data, lookForBulk });
  const dueTimers = new DueTimers(clock, timers, () => sweeper.sweepSoon());
  const inRoot = rootContext();
  const eventTimers = new DueTimers(clock, timers, () => inRoot(() => sweeper.emitScheduledSoon()));
  messages.onScheduled((at) => eventTimers.at(at));
  parts.limit.onRoom(() => inRoot(() => sweeper.takeFreeSoon()));
  const announcers = [store.announcer, parts.queue.announcer].filter((each) => each !== null);
  const announcements = new Announcements({ ...parts, announcers, isIdle, heard: (work) => inRoot(() => sweeper.heard(work)) });
  const operating = composeOperating({ ...parts, announcements }, () => !isIdle());
  const settled = new SettledWatch({ ...parts, isLooking: (id) => messages.isLooking(id) });
  return {
    ...care,
    works: () => !isIdle(),
    announcements,
    definitions,
    sweeper,
    dueTimers,
    eventTimers,
    settled,
    ...data,
    ...operating,
  };
}

/** Lists the parts that follow a commit, in order: running processes go on first, listeners and logs come last. */
function listFollowers(
  followers: CommitFollowers,
  { runner, tasks, queue, announcements, dueTimers, messages, children, orphans, outboxTransmitter, settled, records, finished, observers }: EngineParts,
): void {
  followers.set(
    [
      (change, known) => runner.committed(change, known),
      (change) => tasks.committed(change),
      (change) => notifyQueued(queue, change),
      (change) => announcements.committed(change),
      (change) => dueTimers.committed(change),
      (change) => messages.committed(change),
      (change) => children.committed(change),
      (change) => orphans.committed(change),
      (change) => outboxTransmitter.committed(change),
      (change) => settled.committed(change),
      (change) => records.committed(change),
      (change) => finished.committed(change),
      (change) => logFailure(change),
      publishNotices,
      (change) => observers.committed(change),
    ],
    (known) => runner.seen(known),
  );
}
