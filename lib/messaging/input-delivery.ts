import { checkCallOptions, checkName, MAX_CORRELATION_ID } from '../context/checks.js';
import { checkedMessage } from '../context/message.js';
import { inputAddress } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { newMessage } from '../core/engine-messages.js';
import type { EventOf } from '../core/events.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { addressOf, type WaitState } from '../core/wait.js';
import { type StepNode, stepsOf } from '../definition/graph.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessOf } from '../query/process-ref.js';
import { isShown } from '../query/views.js';
import { digestOf } from '../values/digest.js';
import { NotWaitingError, ProcessFinishedError, ProcessNotFoundError, UnknownStepError } from '../values/errors.js';
import type { Json } from '../values/json.js';
import { newId } from '../values/new-id.js';
import type { Class } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { CallOptions } from '../writer/call-options.js';
import { unknownWorkflow } from '../writer/decide.js';
import { type DeliveryRequest, dispositionOf } from './delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Others may take the waits we find; so often we look for another. */
const MOST_LOSSES = 10;

/** Somebody's input for one process: what it says, and the steps that it may be for. */
interface GivenInput {
  readonly process: ProcessState;
  readonly step: string;
  readonly nodes: readonly StepNode[];
  readonly body: Json;
  readonly request: DeliveryRequest;
}

/** Brings people's input to the steps that wait for it. */
export class Inputs {
  constructor(
    private readonly parts: MessagingParts,
    private readonly lookup: Lookup,
  ) {}

  /** That a step takes no input is said whatever the process does; that an input is wrong, before anything is changed. */
  async provide(workflow: Class | string, step: Class | string, ref: ProcessOf, input: unknown, request: DeliveryRequest): Promise<ProcessState> {
    const { registry } = this.parts;
    const { names } = registry.receiver(workflow, step);
    checkCallOptions(request);
    if (request.messageId !== undefined) checkName('messageId', request.messageId, MAX_CORRELATION_ID);
    const process = await this.lookup.ofWorkflow(workflow, ref, request.manager);
    const bound = registry.find(process.workflow, process.workflowVersion);
    if (!bound) throw unknownWorkflow(process);
    const nodes = takersIn(bound, names, process);
    const what = `The input of ${process.workflow}.${nodes[0]!.name}`;
    const body = await checkedMessage(bound.steps.get(nodes[0]!.name)?.message, input, what, 'input');
    return this.bring({ process, step: names[0]!, nodes, body, request });
  }

  private async bring(given: GivenInput): Promise<ProcessState> {
    const { process, request, nodes } = given;
    if (request.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given);
    if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
    const beside = nodes.find(({ unsolicited }) => unsolicited);
    return beside ? this.bringBeside(given, beside) : this.bringToWait(given);
  }

  /** To whoever has waited longest: inside `forEach` each item waits for one. */
  private async bringToWait(given: GivenInput): Promise<ProcessState> {
    const { process, request, nodes } = given;
    const lost = new Set<string>(); // in a transaction of the caller's they are still seen
    while (lost.size < MOST_LOSSES) {
      const waits = await this.lookup.waitsOf(process.id, request.manager);
      const fits = ({ token: { node, key }, waitsFor: { kind } }: WaitState) => kind === 'input' && nodes.some(({ name }) => name === node) && !lost.has(key);
      const wait = waits.filter(fits).sort(byAge)[0];
      if (!wait && request.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given); // the same, told elsewhere meanwhile
      if (!wait) throw notWaiting(given, waits);
      const { key, run } = wait.token;
      lost.add(key);
      const message = this.messageOf(given, addressOf(wait) ?? inputAddress(process.id, run));
      const taken = await this.apply(given, { type: 'message-received', key, run, message });
      if (taken) return taken;
    }
    throw notWaiting(given, []);
  }

  /** A step beside the flow takes any number of them. */
  private async bringBeside(given: GivenInput, { name }: StepNode): Promise<ProcessState> {
    const message = this.messageOf(given, `${inputAddress(given.process.id, 0)}.${name}`);
    const taken = await this.apply(given, { type: 'event-received', node: name, message });
    if (taken) return taken;
    throw notWaiting(given, []);
  }

  /** The process, if it has taken the input; null: somebody else was faster. A duplicate without an id of its own is one whose reply was lost. */
  private async apply({ process: { id }, request }: GivenInput, event: EventOf<'message-received' | 'event-received'>): Promise<ProcessState | null> {
    const applied = await this.parts.commands.apply(id, event, callOf(request));
    if (!applied) throw new ProcessNotFoundError(id);
    const disposition = dispositionOf(applied);
    return disposition === 'delivered' || disposition === 'duplicate' ? applied.process : null;
  }

  /* ------------------------------------------------------------ the same again ---- */

  private async isKnown(given: GivenInput): Promise<boolean> {
    const [loaded] = await this.parts.store.commits.load([{ id: given.process.id, waits: [], messages: [idOf(given)], context: false }]);
    return (loaded?.messages.length ?? 0) > 0;
  }

  /** It is recorded as a duplicate, and changes nothing; another input under its id is refused. */
  private async sayAgain(given: GivenInput): Promise<ProcessState> {
    const message = this.messageOf(given, inputAddress(given.process.id, 0));
    const taken = await this.apply(given, { type: 'message-received', key: '', run: 0, message });
    if (taken) return taken;
    const { process, step, request } = given;
    throw new NotWaitingError(process.id, step, [], `Process ${process.id} was given another input under the message id "${request.messageId}".`);
  }

  /** Without an id of its own it is like no other: a visit that says `again()` waits for more than one. */
  private messageOf(given: GivenInput, address: string): MessageState {
    const { body, request } = given;
    const now = this.parts.clock.now().getTime();
    const id = request.messageId === undefined ? digestOf(address, newId(now)) : idOf(given);
    return newMessage(id, address, body, now);
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
function idOf({ process, step, request }: GivenInput): string {
  return digestOf(`i:${process.id}`, step, request.messageId!);
}

function callOf({ messageId: _id, effectiveAt: _at, ...call }: DeliveryRequest): CallOptions {
  return call;
}

function byAge({ token: a }: WaitState, { token: b }: WaitState): number {
  return a.since - b.since || a.run - b.run;
}

function notWaiting({ process: { id, status }, step }: GivenInput, waits: readonly WaitState[]): NotWaitingError {
  const waitingFor = [...new Set(waits.filter(isShown).map(({ token }) => token.node))];
  const where = waitingFor.length === 0 ? 'It waits for nothing' : `It waits in ${waitingFor.map((each) => `"${each}"`).join(', ')}`;
  return new NotWaitingError(id, step, waitingFor, `Process ${id} is ${status}: its step "${step}" does not wait for an input. ${where}.`);
}
