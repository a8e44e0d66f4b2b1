import { childAddress, isEvent, isFromOutside } from '../../core/addresses.js';
import type { MessageState } from '../../core/change.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import { addressOf, ENDED_BY_MESSAGE } from '../../core/wait.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import type { KnownWorkflow, Match, MessageQuery, OutboxQuery, ProcessWait, WaitQuery } from '../port.js';
import { openWaits, ownerOf, type ProcessRows } from './process-rows.js';

/** The waits that a message matches. An event must not be older than the `from` of the wait, or else the start of the process. */
export function matchesIn(rows: ProcessRows, message: MessageState): Match[] {
  const { process } = rows;
  const open = openWaits(rows).filter((wait) => ENDED_BY_MESSAGE.has(wait.waitsFor.kind) && addressOf(wait) === message.address);
  const meant = open.filter(
    ({ token }) => !isEvent(message.address) || message.effectiveAt >= (('from' in token ? token.from : undefined) ?? process.startedAt),
  );
  return meant.map(({ token: { key, run, attempt, node: step } }) => ({
    message,
    wait: { ...ownerOf(process), key, run, attempt, step, address: message.address, closed: false },
  }));
}

export function isOfKnown({ id, workflow, workflowVersion }: ProcessState, known: readonly KnownWorkflow[]): boolean {
  return known.some((each) => each.workflow === workflow && each.versions.includes(workflowVersion) && !each.except?.includes(id));
}

/** Whether a live child is no longer needed. */
export function isOrphan({ id, status, parent }: ProcessState, rows: ProcessRows | undefined): boolean {
  if (isFinished(status) || !parent?.tied || !rows) return false;
  if (rows.process.status === 'cancelled') return true;
  return parent.awaited && !openWaits(rows).some((wait) => wait.waitsFor.kind === 'child' && addressOf(wait) === childAddress(id));
}

export function waitsLikeIn(rows: ProcessRows, { kind, workflow, groupId, step, after }: WaitQuery): ProcessWait[] {
  const { process } = rows;
  if (isFinished(process.status) || (workflow ?? process.workflow) !== process.workflow || (groupId ?? process.groupId) !== process.groupId) return [];
  const found = openWaits(rows).filter(({ token, waitsFor }) => waitsFor.kind === kind && (step ?? token.node) === token.node);
  const all = found.map((wait) => ({ process, wait }));
  return after ? all.filter((each) => compareAge(ageOf(each), after) > 0) : all;
}

type WaitAge = NonNullable<WaitQuery['after']>;

function ageOf({ process, wait }: ProcessWait): WaitAge {
  return { since: wait.token.since, processId: process.id, key: wait.token.key };
}

function compareAge(a: WaitAge, b: WaitAge): number {
  return a.since - b.since || compareText(a.processId, b.processId) || compareText(a.key, b.key);
}

/** Oldest first. */
export function byOldest(a: ProcessWait, b: ProcessWait): number {
  return compareAge(ageOf(a), ageOf(b));
}

export function isMessageLike(message: MessageState, { dispositions, after, ...query }: Omit<MessageQuery, 'limit'>): boolean {
  const fits = (['id', 'address', 'workflow', 'step', 'processId'] as const).every((name) => query[name] === undefined || query[name] === message[name]);
  return fits && isFromOutside(message.address) && dispositions.includes(message.disposition) && (!after || byArrival(message, after) > 0);
}

type Arrival = Pick<MessageState, 'id' | 'receivedAt'>;

export function byArrival(a: Arrival, b: Arrival): number {
  return a.receivedAt - b.receivedAt || compareText(a.id, b.id);
}

export function isOutgoingLike(message: OutgoingMessage, { after, parked, ...query }: Omit<OutboxQuery, 'limit'>): boolean {
  const fits = (['id', 'processId', 'workflow', 'sender'] as const).every((name) => query[name] === undefined || query[name] === message[name]);
  return fits && (parked === undefined || (message.readyAt === null) === parked) && (!after || byCreation(message, after) > 0);
}

type Creation = Pick<OutgoingMessage, 'createdAt' | 'sequence' | 'id'>;

export function byCreation(a: Creation, b: Creation): number {
  return a.createdAt - b.createdAt || a.sequence - b.sequence || compareText(a.id, b.id);
}

export function byMatch(a: Match, b: Match): number {
  return byArrival(a.message, b.message) || compareText(a.wait.processId, b.wait.processId) || compareText(a.wait.key, b.wait.key);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
