/**
 * The one model of a workflow. Every spelling compiles to it, and it is all that the verifier, the engine and the
 * diagrams know. A node is entered by a token; edges are names. User code is not in here: it is found by node name.
 */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version: number;
  /** The node a process starts at. */
  readonly start: string;
  readonly nodes: ReadonlyMap<string, Node>;
  /** The process may complete before its flow has ended: the context is asked after each version. */
  readonly completesEarly: boolean;
}

export type Node = StepNode | ForkNode;

/** A moment or a length of time: milliseconds, or `'asked'` when the context decides. */
export type Timing = number | 'asked';

/** A visit to it runs a body, once what it waits for is here. */
export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  /** Waits until its condition on the context holds. */
  readonly when: boolean;
  /** What it waits for before its body runs. */
  readonly gate: Gate;
  /** Not before this moment; with a queue, the task's delay. */
  readonly after?: Timing;
  /** Runs on this task queue; left out: in the process's own worker. */
  readonly queue?: string;
  /** None: its branch ends here. One: goes there. Several: its body chooses. `'end'` ends the branch. */
  readonly next: readonly string[];
  /** Beside the flow: an event may run it at any time, and nobody waits for it. */
  readonly unsolicited: boolean;
  readonly retry: Retry;
  /** How long one run of the body may take, ms. */
  readonly timeout?: number;
  /** How long the visit may take, waiting included. */
  readonly within?: Timing;
  readonly required: boolean;
  /** The body runs inside the transaction that records its completion. */
  readonly transactional: boolean;
}

export type Gate = { readonly for: 'nothing' } | { readonly for: 'response'; readonly request: string } | { readonly for: 'event'; readonly event: string };

export interface Retry {
  /** Tries in all. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelayMs: number;
  readonly jitter: boolean;
}

/** Starts its branches at once and goes on when all of them have ended: the join is part of the fork. */
export interface ForkNode {
  readonly kind: 'fork';
  readonly name: string;
  /** The first node of each branch. Edges of a branch never leave it. */
  readonly branches: readonly string[];
  readonly next: readonly string[];
}

/** The edge that ends a branch, or at the root the process. */
export const END = 'end';

/** The step of this name: whoever asks knows that it is one. */
export function stepNamed({ nodes }: WorkflowDefinition, name: string): StepNode {
  return nodes.get(name) as StepNode;
}

/** The steps an event may run at any time. */
export function unsolicitedSteps(definition: WorkflowDefinition): StepNode[] {
  return stepsOf(definition).filter((node) => node.unsolicited);
}

export function stepsOf(definition: WorkflowDefinition): StepNode[] {
  return [...definition.nodes.values()].filter((node) => node.kind === 'step');
}
