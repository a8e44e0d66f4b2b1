import type { Observable } from 'rxjs';
import type { Disposition } from './core/change.js';
import type { Json } from './core/json.js';
import { newId } from './core/new-id.js';
import { fromStored } from './context/schema.js';
import { startingValues } from './context/context.js';
import { checkHand, checkName, checkOneOf, checkOptions, MAX_CORRELATION_ID, MAX_EVENT_KEY, MAX_GROUP_ID, MAX_ID } from './context/names.js';
import { checkSize, plain } from './context/plain.js';
import type { ContextIn, MessageIn, ReceiverIn } from './decorators/step.check.js';
import { drawMermaid } from './definition/mermaid.js';
import { InvalidInputError, ProcessAlreadyLiveError } from './errors.js';
import { checkedResponse } from './context/response.js';
import type { Engine } from './runtime/engine.js';
import { History } from './runtime/history.js';
import { Lookup, type Page, type ProcessRef } from './runtime/lookup.js';
import { Operations } from './runtime/operations.js';
import type { Delivery } from './runtime/letters.js';
import { RecordStream } from './runtime/record-stream.js';
import { Settling } from './runtime/settling.js';
import { type ContextChange, processView, recordView, waitView } from './runtime/views.js';
import type { AuditRecord } from './store/typeorm/entities/audit-record.js';
import type { Process } from './store/typeorm/entities/process.js';
import type { Class, Duration, EventData, EventName } from './values.js';
import type { ActionOptions, DeliveryOptions, ProcessFilter, ProcessOf, ProcessView, StartOptions, StartValues } from './workflow.calls.js';

const START_OPTIONS = ['groupId', 'id', 'version', 'ifLive', 'actor', 'reason', 'manager'];

/**
 * The one way in. What is told is committed when a call resolves; what a step then does, or throws, is seen by {@link settled}.
 * Bad input is refused with a {@link WorkflowError} before anything is written.
 */
export class WorkflowService {
  /** Audit records as this instance commits them. Best effort; the table is the truth. */
  readonly records: Observable<AuditRecord>;
  private readonly lookup: Lookup;
  private readonly history_: History;
  private readonly operations: Operations;
  private readonly settling: Settling;

  /** @internal Made by the module. */
  constructor(private readonly engine: Engine) {
    this.lookup = new Lookup(engine.store, engine.registry);
    this.history_ = new History(engine.store, engine.registry);
    this.operations = new Operations(engine.hands, this.lookup, this.history_);
    this.settling = new Settling(engine, this.lookup);
    this.records = new RecordStream(engine.writer).records;
  }

  /**
   * Starts a process. When this resolves, the process, its first version, what it waits for and its audit record are committed.
   * @param context the starting values, over the context's defaults
   * @throws UnknownWorkflowError, InvalidInputError, UnserialisableValueError, ValueTooLargeError; ProcessAlreadyLiveError
   */
  async start<W extends Class | string>(workflow: W, context?: StartValues<W>, options: StartOptions = {}): Promise<Process> {
    const bound = this.engine.registry.get(workflow, options.version);
    const { actor, reason, ifLive, id = newId(this.engine.clock.now().getTime()), groupId = id } = options;
    checkOptions('The start options', options, START_OPTIONS);
    if (ifLive !== undefined) checkOneOf('ifLive', ifLive, ['refuse', 'return']);
    checkName('id', id, MAX_ID);
    checkName('groupId', groupId, MAX_GROUP_ID);
    checkHand(options);
    const values = await startingValues(bound.context, context ?? {}, bound.definition.name);
    const seed = {
      id,
      groupId,
      values: { set: values, remove: [] },
      given: { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) },
    };
    try {
      return processView(await this.engine.starter.start(bound, seed, options.manager));
    } catch (error) {
      if (!(error instanceof ProcessAlreadyLiveError)) throw error;
      return this.alreadyLive(bound.definition.name, groupId, id, ifLive);
    }
  }

  private async alreadyLive(workflow: string, groupId: string, id: string, ifLive: StartOptions['ifLive']): Promise<Process> {
    const live = await this.lookup.toWrite({ workflow, groupId }).catch(() => null);
    if (!live) throw new InvalidInputError('id', [`process ${id} exists already`]);
    if (ifLive === 'return') return processView(live);
    throw new ProcessAlreadyLiveError(live.id, workflow, groupId);
  }

  /**
   * Brings the answer to a step's request. Resolves when it is committed, with what became of it: `delivered`; `stored`, if nobody
   * asked yet; `duplicate`, `late` or `conflict`, which change nothing.
   * @throws UnknownWorkflowError, UnknownStepError, InvalidInputError, UnserialisableValueError, ValueTooLargeError; NotWaitingError
   * if the id belongs to another step
   */
  async respond<W extends Class | string, S extends ReceiverIn<W>>(
    workflow: W,
    step: S,
    correlationId: string,
    response: MessageIn<W, S>,
    options: DeliveryOptions = {},
  ): Promise<Disposition> {
    const name = this.engine.registry.nameOf(workflow);
    const { response: schema } = this.engine.registry.responder(workflow, step as string);
    checkName('correlationId', correlationId, MAX_CORRELATION_ID);
    checkHand(options);
    const body = await checkedResponse(schema, response, `The response to ${name}.${step as string}`);
    return this.engine.post.respond({ workflow: name, step: step as string }, correlationId, body, options);
  }

  /**
   * Tells of an event. It reaches every live process with this group id (or one of these) that listens for it, and every one that
   * stands still for it; one that will stand still for it later finds it kept. Resolves with one delivery for each process.
   * @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError
   */
  async emit<const E extends EventName>(event: E, groupId: string | readonly string[], data: EventData<E>, options: DeliveryOptions = {}): Promise<Delivery[]> {
    checkName('event', event, 100);
    const keys = typeof groupId === 'string' ? [groupId] : groupId;
    if (!Array.isArray(keys) || keys.length === 0) throw new InvalidInputError('groupId', ['it must be a group id, or several']);
    for (const key of keys as readonly unknown[]) checkName('groupId', key, MAX_EVENT_KEY);
    checkHand(options);
    const body: Json = data === undefined ? null : plain(data, 'data');
    checkSize(body, `The data of event "${event}"`);
    return this.engine.post.emit(event, keys as readonly string[], body, options);
  }

  /** Resolves when the process waits, parks or ends; after `timeout` too, with the process as it then is. Never throws a step's error. */
  async settled(process: ProcessRef, options: { timeout?: Duration } = {}): Promise<Process> {
    return processView(await this.settling.settled(process, options.timeout));
  }

  /** Stops it: no step starts any more, messages are kept. A body under way ends, and counts. @throws ProcessFinishedError */
  async suspend(process: ProcessRef, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.operations.suspend(process, options));
  }

  /** Lets a suspended process go on. @throws NotWaitingError if it is not suspended */
  async resume(process: ProcessRef, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.operations.resume(process, options));
  }

  /** Ends it: nothing of it runs or waits any more; its group id is free. @throws ProcessFinishedError */
  async cancel(process: ProcessRef, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.operations.cancel(process, options));
  }

  /** Gives what has failed a new attempt, with the message it had. @throws NotWaitingError if nothing (of that step) has failed */
  async retry(process: ProcessRef, options: ActionOptions & { step?: string } = {}): Promise<Process> {
    return processView(await this.operations.retry(process, options));
  }

  /**
   * Begins again from an old version of the context, in place: the values of that version become the newest, every step that was
   * under way then runs again and asks anew, and all it waits for now is dead. Also brings back a finished process.
   * @throws InvalidInputError for a version there is not; ProcessAlreadyLiveError if another process took its group id meanwhile
   */
  async restartFrom(process: ProcessRef, contextVersion: number, options: ActionOptions = {}): Promise<Process> {
    return processView(await this.operations.restartFrom(process, contextVersion, options));
  }

  /** The process with its newest values, typed by its context's class, and all it waits for. @throws ProcessNotFoundError */
  get<W extends Class>(workflow: W, process: ProcessOf): Promise<ProcessView<ContextIn<W>>>;
  get<W extends Class | string = string>(process: ProcessRef<W>): Promise<ProcessView<ContextIn<W>>>;
  async get(first: Class | ProcessRef, process?: ProcessOf): Promise<ProcessView<any>> {
    const ref = typeof first === 'function' ? (typeof process === 'string' ? process : { workflow: first, groupId: process!.groupId }) : first;
    const state = await this.lookup.toRead(ref);
    const [values, waits] = await Promise.all([this.history_.valuesAt(state, state.contextVersion), this.lookup.waitsOf(state.id)]);
    return { ...processView(state), context: fromStored(this.history_.schemaOf(state), values), waits: waits.map((wait) => waitView(state.id, wait)) };
  }

  /** Processes, newest first, a page at a time. @throws InvalidInputError for a limit or cursor that is none */
  async find(filter: ProcessFilter = {}): Promise<Page<Process>> {
    const page = await this.lookup.page(this.lookup.query(filter), filter);
    return { ...page, items: page.items.map(processView) };
  }

  /** Everything that happened to it, in order. @throws ProcessNotFoundError */
  async history(process: ProcessRef): Promise<AuditRecord[]> {
    const { id } = await this.lookup.toRead(process);
    return (await this.engine.store.recordsOf(id)).map((record) => recordView(id, record));
  }

  /** All values of that version, typed by the context's class. @throws InvalidInputError for a version there is not */
  async contextAt<W extends Class | string = string>(process: ProcessRef<W>, version: number): Promise<ContextIn<W>> {
    const state = await this.lookup.toRead(process);
    return fromStored(this.history_.schemaOf(state), await this.history_.valuesAt(state, version)) as ContextIn<W>;
  }

  /** What changed from one version to another, key by key, as stored. @throws InvalidInputError for a version there is not */
  async diff(process: ProcessRef, from: number, to: number): Promise<ContextChange[]> {
    return this.history_.diff(await this.lookup.toRead(process), from, to);
  }

  /** The workflow as a Mermaid flowchart. @throws UnknownWorkflowError */
  draw(workflow: Class | string): string {
    return drawMermaid(this.engine.registry.get(workflow).definition);
  }
}
