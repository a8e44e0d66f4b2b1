/** What a bulk run is asked to do: checked before anything is written, and kept as JSON. */
import { checkCall } from '../context/call-checks.js';
import { checkName, checkOneOf, checkOptions, MAX_GROUP_ID } from '../context/checks.js';
import { checkSize, plain } from '../context/plain.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import type { InboxFilter } from '../messaging/inbox.js';
import type { OutboxFilter } from '../messaging/outbox.js';
import type { ProcessFilter } from '../query/process-filter.js';
import { InvalidInputError } from '../values/errors.js';
import type { Json, JsonObject } from '../values/json.js';
import { senderName } from '../values/sender-name.js';
import type { Class } from '../values/types.js';
import { stepsMeant, type WorkflowRegistry } from '../workflows/registry.js';

/** What can be done to many processes, or (`replay`, `discard`) to many messages. */
export type BulkAction = 'retry' | 'skip' | 'cancel' | 'restartFrom' | 'migrate' | 'provideInput' | 'replay' | 'discard';

/** What an action needs beside its process, as the call for one process takes it. */
export interface BulkOptions {
  /** Of `retry`: only this step. Of `skip` and `provideInput`: the step. */
  readonly step?: Class | string;
  /** Of `skip`: the values that the step would have brought, and for a decision where it goes on. */
  readonly patch?: object;
  readonly next?: string;
  /** Of `restartFrom`. */
  readonly contextVersion?: number;
  /** Of `cancel`: what was done and asked for is undone first. */
  readonly compensate?: boolean;
  /** Of `provideInput`. */
  readonly input?: unknown;
  /** Of `migrate`: the version to move to. */
  readonly to?: number;
  /** Of `replay` and `discard`: which messages the filter is about. Default `inbox`. */
  readonly box?: 'inbox' | 'outbox';
}

/** Which processes: as {@link WorkflowService.find} selects them, at least by one value. */
export type BulkProcessFilter = Omit<ProcessFilter, 'cursor' | 'limit' | 'internals' | 'sort'>;
/** Which messages: as the inbox or the outbox selects them. */
export type BulkMessageFilter = Omit<InboxFilter, 'cursor' | 'limit' | 'internals'> | Omit<OutboxFilter, 'cursor' | 'limit'>;

/** One action on everything that fits a filter. */
export interface BulkRequest {
  readonly action: BulkAction;
  readonly filter: BulkProcessFilter | BulkMessageFilter;
  readonly options?: BulkOptions;
  /** How many processes or messages it looks at, at most. Default: all. */
  readonly limit?: number;
  /** How many of them in a minute. Default: as fast as it goes. */
  readonly perMinute?: number;
  /** Who does it, and why: in the audit record of each process, together with the id of the run. */
  readonly actor?: string;
  readonly reason?: string;
}

/** A request as it is stored. */
export interface CheckedBulk {
  readonly action: BulkAction;
  readonly filter: JsonObject;
  readonly options: JsonObject;
}

/** The options that each action takes, and those that it needs. */
const TAKES: Readonly<Record<BulkAction, readonly (keyof BulkOptions)[]>> = {
  retry: ['step'],
  skip: ['step', 'patch', 'next'],
  cancel: ['compensate'],
  restartFrom: ['contextVersion'],
  migrate: ['to'],
  provideInput: ['step', 'input'],
  replay: ['box'],
  discard: ['box'],
};
const NEEDS: Partial<Record<BulkAction, keyof BulkOptions>> = {
  skip: 'step',
  restartFrom: 'contextVersion',
  migrate: 'to',
  provideInput: 'step',
};
/** These name a step, or a version, of one workflow. */
const OF_ONE_WORKFLOW: readonly BulkAction[] = ['skip', 'migrate', 'provideInput'];
const ACTIONS = Object.keys(TAKES);
const PAGE = ['cursor', 'limit', 'internals'];

export function isOfMessages(action: string): boolean {
  return action === 'replay' || action === 'discard';
}

/** @throws InvalidInputError, UnknownWorkflowError, UnknownStepError */
export function checkedBulk(request: BulkRequest, registry: WorkflowRegistry): CheckedBulk {
  checkCall('bulk', request, 'The bulk run');
  const { action, filter, options = {} } = request;
  checkOneOf('action', action, ACTIONS);
  checkOptions(`The options of ${action}`, options, TAKES[action]);
  checkCall('bulkOptions', options);
  const needed = NEEDS[action];
  if (needed !== undefined && options[needed] === undefined) throw new InvalidInputError('options', [`${action} needs "${needed}"`]);
  const kept = { ...options, ...(options.step !== undefined && { step: stepNameOf(options.step) }) };
  const checked = { action, filter: keptFilter(filter, registry), options: plain(kept, 'options') as JsonObject };
  checkSize(checked.options, 'What the bulk run brings');
  if (OF_ONE_WORKFLOW.includes(action)) checkWorkflow(checked, registry);
  return checked;
}

/** Names in the place of classes, and texts in the place of moments. */
function keptFilter(filter: BulkRequest['filter'], registry: WorkflowRegistry): JsonObject {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) throw new InvalidInputError('filter', ['it must be an object']);
  const entries = Object.entries(filter as Readonly<Record<string, unknown>>).filter(([, value]) => value !== undefined);
  if (entries.length === 0) throw new InvalidInputError('filter', ['say at least one value: an empty filter would be everything there is']);
  const paged = entries.find(([name]) => PAGE.includes(name));
  if (paged) throw new InvalidInputError('filter', [`there is no "${paged[0]}" in it: say limit beside it`]);
  if (entries.some(([name]) => name === 'sort'))
    throw new InvalidInputError('filter', ['a bulk run takes no "sort": its actions change when processes end and were last changed, so the order would move']);
  return plain(Object.fromEntries(entries.map(([name, value]) => [name, keptValue(name, value, registry)])), 'filter') as JsonObject;
}

function keptValue(name: string, value: unknown, registry: WorkflowRegistry): unknown {
  if (name === 'workflow') return registry.nameOf(value as Class | string);
  if (name === 'step') return stepNameOf(value as Class | string);
  if (MOMENTS.includes(name) && !(value instanceof Date && !Number.isNaN(value.getTime()))) throw new InvalidInputError(name, ['it must be a valid Date']);
  if (name === 'sender') return senderName(value as string) ?? value;
  return value;
}

function checkWorkflow({ action, filter, options }: CheckedBulk, registry: WorkflowRegistry): void {
  const { workflow } = filter;
  if (typeof workflow !== 'string') throw new InvalidInputError('filter', [`${action} needs a "workflow" in it`]);
  if (action === 'migrate') registry.get(workflow, options.to as number);
  else if (action === 'provideInput') registry.receiver(workflow, options.step as string);
  else stepsMeant(registry.get(workflow), options.step as string);
}

const MOMENTS = ['startedBefore', 'startedAfter', 'updatedBefore', 'updatedAfter'];

/** The filter as the calls take it. */
export function filterOf(kept: Json): ProcessFilter & InboxFilter & OutboxFilter {
  const entries = Object.entries(kept as JsonObject).map(([name, value]) => [name, MOMENTS.includes(name) ? new Date(value as string) : value]);
  return Object.fromEntries(entries) as ProcessFilter & InboxFilter & OutboxFilter;
}

/** @throws InvalidInputError */
export function checkBulkId(id: string): void {
  checkName('The bulk run', id, MAX_GROUP_ID);
}
