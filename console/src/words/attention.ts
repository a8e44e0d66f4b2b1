import type { AttentionItem, StatusCount } from '../api/more-types.js';
import { LIVE } from './status.js';

export interface Target {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The list that shows all of a group. */
export function groupTarget({ kind, workflow, version, step, error }: AttentionItem): Target {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number | null) => value !== null && query.append(name, String(value));
  put('workflow', workflow);
  if (kind !== 'parked') put('step', step);
  if (kind === 'failed') put('status', 'failed');
  put('error', error);
  if (kind === 'overdue') put('overdue', 'true');
  put('version', version);
  if (kind === 'unknown') for (const status of LIVE) put('status', status);
  if (kind === 'refused' || kind === 'unmatched') put('disposition', kind === 'refused' ? 'refused' : 'stored');
  if (kind === 'parked') put('parked', 'true');
  return { path: [LISTS[kind]], query };
}

const LISTS: Readonly<Record<AttentionItem['kind'], string>> = {
  failed: 'processes',
  overdue: 'processes',
  unknown: 'processes',
  refused: 'inbox',
  unmatched: 'inbox',
  parked: 'outbox',
};

/** Where its example is shown. */
export function exampleTarget({ kind, example }: AttentionItem): Target | null {
  if (example === null) return null;
  const list = LISTS[kind];
  return list === 'processes' ? { path: [list, example], query: new URLSearchParams() } : { path: [list], query: new URLSearchParams({ message: example }) };
}

/** `1,000+` where not all were counted. */
export function countWords(count: number, isMore: boolean): string {
  return `${count.toLocaleString('en')}${isMore ? '+' : ''}`;
}

/** What is well, in one sentence. */
export function wellWords(counts: readonly StatusCount[]): string {
  const of = (status: string) => {
    const found = counts.filter((each) => each.status === status);
    return { count: found.reduce((sum, each) => sum + each.count, 0), isMore: found.some(({ isMore }) => isMore) };
  };
  const waiting = of('waiting');
  const running = of('running');
  if (waiting.count + running.count === 0) return 'No process is running or waiting.';
  const words = (each: { count: number; isMore: boolean }, one: string, many: string) =>
    each.count === 0 ? [] : [`${countWords(each.count, each.isMore)} ${each.count === 1 ? one : many}`];
  return `${[...words(waiting, 'process waits as planned', 'processes wait as planned'), ...words(running, 'is running', 'are running')].join(', ')}.`;
}
