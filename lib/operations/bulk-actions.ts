/** What a bulk run does to one process or message, by the same calls as people do it to one. */
import { inputRequest } from '../messaging/delivery.js';
import type { Inbox } from '../messaging/inbox.js';
import type { Inputs } from '../messaging/input-delivery.js';
import type { Outbox } from '../messaging/outbox.js';
import type { Lookup } from '../query/process-lookup.js';
import { LARGEST_PAGE } from '../query/page.js';
import type { StoredBulk, StoredBulkItem } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import { MessageNotFoundError, NotWaitingError, ProcessFinishedError, ProcessNotFoundError, StoreUnavailableError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import { hasMark, markOf } from './bulk-marks.js';
import { type BulkAction, type BulkOptions, filterOf, isOfMessages } from './bulk-request.js';
import type { Migrations } from './migration.js';
import type { Operations } from './process-operations.js';

/** The parts that do what a bulk run says. */
export interface BulkActionParts {
  readonly store: ProcessStore;
  readonly lookup: Lookup;
  readonly operations: Operations;
  readonly migrations: Migrations;
  readonly inputs: Inputs;
  readonly inboxMessages: Inbox;
  readonly outbox: Outbox;
}

/** One of those that fit the filter. */
export interface BulkSubject {
  readonly id: string;
  readonly workflow: string | null;
  readonly groupId: string | null;
  /** Of a process its status, of a message its disposition; of one that a step has sent, `parked` or `waiting`. */
  readonly status: string;
}

interface SubjectPage {
  readonly items: readonly BulkSubject[];
  readonly next: string | null;
}

/** What became of one of them. */
export type BulkOutcome = Pick<StoredBulkItem, 'outcome' | 'error'>;

const DONE: BulkOutcome = { outcome: 'done', error: null };
/** What was to be done is not needed any more, or not possible just now. */
const NOT_APPLICABLE = [NotWaitingError, ProcessFinishedError, ProcessNotFoundError, MessageNotFoundError];

export class BulkActions {
  constructor(private readonly parts: BulkActionParts) {}

  /** A page of those that fit: processes newest first, so that those which start meanwhile are not among them; messages oldest first. */
  async page({ action, filter, options }: Pick<StoredBulk, 'action' | 'filter' | 'options'>, cursor: string | null, limit: number): Promise<SubjectPage> {
    const query = { ...filterOf(filter), limit: Math.min(limit, LARGEST_PAGE), ...(cursor !== null && { cursor }) };
    if (!isOfMessages(action)) {
      const { items, next } = await this.parts.lookup.page(await this.parts.lookup.query(query), query);
      return { items: items.map(({ id, workflow, groupId, status }) => ({ id, workflow, groupId, status })), next };
    }
    return isOutbox(options) ? this.outgoing(query) : this.incoming(query);
  }

  private async incoming(query: object): Promise<SubjectPage> {
    const { items, next } = await this.parts.inboxMessages.list(query);
    return { items: items.map(({ id, workflow, disposition }) => ({ id, workflow, groupId: null, status: disposition })), next };
  }

  private async outgoing(query: object): Promise<SubjectPage> {
    const { items, next } = await this.parts.outbox.list(query);
    return { items: items.map(({ id, workflow, parked }) => ({ id, workflow, groupId: null, status: parked ? 'parked' : 'waiting' })), next };
  }

  /** Does it, and says what came of it. `since`: when the run began with it. @throws StoreUnavailableError: then it is not known */
  async act(run: StoredBulk, id: string, since: number): Promise<BulkOutcome> {
    try {
      await this.perform(run, id);
      return DONE;
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      if (!NOT_APPLICABLE.some((kind) => error instanceof kind)) return { outcome: 'failed', error: reasonOf(error) };
      return (await this.hasDone(run, id, since)) ? DONE : { outcome: 'skipped', error: reasonOf(error) }; // the answer of its commit may have been lost
    }
  }

  private async perform(run: StoredBulk, id: string): Promise<unknown> {
    const { operations, inputs, inboxMessages, outbox, migrations } = this.parts;
    const call = markedCall(run);
    const { step = '', patch = {}, next, contextVersion, compensate, input, to, box } = run.options as BulkOptions & { step?: string };
    switch (run.action as BulkAction) {
      case 'retry': return operations.retry(id, { ...call, ...(step !== '' && { step }) }, { once: true });
      case 'cancel': return operations.cancel(id, { ...call, ...(compensate !== undefined && { compensate }) });
      case 'restartFrom': return operations.restartFrom(id, contextVersion!, call);
      case 'skip': return operations.skip(await this.workflowOf(id), id, step, patch, { ...call, ...(next !== undefined && { next }) });
      case 'provideInput': return inputs.provide(await this.workflowOf(id), step, id, input, inputRequest({ ...call, messageId: `bulk ${run.id}` }));
      case 'migrate': return this.migrate(migrations, id, to!, call);
      case 'replay': return box === 'outbox' ? outbox.replay(id, call) : inboxMessages.replay(id, call);
      case 'discard': return box === 'outbox' ? outbox.discard(id, call) : inboxMessages.discard(id, call);
    } // prettier-ignore
  }

  private async migrate(migrations: Migrations, id: string, to: number, call: object): Promise<void> {
    const process = await this.parts.lookup.toWrite(id);
    if (process.workflowVersion === to) throw new NotWaitingError(id, '', [], `Process ${id} has version ${to} already.`);
    if (await migrations.moveOne(process, to, call)) return;
    throw new NotWaitingError(id, '', [], `Process ${id} is ${process.status}: it runs at this moment, or has finished.`);
  }

  private async workflowOf(id: string): Promise<string> {
    return (await this.parts.lookup.toRead(id)).workflow;
  }

  /**
   * Whether the run has done it already: the audit record of the action carries its id. Replaying or discarding a message once more changes
   * nothing: it is not there any more, or goes to the same place.
   */
  async hasDone(run: StoredBulk, id: string, since: number): Promise<boolean> {
    return !isOfMessages(run.action) && hasMark(this.parts.store.queries, run, id, since);
  }
}

function isOutbox(options: StoredBulk['options']): boolean {
  return (options as BulkOptions).box === 'outbox';
}

/** Actor and reason of the action on one of them: its audit record leads to the run. */
function markedCall({ id, actor, reason }: StoredBulk): { readonly actor?: string; readonly reason: string } {
  const mark = markOf(id);
  return { ...(actor !== null && { actor }), reason: reason === null ? mark : `${reason} ${mark}` };
}
