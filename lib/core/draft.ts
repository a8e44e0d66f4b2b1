import type { AuditType, Change, MessageState, Move, RecordDraft, Snapshot, UndoMark, VersionDraft } from './change.js';
import type { DecisionContext, ContextPatch } from './events.js';
import { type WorkflowDefinition } from '../definition/graph.js';
import { letterOfEnd } from './engine-messages.js';
import { UNCLAIMED, isActive, isFinished, type ProcessState, type ProcessStatus, activate, type Token } from './process.js';
import { visitKey } from './runnable.js';
import { Tokens } from './tokens.js';

/** What a record says beyond its type; the rest is the same for all records of an event. */
type Told = Partial<Pick<RecordDraft, 'step' | 'run' | 'attempt' | 'error' | 'detail' | 'worker' | 'at' | 'reason'>>;

/** What a version holds beside the patch. */
type Beside = Partial<Pick<VersionDraft, 'snapshot' | 'result' | 'undo'>>;

const NOTHING: Beside = {};

/**
 * The books of one decision: what has changed so far, in the words of the rules (`park`, `record`, `makeVersion`).
 * It decides nothing itself but the status, which follows from the tokens.
 */
export class Draft extends Tokens {
  /** The process as it becomes: a copy of its own, changed in place. */
  readonly head: { -readonly [K in keyof ProcessState]: ProcessState[K] };
  private readonly versions: (VersionDraft & { readonly moves: Move[] })[] = [];
  private readonly records: RecordDraft[] = [];
  private readonly messages: MessageState[] = [];
  /** How often a token has come to a node that runs nothing, where one has. */
  private rounds: Map<string, number> | undefined;

  constructor(
    readonly definition: WorkflowDefinition,
    before: Snapshot,
    readonly given: DecisionContext,
    readonly now: number,
  ) {
    super(before);
    this.head = { ...before.process };
  }

  nextRun(): number {
    return ++this.head.runs;
  }

  /** How often this token has now come to this node in this decision. */
  nextRound({ key, node }: Token): number {
    this.rounds ??= new Map();
    const place = `${key}#${node}`;
    const round = (this.rounds.get(place) ?? 0) + 1;
    this.rounds.set(place, round);
    return round;
  }

  /* ----------------------------------------------------------------- history ---- */

  /** Kept with the version that moved it. Without one it has moved by itself, and after a restart will do so again. */
  moved(...move: Move): void {
    this.versions.at(-1)?.moves.push(move);
  }

  makeVersion(step: string, patch: ContextPatch, beside: Beside = NOTHING): void {
    const version = this.head.contextVersion + 1;
    this.head.contextVersion = version;
    const snapshot = beside.snapshot ?? this.given.facts.snapshot();
    if (snapshot) this.head.snapshotVersion = version;
    this.versions.push({ version, step, patch: patch.set, removed: patch.remove, snapshot, moves: [], at: this.now, ...beside });
  }

  /** What undoing has to know of the newest version. */
  mark(undo: UndoMark): void {
    Object.assign(this.versions.at(-1)!, { undo });
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

  keep(...messages: readonly MessageState[]): void {
    this.messages.push(...messages);
  }

  /* ------------------------------------------------------------------ status ---- */

  become(status: ProcessStatus, cause: string | null = null): void {
    Object.assign(this.head, { status, cause, finishedAt: isFinished(status) ? this.now : null });
  }

  /** This token runs no longer. If nothing else does, nobody holds the process: whoever resumes it takes it. */
  letGoOf({ key }: Token): void {
    if (!this.someToken((other) => other.key !== key && isActive(other))) this.head.worker = null;
  }

  /** Ends the process: nothing of it waits, runs or is held any more. Who waits for it finds that in the inbox. */
  finish(status: 'completed' | 'cancelled', cause: string | null = null): void {
    this.removeAll(() => false);
    this.become(status, cause);
    this.record(`process-${status}`, cause !== null && cause !== this.given.reason ? { error: cause } : {});
    if (this.head.parent?.awaited) this.keep(letterOfEnd(this.head, this.now));
  }

  /** The status a process has by where its tokens stand. Suspension and the ends are decisions, and stay. */
  private statusByTokens(): ProcessStatus {
    const { status } = this.head;
    if (isFinished(status) || status === 'suspended') return status;
    if (this.someToken((token) => token.fault !== undefined)) return 'failed';
    return this.someToken(isActive) ? 'running' : 'waiting';
  }

  /**
   * If something can run, somebody must hold it: who has it, else who brings the event, else whoever comes first.
   * Suspending or failing takes it from nobody: a body may be under way, and its outcome counts.
   */
  private held(status: ProcessStatus): Pick<ProcessState, 'worker' | 'claim'> {
    const { worker, claim } = this.head;
    if (!this.someToken(isActive)) return { worker: null, claim };
    if (worker || status !== 'running') return { worker, claim };
    return this.given.by ? { worker: this.given.by, claim: claim + 1 } : { worker: UNCLAIMED, claim };
  }

  /** The change, or null where the event changed nothing. */
  settle(): Change | null {
    if (this.records.length === 0) return null;
    const status = this.statusByTokens();
    Object.assign(this.head, this.held(status), { status, cause: this.causeOf(status), updatedAt: this.now });
    this.head.tokens = status === 'suspended' || status === 'failed' ? this.standingStill() : this.allTokens().map(activate);
    return {
      expected: this.before.process.revision === 0 ? null : this.before.process.revision,
      process: this.head,
      versions: this.versions,
      records: this.records,
      waits: this.rows,
      messages: this.messages,
    };
  }

  /** Nothing begins any more: whoever was not there before has not begun. Others may have. */
  private standingStill(): Token[] {
    const before = new Map(this.before.process.tokens.map((token) => [visitKey(token), token]));
    const begun = (token: Token) => before.get(visitKey(token))?.idle === undefined && before.has(visitKey(token));
    return this.allTokens().map((token) => (isActive(token) && !begun(token) ? { ...token, idle: true } : token));
  }

  private causeOf(status: ProcessStatus): string | null {
    if (status === 'suspended' || status === 'cancelled') return this.head.cause;
    const failed: Token | undefined = this.allTokens().find((token) => token.fault !== undefined);
    return status === 'failed' && failed ? [failed.node, failed.fault].filter(Boolean).join(': ') : null;
  }
}
