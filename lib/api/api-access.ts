/** Decides for each request what it may do, who it is from, and which processes it sees. */
import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { checkCall } from '../context/call-checks.js';
import type { InboxMessage } from '../messaging/inbox.js';
import { IN_OUTBOX } from '../messaging/outbox.js';
import type { OutboxMessage } from '../outbox/outbox-message.js';
import type { Page, PageOptions } from '../query/page.js';
import { MessageNotFoundError, ProcessAlreadyLiveError, ProcessNotFoundError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import type { ActionOptions } from '../writer/call-options.js';
import { WorkflowService } from '../workflow.service.js';
import { API_OPTIONS, API_RIGHTS, type ApiRight, type ProcessInSight, type WorkflowApiOptions } from './api-options.js';
import type { ApiRoute } from './api-route.js';
import { Roots } from './roots.js';

/** A page of a list may hide much: after so many reads, it is given as it is. */
const MOST_READS = 20;
const USUAL_LIMIT = 50;

@Injectable()
export class ApiAccess {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowApiOptions,
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(Roots) private readonly roots: Roots,
  ) {}

  /** True: not every request sees every process. */
  get hasTenants(): boolean {
    return this.options.maySee !== undefined;
  }

  /** @throws ForbiddenException if the request lacks a right that the route needs */
  async checkRight(request: unknown, { right, whole }: Pick<ApiRoute, 'right' | 'whole'>): Promise<void> {
    const rights = await this.rightsOf(request);
    const needed: ApiRight[] = whole && this.options.maySee ? [right, 'administer'] : [right];
    const missing = needed.find((each) => !rights.has(each));
    if (missing === undefined) return;
    throw new ForbiddenException(`This needs the right "${missing}".${this.options.rights ? '' : ' Without the option `rights`, the API only reads.'}`);
  }

  /** @throws TypeError if the application gives a right that there is not */
  async rightsOf(request: unknown): Promise<ReadonlySet<ApiRight>> {
    const given = new Set<ApiRight>(this.options.rights ? await this.options.rights(request) : ['read']);
    const unknown = [...given].filter((right) => !API_RIGHTS.includes(right));
    if (unknown.length > 0)
      throw new TypeError(`rights: there is no right ${unknown.map((each) => JSON.stringify(each)).join(', ')}; there are ${API_RIGHTS.join(', ')}.`);
    return given;
  }

  /** The actor and the reason of a call. An actor that is none is a fault of the application, and not of the caller. */
  callOf(request: unknown, reason?: string): Pick<ActionOptions, 'actor' | 'reason'> {
    const actor = this.options.actor?.(request);
    try {
      checkCall('action', { actor });
    } catch (error) {
      throw new TypeError(`The option \`actor\`: ${reasonOf(error)}`, { cause: error });
    }
    return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
  }

  /** The same for a call that brings a message. */
  deliveryOf(request: unknown, { messageId, reason }: { readonly messageId?: string | undefined; readonly reason?: string | undefined }) {
    return { ...this.callOf(request, reason), ...(messageId !== undefined && { messageId }) };
  }

  /* ----------------------------------------------------------------- in sight ---- */

  /** @throws ProcessNotFoundError if the request may not see the process, as if it were not there */
  async see(request: unknown, id: string): Promise<void> {
    if (!(await this.inSight(request, [id])).has(id)) throw new ProcessNotFoundError(id);
  }

  /** Those of the processes that the request may see. It sees a child if it sees its root, about which it is asked once. */
  async inSight(request: unknown, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (!this.options.maySee) return new Set(ids);
    const roots = await this.roots.of(ids);
    const seen = new Set<object>();
    for (const root of new Set(roots.values())) if (await this.options.maySee(request, this.shown(root))) seen.add(root);
    return new Set(ids.filter((id) => seen.has(roots.get(id)!)));
  }

  private shown({ id, workflow, groupId }: Pick<ProcessInSight, 'id' | 'workflow' | 'groupId'>): ProcessInSight {
    return { id, workflow, groupId, context: async () => (await this.workflows.get(id)).context as Record<string, unknown> };
  }

  /** @throws ForbiddenException if the request may not see the process that it wants to start, or may not choose its id */
  async seeStart(request: unknown, { chosenId, ...process }: StartInSight, values: Readonly<Record<string, unknown>>): Promise<void> {
    if (!this.options.maySee) return;
    if (chosenId && !(await this.rightsOf(request)).has('administer')) throw new ForbiddenException(ID_OF_ALL);
    if (!(await this.options.maySee(request, { ...process, context: async () => values }))) throw new ForbiddenException('This request may not start this process.'); // prettier-ignore
  }

  /** Passes an error on. The id of a process that the request may not see is not told. */
  async withoutHidden(request: unknown, workflow: string, error: unknown): Promise<never> {
    if (!(error instanceof ProcessAlreadyLiveError)) throw error;
    const { processId, groupId } = error;
    throw (await this.inSight(request, [processId])).has(processId) ? error : new ProcessAlreadyLiveError('of another owner', workflow, groupId);
  }

  /** @throws MessageNotFoundError if there is no such message, or the request may not see it */
  async seeMessage(request: unknown, id: string): Promise<InboxMessage> {
    const message = await this.workflows.inbox.get(id);
    if ((await this.seenOf(request, [message], processOwning)).length > 0) return message;
    throw new MessageNotFoundError(id);
  }

  /** @throws MessageNotFoundError if there is no such message in the outbox, or the request may not see its process */
  async seeOutgoing(request: unknown, id: string): Promise<OutboxMessage> {
    const message = await this.workflows.outbox.get(id);
    if ((await this.seenOf(request, [message], processOwning)).length > 0) return message;
    throw new MessageNotFoundError(id, IN_OUTBOX);
  }

  /**
   * Those that the request may see, by the process that each belongs to. A message that no process has received says not whose it is, and
   * so needs `administer`, as all that concerns all processes at once.
   */
  private async seenOf<T>(request: unknown, items: readonly T[], processOf: (item: T) => string | null): Promise<readonly T[]> {
    if (!this.options.maySee) return items;
    const ids = items.map(processOf);
    const inSight = await this.inSight(request, [...new Set(ids.filter((id) => id !== null))]);
    const seesOthers = ids.includes(null) && (await this.rightsOf(request)).has('administer');
    return items.filter((_item, i) => (ids[i] === null ? seesOthers : inSight.has(ids[i]!)));
  }

  /** A page of what is in sight. Reads on where items are hidden. */
  async page<T>(
    request: unknown,
    options: PageOptions,
    read: (page: PageOptions) => Promise<Page<T>>,
    processOf: (item: T) => string | null,
  ): Promise<Page<T>> {
    const most = options.limit ?? USUAL_LIMIT;
    const items: T[] = [];
    let { cursor } = options;
    for (let reads = 0; reads < MOST_READS; reads++) {
      const found = await read({ ...(cursor !== undefined && { cursor }), limit: most - items.length });
      items.push(...(await this.seenOf(request, found.items, processOf)));
      if (found.next === null) return { items, next: null };
      cursor = found.next;
      if (items.length >= most) break;
    }
    return { items, next: cursor ?? null };
  }
}

/** A process that is about to start. */
interface StartInSight extends Pick<ProcessInSight, 'id' | 'workflow' | 'groupId'> {
  /** The request has chosen the id. */
  readonly chosenId: boolean;
}

const ID_OF_ALL = 'To choose the id of a process needs the right "administer", because ids are those of all processes. Leave it out, and say a groupId.';

/** The process that a message or an input belongs to; null: none. */
export function processOwning({ processId }: { readonly processId: string | null }): string | null {
  return processId;
}
