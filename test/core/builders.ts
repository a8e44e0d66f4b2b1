import type { MessageState } from '../../lib/core/change.js';
import type { ContextPatch } from '../../lib/core/events.js';
import type { Facts } from '../../lib/core/facts.js';
import type { ProcessState } from '../../lib/core/process.js';
import type { ContainerToken, StepToken, Token, UndoToken } from '../../lib/core/token.js';
import { addressOf, dueAtOf, isTaskWait, type WaitState } from '../../lib/core/wait.js';
import type { WaitKind } from '../../lib/core/waits-for.js';
import { waitsFor } from '../../lib/testing/builders.js';
import type { ChoiceNode, EachNode, EventGate, ForkNode, Node, StageNode, StepNode, WorkflowDefinition } from '../../lib/definition/graph.js';

/** When every test begins, ms. */
export const NOON = 1_000_000;

export const ONCE = { attempts: 1, delayMs: 0, backoff: 'fixed', maxDelayMs: 86_400_000, jitter: false } as const;
export const NOTHING: ContextPatch = { set: {}, remove: [] };

export function aStepNode(name: string, given: Partial<Omit<StepNode, 'kind' | 'name'>> = {}): StepNode {
  return {
    kind: 'step',
    name,
    when: false,
    gate: { for: 'nothing' },
    next: ['end'],
    unsolicited: false,
    retry: ONCE,
    required: true,
    compensates: false,
    transactional: false,
    ...given,
  };
}

export function aFork(name: string, branches: readonly string[], next: readonly string[] = ['end']): ForkNode {
  return { kind: 'fork', name, branches, next, join: 'all', losers: 'cancel' };
}

export function aRace(name: string, branches: readonly string[], losers: 'cancel' | 'finish' = 'cancel', next: readonly string[] = ['end']): ForkNode {
  return { kind: 'fork', name, branches, next, join: 'any', losers };
}

export function aChoice(name: string, then: string, otherwise: string): ChoiceNode {
  return { kind: 'choice', name, then, otherwise };
}

export function anEach(name: string, body: string, given: Partial<EachNode> = {}): EachNode {
  return { kind: 'each', name, body, next: ['end'], ...given };
}

export function aStage(name: string, body: string, given: Partial<StageNode> = {}): StageNode {
  return { kind: 'stage', name, body, next: ['end'], required: true, ...given };
}

/** Waits for an event with the process's group id. */
export function hearing(event: string, given: Partial<EventGate> = {}): EventGate {
  return { for: 'event', event, keyed: false, since: false, matchOne: false, ...given };
}

/** Nodes as given; the first is where a process starts. */
export function aDefinition(nodes: readonly Node[], given: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return {
    name: 'order',
    version: 1,
    start: nodes[0]!.name,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    completesEarly: false,
    onError: 'fail',
    ...given,
  };
}

/** Steps one after the other. */
export function aLine(...names: readonly string[]): WorkflowDefinition {
  return aDefinition(names.map((name, i) => aStepNode(name, { next: [names[i + 1] ?? 'end'] })));
}

/** Conditions hold, moments are now, nothing completes early. */
export function someFacts(given: Partial<Facts> = {}): Facts {
  return {
    holds: () => true, test: () => true, items: () => [], after: (_node, now) => now, within: (_node, now) => now, every: () => 1000, completeBy: (_node, now) => now, overdue: (_node, now) => now,
    key: () => 'key', since: () => 0, completes: () => false, snapshot: () => null, ...given,
  }; // prettier-ignore
}

export function aToken(given: Partial<StepToken> = {}): StepToken {
  return { key: '0', node: 'a', run: 1, does: 'run', attempt: 1, since: NOON, ...given };
}

/** As after its start by worker `w`, with one token that runs. */
export function aProcess(given: Partial<ProcessState> = {}): ProcessState {
  return {
    id: 'p', workflow: 'order', workflowVersion: 1, groupId: 'g', status: 'running', revision: 1, contextVersion: 1, snapshotVersion: 1, runs: 1, root: 0,
    worker: 'w', claim: 1, tokens: [aToken()], cause: null, startedAt: NOON, finishedAt: null, parent: null, secret: null, updatedAt: NOON, ...given,
  }; // prettier-ignore
}

interface WaitDetails {
  readonly kind: WaitKind;
  readonly address: string;
  readonly dueAt: number | null;
  readonly queue: string;
  readonly readyAt: number | null;
  readonly worker: string | null;
}

export function aWait(given: Partial<StepToken> & Partial<WaitDetails> = {}): WaitState {
  const { kind = 'event', address = 'e:none:', dueAt = null, queue = 'q', readyAt = null, worker = null, ...token } = given;
  return { token: aToken(token), waitsFor: waitsFor(kind, { address, dueAt, queue, readyAt, worker }) };
}

/** Any token, with all that some token can have: for tests that look into it. */
export type AnyToken = Pick<Token, 'key' | 'node' | 'run' | 'since' | 'attempt' | 'does' | 'fault' | 'parked'> &
  Partial<Omit<StepToken, 'does'>> &
  Partial<Omit<ContainerToken, 'does'>> &
  Partial<Omit<UndoToken, 'does'>>;

export interface AnyWait extends Omit<AnyToken, 'parked' | 'address'> {
  readonly kind: WaitKind;
  readonly address: string | null;
  readonly dueAt: number | null;
  readonly queue: string | null;
  readonly readyAt: number | null;
  readonly worker: string | null;
  /** How often a worker has taken it. */
  readonly claim: number;
}

/** A wait on one level. */
export function flat(wait: WaitState): AnyWait {
  const token = wait.token as AnyToken;
  const { queue, readyAt, worker } = isTaskWait(wait) ? wait.waitsFor : { queue: null, readyAt: null, worker: null };
  return { ...token, kind: wait.waitsFor.kind, address: addressOf(wait), dueAt: dueAtOf(wait), queue, readyAt, worker, claim: token.claims ?? 0 };
}

export function aMessage(id = 'm', given: Partial<MessageState> = {}): MessageState {
  return {
    id, identity: id, address: 'r:p.1', workflow: null, step: null, processId: null, disposition: 'stored', body: { ok: true }, digest: 'digest', reason: null,
    receivedAt: NOON, effectiveAt: NOON, ...given,
  }; // prettier-ignore
}
