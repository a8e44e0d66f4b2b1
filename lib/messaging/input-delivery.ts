import { checkedMessage } from '../context/message.js';
import { checkCallOptions, checkName, MAX_CORRELATION_ID } from '../context/checks.js';
import { inputAddress } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { digestOf } from '../values/digest.js';
import type { Json } from '../values/json.js';
import { aMessage } from '../core/engine-messages.js';
import { newId } from '../values/new-id.js';
import { isFinished, type ProcessState, type WaitState } from '../core/process.js';
import { type StepNode, stepsOf } from '../definition/graph.js';
import { NotWaitingError, ProcessFinishedError, ProcessNotFoundError, UnknownStepError } from '../values/errors.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Class } from '../values/types.js';
import type { ProcessOf } from '../query/process-ref.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { Clock } from '../values/clock.js';
import type { CallOptions, ProcessCommands } from '../writer/process-commands.js';
import { dispositionOf, type DeliveryRequest } from './delivery.js';
import type { Lookup } from '../query/process-lookup.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { unknownWorkflow } from '../writer/decide.js';
import type { Told } from '../writer/process-cache.js';
import { isShown } from '../query/views.js';

/** Others may take the waits we find; so often we look for another. */
const MOST_LOSSES = 10;

/** Somebody's input for one process: what it says, and the steps that it may be for. */
interface Given {
  readonly process: ProcessState;
  readonly step: string;
  readonly nodes: readonly StepNode[];
  readonly body: Json;
  readonly letter: DeliveryRequest;
}

/** Brings people's input to the steps that wait for it. */
export class Inputs {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly lookup: Lookup,
    private readonly hands: ProcessCommands,
    private readonly clock: Clock,
  ) {}

  /** That a step takes no input is said whatever the process does; that an input is wrong, before anything is changed. */
  async provide(workflow: Class | string, step: Class | string, ref: ProcessOf, input: unknown, letter: DeliveryRequest): Promise<ProcessState> {
    const { names } = this.registry.receiver(workflow, step);
    checkCallOptions(letter);
    if (letter.messageId !== undefined) checkName('messageId', letter.messageId, MAX_CORRELATION_ID);
    const process = await this.lookup.ofWorkflow(workflow, ref, letter.manager);
    const bound = this.registry.find(process.workflow, process.workflowVersion);
    if (!bound) throw unknownWorkflow(process);
    const nodes = takersIn(bound, names, process);
    const what = `The input of ${process.workflow}.${nodes[0]!.name}`;
    const body = await checkedMessage(bound.steps.get(nodes[0]!.name)?.message, input, what, 'input');
    return this.bring({ process, step: names[0]!, nodes, body, letter });
  }

  private async bring(given: Given): Promise<ProcessState> {
    const { process, letter, nodes } = given;
    if (letter.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given);
    if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
    const beside = nodes.find(({ unsolicited }) => unsolicited);
    return beside ? this.bringBeside(given, beside) : this.bringToWait(given);
  }

  /** To whoever has waited longest: inside `forEach` each item waits for one. */
  private async bringToWait(given: Given): Promise<ProcessState> {
    const { process, letter, nodes } = given;
    const lost = new Set<string>(); // in a transaction of the caller's they are still seen
    while (lost.size < MOST_LOSSES) {
      const waits = await this.lookup.waitsOf(process.id, letter.manager);
      const fits = ({ kind, node, key }: WaitState) => kind === 'input' && nodes.some(({ name }) => name === node) && !lost.has(key);
      const wait = waits.filter(fits).sort(byAge)[0];
      if (!wait && letter.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given); // the same, told elsewhere meanwhile
      if (!wait) throw notWaiting(given, waits);
      lost.add(wait.key);
      const message = this.messageFor(given, wait.address ?? inputAddress(process.id, wait.run));
      const told = await this.tell(given, { type: 'message-received', key: wait.key, run: wait.run, message }, [wait.key]);
      if (told) return told;
    }
    throw notWaiting(given, []);
  }

  /** A step beside the flow takes any number of them. */
  private async bringBeside(given: Given, { name }: StepNode): Promise<ProcessState> {
    const message = this.messageFor(given, `${inputAddress(given.process.id, 0)}.${name}`);
    const told = await this.tell(given, { type: 'event-received', node: name, message }, []);
    if (told) return told;
    throw notWaiting(given, []);
  }

  /** The process, if it has taken the input; null: somebody else was faster. A duplicate without an id of its own is one whose reply was lost. */
  private async tell({ process: { id }, letter }: Given, told: Told & { message: MessageState }, waits: readonly string[]): Promise<ProcessState | null> {
    const applied = await this.hands.tell(id, { tell: () => told, waits, messages: [told.message.id] }, handOf(letter));
    if (!applied) throw new ProcessNotFoundError(id);
    const disposition = dispositionOf(applied);
    return disposition === 'delivered' || disposition === 'duplicate' ? applied.process : null;
  }

  /* ------------------------------------------------------------ the same again ---- */

  private async isKnown(given: Given): Promise<boolean> {
    const [loaded] = await this.store.load([{ id: given.process.id, waits: [], messages: [idOf(given)], context: false }]);
    return (loaded?.messages.length ?? 0) > 0;
  }

  /** It is recorded as a duplicate, and changes nothing; another input under its id is refused. */
  private async sayAgain(given: Given): Promise<ProcessState> {
    const message = this.messageFor(given, inputAddress(given.process.id, 0));
    const told = await this.tell(given, { type: 'message-received', key: '', run: 0, message }, []);
    if (told) return told;
    const { process, step, letter } = given;
    throw new NotWaitingError(process.id, step, [], `Process ${process.id} was given another input under the message id "${letter.messageId}".`);
  }

  /** Without an id of its own it is like no other: a visit that says `again()` waits for more than one. */
  private messageFor(given: Given, address: string): MessageState {
    const { body, letter } = given;
    const now = this.clock.now().getTime();
    const id = letter.messageId === undefined ? digestOf(address, newId(now)) : idOf(given);
    return aMessage(id, address, body, now);
  }
}

function takersIn(
  { definition }: BoundWorkflow,
  names: readonly string[],
  { id, workflow, workflowVersion }: ProcessState,
): readonly [StepNode, ...StepNode[]] {
  const [first, ...more] = stepsOf(definition).filter(({ name, gate }) => gate.for === 'input' && names.includes(name));
  if (!first) throw new UnknownStepError(workflow, names[0]!, ` Process ${id} runs version ${workflowVersion}, where it takes no input.`);
  return [first, ...more];
}

/** By the step and not by the visit: it is the same message also when the visit it was for has ended. */
function idOf({ process, step, letter }: Given): string {
  return digestOf(`i:${process.id}`, step, letter.messageId!);
}

function handOf({ messageId: _id, effectiveAt: _at, ...hand }: DeliveryRequest): CallOptions {
  return hand;
}

function byAge(a: WaitState, b: WaitState): number {
  return a.since - b.since || a.run - b.run;
}

function notWaiting({ process: { id, status }, step }: Given, waits: readonly WaitState[]): NotWaitingError {
  const waitingFor = [...new Set(waits.filter(isShown).map(({ node }) => node))];
  const where = waitingFor.length === 0 ? 'It waits for nothing' : `It waits in ${waitingFor.map((each) => `"${each}"`).join(', ')}`;
  return new NotWaitingError(id, step, waitingFor, `Process ${id} is ${status}: its step "${step}" does not wait for an input. ${where}.`);
}
