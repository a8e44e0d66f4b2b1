import { childAddress, isEvent } from '../../core/addresses.js';
import type { MessageState } from '../../core/change.js';
import { ENDED_BY_MESSAGE, isFinished, type ProcessState, type WaitState } from '../../core/process.js';
import type { Known, Match, WaitQuery } from '../port.js';
import type { ProcessRows } from './process-rows.js';

/** The waits that these messages match. An event counts for who waited for it, or had started, when it counts as published. */
export function matchesIn({ process, waits }: ProcessRows, message: MessageState): Match[] {
  const open = [...waits.values()].filter(({ kind, address, closed }) => !closed && ENDED_BY_MESSAGE.has(kind) && address === message.address);
  const meant = open.filter(({ from }) => !isEvent(message.address) || message.effectiveAt >= (from ?? process.startedAt));
  return meant.map(({ key, run, node, address }) => ({
    message,
    wait: { processId: process.id, key, run, step: node, address: address!, closed: false },
  }));
}

export function isKnown({ workflow, workflowVersion }: ProcessState, known: readonly Known[]): boolean {
  return known.some((each) => (typeof each === 'string' ? each === workflow : each.workflow === workflow && each.versions.includes(workflowVersion)));
}

/** A live child that nobody needs any more. */
export function isOrphan({ id, status, parent }: ProcessState, rows: ProcessRows | undefined): boolean {
  if (isFinished(status) || !parent?.tied || !rows) return false;
  if (rows.process.status === 'cancelled') return true;
  return parent.awaited && ![...rows.waits.values()].some(({ kind, address }) => kind === 'child' && address === childAddress(id));
}

export function waitsLikeIn({ process, waits }: ProcessRows, query: WaitQuery): { process: ProcessState; wait: WaitState }[] {
  const { kind, workflow, groupId, step, after } = query;
  if (isFinished(process.status) || (workflow ?? process.workflow) !== process.workflow || (groupId ?? process.groupId) !== process.groupId) return [];
  const found = [...waits.values()].filter((wait) => !wait.closed && wait.kind === kind && (step ?? wait.node) === wait.node);
  const all = found.map((wait) => ({ process, wait }));
  return after ? all.filter(({ wait }) => oldestFirst({ ...wait, processId: process.id }, after) > 0) : all;
}

type WaitPosition = NonNullable<WaitQuery['after']>;

export function oldestFirst(a: WaitPosition, b: WaitPosition): number {
  return a.since - b.since || compare(a.processId, b.processId) || compare(a.key, b.key);
}

type Arrival = Pick<MessageState, 'id' | 'receivedAt'>;

export function byArrival(a: Arrival, b: Arrival): number {
  return a.receivedAt - b.receivedAt || compare(a.id, b.id);
}

export function byMatch(a: Match, b: Match): number {
  return byArrival(a.message, b.message) || compare(a.wait.processId, b.wait.processId) || compare(a.wait.key, b.wait.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
