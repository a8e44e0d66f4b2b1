/**
 * Starts the children that processes ask for. A parent asks in its own commit, by a message in the inbox. The commit that starts the
 * child takes that message, so a child is started once, even if a worker dies.
 */
import { Logger } from '@nestjs/common';
import { startingValues } from '../context/context.js';
import { fromGiven } from '../context/typed-data.js';
import { asksForChild, childAddress, namedIn } from '../core/addresses.js';
import type { Change, MessageState } from '../core/change.js';
import { newMessage } from '../core/engine-messages.js';
import type { ParentLink } from '../core/process.js';
import { digestOf } from '../values/digest.js';
import { ProcessAlreadyLiveError, StoreUnavailableError, UnknownWorkflowError, WorkflowError } from '../values/errors.js';
import { howMany } from '../values/how-many.js';
import type { JsonObject } from '../values/json.js';
import { saidAbout } from '../values/log-fields.js';
import { reasonOf } from '../values/reason.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { stateOf } from '../writer/batch-loader.js';
import type { ProcessStarter } from '../writer/process-starter.js';
import { hasManyParents } from './generations.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** The message by which a parent asks for a child. */
interface ChildRequest {
  readonly workflow: string;
  readonly version?: number;
  readonly values: JsonObject;
  readonly parent: ParentLink;
  readonly actor?: string;
}

const AT_ONCE = 200;

export class ChildStarter {
  private readonly logger = new Logger('Workflow');
  private readonly starting = new Set<string>();
  /** Where the next sweep goes on, so that children that cannot start here do not hold up the others. */
  private last: MessageState | undefined;

  constructor(
    private readonly parts: MessagingParts,
    private readonly starter: ProcessStarter,
    private readonly delivery: MessageDelivery,
  ) {}

  /** Starts the children that a change asks for. */
  committed({ messages }: Change): void {
    if (messages.length === 0) return;
    const requests = messages.filter(isRequest);
    if (requests.length > 0) this.parts.activity.during(() => this.startAll(requests, (request) => this.start(request)));
  }

  /** Starts children that were asked for and not started: the instance that asked is gone, or did not know the workflow. */
  async sweep(): Promise<void> {
    const found = await this.parts.store.maintenance.childrenToStart(AT_ONCE, this.last);
    this.last = found.length === AT_ONCE ? found.at(-1) : undefined;
    await this.startAll(found.filter(({ id }) => !this.starting.has(id)), (request) => this.startLate(request)); // prettier-ignore
  }

  private async startAll(requests: readonly MessageState[], start: (request: MessageState) => Promise<void>): Promise<void> {
    await Promise.all(requests.map((request) => start(request).catch((error: unknown) => this.complain(request, error))));
  }

  private complain({ address }: MessageState, error: unknown): void {
    const processId = namedIn(address);
    saidAbout({ processId }, () => this.logger.warn(`Child process ${processId} could not be started, and will be tried again: ${reasonOf(error)}`));
  }

  private async startLate(message: MessageState): Promise<void> {
    if (await this.isWanted(message)) return this.start(message);
    await this.delivery.miss(message, requestIn(message).parent.id, {});
  }

  /** False if the parent has moved on meanwhile. */
  private async isWanted(message: MessageState): Promise<boolean> {
    const { parent } = requestIn(message);
    if (!parent.tied) return true;
    if (parent.awaited) return (await this.parts.store.commits.waitsAt([childAddress(namedIn(message.address))])).some(({ closed }) => !closed);
    return (await stateOf(this.parts.store, parent.id))?.status !== 'cancelled';
  }

  private async start(message: MessageState): Promise<void> {
    const bound = this.known(requestIn(message));
    if (!bound || this.starting.has(message.id)) return;
    this.starting.add(message.id);
    await this.begin(message, bound).finally(() => this.starting.delete(message.id));
  }

  private async begin(message: MessageState, bound: BoundWorkflow): Promise<void> {
    const { values, parent, actor } = requestIn(message);
    const id = namedIn(message.address);
    const { generations } = this.parts.limits;
    if (await hasManyParents(this.parts.store, parent.id, generations))
      return this.refuse(message, `it would be a child inside ${howMany(generations, 'other')}, and there may be no more (limits.generations)`);
    const set = await this.valuesFor(bound, values).catch((error: unknown) => this.refuse(message, reasonOf(error)));
    if (!set) return;
    try {
      const call = { reason: `process ${parent.id} asked for it`, ...(actor !== undefined && { actor }) };
      const messages = [{ ...message, disposition: 'delivered' as const, processId: id }];
      await this.starter.start(bound, { id, groupId: id, values: { set, remove: [] }, parent, messages }, call);
    } catch (error) {
      if (!(error instanceof WorkflowError) || error instanceof StoreUnavailableError) throw error;
      if (!(error instanceof ProcessAlreadyLiveError)) return this.refuse(message, reasonOf(error));
      await this.refuseStranger(message);
    }
  }

  /** Checks the values by the child's own class, as for a start from outside. */
  private async valuesFor({ context, definition }: BoundWorkflow, values: JsonObject): Promise<JsonObject> {
    const typed = fromGiven(context, values, `The starting values of workflow "${definition.name}"`) as Record<string, unknown>;
    const given = Object.fromEntries(Object.keys(values).map((key) => [key, typed[key]]));
    return startingValues(context, given, definition.name);
  }

  /** Refuses if another process has the child's id or group id, but not if another instance started the child. */
  private async refuseStranger(message: MessageState): Promise<void> {
    const id = namedIn(message.address);
    const known = await stateOf(this.parts.store, id);
    if (known?.parent?.id === requestIn(message).parent.id) return;
    await this.refuse(message, known ? `there is a process ${id} already, which is not its child` : `another live process has the group id ${id}`);
  }

  /** Fails the step that asked, by a message like that of the child's end. */
  private async refuse(message: MessageState, error: string): Promise<void> {
    const [id, { parent }] = [namedIn(message.address), requestIn(message)];
    saidAbout({ processId: parent.id }, () => this.logger.error(`Process ${parent.id} asked for a child that cannot be started: ${error}`));
    const end = newMessage(
      digestOf(childAddress(id), 'refused'),
      childAddress(id),
      { processId: id, status: 'refused', error },
      this.parts.clock.now().getTime(),
    );
    const waits = await this.parts.store.commits.waitsAt([end.address]);
    for (const wait of waits) if (!wait.closed) await this.delivery.bring(end, wait, {}, { lookedUp: true });
    await this.delivery.miss(message, parent.id, {});
  }

  private known({ workflow, version }: ChildRequest): BoundWorkflow | undefined {
    try {
      return this.parts.registry.get(workflow, version);
    } catch (error) {
      if (error instanceof UnknownWorkflowError) return undefined; // an instance that knows it will start the child
      throw error;
    }
  }
}

function isRequest({ address, disposition }: MessageState): boolean {
  return disposition === 'stored' && asksForChild(address);
}

function requestIn({ body }: MessageState): ChildRequest {
  return body as unknown as ChildRequest;
}
