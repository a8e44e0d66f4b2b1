import { cursorPlace, limitOf, type Page, type PageOptions, pageOf, checkPage } from '../query/page.js';
import type { StoredBulk, StoredBulkItem } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import { BulkNotFoundError } from '../values/bulk-not-found-error.js';
import type { Clock } from '../values/clock.js';
import { newId } from '../values/new-id.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { BulkActions, BulkSubject } from './bulk-actions.js';
import { type BulkAction, type BulkRequest, checkBulkId, checkedBulk } from './bulk-request.js';
import { stopRun } from './bulk-stop.js';

/** One action on many processes or messages: how far it is. */
export interface BulkRun {
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: object;
  readonly options: object;
  readonly state: 'running' | 'stopped' | 'done';
  readonly limit: number | null;
  readonly perMinute: number | null;
  readonly done: number;
  readonly failed: number;
  /** It no longer applied: what a retry found had not failed, for example. */
  readonly skipped: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** What became of one process or message. `begun`: that is not recorded yet. */
export interface BulkItem {
  readonly id: string;
  readonly outcome: 'begun' | 'done' | 'failed' | 'skipped';
  readonly error: string | null;
  readonly at: Date;
}

/** What a bulk run would be about. Nothing is changed. */
export interface BulkPlan {
  /** How many fit the filter, up to the limit; at most 1,000 are counted. */
  readonly count: number;
  /** There are more: they were not counted. */
  readonly isMore: boolean;
  /** The first five. */
  readonly examples: readonly BulkSubject[];
}

interface BulkRunParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly clock: Clock;
  readonly actions: BulkActions;
  /** Called when a run was started. */
  readonly started: () => void;
}

const MOST_COUNTED = 1000;
const EXAMPLES = 5;

/** Does one action to everything that fits a filter: `workflows.bulk`. A run survives crashes and restarts, and is worked on by one instance at a time. */
export class BulkRuns {
  /** @internal Made by the engine. */
  constructor(private readonly parts: BulkRunParts) {}

  /** Counts what fits, and shows the first five. Nothing is changed. @throws InvalidInputError, UnknownWorkflowError, UnknownStepError */
  async plan(request: BulkRequest): Promise<BulkPlan> {
    const checked = checkedBulk(request, this.parts.registry);
    const most = Math.min(request.limit ?? MOST_COUNTED, MOST_COUNTED);
    const found: BulkSubject[] = [];
    for (let cursor: string | null = null, more = true; more && found.length < most;) {
      const page = await this.parts.actions.page(checked, cursor, most - found.length);
      found.push(...page.items);
      cursor = page.next;
      more = cursor !== null;
      if (!more) return { count: found.length, isMore: false, examples: found.slice(0, EXAMPLES) };
    }
    return { count: found.length, isMore: true, examples: found.slice(0, EXAMPLES) };
  }

  /**
   * Starts a run. Its row is committed when this resolves; an instance with a worker then works on it. Each action is the call for one process, with its
   * audit record: the actor, and the reason with the id of the run. @throws InvalidInputError, UnknownWorkflowError, UnknownStepError
   */
  async start(request: BulkRequest): Promise<BulkRun> {
    const checked = checkedBulk(request, this.parts.registry);
    await this.parts.actions.page(checked, null, 1); // refuses a filter that is wrong
    const { limit = null, perMinute = null, actor = null, reason = null } = request;
    const now = this.parts.clock.now().getTime();
    const none = { done: 0, failed: 0, skipped: 0, cursor: null, holder: null, heldUntil: 0, finishedAt: null };
    const run = { id: newId(now), revision: 1, ...checked, state: 'running' as const, limit, perMinute, actor, reason, ...none, startedAt: now };
    await this.parts.store.operating.keepBulk(run, null);
    this.parts.started();
    return bulkView({ ...run, updatedAt: now });
  }

  /** Runs, newest first, a page at a time. @throws InvalidInputError for a wrong limit or cursor */
  async list(page: PageOptions = {}): Promise<Page<BulkRun>> {
    checkPage(page);
    const limit = limitOf(page);
    const place = page.cursor === undefined ? undefined : cursorPlace(page.cursor, ['number', 'string']);
    const found = await this.parts.store.operating.bulks({ limit: limit + 1, ...(place && { after: { startedAt: place[0], id: place[1] } }) });
    return pageOf(found, limit, ({ startedAt, id }) => [startedAt, id], bulkView);
  }

  /** @throws BulkNotFoundError */
  async get(id: string): Promise<BulkRun> {
    return bulkView(await this.found(id));
  }

  /** What became of each process or message, by id, a page at a time. @throws BulkNotFoundError; InvalidInputError for a wrong limit or cursor */
  async items(id: string, page: PageOptions = {}): Promise<Page<BulkItem>> {
    checkPage(page);
    const limit = limitOf(page);
    const place = page.cursor === undefined ? undefined : cursorPlace(page.cursor, ['string']);
    await this.found(id);
    const found = await this.parts.store.operating.bulkItems(id, { limit: limit + 1, ...(place && { after: place[0] }) });
    return pageOf(found, limit, (item) => [item.id], itemView);
  }

  /** No further batch begins; actions under way end. One that has ended stays as it is. @throws BulkNotFoundError */
  async stop(id: string): Promise<BulkRun> {
    await this.found(id);
    const run = await stopRun(this.parts.store.operating, id, this.parts.clock.now().getTime());
    if (!run) throw new BulkNotFoundError(id);
    return bulkView(run);
  }

  private async found(id: string): Promise<StoredBulk> {
    checkBulkId(id);
    const [run] = await this.parts.store.operating.bulks({ id, limit: 1 });
    if (!run) throw new BulkNotFoundError(id);
    return run;
  }
}

function bulkView(run: StoredBulk): BulkRun {
  const { id, action, filter, options, state, limit, perMinute, done, failed, skipped, actor, reason, startedAt, updatedAt, finishedAt } = run;
  const times = { startedAt: new Date(startedAt), updatedAt: new Date(updatedAt), finishedAt: finishedAt === null ? null : new Date(finishedAt) };
  const what = { action: action as BulkAction, filter: filter as object, options: options as object };
  return { id, ...what, state, limit, perMinute, done, failed, skipped, actor, reason, ...times };
}

function itemView({ id, outcome, error, at }: StoredBulkItem): BulkItem {
  return { id, outcome, error, at: new Date(at) };
}
