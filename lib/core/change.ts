import type { Json, JsonObject } from '../values/json.js';
import type { Reached } from '../values/types.js';
import type { ProcessState } from './process.js';
import type { OutgoingMessage } from './outgoing.js';
import type { CarriedData } from './token.js';
import type { WaitState } from './wait.js';
import { isUnderAny } from './token-key.js';

/** The fate of a message. Each message has exactly one. */
export type Disposition = 'delivered' | 'stored' | 'duplicate' | 'late' | 'conflict' | 'refused' | 'scheduled' | 'discarded';

/** The types of audit records. */
export type AuditType =
  | `process-${'started' | 'completed' | 'failed' | 'suspended' | 'resumed' | 'cancelled' | 'retried' | 'restarted' | 'claimed' | 'recovered' | 'migrated'}`
  | `step-${'completed' | 'failed' | 'skipped' | 'paused' | 'deferred' | 'timed-out' | 'overdue' | 'compensated' | 'isolated'}`
  | 'compensation-started'
  | 'response-requested'
  | 'event-awaited'
  | 'input-required'
  | 'child-started'
  | 'condition-awaited'
  | `task-${'queued' | 'triggered' | 'recovered'}`
  | `${'timer-set' | 'timer-fired' | 'pause-awaited' | 'pause-ended'}`
  | `message-${Exclude<Disposition, 'stored' | 'scheduled'> | 'readdressed'}`
  | `send-${'requested' | 'replayed' | 'discarded'}`
  | 'note'
  | 'log';

/** A new version of the context: what changed, and how the tokens moved, so that a restart can find the old places. */
export interface VersionDraft {
  readonly version: number;
  readonly step: string;
  readonly patch: JsonObject;
  readonly removed: readonly string[];
  /** All values, in version 1 and in some later versions. */
  readonly snapshot: JsonObject | null;
  readonly moves: readonly Move[];
  /** The value that the step returned, if that is not its patch. */
  readonly result?: Json;
  /** For undoing: this visit; or the visit this version undid; or the new names of steps; or the stages a restart brought back. */
  readonly undo?: UndoMark;
  readonly at: number;
}

/**
 * A token entered a node, or ended (no `node`). `items`: the node is an each, and each item stands at the start of its branch; `at`:
 * their places in the list, if some items are done already. `items` null: the node has this name from now on.
 */
export type Move = readonly [key: string, node?: string, items?: readonly Json[] | null, at?: readonly number[]];

/** Stages that a restart brought back, by their new key: the key they had, and the version that entered them. */
export type RestartedStages = Readonly<Record<string, readonly [key: string, version: number]>>;

export type UndoMark =
  VisitMark | { readonly undone: number } | { readonly renamed: Readonly<Record<string, string>> } | { readonly restarted: RestartedStages };

/** A visit that can be undone. The newest mark of a visit counts. */
export interface VisitMark extends CarriedData {
  readonly key: string;
  readonly run: number;
  /** Left out: it was completed. */
  readonly reached?: Exclude<Reached, 'completed'>;
  /** The correlation id of its response, if that is not ours. */
  readonly correlation?: string;
  /** The inbox message it waited for. */
  readonly message?: string;
}

/** One audit record. `sequence` is the revision of the process after it. */
export interface RecordDraft {
  readonly sequence: number;
  readonly type: AuditType;
  readonly step: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly contextVersion: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly error: string | null;
  /** More information: a correlation id, a queue, a due time. */
  readonly detail: string | null;
  readonly worker: string | null;
  readonly at: number;
}

/** A message as the inbox keeps it. */
export interface MessageState {
  /** The same for the same message to the same wait, so that a repeat is recognised. */
  readonly id: string;
  /** The same for all copies of a message: made of its sender, its address and its message id, or else its body. */
  readonly identity: string;
  /** The address by which a wait is found. */
  readonly address: string;
  /** The workflow and the step that a response is for; null: whatever waits at the address. */
  readonly workflow: string | null;
  readonly step: string | null;
  readonly processId: string | null;
  readonly disposition: Disposition;
  readonly body: Json;
  /** A digest of the body: shows another body under the same id. */
  readonly digest: string;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly receivedAt: number;
  /** When the message counts as published: for an event, its effective date. */
  readonly effectiveAt: number;
}

/** A value by which people find a process. `value` null: it is not found by this name any more. */
export interface SearchValue {
  readonly name: string;
  readonly value: string | null;
}

/**
 * The change that one or several events make to a process. The store applies it whole, if the stored revision is still `expected`.
 * `expected` null: a new process.
 */
export interface Change {
  readonly expected: number | null;
  readonly process: ProcessState;
  /** Nothing of the process is new but its revision, context version, runs, tokens and time. A store may then write no more than these. */
  readonly steady?: boolean;
  readonly versions: readonly VersionDraft[];
  readonly records: readonly RecordDraft[];
  /** In this order: `clear` ends all old waits, `kill` those at `<key>/...` and `<key>~...`; then `delete`, then `put`, which share no key. */
  readonly waits: { readonly clear: boolean; readonly kill: readonly string[]; readonly delete: readonly string[]; readonly put: readonly WaitState[] };
  readonly messages: readonly MessageState[];
  /** New messages of the outbox. */
  readonly outgoing: readonly OutgoingMessage[];
  /** Values by which the process is found from now on, at most one of each name. Left out: they stay as they are. */
  readonly search?: readonly SearchValue[];
}

/** A process with the other rows that an event needs. */
export interface Snapshot {
  readonly process: ProcessState;
  /** Parked tokens by key; only those asked for. */
  readonly waits: ReadonlyMap<string, WaitState>;
  /** The keys that were asked for. Left out: all waits were read. */
  readonly asked?: ReadonlySet<string>;
  /** Messages already known, by id; only those asked for. */
  readonly messages: ReadonlyMap<string, MessageState>;
}

/** The snapshot after a change, for the next event of the same batch. */
export function after(before: Snapshot, change: Change): Snapshot {
  const waits = waitsAfter(before.waits, change.waits);
  const messages = change.messages.length === 0 ? before.messages : new Map([...before.messages, ...change.messages.map((each) => [each.id, each] as const)]);
  return { process: change.process, waits, messages, ...(before.asked && { asked: askedAfter(before.asked, change.waits) }) };
}

export function waitsAfter(before: Snapshot['waits'], { clear, kill, delete: gone, put }: Change['waits']): Snapshot['waits'] {
  if (before.size === 0 && put.length === 0) return before;
  const killed = new Set(kill);
  const waits = new Map(clear ? [] : [...before].filter(([key]) => !isUnderAny(key, killed)));
  for (const key of gone) waits.delete(key);
  for (const wait of put) waits.set(wait.token.key, wait);
  return waits;
}

/** Counts rows that the change wrote or deleted as read. */
function askedAfter(asked: ReadonlySet<string>, { delete: gone, put }: Change['waits']): ReadonlySet<string> {
  return gone.length + put.length === 0 ? asked : new Set([...asked, ...gone, ...put.map(({ token }) => token.key)]);
}
