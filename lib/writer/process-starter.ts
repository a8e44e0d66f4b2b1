import type { Change } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { begin, type Seed } from '../core/transition.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Rejection } from '../store/port.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { Clock } from '../values/clock.js';
import type { GroupCommit } from './group-commit.js';
import { ContextFacts } from './context-facts.js';
import type { ProcessWriter } from './process-writer.js';
import { errorOf } from './decide.js';
import type { Uncommitted } from './uncommitted.js';

/** Makes new processes: there is nothing to read, and nobody to race but who wants the same group id. */
export class ProcessStarter {
  constructor(
    private readonly store: ProcessStore,
    private readonly committer: GroupCommit,
    private readonly writer: ProcessWriter,
    private readonly clock: Clock,
    private readonly worker: () => string | null,
    private readonly uncommitted: Uncommitted,
  ) {}

  /** @throws ProcessAlreadyLiveError when the id or the group id is taken, without the id of the process that has it */
  start(bound: BoundWorkflow, seed: Seed, manager?: unknown): Promise<ProcessState> {
    return manager === undefined ? this.startHere(bound, seed) : this.startWithin(manager, bound, seed);
  }

  private async startHere(bound: BoundWorkflow, seed: Seed): Promise<ProcessState> {
    const change = this.begun(bound, seed, this.worker());
    const rejection = await this.committer.commit(change).catch((error: unknown) => this.wasStarted(change, error));
    if (rejection) throw errorOf(rejection);
    this.writer.committed(this.writer.seatOf(seed.id), change, seed.values.set);
    return change.process;
  }

  /** In a transaction of the caller's: what can run waits for its commit. */
  private async startWithin(manager: unknown, bound: BoundWorkflow, seed: Seed): Promise<ProcessState> {
    const change = this.begun(bound, seed, null);
    const rejection = await this.store.commitWithin(manager, change);
    if (rejection) throw errorOf(rejection);
    this.uncommitted.add(manager, change);
    return change.process;
  }

  /** The reply of a commit was lost: what it did is there, or is not. A process of this id may also have been there before. */
  private async wasStarted(change: Change, error: unknown): Promise<Rejection | null> {
    const [first] = await this.store.recordsOf(change.process.id);
    if (!first) throw error;
    const isOurs = first.at === change.records[0]!.at && first.worker === change.records[0]!.worker;
    return isOurs ? null : { change, reason: 'exists', error };
  }

  private begun(bound: BoundWorkflow, seed: Seed, by: string | null): Change {
    const now = this.clock.now().getTime();
    const facts = new ContextFacts(bound, { id: seed.id, groupId: seed.groupId, contextVersion: 0, snapshotVersion: 0 }, seed.values.set, now, undefined);
    return begin(bound.definition, seed, { by, facts, ...seed.given }, now);
  }
}
