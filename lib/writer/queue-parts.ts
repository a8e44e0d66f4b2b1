import type { PendingWork } from '../values/pending-work.js';
import type { RunInRoot } from '../values/root-context.js';
import type { BatchLoader } from './batch-loader.js';
import type { ClaimLimit } from './claim-limit.js';
import type { CommitFollower } from './commit-follower.js';
import type { GroupCommit } from './group-commit.js';
import type { WritePath } from './write-path.js';

/** The parts that the queues of all processes share. */
export interface QueueParts {
  readonly path: WritePath;
  readonly commits: GroupCommit;
  readonly loader: BatchLoader;
  readonly activity: PendingWork;
  /** Runs work outside the async context of the request that asked for it. */
  readonly inRoot: RunInRoot;
  readonly follower: CommitFollower;
  /** This worker; null: this instance runs nothing. */
  readonly worker: () => string | null;
  readonly limit: ClaimLimit;
}
