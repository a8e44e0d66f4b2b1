import type { Json } from '../values/json.js';

/** A failed process is live: it keeps its group id until somebody retries, restarts or cancels it. */
export type LiveStatus = 'running' | 'waiting' | 'suspended' | 'failed';
/** Nothing of it runs or waits, its group id is free; only a restart brings it back. */
export type FinishedStatus = 'completed' | 'cancelled';
/** Where a process stands as a whole. It follows from its tokens, but for suspension and the ends, which are decisions. */
export type ProcessStatus = LiveStatus | FinishedStatus;

/**
 * One run of a workflow, as the decisions see it: everything but its context.
 * `revision` counts its audit records and is the only guard of a commit.
 */
export interface ProcessState {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly groupId: string;
  readonly status: ProcessStatus;
  readonly revision: number;
  readonly contextVersion: number;
  /** The version of the newest full snapshot of the context. */
  readonly snapshotVersion: number;
  /** Step runs so far; each visit to a step takes the next number. */
  readonly runs: number;
  /** How often it was restarted: the first part of its tokens' keys, so that tokens of an older life match nothing. */
  readonly root: number;
  /** The worker that runs it; `UNCLAIMED`: it wants one; null: nothing in it can run. */
  readonly worker: string | null;
  /** Grows with every taking, and fences whoever held it before. */
  readonly claim: number;
  /** The tokens that run, may run, failed or hold branches together. Parked ones are waits, rows of their own. */
  readonly tokens: readonly Token[];
  /** Why it failed, is suspended or was cancelled. */
  readonly cause: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** The process that started it. */
  readonly parent: Parent | null;
  readonly updatedAt: number;
}

/** How a child hangs on the process that started it. */
export interface Parent {
  readonly id: string;
  /** It is told of the end. */
  readonly awaited: boolean;
  /** The child is cancelled when it is cancelled, or no longer waits. */
  readonly tied: boolean;
}

/** Runnable, and nobody holds it. */
export const UNCLAIMED = '';

/**
 * Where a process stands. Tokens form a tree by key: branch i of token `k` is `k/i`, or `k/<run>-i` where branches may outlive
 * their fork. A token that enters a container holds its branches together (`does: 'branches'`). Beside the tree stand accepted
 * events that nobody asked for, `e<run>`, and what watches over a visit: `k~o<run>` until it is overdue, `k~d<run>` until a stage
 * must have ended.
 */
export interface Token {
  readonly key: string;
  readonly node: string;
  /** The number of this visit: the step run. */
  readonly run: number;
  readonly does: 'request' | 'run' | 'branches' | 'over' | 'remind' | 'undo';
  /** The try under way or due, from 1. */
  readonly attempt: number;
  /** Tries a person has forgiven by `retry()`. */
  readonly forgiven?: number;
  /** Tries that took their worker with them. */
  readonly crashes?: number;
  /** How often a worker took it from its queue. */
  readonly claims?: number;
  /** When the visit began, and when it must have ended. */
  readonly since: number;
  readonly deadline?: number;
  /** The inbox row of what it waited for. */
  readonly message?: string;
  /** The id an answer comes under, when it is not ours. */
  readonly correlation?: string;
  /** What `again({ state })` left. */
  readonly state?: Json;
  /** The item it is about, and its place, inside an each. */
  readonly item?: Json;
  readonly index?: number;
  /** The version that holds what the step before returned. */
  readonly previous?: number;
  /** Events count from this moment on. */
  readonly from?: number;
  /** ChildStarter it has started. */
  readonly children?: number;
  /** Branches that have not ended; of an undoing, bodies that end first. */
  readonly open?: number;
  /** Items that have not begun: the place of the first, and their number in all. */
  readonly todo?: readonly [next: number, size: number];
  /** It came to its place while the process stood still, so its body has not begun. */
  readonly idle?: true;
  /** It ends where it is: something is being undone, or its fork has gone on without it. */
  readonly last?: true;
  /** Undoes what stands at this key or under it, and then ends as said. */
  readonly undo?: Undoing;
  /** The visit it has undone last. */
  readonly undone?: number;
  /** Why it has failed for good. */
  readonly fault?: string;
  /** It failed before it had met all that its step waits for, so a new attempt meets that from the start. */
  readonly outside?: true;
}

/** What is to be undone, and what follows. */
export interface Undoing {
  /** The key of the stage it is about; null: everything. */
  readonly under: string | null;
  /** The run of that stage: what stood at its key before it is not in it. */
  readonly since?: number;
  /** How it ends: the process is cancelled for this reason, or goes on after the stage. */
  readonly ending: { readonly cancel: string | null } | 'skip';
}

/**
 * What a parked token waits for: a message, a person's input, a child process, a worker of its queue, a moment, its prerequisites,
 * its turn among items, or its branches. `overdue` marks a visit that takes too long.
 */
export type WaitKind = 'response' | 'event' | 'input' | 'child' | 'task' | 'timer' | 'condition' | 'turn' | 'branches' | 'overdue';

/** Those that a message can end. */
export const ENDED_BY_MESSAGE: ReadonlySet<WaitKind> = new Set<WaitKind>(['response', 'event', 'input', 'child']);

/** A parked token: what it waits for, one row each. */
export interface WaitState extends Token {
  readonly kind: WaitKind;
  /** What a message is found by. */
  readonly address: string | null;
  /** When somebody must look at it: a timer, a deadline. */
  readonly dueAt: number | null;
  readonly queue: string | null;
  /** When a task may run; null once it is taken. */
  readonly readyAt: number | null;
  readonly worker: string | null;
  readonly claim: number;
}

/** Completed or cancelled. A failed process is live. */
export function isFinished(status: ProcessStatus): status is FinishedStatus {
  return status === 'completed' || status === 'cancelled';
}

/** Beside the flow: an accepted event, waiting for or in its handler. */
export function isEventToken(token: Token): boolean {
  return token.key.startsWith('e');
}

/** Watches over a visit, or undoes: it stands beside the branch that its key names. */
export function isBeside(token: Pick<Token, 'key'>): boolean {
  return token.key.includes('~') || token.key.startsWith('e');
}

/** All that was done is undone: it ends by itself when that is. */
export function undoesAll({ undo: of }: Token): boolean {
  return of?.under === null;
}

/** It waits for its prerequisites: such a token stands in the process row too. */
export function isCondition(token: Token): token is WaitState {
  return 'kind' in token && token.kind === 'condition';
}

/** Its body may run now, or is running. */
export function isActive(token: Token): boolean {
  return token.does !== 'branches' && token.does !== 'over' && token.fault === undefined && !('kind' in token);
}

/** Stable for every attempt of a visit: the id our partner answers under, and the key an effect is de-duplicated by. */
export function stepRunId(processId: string, run: number): string {
  return `${processId}.${run}`;
}

export function correlationOf(processId: string, token: Token): string {
  return token.correlation ?? stepRunId(processId, token.run);
}

export function toWait(token: Token, kind: WaitKind, more: Partial<WaitState>): WaitState {
  return { ...activate(token), kind, address: null, dueAt: null, queue: null, readyAt: null, worker: null, claim: token.claims ?? 0, ...more };
}

/** The process goes on: what is at its place may begin. */
export function activate(token: Token): Token {
  if (token.idle === undefined) return token;
  const { idle: _idle, ...rest } = token;
  return rest;
}

/** The token without what it waited for. */
export function toToken(wait: WaitState): Token {
  const { kind: _kind, address: _address, dueAt: _due, queue: _queue, readyAt: _ready, worker: _worker, claim, ...token } = wait;
  return claim === 0 ? token : { ...token, claims: claim };
}
