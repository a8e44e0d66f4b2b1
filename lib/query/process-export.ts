import { eventIn, eventKeyIn } from '../core/addresses.js';
import type { MessageState, RecordDraft, VersionDraft } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessState } from '../core/process.js';
import { type ProcessStore, valuesOf } from '../store/process-store.js';
import type { Json, JsonObject } from '../values/json.js';
import { logOf } from './process-log.js';
import { processView, recordView } from './views.js';

/** The format of an export. It gets another number if a member goes, or means something else; new members may come. */
const FORMAT = 'nestjs-argonaut/process/1';
const PAGE = 500;
/** Most of the outbox that is read of one process. */
const MOST_OUTGOING = 100_000;

/** Everything that is stored of one process, as plain JSON. Times are ISO texts, values are as they are stored. No correlation ids. */
export interface ProcessExport {
  readonly format: string;
  readonly process: {
    readonly id: string;
    readonly workflow: string;
    readonly workflowVersion: number;
    readonly groupId: string;
    readonly status: string;
    readonly revision: number;
    readonly contextVersion: number;
    readonly cause: string | null;
    readonly parentId: string | null;
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly updatedAt: string;
  };
  /** The newest values. */
  readonly context: JsonObject;
  /** What each version of the context has set and removed, and what its step returned where that is something else. */
  readonly versions: readonly {
    readonly version: number;
    readonly step: string;
    readonly createdAt: string;
    readonly set: JsonObject;
    readonly removed: readonly string[];
    readonly result?: Json;
  }[];
  /** The audit records, without notes and logs. */
  readonly audit: readonly {
    readonly sequence: number;
    readonly type: string;
    readonly step: string | null;
    readonly run: number | null;
    readonly attempt: number | null;
    readonly contextVersion: number;
    readonly actor: string | null;
    readonly reason: string | null;
    readonly error: string | null;
    readonly detail: string | null;
    readonly worker: string | null;
    readonly createdAt: string;
  }[];
  /** Notes and log lines of its steps. */
  readonly log: readonly {
    readonly at: string;
    readonly step: string;
    readonly attempt: number;
    readonly level: string;
    readonly context?: string;
    readonly text: string;
  }[];
  /** Messages that it has received: responses, events, inputs, and what it was told by its children. */
  readonly received: readonly {
    readonly id: string;
    readonly kind: string;
    readonly event: string | null;
    readonly key: string | null;
    readonly step: string | null;
    readonly disposition: string;
    readonly body: Json;
    readonly reason: string | null;
    readonly receivedAt: string;
    readonly effectiveAt: string;
  }[];
  /** Messages that it has sent, and that were not transmitted yet. */
  readonly outgoing: readonly {
    readonly id: string;
    readonly step: string | null;
    readonly sequence: number;
    readonly sender: string;
    readonly pattern: Json;
    readonly data: Json;
    readonly attempts: number;
    readonly error: string | null;
    readonly parked: boolean;
    readonly createdAt: string;
  }[];
}

/** Reads everything of a process. */
export class ProcessExports {
  constructor(private readonly store: ProcessStore) {}

  async of(process: ProcessState): Promise<ProcessExport> {
    const { queries } = this.store;
    const versions = await this.versionsOf(process);
    const records = await queries.recordsOf(process.id);
    const received = await queries.messagesOf(process.id);
    const outgoing = await queries.outgoingLike({ processId: process.id, limit: MOST_OUTGOING });
    return {
      format: FORMAT, process: exportedProcess(process), context: valuesOf(versions), versions: versions.map(exportedVersion),
      audit: records.filter(({ type }) => type !== 'note' && type !== 'log').map((record) => exportedRecord(process.id, record)),
      log: logOf(records).map(({ at, ...line }) => ({ at: at.toISOString(), ...line })),
      received: received.map(exportedMessage), outgoing: outgoing.map(exportedOutgoing),
    }; // prettier-ignore
  }

  private async versionsOf({ id, contextVersion }: ProcessState): Promise<VersionDraft[]> {
    const found: VersionDraft[] = [];
    for (let from = 1; from <= contextVersion; from += PAGE)
      found.push(...(await this.store.queries.versions(id, from, Math.min(from + PAGE - 1, contextVersion))));
    return found;
  }
}

function exportedProcess(state: ProcessState): ProcessExport['process'] {
  const { id, workflow, workflowVersion, groupId, status, revision, contextVersion, cause, parentId, startedAt, finishedAt, updatedAt } = processView(state);
  return {
    id, workflow, workflowVersion, groupId, status, revision, contextVersion, cause, parentId, startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null, updatedAt: updatedAt.toISOString(),
  }; // prettier-ignore
}

function exportedVersion({ version, step, at, patch, removed, snapshot, result }: VersionDraft): ProcessExport['versions'][number] {
  const set = version === 1 ? { ...snapshot, ...patch } : patch;
  return { version, step, createdAt: isoTime(at), set, removed, ...(result !== undefined && { result }) };
}

function exportedRecord(id: string, record: RecordDraft): ProcessExport['audit'][number] {
  const { processId: _same, createdAt, ...rest } = recordView(id, record);
  return { ...rest, createdAt: createdAt.toISOString() };
}

const KINDS: Readonly<Record<string, string>> = { r: 'response', e: 'event', i: 'input', c: 'child', s: 'child' };

function exportedMessage({ id, address, step, disposition, body, reason, receivedAt, effectiveAt }: MessageState): ProcessExport['received'][number] {
  const event = eventIn(address);
  return {
    id, kind: KINDS[address[0]!] ?? 'note', event, key: event === null ? null : eventKeyIn(address), step, disposition, body, reason,
    receivedAt: isoTime(receivedAt), effectiveAt: isoTime(effectiveAt),
  }; // prettier-ignore
}

function exportedOutgoing(message: OutgoingMessage): ProcessExport['outgoing'][number] {
  const { id, step, sequence, sender, pattern, data, attempts, error, readyAt, createdAt } = message;
  return { id, step, sequence, sender, pattern, data, attempts, error, parked: readyAt === null, createdAt: isoTime(createdAt) };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
