import type { OutgoingMessage } from '../core/outgoing.js';
import type { Change, MessageState, RecordDraft, VersionDraft } from '../core/change.js';
import { isSteady, type ProcessState } from '../core/process.js';
import type { StepToken } from '../core/token.js';
import type { WaitState } from '../core/wait.js';
import type { TaskWait, WaitKind, WaitsFor } from '../core/waits-for.js';
import type { KnownWorkflow } from '../store/port.js';

let count = 0;

/** An id that is unique in this test run. */
export function anId(prefix = 'p'): string {
  return `${prefix}${++count}-${Date.now().toString(36)}`;
}

export function aToken(given: Partial<StepToken> = {}): StepToken {
  return { key: '0', node: 'approve', run: 1, does: 'run', attempt: 1, since: 1000, ...given };
}

export function aProcess(given: Partial<ProcessState> = {}): ProcessState {
  const id = given.id ?? anId();
  return {
    id, workflow: 'order', workflowVersion: 1, groupId: id, status: 'running', revision: 1, contextVersion: 1, snapshotVersion: 1, runs: 1, root: 0,
    worker: null, claim: 0, tokens: [aToken()], cause: null, startedAt: 1000, finishedAt: null, parent: null, secret: null, updatedAt: 1000, ...given,
  }; // prettier-ignore
}

/** The token of a step, and what it waits for. Fields that are left out get a value that fits the kind. */
export interface WaitGiven extends Partial<StepToken> {
  readonly kind?: WaitKind;
  readonly address?: string;
  readonly dueAt?: number | null;
  readonly queue?: string;
  readonly readyAt?: number | null;
  readonly worker?: string | null;
}

export function aWait({ kind = 'event', address = 'e:none:', dueAt = null, queue = 'q', readyAt = null, worker = null, ...token }: WaitGiven = {}): WaitState {
  return { token: aToken(token), waitsFor: waitsFor(kind, { address, dueAt, queue, readyAt, worker }) };
}

/** What a token waits for, with the fields of its kind. */
type WaitDetails = Omit<TaskWait, 'kind'> & { readonly address: string };

export function waitsFor(kind: WaitKind, { address, dueAt, queue, readyAt, worker }: WaitDetails): WaitsFor {
  switch (kind) {
    case 'task': return { kind, queue, readyAt, worker, dueAt };
    case 'timer': case 'condition': return { kind, dueAt };
    case 'turn': case 'branches': case 'overdue': return { kind };
    default: return { kind, address, dueAt };
  } // prettier-ignore
}

/** Version 1 of each of these workflows. */
export function knownAs(...workflows: readonly string[]): KnownWorkflow[] {
  return workflows.map((workflow) => ({ workflow, versions: [1] }));
}

export function aVersion(given: Partial<VersionDraft> = {}): VersionDraft {
  return { version: 1, step: '', patch: { total: 1 }, removed: [], snapshot: { total: 1 }, moves: [['0', 'approve']], at: 1000, ...given };
}

export function aRecord(given: Partial<RecordDraft> = {}): RecordDraft {
  return {
    sequence: 1, type: 'process-started', step: null, run: null, attempt: null, contextVersion: 1, actor: null, reason: null, error: null, detail: null,
    worker: null, at: 1000, ...given,
  }; // prettier-ignore
}

export function aMessage(given: Partial<MessageState> = {}): MessageState {
  const { id = anId('m'), receivedAt = 1000, effectiveAt = receivedAt } = given;
  return {
    identity: id, address: 'r:none', workflow: null, step: null, processId: null, disposition: 'stored', body: { ok: true }, digest: 'd', reason: null,
    ...given, id, receivedAt, effectiveAt,
  }; // prettier-ignore
}

export function outgoing(given: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    id: anId('o'), processId: 'p', workflow: 'order', sequence: 1, step: null, sender: 'CLIENT', pattern: 'paid', data: null, attempts: 0, readyAt: 1000,
    error: null, createdAt: 1000, ...given,
  }; // prettier-ignore
}

export type ChangeOverrides = Partial<Omit<Change, 'process' | 'waits'>> & {
  readonly process?: Partial<ProcessState>;
  readonly waits?: Partial<Change['waits']>;
};

/** A start, with its first version and record. */
export function aStart(given: ChangeOverrides = {}): Change {
  return {
    expected: null, versions: [aVersion()], records: [aRecord()], messages: [], outgoing: [], ...given,
    process: aProcess(given.process), waits: { clear: false, kill: [], delete: [], put: [], ...given.waits },
  }; // prettier-ignore
}

/** The next change: one revision, one record and one version further. */
export function aChange(before: ProcessState, given: ChangeOverrides = {}): Change {
  const revision = before.revision + 1;
  const version = before.contextVersion + 1;
  const process = { ...before, revision, contextVersion: version, ...given.process };
  return {
    steady: isSteady(before, process), expected: before.revision, versions: [aVersion({ version, step: 'approve', patch: { [`v${version}`]: version }, snapshot: null })],
    records: [aRecord({ sequence: revision, type: 'step-completed', step: 'approve', contextVersion: version })], messages: [], outgoing: [], ...given,
    process, waits: { clear: false, kill: [], delete: [], put: [], ...given.waits },
  }; // prettier-ignore
}
