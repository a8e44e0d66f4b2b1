import type { Query } from '../api/client.js';
import type { BulkAction, BulkPreview } from '../api/more-types.js';
import { countWords } from '../words/attention.js';
import { bulkFilter } from '../words/filters.js';

/** On what a bulk run works. */
export type Scope = 'processes' | 'inbox' | 'outbox';

/** What a person has chosen. Texts, as they are typed. */
export interface Plan {
  readonly action: BulkAction;
  readonly step: string;
  readonly patch: string;
  readonly next: string;
  readonly contextVersion: string;
  readonly compensate: boolean;
  readonly input: string;
  readonly to: string;
  readonly limit: string;
  readonly perMinute: string;
  readonly reason: string;
}

export const EMPTY: Omit<Plan, 'action'> = {
  step: '', patch: '{}', next: '', contextVersion: '1', compensate: false, input: '{}', to: '', limit: '', perMinute: '', reason: '',
}; // prettier-ignore

export const ACTIONS_OF: Readonly<Record<Scope, readonly BulkAction[]>> = {
  processes: ['retry', 'cancel', 'skip', 'restartFrom', 'provideInput', 'migrate'],
  inbox: ['replay', 'discard'],
  outbox: ['replay', 'discard'],
};

export const BULK_VERBS: Readonly<Record<BulkAction, string>> = {
  retry: 'Retry',
  cancel: 'Cancel',
  skip: 'Skip a step of',
  restartFrom: 'Restart',
  provideInput: 'Provide input for',
  migrate: 'Migrate',
  replay: 'Replay',
  discard: 'Discard',
};

/** Which options an action takes. */
export const OPTIONS_OF: Readonly<Record<BulkAction, readonly (keyof Plan)[]>> = {
  retry: ['step'],
  cancel: ['compensate'],
  skip: ['step', 'patch', 'next'],
  restartFrom: ['contextVersion'],
  provideInput: ['step', 'input'],
  migrate: ['to'],
  replay: [],
  discard: [],
};

/** The step that is proposed: where an action needs one, the one that the list is filtered by. */
export function stepFor(action: BulkAction, { step }: Query): string {
  return action !== 'retry' && OPTIONS_OF[action].includes('step') && typeof step === 'string' ? step : '';
}

const NUMBERS: ReadonlySet<string> = new Set(['contextVersion', 'to']);
const JSONS: ReadonlySet<string> = new Set(['patch', 'input']);

/** The body of the request. @throws Error for what is no JSON or no number */
export function bulkBody(plan: Plan, scope: Scope, query: Query, dryRun: boolean): object {
  const box = scope === 'processes' ? {} : { box: scope };
  const chosen = Object.fromEntries(OPTIONS_OF[plan.action].map((name) => [name, optionOf(plan, name)]).filter(([, value]) => value !== undefined));
  const options = { ...chosen, ...box };
  return {
    action: plan.action,
    filter: scope === 'processes' ? bulkFilter(query) : messageFilter(query),
    ...(Object.keys(options).length > 0 && { options }),
    ...(plan.limit !== '' && { limit: whole(plan.limit, 'The limit') }),
    ...(plan.perMinute !== '' && { perMinute: whole(plan.perMinute, 'The rate') }),
    ...(plan.reason !== '' && { reason: plan.reason }),
    dryRun,
  };
}

/** Filters of messages: what is set, `parked` as a boolean. */
function messageFilter(query: Query): object {
  const set = Object.entries(query).filter(([, value]) => isSet(value));
  return Object.fromEntries(set.map(([name, value]) => [name, name === 'parked' ? value === 'true' : value]));
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

/** Why nothing can be done to all of a list: an empty filter would be everything there is. Null: it can. */
export function missingFilter(query: Query): string | null {
  return Object.entries(query).some(([name, value]) => name !== 'order' && isSet(value))
    ? null
    : 'Filter the list first: without a filter it would be everything there is.';
}

function optionOf(plan: Plan, name: keyof Plan): unknown {
  const value = plan[name];
  if (value === '' || value === false) return undefined;
  if (NUMBERS.has(name)) return whole(String(value), 'The version');
  return JSONS.has(name) ? json(String(value)) : value;
}

/** @throws Error for what is no number */
export function whole(text: string, what: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${what} must be a whole number from 1.`);
  return number;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The data is no JSON: ${(error as Error).message}`);
  }
}

/** How many the run handles: a dry run that has come to the limit of the run has counted all of them. */
export function countedWords({ count, isMore }: BulkPreview, { limit }: Plan): string {
  return countWords(count, isMore && count !== Number(limit));
}

export function thingsWords(scope: Scope, count: number): string {
  if (scope === 'processes') return count === 1 ? 'process' : 'processes';
  return count === 1 ? 'message' : 'messages';
}
