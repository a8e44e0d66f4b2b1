import type { Json, JsonObject } from '../values/json.js';
import type { ProcessState } from './process.js';
import type { WaitState } from './wait.js';
import { isUnderAny } from './token-key.js';

/** What became of a message. Each has exactly one. */
export type Disposition = 'delivered' | 'stored' | 'duplicate' | 'late' | 'conflict';

/** What an audit record can tell of. */
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
  | `timer-${'set' | 'fired'}`
  | `message-${Exclude<Disposition, 'stored'>}`
  | 'note'
  | 'log';

/** A new version of the context: what changed, and how the tokens moved, so that a restart can find its way back. */
export interface VersionDraft {
  readonly version: number;
  readonly step: string;
  readonly patch: JsonObject;
  readonly removed: readonly string[];
  /** All values, every now and then; version 1 is one. */
  readonly snapshot: JsonObject | null;
  readonly moves: readonly Move[];
  /** What the step returned, where that is not its patch. */
  readonly result?: Json;
  /** What undoing this visit needs; or the visit that was undone with this version; or what the steps before are called from now on. */
  readonly undo?: UndoMark;
  readonly at: number;
}

/**
 * A token entered a node, or ended. Entering an each: with its items, each of which then stands at the start of its branch; `at`:
 * their places in the list, where some of it is done. `items` null: the node is called so from now on.
 */
export type Move = readonly [key: string, node?: string, items?: readonly Json[] | null, at?: readonly number[]];

/** Stages that stand again, by their new key: the key they had, and the version with which they were entered. */
export type RestartedStages = Readonly<Record<string, readonly [key: string, version: number]>>;

export type UndoMark =
  | { readonly key: string; readonly run: number; readonly item?: Json; readonly index?: number; readonly previous?: number }
  | { readonly undone: number }
  | { readonly renamed: Readonly<Record<string, string>> }
  | { readonly restarted: RestartedStages };

/** One thing that happened. `sequence` is the process's revision after it. */
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
  /** What else helps: a correlation id, a queue, a due time. */
  readonly detail: string | null;
  readonly worker: string | null;
  readonly at: number;
}

/** A message as the inbox keeps it. */
export interface MessageState {
  /** Recognises the same message again, wherever it is addressed the same way. */
  readonly id: string;
  /** What a wait is found by. */
  readonly address: string;
  readonly processId: string | null;
  readonly disposition: Disposition;
  readonly body: Json;
  /** Tells another body under the same id. */
  readonly digest: string;
  readonly receivedAt: number;
  /** When it counts as published: an event, its effective date. */
  readonly effectiveAt: number;
}

/**
 * What one or several events made of a process: applied whole, if its stored revision is still `expected`.
 * `expected` null: a new process.
 */
export interface Change {
  readonly expected: number | null;
  readonly process: ProcessState;
  readonly versions: readonly VersionDraft[];
  readonly records: readonly RecordDraft[];
  /** First the old waits end: all if `clear`, and those under a key of `kill`, `<key>/...` and `<key>~...`; then `delete`; then `put`. No key is in both. */
  readonly waits: { readonly clear: boolean; readonly kill: readonly string[]; readonly delete: readonly string[]; readonly put: readonly WaitState[] };
  readonly messages: readonly MessageState[];
}

/** A process with the rows an event needs beside it. */
export interface Snapshot {
  readonly process: ProcessState;
  /** Parked tokens by key; only those asked for. */
  readonly waits: ReadonlyMap<string, WaitState>;
  /** The keys that were asked for; left out: all there are. */
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

/** Rows that were written or deleted are known. */
function askedAfter(asked: ReadonlySet<string>, { delete: gone, put }: Change['waits']): ReadonlySet<string> {
  return gone.length + put.length === 0 ? asked : new Set([...asked, ...gone, ...put.map(({ token }) => token.key)]);
}

/** Changes of one process, one after the other, as one. */
export function joined(changes: readonly Change[]): Change {
  const last = changes[changes.length - 1]!;
  if (changes.length === 1) return last;
  return {
    expected: changes[0]!.expected,
    process: last.process,
    versions: changes.flatMap(({ versions }) => versions),
    records: changes.flatMap(({ records }) => records),
    waits: joinedWaits(changes.map(({ waits }) => waits)),
    messages: changes.flatMap(({ messages }) => messages),
  };
}

function joinedWaits(all: readonly Change['waits'][]): Change['waits'] {
  const from = all.findLastIndex(({ clear }) => clear); // what it cleared, changes before it need not write
  const [killed, gone, put] = [new Set<string>(), new Set<string>(), new Map<string, WaitState>()];
  for (const change of from < 0 ? all : all.slice(from)) {
    const kills = new Set(change.kill);
    if (kills.size > 0) for (const key of put.keys()) if (isUnderAny(key, kills)) put.delete(key);
    for (const key of kills) killed.add(key);
    for (const key of change.delete) {
      put.delete(key);
      gone.add(key);
    }
    for (const wait of change.put) put.set(wait.token.key, wait);
  }
  return { clear: from >= 0, kill: [...killed], delete: [...gone].filter((key) => !put.has(key)), put: [...put.values()] };
}
