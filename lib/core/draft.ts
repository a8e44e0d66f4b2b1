import type { WorkflowDefinition } from '../definition/graph.js';
import { appended } from '../values/appended.js';
import type { AuditType, Change, MessageState, Move, RecordDraft, Snapshot, UndoMark, VersionDraft } from './change.js';
import { messageOfEnd } from './engine-messages.js';
import type { ContextPatch } from './events.js';
import type { DecisionContext } from './facts.js';
import { outgoingMessage, type OutgoingMessage, patternText, type Sending } from './outgoing.js';
import { isToldOf, updateOf } from './process-update.js';
import { copyOfProcess, isFinished, isSteady, isUnclaimed, type ProcessState, type ProcessStatus, UNCLAIMED, UNCLAIMED_NEW } from './process.js';
import { noteOver } from './over-notes.js';
import { needsNoWorker, standingStill, standsStill } from './standstill.js';
import { activated, hasFailed, isActive, isIdle, type Token } from './token.js';
import { DraftTokens } from './tokens.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Details of a record, besides its type and its visit. */
export type RecordDetails = Partial<Pick<RecordDraft, 'step' | 'run' | 'error' | 'detail' | 'worker' | 'at' | 'reason'>>;

/** Parts of a version, besides the patch. */
type VersionExtras = Partial<Pick<VersionDraft, 'snapshot' | 'result' | 'undo'>>;

/** The visit a record is about. The token that undoes everything stands in no step. */
type RecordSubject = Pick<Token, 'node' | 'run' | 'attempt'>;

const NO_DETAILS: RecordDetails = {};
const NO_EXTRAS: VersionExtras = {};
const NO_MESSAGES: readonly MessageState[] = [];
const NOTHING_SENT: readonly OutgoingMessage[] = [];
const NO_VERSIONS: readonly VersionDraft[] = [];

/**
 * The result of one decision so far. The rules write tokens, versions, records and messages to it. The draft itself decides only
 * the status and the worker, which follow from the tokens.
 */
export class Draft extends DraftTokens {
  /** The process after this decision: a copy, changed in place. */
  readonly head: Mutable<ProcessState>;
  private versions: Mutable<VersionDraft>[] | undefined;
  private records: RecordDraft[] | undefined;
  private messages: MessageState[] | undefined;
  private outgoing: OutgoingMessage[] | undefined;
  private moveLog: Move[] | undefined;
  /** How often each token has come to each node that runs nothing. */
  private passes: Map<string, number> | undefined;

  constructor(
    readonly definition: WorkflowDefinition,
    before: Snapshot,
    readonly given: DecisionContext,
  ) {
    super(before);
    this.head = copyOfProcess(before.process);
  }

  get now(): number {
    return this.given.now;
  }

  nextRun(): number {
    return ++this.head.runs;
  }

  /** How often this token has now come to this node in this decision. */
  nextPass({ key, node }: Token): number {
    this.passes ??= new Map();
    const place = `${key}#${node}`;
    const pass = (this.passes.get(place) ?? 0) + 1;
    this.passes.set(place, pass);
    return pass;
  }

  /* ----------------------------------------------------------------- history ---- */

  /** Records that a token entered a node or ended, with the newest version. Without a version it is not kept: a restart makes the same move again. */
  moved(...move: Move): void {
    this.moveLog = appended(this.moveLog, move);
  }

  makeVersion(step: string, patch: ContextPatch, extras: VersionExtras = NO_EXTRAS): void {
    const version = ++this.head.contextVersion;
    const snapshot = extras.snapshot ?? this.given.facts.snapshot();
    if (snapshot) this.head.snapshotVersion = version;
    const made: Mutable<VersionDraft> = { version, step, patch: patch.set, removed: patch.remove, snapshot, moves: [], at: this.now };
    if (extras.result !== undefined) made.result = extras.result;
    if (extras.undo !== undefined) made.undo = extras.undo;
    this.versions = appended(this.versions, made);
  }

  /** Sets the undo mark of the newest version. */
  mark(undo: UndoMark): void {
    this.versions!.at(-1)!.undo = undo;
  }

  get hasVersion(): boolean {
    return this.versions !== undefined;
  }

  record(type: AuditType, subject: RecordSubject | null = null, details: RecordDetails = NO_DETAILS): void {
    const { step = subject === null || subject.node === '' ? null : subject.node, run = subject?.run ?? null } = details;
    const { error = null, detail = null, reason = this.given.reason ?? null, worker = this.given.by, at = this.now } = details;
    this.records = appended(this.records, {
      sequence: ++this.head.revision, type, step, run, attempt: subject?.attempt ?? null, contextVersion: this.head.contextVersion,
      actor: this.given.actor ?? null, reason, error, detail, worker, at,
    }); // prettier-ignore
  }

  keep(...messages: readonly MessageState[]): void {
    for (const message of messages) this.messages = appended(this.messages, message);
  }

  /** Puts a message of a step in the outbox. */
  putInOutbox(sending: Sending, subject: RecordSubject, details: RecordDetails): void {
    this.record('send-requested', subject, { ...details, detail: `${sending.id}: ${patternText(sending.pattern)} to ${sending.sender}` });
    this.outgoing = appended(this.outgoing, outgoingMessage(this.head, sending, details.step ?? subject.node, this.now));
  }

  /** The id of the message that was kept last. */
  get lastKept(): string | undefined {
    return this.messages?.at(-1)?.id;
  }

  /* ------------------------------------------------------------------ status ---- */

  become(status: ProcessStatus, cause: string | null = null): void {
    this.head.status = status;
    this.head.cause = cause;
    this.head.finishedAt = isFinished(status) ? this.now : null;
  }

  /** Ends the process: nothing of it waits, runs or is held any more. A parent that waits for it gets a message. */
  finish(status: 'completed' | 'cancelled', cause: string | null = null): void {
    this.endAll();
    this.become(status, cause);
    this.record(`process-${status}`, null, cause !== null && cause !== this.given.reason ? { error: cause } : NO_DETAILS);
    if (this.head.parent?.awaited) this.keep(messageOfEnd(this.head, this.now));
  }

  /** The status that follows from the tokens. Suspended, completed and cancelled are decisions, and stay. */
  private statusByTokens(): ProcessStatus {
    const { status } = this.head;
    if (isFinished(status) || status === 'suspended') return status;
    if (this.someToken(hasFailed)) return 'failed';
    return this.someToken(isActive) ? 'running' : 'waiting';
  }

  /**
   * An active token needs a worker: the one that has the process, else the one that decides, else the process is unclaimed.
   * Suspending or failing does not take a process from its worker: a body may still run, and its outcome counts.
   */
  private claimFor(status: ProcessStatus): void {
    const { head } = this;
    if (!this.someToken(isActive)) head.worker = null;
    else if (status === 'running' && (head.worker === null || isUnclaimed(head.worker))) this.claim();
  }

  /** The worker that decides takes the process, if it has room. */
  private claim(): void {
    const { head, claimant } = this;
    if (claimant !== null) head.claim++;
    head.worker = claimant ?? head.worker ?? (this.before.process.revision === 0 ? UNCLAIMED_NEW : UNCLAIMED);
  }

  /** The worker that may take the process; null: none. */
  get claimant(): string | null {
    return this.given.hasRoom === false ? null : this.given.by;
  }

  /** The change, or null where the event changed nothing. */
  settle(): Change | null {
    if (this.records === undefined) return null;
    const status = this.statusByTokens();
    this.claimFor(status);
    this.head.tokens = this.tokensUnder(status);
    if (standsStill(status) && needsNoWorker(this.head)) this.head.worker = null;
    this.head.cause = this.causeOf(status);
    this.head.status = status;
    this.head.updatedAt = this.now;
    noteOver(this);
    if (this.versions && this.moveLog) this.versions.at(-1)!.moves = this.moveLog;
    const { updates } = this.definition;
    if (updates && isToldOf(this.records)) this.outgoing = appended(this.outgoing, updateOf(this.head, updates, this.records, this.versions ?? NO_VERSIONS));
    return {
      expected: this.before.process.revision === 0 ? null : this.before.process.revision,
      process: this.head,
      steady: isSteady(this.before.process, this.head),
      versions: this.versions ?? NO_VERSIONS,
      records: this.records,
      waits: this.waitChanges(),
      messages: this.messages ?? NO_MESSAGES,
      outgoing: this.outgoing ?? NOTHING_SENT,
    };
  }

  private tokensUnder(status: ProcessStatus): readonly Token[] {
    const tokens = this.rowTokens();
    if (standsStill(status)) return standingStill(this.before.process.tokens, tokens);
    return tokens.some(isIdle) ? tokens.map(activated) : tokens;
  }

  private causeOf(status: ProcessStatus): string | null {
    if (status === 'suspended' || status === 'cancelled') return this.head.cause;
    if (status !== 'failed') return null;
    const failed = this.allTokens().find(hasFailed);
    return failed ? [failed.node, failed.fault].filter(Boolean).join(': ') : null;
  }
}
