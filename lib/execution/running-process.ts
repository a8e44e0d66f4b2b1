import type { Change, VersionDraft } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { isSameBody } from '../core/runnable.js';
import type { Token } from '../core/token.js';
import type { Json } from '../values/json.js';
import type { StepVisit, Undone } from './step-context.js';

/** What is left to undo, the next one last. `run`: of the token that undoes. */
export interface UndoList {
  readonly run: number;
  readonly left: Undone[];
}

/**
 * A process of which bodies run here, with what its steps would otherwise have to read: the row is the truth, so all of it may be
 * dropped at any time.
 */
export class RunningProcess {
  toUndo: UndoList | undefined;
  private readonly visits = new Map<string, StepVisit>();
  /** Bodies of messages accepted here and not handled yet. */
  private messages: Map<string, Json> | undefined;
  /** What steps returned that a token refers to, by the version that keeps it. */
  private returned: Map<number, Json> | undefined;

  constructor(readonly id: string) {}

  get isIdle(): boolean {
    return this.visits.size === 0;
  }

  readonly isRunning = (token: Token): boolean => {
    return this.visitOf(token) !== undefined;
  };

  visitOf(token: Token): StepVisit | undefined {
    const visit = this.visits.get(token.key);
    return visit !== undefined && isSameBody(visit.token, token) ? visit : undefined;
  }

  /** A body that hangs in a life before this one is not counted. */
  countOf({ tokens }: ProcessState): number {
    let count = 0;
    if (this.visits.size > 0) for (const token of tokens) if (this.isRunning(token)) count++;
    return count;
  }

  /** One that was running in its place has been lost. */
  begin(visit: StepVisit): void {
    this.visits.set(visit.token.key, visit);
  }

  end(visit: StepVisit): void {
    if (this.visits.get(visit.token.key) === visit) this.visits.delete(visit.token.key);
    if (visit.token.does === 'run' && visit.token.message !== undefined) this.messages?.delete(visit.token.message);
  }

  abortAll(reason: unknown): void {
    for (const visit of this.visits.values()) visit.abort(reason);
  }

  /** A visit that the process no longer says is running has been cancelled, or taken over. */
  abortLost({ tokens }: ProcessState): void {
    for (const visit of this.visits.values()) {
      if (visit.ended || tokens.some((token) => isSameBody(token, visit.token))) continue;
      visit.abort(new Error('The process has moved on: cancelled, restarted, or taken over by another worker.'));
    }
  }

  /* ------------------------------------------------------------------- what is kept ---- */

  /** Whoever has just committed a message or a version need not read it for the step that follows. */
  remember({ process: { tokens }, messages, versions }: Change): void {
    for (const { id, body, disposition } of messages) if (disposition === 'delivered') (this.messages ??= new Map<string, Json>()).set(id, body);
    this.rememberReturned(tokens, versions);
    if (this.toUndo && versions.some(({ undo }) => undo !== undefined && 'key' in undo)) this.toUndo = undefined; // it was done last, and is undone next
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

/** What a step returned: its result; where nobody mapped that, its patch. */
export function returnedWith({ result, patch }: VersionDraft): Json {
  return result === undefined ? patch : result;
}
