import type { Change } from '../../lib/core/change.js';
import { isActive } from '../../lib/core/token.js';
import { PROCESS_LIMITS } from '../../lib/context/process-limits.js';
import type { Node } from '../../lib/definition/graph.js';
import { MemoryCommits } from '../../lib/store/memory/memory-commits.js';
import { MemoryQueries } from '../../lib/store/memory/memory-queries.js';
import { MemoryTables } from '../../lib/store/memory/process-rows.js';
import type { ProcessRequest, Rejection } from '../../lib/store/port.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { PendingWork } from '../../lib/values/pending-work.js';
import { WorkflowRegistry } from '../../lib/workflows/registry.js';
import { BatchLoader } from '../../lib/writer/batch-loader.js';
import { ClaimLimit } from '../../lib/writer/claim-limit.js';
import type { KnownProcess } from '../../lib/writer/decide.js';
import { GroupCommit } from '../../lib/writer/group-commit.js';
import type { ApplyOptions, NewEvent } from '../../lib/writer/pending-event.js';
import { ProcessWriter } from '../../lib/writer/process-writer.js';
import { WritePath } from '../../lib/writer/write-path.js';
import { aStepNode, NOON, NOTHING } from '../core/builders.js';
import { aBound } from './bound.js';

/** What a call of the store does instead, once: it fails, with or without having written. */
type Trouble = { readonly error: unknown; readonly written?: boolean } | { readonly rejection: Rejection['reason']; readonly error?: unknown };

/** The memory store, with troubles that a test asks for, and a note of what was called. */
export class TroubledCommits extends MemoryCommits {
  readonly calls: string[] = [];
  readonly troubles: Trouble[] = [];
  readonly readTroubles: unknown[] = [];
  override maxConcurrentCommits = 1;
  /** Called before a commit is written. */
  before: () => unknown = () => {};

  override async load(requests: readonly ProcessRequest[]) {
    this.calls.push(`load ${requests.map(({ id, waits, context }) => [id, ...waits, ...(context ? ['with values'] : [])].join(' ')).join(', ')}`);
    if (this.readTroubles.length > 0) throw this.readTroubles.shift();
    return super.load(requests);
  }

  override async commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    this.calls.push(`commit ${changes.map(({ process }) => process.id).join(', ')}`);
    await this.before();
    const trouble = this.troubles.shift();
    if (!trouble) return super.commit(changes);
    if ('rejection' in trouble) return changes.map((change) => ({ change, reason: trouble.rejection, error: trouble.error }) as Rejection);
    if (trouble.written) await super.commit(changes);
    throw trouble.error;
  }
}

/** A writer over such a store: all real, but for the store's troubles. */
export class WriterBench {
  readonly tables = new MemoryTables(() => NOON);
  readonly commits = new TroubledCommits(this.tables);
  readonly followed: string[] = [];
  readonly limit: ClaimLimit;
  readonly activity = new PendingWork();
  readonly registry = new WorkflowRegistry();
  readonly path: WritePath;
  readonly loader: BatchLoader;
  readonly writer: ProcessWriter;
  worker: string | null = 'w';

  constructor(nodes?: readonly Node[], { room = 10 } = {}) {
    this.limit = new ClaimLimit(room, 0);
    this.registry.add(aBound(nodes));
    this.path = new WritePath(this.registry, { now: () => new Date(NOON) } as never, PROCESS_LIMITS);
    this.loader = new BatchLoader({ commits: this.commits, queries: new MemoryQueries(this.tables) } as unknown as ProcessStore);
    const follower = {
      committed: ({ records }: Change, known: KnownProcess | null) => void this.followed.push(`${known?.process.revision ?? '?'} ${records.at(-1)!.type}`),
      seen: ({ process }: KnownProcess) => void this.followed.push(`seen ${process.revision}`),
    };
    this.writer = new ProcessWriter({
      path: this.path, loader: this.loader, activity: this.activity, follower, limit: this.limit, commits: new GroupCommit(this.commits),
      inRoot: (work) => work(), worker: () => this.worker,
    }); // prettier-ignore
  }

  /** The calls of the store since they were asked for last. */
  get calls(): string[] {
    return this.commits.calls.splice(0);
  }

  forgetCalls(): void {
    this.commits.calls.length = 0;
  }

  /** Another instance: the same tables, a writer of its own. */
  other(worker = 'v'): WriterBench {
    const other = new WriterBench();
    Object.assign(other, { tables: this.tables, worker });
    Object.assign(other.commits, { tables: this.tables });
    other.registry.add(this.registry.get('order'));
    return other;
  }

  start(id = 'p', given: object = {}) {
    return this.writer.apply(id, { type: 'started', bound: this.registry.get('order'), seed: { id, groupId: id, values: NOTHING, ...given } });
  }

  apply(event: NewEvent, options?: ApplyOptions, id = 'p') {
    return this.writer.apply(id, event, options);
  }

  /** The outcome of the body that runs under the key. */
  done(patch: object = {}, options?: ApplyOptions, id = 'p') {
    const { claim, tokens } = this.tables.byId.get(id)!.process;
    const { key, run, attempt } = tokens.find(isActive)!;
    return this.apply({ type: 'step-succeeded', key, run, attempt, claim, patch }, options, id);
  }

  row(id = 'p') {
    return this.tables.byId.get(id)!.process;
  }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Three steps, one after the other. */
export const LINE = [aStepNode('a', { next: ['b'] }), aStepNode('b', { next: ['c'] }), aStepNode('c')];

/** A writer whose process has begun, with nothing noted so far. */
export async function started(nodes: readonly Node[] = LINE, options = {}): Promise<WriterBench> {
  const bench = new WriterBench(nodes, options);
  await bench.start();
  bench.forgetCalls();
  bench.followed.length = 0;
  return bench;
}
