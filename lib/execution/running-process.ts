import type { Change, MessageState, VersionDraft } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { isSameBody } from '../core/runnable.js';
import { isEventToken, type Token } from '../core/token.js';
import { appended } from '../values/appended.js';
import type { Json, JsonObject } from '../values/json.js';
import type { BodyOutcome } from './read-result.js';
import type { StepVisit, Undone } from './step-context.js';
import { Unrecorded } from './unrecorded.js';

const MOST_MESSAGES = 100;

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
  private readonly unrecorded = new Unrecorded();
  /** Bodies of messages accepted here and not handled yet. Those of later ones are read when their turn comes. */
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

  /** True while the body of an event runs: events are handled one after the other. */
  get isHandlingEvent(): boolean {
    for (const visit of this.visits) if (isEventToken(visit.token) && !visit.ended && !visit.isAborted) return true;
    return false;
  }

  /** True while the outcomes of events are being recorded that the next handler has to see. */
  get isAhead(): boolean {
    return !this.unrecorded.isEmpty;
  }

  /** True if the next event may be handled before this outcome is recorded. */
  goAhead(visit: StepVisit, outcome: BodyOutcome): boolean {
    return this.unrecorded.add(visit, outcome);
  }

  /** The values that the next body sees. */
  valuesOnTop(values: JsonObject | undefined): JsonObject | null | undefined {
    return values && this.isAhead ? this.unrecorded.onTop(values) : values;
  }

  /** Replaces a step run under the same key, which this worker has lost. */
  begin(visit: StepVisit): void {
    const at = this.visits.findIndex(({ token }) => token.key === visit.token.key);
    if (at < 0) this.visits = appended(this.visits, visit);
    else this.visits[at] = visit;
  }

  end(visit: StepVisit): void {
    this.unrecorded.delete(visit);
    const at = this.visits.indexOf(visit);
    if (at >= 0) this.visits.splice(at, 1);
    if (visit.token.does === 'run' && visit.token.message !== undefined) this.messages?.delete(visit.token.message);
  }

  abortAll(reason: unknown): void {
    for (const visit of this.visits) visit.abort(reason);
  }

  /** Aborts bodies that the process no longer lists: they were cancelled, restarted, taken over, or ended by an event. Returns them. */
  abortLost(process: ProcessState): readonly StepVisit[] {
    const { tokens } = process;
    if (this.isAhead) this.unrecorded.recorded(process);
    let aborted: StepVisit[] | undefined;
    for (const visit of this.visits) {
      if (visit.ended || tokens.some((token) => isSameBody(token, visit.token))) continue;
      visit.abort(new Error('The process has moved on: cancelled, restarted, ended by an event, or taken over by another worker.'));
      aborted = appended(aborted, visit);
    }
    return aborted ?? NONE;
  }

  /* ------------------------------------------------------------------------- memory ---- */

  /** Keeps messages and results that were just committed here, so that the next step need not read them. */
  remember({ process: { tokens }, messages, versions }: Change): void {
    for (const { id, body, disposition } of messages) if (disposition === 'delivered') this.rememberMessage(id, body);
    this.rememberReturned(tokens, versions);
    if (this.toUndo && versions.some(({ undo }) => undo !== undefined && 'key' in undo)) this.toUndo = undefined; // the newest is undone first
  }

  private rememberMessage(id: string, body: Json): void {
    this.messages ??= new Map<string, Json>();
    if (this.messages.size < MOST_MESSAGES) this.messages.set(id, body);
  }

  /** Keeps the messages of events that will be handled next. */
  keepMessages(messages: readonly MessageState[]): void {
    for (const { id, body } of messages) (this.messages ??= new Map<string, Json>()).set(id, body);
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

const NONE: readonly StepVisit[] = [];

function isWanted(tokens: readonly Token[], version: number): boolean {
  for (const token of tokens) if ('previous' in token && token.previous === version) return true;
  return false;
}

/** The result of a step, or its patch if the step was not mapped. */
export function returnedWith({ result, patch }: VersionDraft): Json {
  return result === undefined ? patch : result;
}
