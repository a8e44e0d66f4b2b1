/** Decides for each request what it may do, who it is from, and which processes it sees. */
import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { InboxMessage } from '../messaging/inbox.js';
import { IN_OUTBOX } from '../messaging/outbox.js';
import type { OutboxMessage } from '../outbox/outbox-message.js';
import type { OwedInput } from '../query/owed-inputs.js';
import type { Page, PageOptions } from '../query/page.js';
import { MessageNotFoundError, ProcessNotFoundError } from '../values/errors.js';
import type { ActionOptions } from '../writer/call-options.js';
import { WorkflowService } from '../workflow.service.js';
import { API_OPTIONS, API_RIGHTS, type ApiRight, type ProcessInSight, type WorkflowApiOptions } from './api-options.js';
import type { ApiRoute } from './api-route.js';

/** A page of a list may hide much: after so many reads, it is given as it is. */
const MOST_READS = 20;
const USUAL_LIMIT = 50;

@Injectable()
export class ApiAccess {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowApiOptions,
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
  ) {}

  /** @throws ForbiddenException if the request lacks a right that the route needs */
  async checkRight(request: unknown, { right, whole }: Pick<ApiRoute, 'right' | 'whole'>): Promise<void> {
    const rights = await this.rightsOf(request);
    const needed: ApiRight[] = whole && this.options.maySee ? [right, 'administer'] : [right];
    const missing = needed.find((each) => !rights.has(each));
    if (missing === undefined) return;
    throw new ForbiddenException(`This needs the right "${missing}".${this.options.rights ? '' : ' Without the option `rights`, the API only reads.'}`);
  }

  private async rightsOf(request: unknown): Promise<ReadonlySet<ApiRight>> {
    const given = new Set<ApiRight>(this.options.rights ? await this.options.rights(request) : ['read']);
    const unknown = [...given].filter((right) => !API_RIGHTS.includes(right));
    if (unknown.length > 0)
      throw new TypeError(`rights: there is no right ${unknown.map((each) => JSON.stringify(each)).join(', ')}; there are ${API_RIGHTS.join(', ')}.`);
    return given;
  }

  /** The actor and the reason of a call. */
  callOf(request: unknown, reason?: string): Pick<ActionOptions, 'actor' | 'reason'> {
    const actor = this.options.actor?.(request);
    return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
  }

  /** The same for a call that brings a message. */
  deliveryOf(request: unknown, { messageId, reason }: { readonly messageId?: string | undefined; readonly reason?: string | undefined }) {
    return { ...this.callOf(request, reason), ...(messageId !== undefined && { messageId }) };
  }

  /* ----------------------------------------------------------------- in sight ---- */

  /** @throws ProcessNotFoundError if the request may not see the process, as if it were not there */
  async see(request: unknown, id: string): Promise<void> {
    if (!this.options.maySee) return;
    const process = await this.workflows.get(id);
    if (!(await this.isInSight(request, process))) throw new ProcessNotFoundError(id);
  }

  /** @throws ForbiddenException if the request may not see the process that it wants to start */
  async seeStart(request: unknown, process: Pick<ProcessInSight, 'id' | 'workflow' | 'groupId'>, values: Readonly<Record<string, unknown>>): Promise<void> {
    if (!this.options.maySee || (await this.options.maySee(request, { ...process, context: async () => values }))) return;
    throw new ForbiddenException('This request may not start this process.');
  }

  async isInSight(request: unknown, { id, workflow, groupId }: Pick<ProcessInSight, 'id' | 'workflow' | 'groupId'>): Promise<boolean> {
    if (!this.options.maySee) return true;
    return this.options.maySee(request, { id, workflow, groupId, context: async () => (await this.workflows.get(id)).context as Record<string, unknown> });
  }

  /**
   * Says of messages whether the request may see them. A message that no process has received says not whose it is, and so needs
   * `administer`, as all that concerns all processes at once.
   */
  async messagesInSight(request: unknown): Promise<(message: Pick<InboxMessage, 'processId'>) => Promise<boolean>> {
    const seesAll = !this.options.maySee || (await this.rightsOf(request)).has('administer');
    const processes = new Map<string, Promise<boolean>>();
    return async ({ processId: id }) => {
      if (id === null || !this.options.maySee) return seesAll;
      if (!processes.has(id)) processes.set(id, this.see(request, id).then(() => true, isHidden)); // prettier-ignore
      return processes.get(id)!;
    };
  }

  /** @throws MessageNotFoundError if there is no such message, or the request may not see it */
  async seeMessage(request: unknown, id: string): Promise<InboxMessage> {
    const message = await this.workflows.inbox.get(id);
    if (await (await this.messagesInSight(request))(message)) return message;
    throw new MessageNotFoundError(id);
  }

  /** @throws MessageNotFoundError if there is no such message in the outbox, or the request may not see its process */
  async seeOutgoing(request: unknown, id: string): Promise<OutboxMessage> {
    const message = await this.workflows.outbox.get(id);
    if (await (await this.messagesInSight(request))(message)) return message;
    throw new MessageNotFoundError(id, IN_OUTBOX);
  }

  /** A page of what is in sight. Reads on where items are hidden. */
  async page<T>(options: PageOptions, read: (page: PageOptions) => Promise<Page<T>>, isSeen: (item: T) => Promise<boolean>): Promise<Page<T>> {
    const most = options.limit ?? USUAL_LIMIT;
    const items: T[] = [];
    let { cursor } = options;
    for (let reads = 0; reads < MOST_READS; reads++) {
      const found = await read({ ...(cursor !== undefined && { cursor }), limit: most - items.length });
      for (const item of found.items) if (await isSeen(item)) items.push(item);
      if (found.next === null) return { items, next: null };
      cursor = found.next;
      if (items.length >= most) break;
    }
    return { items, next: cursor ?? null };
  }
}

type SeenAs = Pick<ProcessInSight, 'id' | 'workflow' | 'groupId'>;

export function processOfInput({ processId, workflow, groupId }: OwedInput): SeenAs {
  return { id: processId, workflow, groupId };
}

/** False for a process that is hidden, or not there any more. @throws any other error */
function isHidden(error: unknown): false {
  if (error instanceof ProcessNotFoundError) return false;
  throw error;
}
