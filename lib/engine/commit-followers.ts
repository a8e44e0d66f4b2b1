import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';
import { describeError } from '../values/describe-error.js';
import type { KnownProcess } from '../writer/decide.js';
import type { CommitFollower } from '../writer/commit-follower.js';

/** Called in one part after a commit. `known` null: the values after the commit are not known. */
export type FollowCommit = (change: Change, known: KnownProcess | null) => void;
export type FollowLook = (known: KnownProcess) => void;

/** Calls the parts after each commit, in the order in which `compose.ts` lists them. */
export class CommitFollowers implements CommitFollower {
  private readonly logger = new Logger('Workflow');
  private afterCommit: readonly FollowCommit[] = [];
  private afterLook: FollowLook = () => {};

  set(afterCommit: readonly FollowCommit[], afterLook: FollowLook): void {
    this.afterCommit = afterCommit;
    this.afterLook = afterLook;
  }

  committed(change: Change, known: KnownProcess | null): void {
    for (const follow of this.afterCommit) {
      try {
        follow(change, known);
      } catch (error) {
        this.complain(error);
      }
    }
  }

  seen(known: KnownProcess): void {
    try {
      this.afterLook(known);
    } catch (error) {
      this.complain(error);
    }
  }

  /** An error in one part must not stop the others, nor the reply to the caller. */
  private complain(error: unknown): void {
    this.logger.error(`What follows a commit failed: ${describeError(error)}`);
  }
}
