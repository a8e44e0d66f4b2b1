import type { Change, VersionDraft } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { isSameBody } from '../core/runnable.js';
import type { Token } from '../core/token.js';
import { appended } from '../values/appended.js';
import type { Json } from '../values/json.js';
import type { StepVisit, Undone } from './step-context.js';

/** Step runs left to undo, the next one last. `run`: the run of the token that undoes them. */
export interface UndoList {
  readonly run: number;
  readonly left: Undone[];
}

/**
 * A process whose bodies run here, with what its steps would otherwise have to read. The rows are the truth, so this memory may be
 * dropped at any time.
 */
export class RunningProcess {
  toUndo: UndoList | undefined;
  /** Mostly one, so a list takes less memory than a map that grows and shrinks with every step. */
  private visits: StepVisit[] = [];
  /** Bodies of messages accepted here and not handled yet. */
  private messages: Map<string, Json> | undefined;
  /** Results that a token refers to, by the version that keeps them. */
  private returned: Map<number, Json> | undefined;

  constructor(readonly id: string) {}

  get isIdle(): boolean {
    return this.visits.length === 0;
  }

  readonly isRunning = (token: Token): boolean => {
    return this.visitOf(token) !== undefined;
  };

  visitOf(token: Token): StepVisit | undefined {
    for (const visit of this.visits) if (isSameBody(visit.token, token)) return visit;
    return undefined;
  }

  /** Counts the bodies that run for current tokens. A body of an earlier attempt or step run that hangs is not counted. */
  countOf({ tokens }: ProcessState): number {
    let count = 0;
    if (this.visits.length > 0) for (const token of tokens) if (this.isRunning(token)) count++;
    return count;
  }

  /** Replaces a step run under the same key, which this worker has lost. */
  begin(visit: StepVisit): void {
    const at = this.visits.findIndex(({ token }) => token.key === visit.token.key);
    if (at < 0) this.visits = appended(this.visits, visit);
    else this.visits[at] = visit;
  }

  end(visit: StepVisit): void {
    const at = this.visits.indexOf(visit);
    if (at >= 0) this.visits.splice(at, 1);
    if (visit.token.does === 'run' && visit.token.message !== undefined) this.messages?.delete(visit.token.message);
  }

  abortAll(reason: unknown): void {
    for (const visit of this.visits) visit.abort(reason);
  }

  /** Aborts bodies that the process no longer lists: they were cancelled, restarted, or taken over. */
  abortLost({ tokens }: ProcessState): void {
    for (const visit of this.visits) {
      if (visit.ended || tokens.some((token) => isSameBody(token, visit.token))) continue;
      visit.abort(new Error('The process has moved on: cancelled, restarted, or taken over by another worker.'));
    }
  }

  /* ------------------------------------------------------------------------- memory ---- */

  /** Keeps messages and results that were just committed here, so that the next step need not read them. */
  remember({ process: { tokens }, messages, versions }: Change): void {
    for (const { id, body, disposition } of messages) if (disposition === 'delivered') (this.messages ??= new Map<string, Json>()).set(id, body);
    this.rememberReturned(tokens, versions);
    if (this.toUndo && versions.some(({ undo }) => undo !== undefined && 'key' in undo)) this.toUndo = undefined; // the newest is undone first
  }

  private rememberReturned(tokens: readonly Token[], versions: readonly VersionDraft[]): void {
    if (this.returned) for (const version of this.returned.keys()) if (!isWanted(tokens, version)) this.returned.delete(version);
    for (const version of versions)
      if (isWanted(tokens, version.version)) (this.returned ??= new Map<number, Json>()).set(version.version, returnedWith(version));
  }

  message(id: string): Json | undefined {
    return this.messages?.get(id);
  }

  returnedBy(version: number): Json | undefined {
    return this.returned?.get(version);
  }
}

function isWanted(tokens: readonly Token[], version: number): boolean {
  for (const token of tokens) if ('previous' in token && token.previous === version) return true;
  return false;
}

/** The result of a step, or its patch if the step was not mapped. */
export function returnedWith({ result, patch }: VersionDraft): Json {
  return result === undefined ? patch : result;
}
