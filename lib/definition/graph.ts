import type { Updates } from './updates.js';

/**
 * The one model of a workflow. Every spelling compiles to it; the verifier, the engine and the diagrams read it. Tokens enter
 * nodes, and edges are node names. User code is kept outside, and found by node name.
 */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version: number;
  /** The node a process starts at, or `'end'`. */
  readonly start: string;
  readonly nodes: ReadonlyMap<string, Node>;
  /** The process may complete before its flow has ended: a condition is checked after each version of the context. */
  readonly completesEarly: boolean;
  /** The rule for steps without one of their own, outside of stages with one. */
  readonly onError: ErrorRule;
  readonly updates?: Updates;
}

/** A loop is an edge back. No node is a join: a container holds the edge that follows its branches. */
export type Node = StepNode | ChoiceNode | Container;
/** A node with branches inside. Their edges never leave it. */
export type Container = ForkNode | EachNode | StageNode;

/** A moment or a length of time: milliseconds, or `'asked'` when the context decides. */
export type Timing = number | 'asked';

/** The rule for what has failed for good. `{ next }` continues at that step. */
export type ErrorRule = 'fail' | 'suspend' | 'cancel' | 'compensate' | { readonly next: string };

/** A step run waits for the gate of the node, and then runs its body. */
export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  /** The step first waits until its condition on the context holds. */
  readonly when: boolean;
  /** The thing that must arrive before the body runs. */
  readonly gate: Gate;
  /** The body does not run before this moment. With a queue: the delay of the task. */
  readonly after?: Timing;
  /** The task queue that runs the body. Default: the worker of the process runs it. */
  readonly queue?: string;
  /** None: the branch ends here. One: the token goes there. Several: the body chooses. `'end'` ends the branch. */
  readonly next: readonly string[];
  /** The words that the body returns to choose one of `next`, in the same order. Default: their names. */
  readonly labels?: readonly string[];
  /** For a digraph: the body may also return an index, and a plain result takes the first edge. */
  readonly byIndex?: true;
  /** The step stands beside the flow: a message may run it at any time, and the process never waits for it. */
  readonly unsolicited: boolean;
  readonly retry: Retry;
  /** How long one run of the body may take, ms. */
  readonly timeout?: number;
  /** How long the step run may take, waiting included. */
  readonly within?: Timing;
  /** The body says whether the step is done: `false` runs it again after this pause. */
  readonly every?: Timing;
  /** With `every`: the step is complete at this moment, whatever its body says. */
  readonly completeBy?: Timing;
  readonly required: boolean;
  readonly onError?: ErrorRule;
  /** The step has code that undoes it. */
  readonly compensates: boolean;
  /** What the author says of that code. `asks`: it asks first, and so is this step beside the flow. `within`: how long its answer may take, ms. */
  readonly undo?: { readonly retry?: Retry; readonly timeout?: number; readonly asks?: string; readonly within?: number };
  /** A step run that takes longer calls its reminder, once. */
  readonly overdue?: Timing;
  /** The body runs inside the transaction that records its completion. */
  readonly transactional: boolean;
  /** The label of a stage: steps with this label are shown, timed and counted together. */
  readonly stage?: string;
}

export type Gate =
  | { readonly for: 'nothing' }
  | { readonly for: 'response'; readonly request: string } // the name of the asking method, for diagrams
  | EventGate
  | { readonly for: 'input' }
  | ChildGate;

export interface EventGate {
  readonly for: 'event';
  readonly event: string;
  /** The key is computed from the context; otherwise it is the group id. */
  readonly keyed: boolean;
  /** The name of the key, if it has one. */
  readonly keyName?: string;
  /** The context decides since when events count; otherwise since the process started. */
  readonly since: boolean;
  /** Only one of several waits gets the event. */
  readonly matchOne: boolean;
  /** An event before the step is reached skips the unfinished steps before it. */
  readonly skipAhead?: true;
  /** An event after the step is done runs its body once more, beside the flow. */
  readonly reprocess?: true;
}

export interface ChildGate {
  readonly for: 'child';
  readonly workflow: string;
  readonly version?: number; // default: the newest
  /** The child is started and not waited for. */
  readonly detached: boolean;
  readonly onParentCancel: 'cancel' | 'leave';
}

export interface Retry {
  readonly attempts: number; // the first included
  readonly delayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelayMs: number;
  readonly jitter: boolean;
}

/** Checks the context and takes one of two edges at once: an `if`, or with an edge back a `while`. */
export interface ChoiceNode {
  readonly kind: 'choice';
  readonly name: string;
  readonly then: string;
  readonly otherwise: string;
  /** The step whose `if` or `while` this is; and the step or stage that is recorded as skipped where an `if` does not hold. */
  readonly of?: string;
  readonly skips?: string;
}

/** Starts its branches at once. Continues when all of them have ended, or with `any` the first. */
export interface ForkNode {
  readonly kind: 'fork';
  readonly name: string;
  /** The first node of each branch, or `'end'`. */
  readonly branches: readonly string[];
  readonly join: 'all' | 'any';
  /** With `any`: the other branches are ended at once, or their running steps may finish and no other step starts. */
  readonly losers: 'cancel' | 'finish';
  readonly next: readonly string[];
}

/** Runs one branch for each item. Continues when all have ended. */
export interface EachNode {
  readonly kind: 'each';
  readonly name: string;
  /** The first node of the branch of an item. */
  readonly body: string;
  /** How many items run at once. Default: no limit. */
  readonly concurrency?: number;
  readonly next: readonly string[];
  /** The step whose `forEach` this is. */
  readonly of?: string;
}

/** One branch whose steps share a time limit and an error rule. */
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

/** The edge that ends a branch. At the root it ends the process. */
export const END = 'end';

export function isContainer(node: Node): node is Container {
  return node.kind === 'fork' || node.kind === 'each' || node.kind === 'stage';
}

/** The first node of each branch of a container. */
export function branchesOf(node: Container): readonly string[] {
  return node.kind === 'fork' ? node.branches : [node.body];
}

/** Every edge a token can take from here without entering a branch. */
export function onwardOf(node: Node): readonly string[] {
  if (node.kind === 'choice') return [node.then, node.otherwise];
  const rule = 'onError' in node && typeof node.onError === 'object' ? [node.onError.next] : [];
  return [...node.next, ...rule];
}

/** Whether the node is a stage that decides what follows a final failure inside it. */
export function hasRule(node: Node): node is StageNode {
  return node.kind === 'stage' && (!node.required || node.onError !== undefined);
}

/** The words that the body may return to choose an edge. */
export function edgesOf({ labels, next }: Pick<StepNode, 'labels' | 'next'>): readonly string[] {
  return labels ?? next;
}

/** The node of this name, which the caller knows to be a step. */
export function stepNamed({ nodes }: WorkflowDefinition, name: string): StepNode {
  return nodes.get(name) as StepNode;
}

export const stepsOf = ({ nodes }: WorkflowDefinition): StepNode[] => [...nodes.values()].filter((node) => node.kind === 'step');

/** The steps a message may run at any time. */
export const unsolicitedSteps = (definition: WorkflowDefinition): StepNode[] => stepsOf(definition).filter((node) => node.unsolicited);
