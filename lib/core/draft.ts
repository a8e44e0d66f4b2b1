import type { AuditType, Change, MessageState, Move, RecordDraft, Snapshot, VersionDraft } from './change.js';
import type { Circumstances, ContextPatch } from './events.js';
import { type WorkflowDefinition } from '../definition/graph.js';
import { awake, FREE, isActive, isFinished, isMail, type ProcessState, type ProcessStatus, type Token, type WaitState } from './process.js';

/** What a record says beyond its type; the rest is the same for all records of an event. */
type Told = Partial<Pick<RecordDraft, 'step' | 'run' | 'attempt' | 'error' | 'detail' | 'worker' | 'at' | 'reason'>>;

/**
 * The books of one decision: what has changed so far, in the words of the rules (`park`, `record`, `makeVersion`).
 * It decides nothing itself but the status, which follows from the tokens.
 */
export class Draft {
  /** The process as it becomes: a copy of its own, changed in place. */
  readonly head: { -readonly [K in keyof ProcessState]: ProcessState[K] };
  private readonly tokens: Map<string, Token>;
  private readonly put = new Map<string, WaitState>();
  private readonly gone = new Set<string>();
  private clear = false;
  private readonly versions: (VersionDraft & { readonly moves: Move[] })[] = [];
  private readonly records: RecordDraft[] = [];
  private readonly messages: MessageState[] = [];

  constructor(
    readonly definition: WorkflowDefinition,
    readonly before: Snapshot,
    readonly given: Circumstances,
    readonly now: number,
  ) {
    this.head = { ...before.process };
    this.tokens = new Map(this.head.tokens.map((token) => [token.key, token]));
  }

  /* ------------------------------------------------------------------ tokens ---- */

  token(key: string): Token | undefined {
    return this.tokens.get(key);
  }

  allTokens(): Token[] {
    return [...this.tokens.values()];
  }

  parked(key: string): WaitState | undefined {
    if (this.put.has(key)) return this.put.get(key);
    return this.clear || this.gone.has(key) ? undefined : this.before.waits.get(key);
  }

  /** The token stands in the process row: it can run, has failed, or holds branches together. */
  place(token: Token): void {
    this.unpark(token.key);
    this.tokens.set(token.key, token);
  }

  /**
   * The token waits, in a row of its own. What each version looks at stands in the process row as well: a condition,
   * and an accepted event, without which the process must not end.
   */
  park(wait: WaitState): void {
    this.tokens.delete(wait.key);
    this.gone.delete(wait.key);
    this.put.set(wait.key, wait);
    if (wait.kind === 'condition' || isMail(wait)) this.tokens.set(wait.key, wait);
  }

  remove(key: string): void {
    this.unpark(key);
    this.tokens.delete(key);
  }

  /** Its row goes, if it has one: it was read with the event, or the process row says so. */
  private unpark(key: string): void {
    this.put.delete(key);
    const stands = this.before.waits.has(key) || this.before.process.tokens.some((token) => token.key === key && 'kind' in token);
    if (stands && !this.clear) this.gone.add(key);
  }

  /** Ends every token of the flow; accepted events stay, unless the process ends with them. */
  removeAll(keep: (token: Token) => boolean = isMail): void {
    for (const token of this.allTokens()) {
      if (!keep(token)) this.tokens.delete(token.key);
      else if ('kind' in token) this.tokens.set(token.key, awake(token as WaitState)); // its row goes; it need not wait longer
    }
    this.clear = true;
    this.put.clear();
    this.gone.clear();
  }

  nextRun(): number {
    return ++this.head.runs;
  }

  /* ----------------------------------------------------------------- history ---- */

  /** Tokens move only because a visit has ended, which has made a version: the move is kept with that. */
  moved(...move: Move): void {
    this.versions.at(-1)!.moves.push(move);
  }

  makeVersion(step: string, patch: ContextPatch, snapshot = this.given.facts.snapshot()): void {
    const version = this.head.contextVersion + 1;
    this.head.contextVersion = version;
    if (snapshot) this.head.snapshotVersion = version;
    this.versions.push({ version, step, patch: patch.set, removed: patch.remove, snapshot, moves: [], at: this.now });
  }

  get hasVersion(): boolean {
    return this.versions.length > 0;
  }

  record(type: AuditType, told: Told = {}): void {
    this.records.push({
      sequence: ++this.head.revision, type, step: null, run: null, attempt: null, contextVersion: this.head.contextVersion,
      actor: this.given.actor ?? null, reason: this.given.reason ?? null, error: null, detail: null, worker: this.given.by, at: this.now,
      ...told,
    }); // prettier-ignore
  }

  keep(message: MessageState): void {
    this.messages.push(message);
  }

  /* ------------------------------------------------------------------ status ---- */

  become(status: ProcessStatus, cause: string | null = null): void {
    Object.assign(this.head, { status, cause, finishedAt: isFinished(status) ? this.now : null });
  }

  /** Nobody runs anything of it: whoever resumes it takes it. */
  letGo(): void {
    this.head.worker = null;
  }

  /** Ends the process: nothing of it waits, runs or is held any more. */
  finish(status: 'completed' | 'cancelled', cause: string | null = null): void {
    this.removeAll(() => false);
    this.become(status, cause);
  }

  /** The status a process has by where its tokens stand. Suspension and the ends are decisions, and stay. */
  private statusByTokens(): ProcessStatus {
    const { status } = this.head;
    if (isFinished(status) || status === 'suspended') return status;
    const tokens = this.allTokens();
    if (tokens.some((token) => token.fault !== undefined)) return 'failed';
    return tokens.some(isActive) ? 'running' : 'waiting';
  }

  /**
   * If something can run, somebody must hold it: who has it, else who brings the event, else whoever comes first.
   * Suspending or failing takes it from nobody: a body may be under way, and its outcome counts.
   */
  private held(status: ProcessStatus): Pick<ProcessState, 'worker' | 'claim'> {
    const { worker, claim } = this.head;
    if (!this.allTokens().some(isActive)) return { worker: null, claim };
    if (worker || status !== 'running') return { worker, claim };
    return this.given.by ? { worker: this.given.by, claim: claim + 1 } : { worker: FREE, claim };
  }

  /** The change, or null where the event changed nothing. */
  settle(): Change | null {
    if (this.records.length === 0) return null;
    const status = this.statusByTokens();
    Object.assign(this.head, this.held(status), { status, cause: this.causeOf(status), tokens: this.allTokens(), updatedAt: this.now });
    return {
      expected: this.before.process.revision === 0 ? null : this.before.process.revision,
      process: this.head,
      versions: this.versions,
      records: this.records,
      waits: { clear: this.clear, delete: [...this.gone], put: [...this.put.values()] },
      messages: this.messages,
    };
  }

  private causeOf(status: ProcessStatus): string | null {
    if (status === 'suspended' || status === 'cancelled') return this.head.cause;
    const failed = this.allTokens().find((token) => token.fault !== undefined);
    return status === 'failed' && failed ? `${failed.node}: ${failed.fault}` : null;
  }
}
