import { isFinished, type ProcessState, type ProcessStatus, type WaitState } from '../core/process.js';
import { InvalidInputError, ProcessNotFoundError } from '../errors.js';
import { checkName, checkOneOf, checkOptions, MAX_GROUP_ID } from '../context/names.js';
import type { ProcessQuery, ProcessStore } from '../store/process-store.js';
import type { Class } from '../values.js';
import type { ProcessFilter } from '../workflow.calls.js';
import type { WorkflowRegistry } from './registry.js';

/** A process: its id, or its workflow and group id. Reading finds the live one, else the latest; writing only the live one. */
export type ProcessRef<W extends Class | string = Class | string> = string | { readonly workflow: W; readonly groupId: string };

export interface Page<T> {
  readonly items: T[];
  /** Give it as `cursor` for the next page; null: this was the last. */
  readonly next: string | null;
}

const FILTERS = ['workflow', 'status', 'groupId', 'waitingFor', 'startedBefore', 'cursor', 'limit'];
const STATUSES: readonly ProcessStatus[] = ['running', 'waiting', 'suspended', 'failed', 'completed', 'cancelled'];
const LARGEST_PAGE = 200;
const USUAL_PAGE = 50;

/** Finds processes for those who name them. */
export class Lookup {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** @throws ProcessNotFoundError, InvalidInputError for what names no process */
  async toRead(ref: ProcessRef): Promise<ProcessState> {
    const found = await this.named(ref);
    if (!found) throw new ProcessNotFoundError(nameOf(ref, this.registry));
    return found;
  }

  /** @throws ProcessNotFoundError also when the one with this group id has finished */
  async toWrite(ref: ProcessRef): Promise<ProcessState> {
    const found = await this.named(ref);
    if (!found || (typeof ref !== 'string' && isFinished(found.status)))
      throw new ProcessNotFoundError(nameOf(ref, this.registry), typeof ref === 'string' ? '' : 'live ');
    return found;
  }

  private async named(ref: ProcessRef): Promise<ProcessState | undefined> {
    if (typeof ref !== 'string') return this.byGroup(ref);
    return (await this.store.load([{ id: ref, waits: [], messages: [], context: false }]))[0]?.process;
  }

  private async byGroup(ref: Exclude<ProcessRef, string>): Promise<ProcessState | undefined> {
    if (typeof ref !== 'object' || ref === null || ref.workflow === undefined)
      throw new InvalidInputError('The process', ['say its id, or { workflow, groupId }']);
    checkName('groupId', ref.groupId, MAX_GROUP_ID);
    return (await this.store.byGroup([this.registry.nameOf(ref.workflow)], ref.groupId))[0];
  }

  waitsOf(id: string): Promise<readonly WaitState[]> {
    return this.store.waitsOf(id);
  }

  /** @throws InvalidInputError for what a filter cannot say */
  query(filter: ProcessFilter): Omit<ProcessQuery, 'limit' | 'after'> {
    const { workflow, status, groupId, waitingFor, startedBefore } = filter;
    checkOptions('The filter', filter, FILTERS);
    const statuses = status === undefined ? undefined : ([status].flat() as ProcessStatus[]);
    for (const each of statuses ?? []) checkOneOf('status', each, STATUSES);
    if (startedBefore !== undefined && !isDate(startedBefore)) throw new InvalidInputError('startedBefore', ['it must be a valid Date']);
    return {
      ...(workflow !== undefined && { workflow: this.registry.nameOf(workflow) }),
      ...(statuses && { statuses }),
      ...(groupId !== undefined && { groupId }),
      ...(waitingFor !== undefined && { waitingFor }),
      ...(startedBefore !== undefined && { startedBefore: startedBefore.getTime() }),
    };
  }

  async page(query: Omit<ProcessQuery, 'limit' | 'after'>, { cursor, limit = USUAL_PAGE }: { cursor?: string; limit?: number }): Promise<Page<ProcessState>> {
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      throw new InvalidInputError('The filter', [`limit must be a whole number from 1 to ${LARGEST_PAGE}`]);
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const found = await this.store.find({ ...query, limit: limit + 1, ...(after && { after }) });
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? writeCursor(items.at(-1)!) : null };
  }
}

function nameOf(ref: ProcessRef, registry: WorkflowRegistry): string {
  return typeof ref === 'string' ? ref : `of workflow "${registry.nameOf(ref.workflow)}" with the group id "${ref.groupId}"`;
}

function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function writeCursor({ startedAt, id }: ProcessState): string {
  return Buffer.from(JSON.stringify([startedAt, id])).toString('base64url');
}

function readCursor(cursor: string): { startedAt: number; id: string } {
  try {
    const [startedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown];
    if (typeof startedAt === 'number' && typeof id === 'string') return { startedAt, id };
  } catch {
    // said below
  }
  throw new InvalidInputError('The filter', ['cursor must be the `next` of a page before']);
}
