import { FAILURE } from '../../core/failure-text.js';
import { isResponse } from '../../core/addresses.js';
import { grouped } from '../../values/grouped.js';
import type { FailureCount, StatusCount, TroubleCount } from '../port.js';
import { byStart, type MemoryTables, openWaits } from './process-rows.js';

export function statusCountsIn({ processes }: MemoryTables, upTo: number): StatusCount[] {
  const groups = groupsBy(processes, ({ workflow, status }) => `${status} ${workflow}`);
  return groups.map(([first, ...rest]) => ({ workflow: first.workflow, status: first.status, count: Math.min(rest.length + 1, upTo) }));
}

export function failureCountsIn({ all }: MemoryTables, upTo: number): FailureCount[] {
  const failed = all.flatMap(({ process, search }) => (search.has(FAILURE) ? [{ ...process, value: search.get(FAILURE)! }] : []));
  return groupsBy(failed, ({ workflow, value }) => `${value} ${workflow}`).map((group) => {
    const [newest, ...rest] = group.sort(byStart) as typeof group;
    const { workflow, value, id } = newest;
    return { workflow, value, count: Math.min(rest.length + 1, upTo), oldestAt: group.at(-1)!.startedAt, example: id };
  });
}

/** One thing that needs a person. */
interface Trouble extends Pick<TroubleCount, 'kind' | 'workflow' | 'step'> {
  readonly id: string;
  readonly at: number;
}

export function troubleCountsIn(tables: MemoryTables, storedBefore: number, upTo: number): TroubleCount[] {
  const all = [...overdueIn(tables), ...messagesIn(tables, storedBefore), ...parkedIn(tables)];
  const troubles = groupsBy(all, ({ kind }) => kind).flatMap((ofKind) => ofKind.sort(oldestFirst).slice(0, upTo));
  return groupsBy(troubles, ({ kind, workflow, step }) => JSON.stringify([kind, workflow, step])).map((group) => {
    const [{ kind, workflow, step }] = group;
    const ids = group.map(({ id }) => id).sort();
    return { kind, workflow, step, count: group.length, oldestAt: group[0].at, example: ids[0]! };
  });
}

function oldestFirst(a: Trouble, b: Trouble): number {
  return a.at - b.at;
}

function overdueIn({ all }: MemoryTables): Trouble[] {
  return all.flatMap((rows) => {
    const { id, workflow } = rows.process;
    const late = openWaits(rows).filter(({ waitsFor }) => waitsFor.kind === 'overdue');
    return late.map(({ token }) => ({ kind: 'overdue' as const, workflow, step: token.node, id, at: token.since }));
  });
}

function messagesIn({ inbox }: MemoryTables, storedBefore: number): Trouble[] {
  return [...inbox.values()].flatMap(({ id, workflow, step, disposition, receivedAt: at, address }): Trouble[] => {
    if (disposition === 'refused') return [{ kind: 'refused', workflow, step, id, at }];
    if (disposition !== 'stored' || at >= storedBefore || !isResponse(address)) return [];
    return [{ kind: 'unmatched', workflow, step, id, at }];
  });
}

function parkedIn({ outbox }: MemoryTables): Trouble[] {
  const parked = [...outbox.values()].filter(({ readyAt }) => readyAt === null);
  return parked.map(({ id, workflow, step, createdAt: at }) => ({ kind: 'parked' as const, workflow, step, id, at }));
}

function groupsBy<T>(all: readonly T[], key: (each: T) => string): [T, ...T[]][] {
  return [...grouped(all, key).values()] as [T, ...T[]][];
}
