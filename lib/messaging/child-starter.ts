/**
 * Starts the children that processes ask for. A parent asks in its own record, by a message that stands in the inbox until the
 * record that begins the child takes it: so a child is started once, whoever dies.
 */
import { Logger } from '@nestjs/common';
import { startingValues } from '../context/context.js';
import { fromGiven } from '../context/typed-data.js';
import { asksForChild, childAddress, namedIn } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { Parent } from '../core/process.js';
import { reasonOf } from '../values/reason.js';
import { ProcessAlreadyLiveError, UnknownWorkflowError, WorkflowError } from '../values/errors.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { MessageDelivery } from './message-delivery.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import { stateOf } from '../writer/batch-loader.js';
import type { ProcessStarter } from '../writer/process-starter.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** What a parent writes to have a child started. */
interface Order {
  readonly workflow: string;
  readonly version?: number;
  readonly values: JsonObject;
  readonly parent: Parent;
  readonly actor?: string;
}

const AT_ONCE = 200;

export class ChildStarter {
  private readonly logger = new Logger('Workflow');
  private readonly starting = new Set<string>();
  /** Where the next sweep goes on: those that nobody here can start are in nobody's way. */
  private last: MessageState | undefined;

  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly starter: ProcessStarter,
    private readonly courier: MessageDelivery,
    hands: ProcessCommands,
    activity: PendingWork,
  ) {
    hands.writer.afterCommit((change) => {
      const orders = change.messages.filter(isOrder);
      if (orders.length > 0) activity.during(() => this.startAll(orders));
    });
  }

  /** What was asked for and not started: whoever committed it is gone, or did not know the workflow. */
  async sweep(): Promise<void> {
    const found = await this.store.childrenToStart(AT_ONCE, this.last);
    this.last = found.length === AT_ONCE ? found.at(-1) : undefined;
    const orders = found.filter(({ id }) => !this.starting.has(id));
    await Promise.all(orders.map((order) => this.startLate(order).catch((error: unknown) => this.complain(order, error))));
  }

  private async startAll(orders: readonly MessageState[]): Promise<void> {
    await Promise.all(orders.map((order) => this.start(order).catch((error: unknown) => this.complain(order, error))));
  }

  private complain({ address }: MessageState, error: unknown): void {
    this.logger.warn(`Child process ${namedIn(address)} could not be started, and will be tried again: ${reasonOf(error)}`);
  }

  private async startLate(message: MessageState): Promise<void> {
    if (await this.isWanted(message)) return this.start(message);
    await this.courier.miss(message, orderIn(message).parent.id, {});
  }

  /** Its parent may have moved on meanwhile. */
  private async isWanted(message: MessageState): Promise<boolean> {
    const { parent } = orderIn(message);
    if (!parent.tied) return true;
    if (parent.awaited) return (await this.store.waitsAt([childAddress(namedIn(message.address))])).some(({ closed }) => !closed);
    return (await stateOf(this.store, parent.id))?.status !== 'cancelled';
  }

  private async start(message: MessageState): Promise<void> {
    const bound = this.known(orderIn(message));
    if (!bound || this.starting.has(message.id)) return;
    this.starting.add(message.id);
    await this.begin(message, bound).finally(() => this.starting.delete(message.id));
  }

  private async begin(message: MessageState, bound: BoundWorkflow): Promise<void> {
    const { values, parent, actor } = orderIn(message);
    const id = namedIn(message.address);
    const set = await this.valuesFor(bound, values).catch((error: unknown) => this.refuse(message, reasonOf(error)));
    if (!set) return;
    try {
      const given = { reason: `process ${parent.id} asked for it`, ...(actor !== undefined && { actor }) };
      const messages = [{ ...message, disposition: 'delivered' as const, processId: id }];
      await this.starter.start(bound, { id, groupId: id, values: { set, remove: [] }, given, parent, messages });
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      if (!(error instanceof ProcessAlreadyLiveError)) return this.refuse(message, reasonOf(error));
      await this.met(message);
    }
  }

  /** By the rules of the child's own class, as a start from outside. */
  private async valuesFor({ context, definition }: BoundWorkflow, values: JsonObject): Promise<JsonObject> {
    const typed = fromGiven(context, values, `The starting values of workflow "${definition.name}"`) as Record<string, unknown>;
    const given = Object.fromEntries(Object.keys(values).map((key) => [key, typed[key]]));
    return startingValues(context, given, definition.name);
  }

  /** Somebody was faster; or a stranger has its name. */
  private async met(message: MessageState): Promise<void> {
    const id = namedIn(message.address);
    const known = await stateOf(this.store, id);
    if (known?.parent?.id === orderIn(message).parent.id) return;
    await this.refuse(message, known ? `there is a process ${id} already, which is not its child` : `another live process has the group id ${id}`);
  }

  /** The step that asked has failed: it is told as of the child's end. */
  private async refuse(message: MessageState, error: string): Promise<void> {
    const [id, { parent }] = [namedIn(message.address), orderIn(message)];
    this.logger.error(`Process ${parent.id} asked for a child that cannot be started: ${error}`);
    const end = this.courier.letter(childAddress(id), { processId: id, status: 'refused', error }, 'refused');
    const waits = await this.store.waitsAt([end.address]);
    for (const wait of waits) if (!wait.closed) await this.courier.bring(end, wait, {}, { lookedUp: true });
    await this.courier.miss(message, parent.id, {});
  }

  private known({ workflow, version }: Order): BoundWorkflow | undefined {
    try {
      return this.registry.get(workflow, version);
    } catch (error) {
      if (error instanceof UnknownWorkflowError) return undefined; // it waits for an instance that knows it
      throw error;
    }
  }
}

function isOrder({ address, disposition }: MessageState): boolean {
  return disposition === 'stored' && asksForChild(address);
}

function orderIn({ body }: MessageState): Order {
  return body as unknown as Order;
}
