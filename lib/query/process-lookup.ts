import { childAddress, responseAddress } from '../core/addresses.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import { edgesOf, stepNamed } from '../definition/graph.js';
import { InvalidInputError, ProcessNotFoundError } from '../values/errors.js';
import { checkName, MAX_GROUP_ID, MAX_ID } from '../context/checks.js';
import type { UnpagedQuery } from '../store/process-frame.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Class } from '../values/types.js';
import { type ProcessFilter, queryOf } from './process-filter.js';
import type { ProcessOf, ProcessRef } from './process-ref.js';
import { stateOf } from '../writer/batch-loader.js';
import { findPage } from './find-page.js';
import type { Page, PageOptions } from './page.js';
import { stepsMeant, type WorkflowRegistry } from '../workflows/registry.js';
import type { Uncommitted } from '../writer/uncommitted.js';

/** Finds processes by id, by workflow and group id, or by a filter. */
export class Lookup {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly uncommitted: Uncommitted,
  ) {}

  /** @throws ProcessNotFoundError, InvalidInputError for what names no process */
  async toRead(ref: ProcessRef): Promise<ProcessState> {
    const found = await this.named(ref);
    if (!found) throw new ProcessNotFoundError(workflowNameIn(ref, this.registry));
    return found;
  }

  /** @throws ProcessNotFoundError also when the one with this group id has finished */
  async toWrite(ref: ProcessRef, manager?: unknown): Promise<ProcessState> {
    const found = this.asMade(manager, ref, await this.named(ref));
    if (!found || (typeof ref !== 'string' && isFinished(found.status)))
      throw new ProcessNotFoundError(workflowNameIn(ref, this.registry), typeof ref === 'string' ? '' : 'live ');
    return found;
  }

  /** Finds a process to write to. @throws ProcessNotFoundError also for an id of another workflow */
  async ofWorkflow(workflow: Class | string, of: ProcessOf, manager?: unknown): Promise<ProcessState> {
    const name = this.registry.nameOf(workflow);
    return checkedOf(name, await this.toWrite(refIn(name, of), manager));
  }

  /** Finds a process to read. @throws ProcessNotFoundError also for an id of another workflow */
  async ofWorkflowToRead(workflow: Class | string, of: ProcessOf): Promise<ProcessState> {
    const name = this.registry.nameOf(workflow);
    return checkedOf(name, await this.toRead(refIn(name, of)));
  }

  /** The process as the caller's transaction sees it: a live one that it started, or the one read with its own changes. */
  private asMade(manager: unknown, ref: ProcessRef, read: ProcessState | undefined): ProcessState | undefined {
    const made = this.madeIn(manager, ref);
    if (!read || (made && (made.id === read.id || !isFinished(made.status)))) return made ?? read;
    return this.uncommitted.newest(manager, ({ id }) => id === read.id) ?? read;
  }

  private madeIn(manager: unknown, ref: ProcessRef): ProcessState | undefined {
    if (typeof ref === 'string') return this.uncommitted.newest(manager, ({ id }) => id === ref);
    const name = this.registry.nameOf(ref.workflow);
    return this.uncommitted.newest(manager, ({ workflow, groupId }) => workflow === name && groupId === ref.groupId);
  }

  private async named(ref: ProcessRef): Promise<ProcessState | undefined> {
    if (typeof ref !== 'string') return this.byGroup(ref);
    checkName('The process', ref, MAX_ID);
    return stateOf(this.store, ref);
  }

  private async byGroup(ref: Exclude<ProcessRef, string>): Promise<ProcessState | undefined> {
    if (typeof ref !== 'object' || ref === null || ref.workflow === undefined)
      throw new InvalidInputError('The process', ['say its id, or { workflow, groupId }']);
    checkName('groupId', ref.groupId, MAX_GROUP_ID);
    return (await this.store.queries.byGroup([this.registry.nameOf(ref.workflow)], ref.groupId))[0];
  }

  /** The steps with this name or class, in the version of the process. @throws UnknownStepError, UnknownWorkflowError */
  stepsMeant(process: ProcessState, step: Class | string): readonly string[] {
    return stepsMeant(this.registry.get(process.workflow, process.workflowVersion), step);
  }

  edgesOf({ workflow, workflowVersion }: ProcessState, step: string): readonly string[] {
    return edgesOf(stepNamed(this.registry.get(workflow, workflowVersion).definition, step));
  }

  /** True if the process that started this one does not need it any more: it is cancelled, or waits no longer for its end. */
  async isNotNeeded({ id, parent }: ProcessState): Promise<boolean> {
    if (!parent?.tied) return false;
    if ((await stateOf(this.store, parent.id))?.status === 'cancelled') return true;
    return parent.awaited && !(await this.store.commits.waitsAt([childAddress(id)])).some(({ processId, closed }) => processId === parent.id && !closed);
  }

  async waitsOf(id: string, manager?: unknown): Promise<readonly WaitState[]> {
    return this.uncommitted.waits(manager, id, await this.store.queries.waitsOf(id));
  }

  /** @throws InvalidInputError for a filter with wrong options */
  async query(filter: ProcessFilter): Promise<UnpagedQuery> {
    const query = queryOf(filter, this.registry);
    return filter.correlationId === undefined ? query : { ...query, ids: await this.askedUnder(filter.correlationId) };
  }

  /** The processes that wait, or have waited, for the answer under this correlation id. */
  private async askedUnder(correlationId: string): Promise<readonly string[]> {
    const waits = await this.store.commits.waitsAt([responseAddress(correlationId)]);
    return [...new Set(waits.map(({ processId }) => processId))];
  }

  /** @throws InvalidInputError for a wrong limit or cursor, and for an order that would cost too much */
  page(query: UnpagedQuery, options: PageOptions): Promise<Page<ProcessState>> {
    return findPage(this.store.queries, query, options);
  }
}

function refIn(workflow: string, of: ProcessOf): ProcessRef {
  return typeof of === 'object' && of !== null ? { workflow, groupId: of.groupId } : of;
}

/** @throws ProcessNotFoundError */
function checkedOf(workflow: string, process: ProcessState): ProcessState {
  if (process.workflow !== workflow) throw new ProcessNotFoundError(process.id, `${workflow} `);
  return process;
}

function workflowNameIn(ref: ProcessRef, registry: WorkflowRegistry): string {
  return typeof ref === 'string' ? ref : `of workflow "${registry.nameOf(ref.workflow)}" with the group id "${ref.groupId}"`;
}
