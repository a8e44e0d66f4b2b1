import type { Observable } from 'rxjs';
import type { Disposition } from './core/change.js';
import type { Json } from './values/json.js';
import type { ProcessState } from './core/process.js';
import { fromStored } from './context/typed-data.js';
import { waitFactsOf } from './core/wait-facts.js';
import { startingValues } from './context/context.js';
import { checkCall, checkWhole } from './context/call-checks.js';
import { checkName, MAX_CORRELATION_ID } from './context/checks.js';
import { checkSize, plain } from './context/plain.js';
import type { ContextIn, MessageIn, ReceiverIn, StepIn, StepSaid, StartValues } from './definition/workflow-types.js';
import { stepNameOf } from './decorators/step.decorator.js';
import { drawMermaid } from './definition/mermaid.js';
import type { WorkflowJson } from './definition/workflow-json.js';
import { InvalidInputError, ProcessAlreadyLiveError, ProcessNotFoundError } from './values/errors.js';
import { checkedMessage } from './context/message.js';
import type { EngineParts } from './engine/engine.js';
import { type QueueView, queueViews, readiness, type Readiness, type WorkerView, workerViews } from './engine/workload.js';
import { isInBody } from './execution/logger-tee.js';
import { explain } from './query/explain.js';
import { progressOf, standings } from './query/progress.js';
import { undoPlans } from './query/undo-plans.js';
import { definitionViews, type DefinitionView } from './query/definition-views.js';
import type { Page, PageOptions } from './query/page.js';
import { type ProcessRef } from './query/process-ref.js';
import type { Inbox } from './messaging/inbox.js';
import type { BroughtInput } from './messaging/input-delivery.js';
import type { Outbox } from './messaging/outbox.js';
import { type Delivery, deliveryRequest, type Emitted, inputRequest } from './messaging/delivery.js';
import { addressedKeys } from './messaging/event-keys.js';
import type { BulkRuns } from './operations/bulk-runs.js';
import type { Pauses } from './operations/pauses.js';
import { type VersionChange } from './operations/migration.js';
import { type InputFilter } from './query/owed-inputs.js';
import { dataSizes, type SizeOptions, type WorkflowSize } from './operations/data-sizes.js';
import type { Erasure, ErasureOptions } from './operations/erasure.js';
import type { ErasureSubject } from './operations/erasure-subject.js';
import type { ProcessExport } from './query/process-export.js';
import { logOf } from './query/process-log.js';
import {
  type ContextChange, type HistoryRecord, processView, processViewWithInternals, type VersionView,
} from './query/views.js'; // prettier-ignore
import type { AuditRecord, Explanation, FoundProcess, Process, ProcessInternals, ViewOptions, WaitInternals, WaitView } from './query/shapes.js';
import type { Class, Duration, EventData, EventKey, EventName, Patch } from './values/types.js';
import type { ActionOptions, SkipOptions, DeliveryOptions, InputOptions, StartOptions } from './writer/call-options.js';
import { startRequest } from './writer/start-request.js';
import type { BoundWorkflow } from './workflows/bound-workflow.js';
import { workflowOfDocument } from './workflows/document-workflow.js';
import type { LogLine } from './query/process-log.js';
import type { MigrationPlan } from './operations/migration.js';
import type { OwedInput } from './query/owed-inputs.js';
import { type AttentionItem, needingAttention } from './query/attention.js';
import { type ProcessCount, processCounts } from './query/counts.js';
import type { ProcessFilter } from './query/process-filter.js';
import type { ProcessOf } from './query/process-ref.js';
import type { FullProcessView, ProcessView } from './query/views.js';

/** An input that was brought, and the process that has it. */
interface BroughtView extends Pick<BroughtInput, 'disposition'> {
  readonly process: Process;
}

/** How many messages of a process an explanation looks at. */
const MOST_OUTGOING = 20;

/**
 * The API for applications. A change is committed when its call resolves; {@link settled} shows what steps then do or throw.
 * Bad input is refused with a {@link WorkflowError} before anything is written.
 */
export class WorkflowService {
  /** Audit records as this instance commits them. Best effort; the table is the truth. */
  readonly records: Observable<AuditRecord>;
  /** Messages that no process has received, or that a step has refused. */
  readonly inbox: Inbox;
  /** Messages that steps have sent, and that were not transmitted yet. */
  readonly outbox: Outbox;
  /** Pauses of workflows, steps and task queues. */
  readonly pauses: Pauses;
  /** One action on everything that fits a filter. */
  readonly bulk: BulkRuns;

  /** @internal Made by the module. */
  constructor(private readonly engine: EngineParts) {
    this.records = engine.records.records;
    this.inbox = engine.inboxMessages;
    this.outbox = engine.outbox;
    this.pauses = engine.pausing;
    this.bulk = engine.bulk;
  }

  /**
   * Starts a process. When this resolves, the process, its first version, what it waits for and its audit record are committed.
   * @param context the starting values, over the context's defaults
   * @throws UnknownWorkflowError, InvalidInputError, UnserialisableValueError, ValueTooLargeError; ProcessAlreadyLiveError
   */
  start<W extends Class | string>(workflow: W, context?: StartValues<W>, options?: StartOptions): Promise<Process>;
  /** Starts a process with a plan of its own: the document is {@link define}d, unless a version of its name has it already. */
  start(document: WorkflowJson, context?: object, options?: StartOptions): Promise<Process>;
  async start(workflow: Class | string | WorkflowJson, context?: object, options: StartOptions = {}): Promise<Process> {
    checkCall('start', options, 'The start options');
    const bound = await this.workflowToStart(workflow, options);
    const { id, groupId } = startRequest(options, bound.definition.name, this.engine.clock.now().getTime());
    const mayWait = options.manager === undefined && !isInBody();
    const values = await startingValues(bound.context, context ?? {}, bound.definition.name);
    const { starter, limit } = this.engine;
    const turn = mayWait ? limit.turnToStart(id) : undefined;
    if (turn) await turn;
    try {
      return processView(await starter.start(bound, { id, groupId, values: { set: values, remove: [] } }, options));
    } catch (error) {
      if (!(error instanceof ProcessAlreadyLiveError)) throw error;
      return await this.alreadyLive(bound.definition.name, groupId, id, options.ifLive, options.manager);
    } finally {
      if (turn) limit.endTurn(id);
    }
  }

  private async workflowToStart(workflow: Class | string | WorkflowJson, options: StartOptions): Promise<BoundWorkflow> {
    const { registry, definitions } = this.engine;
    const isDocument = typeof workflow === 'object' && workflow !== null;
    return isDocument ? workflowOfDocument(workflow, options, registry, definitions) : registry.get(workflow, options.version);
  }

  private async alreadyLive(workflow: string, groupId: string, id: string, ifLive: StartOptions['ifLive'], manager: unknown): Promise<Process> {
    const live = await this.engine.lookup.toWrite({ workflow, groupId }, manager).catch((error: unknown) => {
      if (error instanceof ProcessNotFoundError) return null;
      throw error;
    });
    if (!live) throw new InvalidInputError('id', [`process ${id} exists already`]);
    if (ifLive === 'return') return processView(live);
    throw new ProcessAlreadyLiveError(live.id, workflow, groupId);
  }

  /**
   * Brings the answer to a step's request. Resolves when the answer is committed, with its disposition: `delivered`; `stored`, if no
   * process asked yet; `refused`, if the step that waits takes no such answer; `duplicate`, `late` or `conflict`, which change nothing.
   * @throws UnknownWorkflowError, UnknownStepError, InvalidInputError, UnserialisableValueError, ValueTooLargeError; NotWaitingError
   * if the id belongs to another step
   */
  async respond<W extends Class | string, const S extends Class | string>(
    workflow: W,
    step: StepSaid<S, ReceiverIn<W>>,
    correlationId: string,
    response: MessageIn<W, S>,
    options: DeliveryOptions = {},
  ): Promise<Disposition> {
    const name = this.engine.registry.nameOf(workflow);
    const { code } = this.engine.registry.responder(workflow, step as Class | string);
    checkName('correlationId', correlationId, MAX_CORRELATION_ID);
    const request = deliveryRequest(options);
    const answer = await checkedMessage(code.message, response, `The response to ${name}.${stepNameOf(step)}`, 'response');
    return this.engine.messages.respond({ workflow: name, step: stepNameOf(step) }, correlationId, answer, request);
  }

  /**
   * Brings the input that a step waits for; inside `forEach` to the item of that `index`, or the one that has waited longest. Resolves when the input is committed;
   * the step runs after that. An input with a known `messageId` is a duplicate, and changes nothing.
   * @throws UnknownWorkflowError, UnknownStepError, ProcessNotFoundError; InvalidInputError with one sentence for each field, and
   * nothing is changed; UnserialisableValueError, ValueTooLargeError; NotWaitingError, ProcessFinishedError
   */
  async provideInput<W extends Class | string, const S extends Class | string>(
    workflow: W,
    step: StepSaid<S, ReceiverIn<W>>,
    process: ProcessOf,
    input: MessageIn<W, S>,
    options: InputOptions = {},
  ): Promise<Process> {
    return (await this.bringInput(workflow, step as Class | string, process, input, options)).process;
  }

  /** @internal The same, with the disposition: `duplicate` if the process had the input before. */
  async bringInput(workflow: Class | string, step: Class | string, process: ProcessOf, input: unknown, options: InputOptions): Promise<BroughtView> {
    const brought = await this.engine.inputs.provide(workflow, step, process, input, inputRequest(options));
    return { ...brought, process: processView(brought.process) };
  }

  /** Inputs that processes wait for, oldest first, a page at a time. @throws InvalidInputError for a wrong filter, limit or cursor */
  waitingForInput(filter: InputFilter = {}): Promise<Page<OwedInput>> {
    return this.engine.owed.page(filter);
  }

  /**
   * Emits an event. The event reaches every live process that waits for it under this key (or one of these), and every live process
   * with the key as its group id that has an unsolicited step for it. A process that waits for it later finds it kept. A step without
   * a key of its own waits under the group id. `{ orderId: '42' }` is a key with a name: it reaches steps that wait under that name. Resolves with the deliveries, each with its process.
   * @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError
   */
  async emit<const E extends EventName>(event: E, key: EventKey | readonly EventKey[], data: EventData<E>, options: DeliveryOptions = {}): Promise<Delivery[]> {
    return (await this.bringEvent(event, key, data, options)).deliveries;
  }

  /** @internal The same, with what became of the event itself. */
  async bringEvent(event: EventName, key: EventKey | readonly EventKey[], data: unknown, options: DeliveryOptions): Promise<Emitted> {
    checkName('event', event, 100);
    const keys = addressedKeys(event, key);
    const body: Json = data === undefined ? null : plain(data, 'data');
    checkSize(body, `The data of event "${event}"`);
    return this.engine.messages.emit(event, keys, body, deliveryRequest(options));
  }

  /** Resolves when the process waits, is suspended, fails or ends, or after `timeout`, with the process as it is then. Never throws a step's error. */
  async settled(process: ProcessRef, options: { timeout?: Duration } = {}): Promise<Process> {
    checkCall('settled', options);
    return processView(await this.engine.settled.settled(process, options.timeout));
  }

  /** Suspends the process: no step starts, and messages are kept. A body under way ends, and its outcome counts. @throws ProcessFinishedError */
  async suspend(process: ProcessRef, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.engine.operations.suspend(process, options));
  }

  /** Lets a suspended process go on. @throws NotWaitingError if it is not suspended */
  async resume(process: ProcessRef, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.engine.operations.resume(process, options));
  }

  /**
   * Ends the process: nothing in it runs or waits any more, and its group id is free. `compensate`: what was done and
   * asked for is undone first, the newest first. @throws ProcessFinishedError
   */
  async cancel(process: ProcessRef, options: ActionOptions & { compensate?: boolean } = {}): Promise<Process> {
    return processView(await this.engine.operations.cancel(process, options));
  }

  /** Gives what has failed, or only `step`, a new attempt with the message it had. @throws NotWaitingError if nothing (of that step) has failed */
  async retry(process: ProcessRef, options: ActionOptions & { step?: string } = {}): Promise<Process> {
    return processView(await this.engine.operations.retry(process, options));
  }

  /**
   * Restarts the process in place from an old version of its context. The values of that version become the newest, every step that
   * was under way then runs and asks again, and all current waits end. Also brings back a finished process.
   * @throws InvalidInputError for an unknown version; ProcessAlreadyLiveError if another process took its group id meanwhile
   */
  async restartFrom(process: ProcessRef, contextVersion: number, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.engine.operations.restartFrom(process, contextVersion, options));
  }

  /**
   * Skips a step that waits or has failed, with the values it would have brought; inside `forEach`, for every item that is in the step.
   * A decision needs `next`, where it goes on. @throws NotWaitingError, UnknownStepError, InvalidInputError, UnserialisableValueError, ValueTooLargeError
   */
  async skip<W extends Class | string, const S extends Class | string>(
    workflow: W,
    step: StepSaid<S, StepIn<W>>,
    process: ProcessOf,
    patch: Patch<ContextIn<W>> = {},
    options: SkipOptions = {},
  ): Promise<Process> {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) throw new InvalidInputError('patch', ['it must be an object']);
    return processView(await this.engine.operations.skip(workflow, process, step, patch, options));
  }

  /**
   * The process with its newest values, typed by its context's class, and what it waits for: at most 200 waits ({@link waits} has all). With `internals: true` also what belongs to the
   * engine, and the correlation ids under which answers are awaited: who has one can answer. @throws ProcessNotFoundError
   */
  get<W extends Class | string>(workflow: W, process: ProcessOf, options: { readonly internals: true }): Promise<FullProcessView<ContextIn<W>>>;
  get<W extends Class | string = string>(process: ProcessRef<W>, options: { readonly internals: true }): Promise<FullProcessView<ContextIn<W>>>;
  get<W extends Class | string>(workflow: W, process: ProcessOf, options?: ViewOptions): Promise<ProcessView<ContextIn<W>>>;
  get<W extends Class | string = string>(process: ProcessRef<W>, options?: ViewOptions): Promise<ProcessView<ContextIn<W>>>;
  async get(first: Class | ProcessRef, second?: ProcessOf | ViewOptions, third?: ViewOptions): Promise<ProcessView<any>> {
    const internals = internalsIn(isView(second) ? second : third);
    const { lookup } = this.engine;
    const state = await (isView(second) ? lookup.toRead(first as ProcessRef) : lookup.ofWorkflowToRead(first as Class | string, second));
    const [values, waits] = await Promise.all([this.engine.history.valuesAt(state, state.contextVersion), this.engine.lookup.waitsOf(state.id)]);
    const context = fromStored(this.engine.history.schemaOf(state), values);
    return { ...viewOf(internals)(state), context, waits: this.engine.waits.first(state, waits, internals) };
  }

  /**
   * What the process waits for, the longest wait first, a page at a time. With `internals: true` also the correlation ids under which
   * answers are awaited. @throws ProcessNotFoundError; InvalidInputError for a wrong limit or cursor
   */
  async waits(process: ProcessRef, page: PageOptions & { readonly internals: true }): Promise<Page<WaitView & WaitInternals>>;
  async waits(process: ProcessRef, page?: PageOptions & ViewOptions): Promise<Page<WaitView>>;
  async waits(process: ProcessRef, { internals, ...page }: PageOptions & ViewOptions = {}): Promise<Page<WaitView>> {
    const state = await this.engine.lookup.toRead(process);
    return this.engine.waits.page(state, await this.engine.lookup.waitsOf(state.id), page, internalsIn({ internals }));
  }

  /** Processes, newest first, a page at a time. @throws InvalidInputError for a wrong filter, limit or cursor */
  find(filter: ProcessFilter & { readonly internals: true }): Promise<Page<FoundProcess & ProcessInternals>>;
  find(filter?: ProcessFilter): Promise<Page<FoundProcess>>;
  async find(filter: ProcessFilter = {}): Promise<Page<FoundProcess>> {
    const page = await this.engine.lookup.page(await this.engine.lookup.query(filter), filter);
    const [view, standing] = [viewOf(filter.internals ?? false), await standings(this.engine, page.items)];
    return { ...page, items: page.items.map((state, i) => ({ ...view(state), ...standing[i]! })) };
  }

  /**
   * How many processes there are of each workflow and status; of failed ones, of each step and error. Ids and numbers in an error do not
   * count. At most `upTo` of each are counted (default 1,000), so that it costs the same however many there are.
   */
  counts(options: { readonly upTo?: number } = {}): Promise<ProcessCount[]> {
    checkCall('counts', options);
    return processCounts(this.engine.store.queries, options.upTo);
  }

  /**
   * What does not go on by itself, the most first: failed processes by workflow, step and error; steps that are overdue; answers that were
   * refused, or that no step has asked for in an hour; messages that are not transmitted any more; processes of versions that this
   * instance does not know. Each with one example.
   */
  attention(): Promise<AttentionItem[]> {
    return needingAttention(this.engine);
  }

  /**
   * All that happened to the process, in order, with what each step returned and each message said; or with `limit` or `cursor` a page
   * of it. With `internals: true` also the ids of theirs under which steps have asked.
   * @throws ProcessNotFoundError; InvalidInputError for a wrong limit or cursor
   */
  async history(process: ProcessRef, options?: { readonly internals: boolean }): Promise<HistoryRecord[]>;
  async history(process: ProcessRef, page: PageOptions & ViewOptions): Promise<Page<HistoryRecord>>;
  async history(process: ProcessRef, options?: PageOptions & ViewOptions): Promise<HistoryRecord[] | Page<HistoryRecord>> {
    const { internals: shown, ...page } = options ?? {};
    const internals = internalsIn({ internals: shown });
    const state = await this.engine.lookup.toRead(process);
    const isPage = options !== undefined && (shown === undefined || Object.keys(page).length > 0);
    return isPage ? this.engine.pages.history(state, page, internals) : this.engine.history.of(state, internals);
  }

  /**
   * Notes of its steps, and what Nest's `Logger` wrote while they ran, in order, with the stacks of errors thrown. At most 200 lines
   * of an attempt are kept. (`console.log` is not recorded.) All lines, or a page of them.
   * @throws ProcessNotFoundError; InvalidInputError for a wrong limit or cursor
   */
  async log(process: ProcessRef): Promise<LogLine[]>;
  async log(process: ProcessRef, page: PageOptions): Promise<Page<LogLine>>;
  async log(process: ProcessRef, page?: PageOptions): Promise<LogLine[] | Page<LogLine>> {
    const state = await this.engine.lookup.toRead(process);
    return page === undefined ? logOf(await this.engine.store.queries.recordsOf(state.id)) : this.engine.pages.log(state, page);
  }

  /**
   * Everything that is stored of the process, as one plain JSON object: versions, audit records, messages, log. The format is stable
   * ({@link ProcessExport}), and that of the archive. It has no correlation ids. @throws ProcessNotFoundError
   */
  async export(process: ProcessRef): Promise<ProcessExport> {
    return this.engine.exports.of(await this.engine.lookup.toRead(process));
  }

  /**
   * Erases the data of a subject, for a request under data protection law: its processes and those they have started, whole, with versions,
   * audit records, messages in and out and logs, and the messages for it that no process has received. Not what was archived, sent or logged elsewhere.
   * `dryRun` finds what that would be. @throws InvalidInputError, ProcessNotFoundError; ProcessLiveError if one is live (unless `cancel`
   * says so), or if a live parent has yet to read one; BulkRunLiveError if a bulk run about it has not ended (unless `cancel` says so): then nothing is changed
   */
  erase(subject: ErasureSubject, options: ErasureOptions = {}): Promise<Erasure> {
    return this.engine.erasures.erase(subject, options);
  }

  /**
   * Says what it waits for, since when and until when, which worker holds it, and what could be done now; with `internals: true` also under
   * which correlation ids. @throws ProcessNotFoundError
   */
  async explain(process: ProcessRef, options?: ViewOptions): Promise<Explanation> {
    const internals = internalsIn(options);
    const state = await this.engine.lookup.toRead(process);
    const { workflow, workflowVersion } = state;
    const definition = this.engine.registry.find(workflow, workflowVersion)?.definition;
    const waits = await this.engine.lookup.waitsOf(state.id);
    const told = explain({
      process: state,
      waits,
      untransmitted: await this.engine.store.queries.outgoingLike({ processId: state.id, limit: MOST_OUTGOING }),
      undos: await undoPlans(this.engine.store.queries, state),
      definition,
      withdrawn: this.engine.registry.isWithdrawn(workflow, workflowVersion),
      waitsFor: (token) => this.engine.runner.waitsFor(state.id, token),
      internals,
      pauseAt: (address) => this.engine.pauses.at(address),
      isFull: this.engine.settings.enabled && this.engine.limit.room === 0,
    });
    const progress = progressOf(state, { waits: waitFactsOf(waits), isKnown: definition !== undefined, now: this.engine.clock.now().getTime() });
    return { progress, ...told, waits: this.engine.waits.first(state, waits, internals) };
  }

  /** The versions of the context, in order, a page at a time. @throws ProcessNotFoundError; InvalidInputError for a wrong limit or cursor */
  async versions(process: ProcessRef, page: PageOptions = {}): Promise<Page<VersionView>> {
    return this.engine.pages.versions(await this.engine.lookup.toRead(process), page);
  }

  /** All values of that version, typed by the context's class. @throws InvalidInputError for an unknown version */
  async contextAt<W extends Class | string = string>(process: ProcessRef<W>, version: number): Promise<ContextIn<W>> {
    checkWhole('version', version, 1);
    const state = await this.engine.lookup.toRead(process);
    return fromStored(this.engine.history.schemaOf(state), await this.engine.history.valuesAt(state, version)) as ContextIn<W>;
  }

  /** Changes from one version to another, key by key, as stored. @throws InvalidInputError for an unknown version */
  async diff(process: ProcessRef, from: number, to: number): Promise<ContextChange[]> {
    for (const [name, version] of Object.entries({ from, to })) checkWhole(name, version, 1);
    return this.engine.history.diff(await this.engine.lookup.toRead(process), from, to);
  }

  /** All workflows that this application knows, in all their versions. Withdrawn ones are left out. */
  definitions(): DefinitionView[] {
    return definitionViews(this.engine.registry.all());
  }

  /**
   * How much is stored of each workflow: processes, versions and records, from the table of processes alone; with `bytes: true` also the
   * bytes of all their texts, for which everything is read. @throws InvalidInputError, StoreUnavailableError
   */
  sizes(options: SizeOptions = {}): Promise<WorkflowSize[]> {
    return dataSizes(this.engine.store, options);
  }

  /** Task queues, and how much is in them. @throws StoreUnavailableError */
  queues(): Promise<QueueView[]> {
    return queueViews(this.engine);
  }

  /** Instances of the application that have not shut down, and how much they hold. @throws StoreUnavailableError */
  workers(): Promise<WorkerView[]> {
    return workerViews(this.engine);
  }

  /** Whether this instance has started and reaches the database: for the probe of a load balancer. Never throws. */
  ready(): Promise<Readiness> {
    return readiness(this.engine);
  }

  /** Draws a workflow as a Mermaid flowchart; for a process, in its version and with the places where it stands. @throws UnknownWorkflowError */
  draw(workflow: Class | string): string;
  draw(workflow: Class | string, process: ProcessOf): Promise<string>;
  draw(workflow: Class | string, process?: ProcessOf): string | Promise<string> {
    return process === undefined ? drawMermaid(this.engine.registry.get(workflow).definition) : this.drawProcess(workflow, process);
  }

  private async drawProcess(of: Class | string, process: ProcessOf): Promise<string> {
    const { id, workflow, workflowVersion, tokens } = await this.engine.lookup.ofWorkflowToRead(of, process);
    const { definition } = this.engine.registry.get(workflow, workflowVersion);
    return drawMermaid(definition, [...new Set([...tokens, ...(await this.engine.lookup.waitsOf(id)).map(({ token }) => token)].map(({ node }) => node))]);
  }

  /**
   * Adds a workflow that is data, or replaces it. Every worker learns of it within a sweep. A document that states no version gets the
   * next one when its graph has changed; processes started before go on as they were.
   * @throws InvalidWorkflowError with all problems at once; also if it is too large, or live processes need another graph of the version
   * it states; NotAllowedError if `documents.mayDefine` says no
   */
  async define(workflow: WorkflowJson, options: { readonly actor?: string } = {}): Promise<void> {
    checkCall('define', options);
    return this.engine.definitions.define(workflow, options.actor);
  }

  /**
   * Withdraws a workflow that is data, all of its versions or one: no process starts with it any more, and those that were started
   * stand still until it is defined again.
   * @throws UnknownWorkflowError; InvalidInputError for a workflow that is code; NotAllowedError if `documents.mayDefine` says no
   */
  async withdraw(workflow: string, options: { readonly version?: number; readonly actor?: string } = {}): Promise<void> {
    checkCall('withdraw', options);
    return this.engine.definitions.withdraw(workflow, options.version, options.actor);
  }

  /** Plans to move the live processes of one version to another. Changes nothing. @throws UnknownWorkflowError, InvalidInputError */
  plan<W extends Class | string>(workflow: W, change: VersionChange): Promise<MigrationPlan<W>> {
    return this.engine.migrations.plan(workflow, change);
  }

  /**
   * Moves the live processes of a plan to the new version, except those that run at this moment. Resolves with how many were moved.
   * `context` turns an old context into a new one. @throws InvalidInputError for a plan that would break a process; and, naming the
   * first five, for processes whose context does not fit: the others are migrated
   */
  migrate<W extends Class | string>(plan: MigrationPlan<W>, options: ActionOptions & { context?: (old: any) => NoInfer<ContextIn<W>> } = {}): Promise<number> {
    return this.engine.migrations.migrate(plan, options);
  }
}

/** True for options, and not for the second name of a process. */
function isView(second: unknown): second is ViewOptions | undefined {
  return second === undefined || (typeof second === 'object' && second !== null && !('groupId' in second));
}

/** @throws InvalidInputError */
function internalsIn(options: { readonly internals?: boolean | undefined } = {}): boolean {
  checkCall('view', options);
  return options.internals ?? false;
}

function viewOf(internals: boolean): (state: ProcessState) => Process {
  return internals ? processViewWithInternals : processView;
}
