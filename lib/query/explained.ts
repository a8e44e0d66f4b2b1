import { edgesOf, type WorkflowDefinition } from '../definition/graph.js';
import { namedIn } from '../core/addresses.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessState } from '../core/process.js';
import type { Token } from '../core/token.js';
import { addressOf, type WaitState } from '../core/wait.js';
import type { StoredPause } from '../store/port.js';
import type { UndoPlan } from './undo-plans.js';

/** The facts that an explanation is made of. */
export interface Explained {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  /** Messages of the process that were not transmitted yet, oldest first. */
  readonly untransmitted: readonly OutgoingMessage[];
  /** What is being undone. */
  readonly undos: readonly UndoPlan[];
  /** Undefined: this application does not know the workflow, or not in this version. */
  readonly definition: WorkflowDefinition | undefined;
  /** True if this version of the workflow was withdrawn. */
  readonly withdrawn: boolean;
  /** In words, what the body of a token waits for on this instance. */
  readonly waitsFor: (token: Token) => string | undefined;
  /** The live pause at an address. */
  readonly pauseAt: (address: string) => StoredPause | undefined;
  /** True: correlation ids are named. */
  readonly internals: boolean;
  /** True if this instance holds as many processes as it may. */
  readonly isFull: boolean;
}

/** A statement about one thing, and what could be done about it. */
export interface Word {
  readonly says: string;
  readonly remedies?: readonly string[];
}

export function skipping({ node: step }: Token, { process: { id, workflow }, definition }: Explained): string {
  const node = definition?.nodes.get(step);
  const edges = node?.kind === 'step' ? edgesOf(node) : [];
  return `skip('${workflow}', '${step}', '${id}'${edges.length > 1 ? `, {}, { next: '${edges.join("' or '")}' }` : ''})`;
}

/** The call that brings the response to this wait. */
export function responding(wait: WaitState, { process: { workflow }, internals }: Pick<Explained, 'process' | 'internals'>): string {
  const id = internals ? `'${namedIn(addressOf(wait) ?? '')}'` : '<its correlation id>';
  return `respond('${workflow}', '${wait.token.node}', ${id}, …)`;
}

export function placeOf(token: Token): string {
  if (token.does !== 'undo') return stepAt(token);
  const stage = token.tried?.home ?? token.node;
  return stage === '' ? 'undoing what was done' : `undoing what was done in "${stage}"`;
}

export function namedSteps(steps: readonly Token[]): string {
  return steps.map((token) => placeOf(token)).join(', ') || 'its next step';
}

export function stepAt(visit: Pick<Token, 'node'> & { readonly index?: number }): string {
  const { node, index } = visit;
  return index === undefined ? `step "${node}"` : `step "${node}" of item ${index}`;
}

export function when(time: number): string {
  return new Date(time).toISOString();
}
