/** What the steps of a process did, one row for each attempt: from its audit records, and from where it stands now. */
import type { AuditType, RecordDraft } from '../core/change.js';
import { isUnclaimed, type ProcessState } from '../core/process.js';
import { isStepToken, type StepToken } from '../core/token.js';
import { isListenerKey } from '../core/token-key.js';
import { isTaskWait, type WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';

/** One attempt of a step. */
export interface StepRun {
  readonly step: string;
  readonly run: number;
  readonly attempt: number;
  readonly state: 'done' | 'running' | 'waiting' | 'failed' | 'skipped' | 'cancelled';
  /** When the step was reached; of a later attempt, when its delay was over or a person asked for it. Null: not known. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly worker: string | null;
  readonly error: string | null;
  /** The version of the context that it has made. */
  readonly contextVersion: number | null;
}

/** What the rows are made of. */
export interface PastAndPresent {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  /** The newest audit records, in order. */
  readonly records: readonly RecordDraft[];
  /** The steps that lead to a step. A step with none is reached at the start. */
  readonly before: (step: string) => Iterable<string>;
}

/** So many of the newest are given. */
export const MOST_STEP_RUNS = 500;

/** In the order in which they began. */
export function stepRunsOf(all: PastAndPresent): StepRun[] {
  const rows = new StepRows(all.before);
  for (const record of all.records) rows.add(record);
  rows.standNow(all.process, all.waits);
  return rows.list.slice(-MOST_STEP_RUNS);
}

type AttemptRow = { -readonly [K in keyof StepRun]: StepRun[K] } & { isOpen: boolean };

/** The state of an attempt after a record of it. */
const AFTER: Readonly<Partial<Record<AuditType, StepRun['state']>>> = {
  'response-requested': 'waiting',
  'event-awaited': 'waiting',
  'input-required': 'waiting',
  'child-started': 'waiting',
  'condition-awaited': 'waiting',
  'task-queued': 'waiting',
  'timer-set': 'waiting',
  'step-paused': 'waiting',
  'step-deferred': 'waiting',
  'task-triggered': 'running',
  'timer-fired': 'running',
  'message-delivered': 'running',
  'step-completed': 'done',
  'step-failed': 'failed',
  'step-timed-out': 'failed',
  'step-skipped': 'skipped',
};

const ENDS: ReadonlySet<StepRun['state']> = new Set(['done', 'failed', 'skipped']);
/** All that a process was doing ends with these. */
const ENDS_ALL: ReadonlySet<AuditType> = new Set<AuditType>(['process-restarted', 'process-cancelled', 'process-completed']);
/** Waits of the engine itself. */
const NOT_SHOWN: ReadonlySet<WaitKind> = new Set<WaitKind>(['turn', 'branches', 'overdue', 'listener']);

class StepRows {
  readonly list: AttemptRow[] = [];
  private readonly byAttempt = new Map<string, AttemptRow>();
  private readonly newestOf = new Map<string, AttemptRow>();
  /** When the last run of each step ended. */
  private readonly endedAt = new Map<string, number>();
  private begunAt: number | null = null;
  private retriedAt = 0;

  constructor(private readonly before: (step: string) => Iterable<string>) {}

  add(record: RecordDraft): void {
    const { type, step, run, at } = record;
    if (ENDS_ALL.has(type)) this.endAll(at);
    if (type === 'process-started' || type === 'process-restarted') this.beginAt(at);
    if (type === 'process-retried') this.retriedAt = at;
    const state = AFTER[type];
    if (state === undefined || step === null) return;
    const row = this.rowAt(step, run ?? 0, record.attempt ?? 1, type === 'message-delivered' ? at : this.reachedAt(step));
    if (type === 'timer-fired' && row.attempt > 1) row.startedAt = new Date(at);
    if (row.isOpen || state === 'skipped') this.goTo(row, state, record); // what has failed can be skipped
  }

  private beginAt(at: number): void {
    this.begunAt = at;
    this.endedAt.clear();
  }

  private goTo(row: AttemptRow, state: StepRun['state'], { at, worker, error, contextVersion }: RecordDraft): void {
    row.state = state;
    if (worker !== null) row.worker = worker;
    if (!ENDS.has(state)) return;
    Object.assign(row, { isOpen: false, endedAt: new Date(at), error, contextVersion: state === 'failed' ? null : contextVersion });
    this.endedAt.set(row.step, at);
  }

  /** When the token came to the step: when the last of the steps before it ended. */
  private reachedAt(step: string): number | null {
    const ends = [...this.before(step)].flatMap((each) => this.endedAt.get(each) ?? []);
    return ends.length > 0 ? Math.max(...ends) : this.begunAt;
  }

  private rowAt(step: string, run: number, attempt: number, since: number | null): AttemptRow {
    const key = `${run}#${attempt}#${step}`;
    const known = this.byAttempt.get(key);
    if (known) return known;
    const before = this.newestOf.get(`${run}#${step}`);
    if (before?.isOpen) Object.assign(before, { isOpen: false, state: 'cancelled' }); // its worker died, or it was asked for anew
    const startedAt = before?.endedAt ? laterOf(before.endedAt, this.retriedAt) : since === null ? null : new Date(since);
    const row: AttemptRow = { step, run, attempt, state: 'running', startedAt, endedAt: null, worker: null, error: null, contextVersion: null, isOpen: true };
    this.byAttempt.set(key, row);
    this.newestOf.set(`${run}#${step}`, row);
    this.list.push(row);
    return row;
  }

  private endAll(at: number): void {
    for (const row of this.list) if (row.isOpen) Object.assign(row, { isOpen: false, state: 'cancelled', endedAt: new Date(at) });
  }

  /** What runs in the process leaves no record before its end. What ended without a record of its own has no token any more. */
  standNow({ tokens, status, worker }: ProcessState, waits: readonly WaitState[]): void {
    const here = new Set<AttemptRow>();
    const stand = (token: StepToken, state: StepRun['state'], by: string | null) => {
      const row = this.rowAt(token.node, token.run, token.attempt, token.since);
      here.add(row);
      if (row.isOpen) Object.assign(row, { state: token.fault === undefined ? state : 'failed', worker: by ?? row.worker, error: token.fault ?? null });
    };
    for (const token of tokens)
      if (isVisit(token) && token.parked === undefined) stand(token, status === 'running' ? 'running' : 'waiting', isUnclaimed(worker) ? null : worker);
    for (const wait of waits) {
      const by = isTaskWait(wait) ? wait.waitsFor.worker : null;
      if (isVisit(wait.token) && !NOT_SHOWN.has(wait.waitsFor.kind)) stand(wait.token, by === null ? 'waiting' : 'running', by);
    }
    for (const row of this.list) if (row.isOpen && !here.has(row)) Object.assign(row, { isOpen: false, state: 'cancelled' });
  }
}

function laterOf(date: Date, at: number): Date {
  return at > date.getTime() ? new Date(at) : date;
}

function isVisit(token: WaitState['token']): token is StepToken {
  return isStepToken(token) && !isListenerKey(token.key);
}
