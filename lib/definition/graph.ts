/**
 * The one model of a workflow. Every spelling compiles to it, and it is all that the verifier, the engine and the
 * diagrams know. A node is entered by a token; edges are names. User code is not in here: it is found by node name.
 */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version: number;
  /** The node a process starts at, or `'end'`. */
  readonly start: string;
  readonly nodes: ReadonlyMap<string, Node>;
  /** The process may complete before its flow has ended: the context is asked after each version. */
  readonly completesEarly: boolean;
  /** For steps that do not say, and that stand in no stage which does. */
  readonly onError: ErrorRule;
}

/** A loop is a decision with an edge back. A join is not a node: what branches off has the edge to go on by. */
export type Node = StepNode | ChoiceNode | Container;
/** Holds branches together. Their edges never leave it. */
export type Container = ForkNode | EachNode | StageNode;

/** A moment or a length of time: milliseconds, or `'asked'` when the context decides. */
export type Timing = number | 'asked';

/** What follows when something has failed for good: `{ next }` goes on there. */
export type ErrorRule = 'fail' | 'suspend' | 'cancel' | 'compensate' | { readonly next: string };

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
  /** What the body says to choose one of several `next`, in their order. Left out: their names. */
  readonly labels?: readonly string[];
  /** Of a digraph: an index chooses too, and a plain result takes the first. */
  readonly byIndex?: true;
  /** Beside the flow: a message may run it at any time, and nobody waits for it. */
  readonly unsolicited: boolean;
  readonly retry: Retry;
  /** How long one run of the body may take, ms. */
  readonly timeout?: number;
  /** How long the visit may take, waiting included. */
  readonly within?: Timing;
  readonly required: boolean;
  readonly onError?: ErrorRule;
  /** Something undoes it. */
  readonly compensates: boolean;
  /** Somebody is told, once, when the visit takes longer. */
  readonly overdue?: Timing;
  /** The body runs inside the transaction that records its completion. */
  readonly transactional: boolean;
  /** Shown, timed and counted together with others of this name. */
  readonly stage?: string;
}

export type Gate =
  | { readonly for: 'nothing' }
  /** The name of the asking method, for diagrams. */
  | { readonly for: 'response'; readonly request: string }
  | EventGate
  | { readonly for: 'input' }
  | ChildGate;

export interface EventGate {
  readonly for: 'event';
  readonly event: string;
  /** Its key is asked of the context; otherwise it is the group id. */
  readonly keyed: boolean;
  /** Since when events count is asked of the context; otherwise since the process started. */
  readonly since: boolean;
  /** Of several waits, one gets the event. */
  readonly matchOne: boolean;
}

export interface ChildGate {
  readonly for: 'child';
  readonly workflow: string;
  /** Left out: the newest. */
  readonly version?: number;
  /** Started, not waited for. */
  readonly detached: boolean;
  readonly onParentCancel: 'cancel' | 'leave';
}

export interface Retry {
  /** Tries in all. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelayMs: number;
  readonly jitter: boolean;
}

/** Asks the context and goes one of two ways at once: `if`, and with an edge back to it `while`. */
export interface ChoiceNode {
  readonly kind: 'choice';
  readonly name: string;
  readonly then: string;
  readonly otherwise: string;
  /** The step it guards, where it is an option of one: skipping is told of that. */
  readonly of?: string;
}

/** Starts its branches at once, and goes on when all of them have ended, or the first. */
export interface ForkNode {
  readonly kind: 'fork';
  readonly name: string;
  /** The first node of each branch, or `'end'`. */
  readonly branches: readonly string[];
  readonly join: 'all' | 'any';
  /** With `any`: the others are ended at once, or end where they are, without starting another step. */
  readonly losers: 'cancel' | 'finish';
  readonly next: readonly string[];
}

/** One branch for each item; goes on when all have ended. */
export interface EachNode {
  readonly kind: 'each';
  readonly name: string;
  /** The first node of the branch of an item. */
  readonly body: string;
  /** So many items at once. Left out: as many as can. */
  readonly concurrency?: number;
  readonly next: readonly string[];
  /** The step it repeats, where it is an option of one. */
  readonly of?: string;
}

/** One branch whose steps share a limit and a rule for what fails in them. */
export interface StageNode {
  readonly kind: 'stage';
  readonly name: string;
  readonly body: string;
  readonly next: readonly string[];
  readonly within?: Timing;
  readonly required: boolean;
  readonly onError?: ErrorRule;
  readonly overdue?: Timing;
}

/** The edge that ends a branch, or at the root the process. */
export const END = 'end';

export function isContainer(node: Node): node is Container {
  return node.kind === 'fork' || node.kind === 'each' || node.kind === 'stage';
}

/** Where branches of a container begin. */
export function branchesOf(node: Container): readonly string[] {
  return node.kind === 'fork' ? node.branches : [node.body];
}

/** Every edge a token can take from here without entering a branch. */
export function onwardOf(node: Node): readonly string[] {
  if (node.kind === 'choice') return [node.then, node.otherwise];
  const rule = 'onError' in node && typeof node.onError === 'object' ? [node.onError.next] : [];
  return [...node.next, ...rule];
}

/** A stage that says what follows where something in it fails for good. */
export function hasRule(node: Node): node is StageNode {
  return node.kind === 'stage' && (!node.required || node.onError !== undefined);
}

/** The ways its body may choose, as it calls them. */
export function edgesOf({ labels, next }: Pick<StepNode, 'labels' | 'next'>): readonly string[] {
  return labels ?? next;
}

/** The step of this name: whoever asks knows that it is one. */
export function stepNamed({ nodes }: WorkflowDefinition, name: string): StepNode {
  return nodes.get(name) as StepNode;
}

/** The steps a message may run at any time. */
export function unsolicitedSteps(definition: WorkflowDefinition): StepNode[] {
  return stepsOf(definition).filter((node) => node.unsolicited);
}

export function stepsOf(definition: WorkflowDefinition): StepNode[] {
  return [...definition.nodes.values()].filter((node) => node.kind === 'step');
}
