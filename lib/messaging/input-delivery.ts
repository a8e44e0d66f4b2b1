import { checkedMessage } from '../context/message.js';
import { inputAddress } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { newMessage } from '../core/engine-messages.js';
import type { EventOf } from '../core/events.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { Token } from '../core/token.js';
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
import { dispositionOf, type InputRequest } from './delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Others may take the wait that was found; this many waits are tried. */
const MOST_LOSSES = 10;

/** An input for one process, and the steps that it may be for. */
interface GivenInput {
  readonly process: ProcessState;
  readonly step: string;
  readonly nodes: readonly StepNode[];
  readonly body: Json;
  readonly request: InputRequest;
}

/** The process that has taken an input. `duplicate`: it had this input before. */
export interface BroughtInput {
  readonly process: ProcessState;
  readonly disposition: 'delivered' | 'duplicate';
}

/** Brings inputs to the steps that wait for them. */
export class Inputs {
  constructor(
    private readonly parts: MessagingParts,
    private readonly lookup: Lookup,
  ) {}

  /** A step that takes no input is refused whatever the process does. A wrong input is refused before anything is changed. */
  async provide(workflow: Class | string, step: Class | string, ref: ProcessOf, input: unknown, request: InputRequest): Promise<BroughtInput> {
    const { registry } = this.parts;
    const { names } = registry.receiver(workflow, step);
    const process = await this.lookup.ofWorkflow(workflow, ref, request.manager);
    const bound = registry.find(process.workflow, process.workflowVersion);
    if (!bound) throw unknownWorkflow(process);
    const nodes = takersIn(bound, names, process);
    const what = `The input of ${process.workflow}.${nodes[0]!.name}`;
    const { stored: body } = await checkedMessage(bound.steps.get(nodes[0]!.name)?.message, input, what, 'input');
    return this.bring({ process, step: names[0]!, nodes, body, request });
  }

  private async bring(given: GivenInput): Promise<BroughtInput> {
    const { process, request, nodes } = given;
    if (request.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given);
    if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
    const beside = nodes.find(({ unsolicited }) => unsolicited);
    return beside ? this.bringBeside(given, beside) : this.bringToWait(given);
  }

  /** Brings the input to the longest wait: inside `forEach`, each item waits for its own, and the input may name one. */
  private async bringToWait(given: GivenInput): Promise<BroughtInput> {
    const { process, request, nodes } = given;
    const lost = new Set<string>(); // the caller's transaction still sees them as open
    while (lost.size < MOST_LOSSES) {
      const waits = await this.lookup.waitsOf(process.id, request.manager);
      const fits = ({ token: { node }, waitsFor: { kind } }: WaitState) => kind === 'input' && nodes.some(({ name }) => name === node);
      const isMeant = ({ token }: WaitState) => !lost.has(token.key) && [undefined, itemOf(token)].includes(request.index);
      const wait = waits.filter((each) => fits(each) && isMeant(each)).sort(byAge)[0];
      if (!wait && request.messageId !== undefined && (await this.isKnown(given))) return this.sayAgain(given); // another call brought it meanwhile
      if (!wait) throw notWaiting(given, waits);
      const { key, run } = wait.token;
      lost.add(key);
      const message = this.messageOf(given, addressOf(wait) ?? inputAddress(process.id, run));
      const taken = await this.apply(given, { type: 'message-received', key, run, message });
      if (taken) return taken;
    }
    throw notWaiting(given, []);
  }

  /** An unsolicited step takes any number of inputs. */
  private async bringBeside(given: GivenInput, { name }: StepNode): Promise<BroughtInput> {
    const message = this.messageOf(given, `${inputAddress(given.process.id, 0)}.${name}`);
    const taken = await this.apply(given, { type: 'event-received', node: name, message });
    if (taken) return taken;
    throw notWaiting(given, []);
  }

  /** The process, if it took the input. Null: another input was faster. Without a `messageId`, a duplicate means that the first reply was lost. */
  private async apply({ process: { id }, request }: GivenInput, event: EventOf<'message-received' | 'event-received'>): Promise<BroughtInput | null> {
    const applied = await this.parts.commands.apply(id, event, callOf(request));
    if (!applied) throw new ProcessNotFoundError(id);
    const disposition = dispositionOf(applied);
    return disposition === 'delivered' || disposition === 'duplicate' ? { process: applied.process, disposition } : null;
  }

  /* ---------------------------------------------------------------- duplicates ---- */

  private async isKnown(given: GivenInput): Promise<boolean> {
    const [loaded] = await this.parts.store.commits.load([{ id: given.process.id, waits: [], messages: [idOf(given)], context: false }]);
    return (loaded?.messages.length ?? 0) > 0;
  }

  /** Records a duplicate, which changes nothing else. A different input under the same id is refused. */
  private async sayAgain(given: GivenInput): Promise<BroughtInput> {
    const message = this.messageOf(given, inputAddress(given.process.id, 0));
    const taken = await this.apply(given, { type: 'message-received', key: '', run: 0, message });
    if (taken) return taken;
    const { process, step, request } = given;
    throw new NotWaitingError(process.id, step, [], `Process ${process.id} was given another input under the message id "${request.messageId}".`);
  }

  /** Without a `messageId`, each input is a new one, because a step run that returns `again()` waits for more than one. */
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

/** Made from the step and not the step run, so a repeated message is recognised even after its step run has ended. */
function idOf({ process, step, request }: GivenInput): string {
  const { messageId, sender } = request;
  return digestOf(`i:${process.id}`, step, ...(sender === undefined ? [] : [sender]), messageId!);
}

function callOf({ messageId: _id, sender: _sender, effectiveAt: _at, index: _index, ...call }: InputRequest): CallOptions {
  return call;
}

function itemOf(token: Token): number | undefined {
  return 'index' in token ? token.index : undefined;
}

function byAge({ token: a }: WaitState, { token: b }: WaitState): number {
  return a.since - b.since || a.run - b.run;
}

function notWaiting({ process: { id, status }, step, request: { index } }: GivenInput, waits: readonly WaitState[]): NotWaitingError {
  const waitingFor = [...new Set(waits.filter(isShown).map(({ token }) => token.node))];
  const where = waitingFor.length === 0 ? 'It waits for nothing' : `It waits in ${waitingFor.map((each) => `"${each}"`).join(', ')}`;
  return new NotWaitingError(
    id,
    step,
    waitingFor,
    `Process ${id} is ${status}: its step "${step}" does not wait for an input${index === undefined ? '' : ` for item ${index}`}. ${where}.`,
  );
}
