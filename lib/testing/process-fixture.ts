import type { AuditType } from '../core/change.js';
import type { ProcessStatus } from '../core/process.js';
import type { ProcessRef } from '../query/process-ref.js';
import type { HistoryRecord } from '../query/views.js';
import type { Json, JsonObject } from '../values/json.js';
import type { WorkflowService } from '../workflow.service.js';

/** A process that was recorded, as plain JSON: what it was given, and what happened to it. */
export interface ProcessFixture {
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly groupId: string;
  /** Its status when it was recorded. */
  readonly status: ProcessStatus;
  readonly startedAt: string;
  /** The values it started with, defaults included. */
  readonly context: JsonObject;
  readonly records: readonly FixtureRecord[];
}

/** One audit record, without what belongs to the engine. */
export interface FixtureRecord {
  readonly type: AuditType;
  readonly at: string;
  readonly step?: string;
  /** The error, the reason or the details, as the record has them. */
  readonly error?: string;
  readonly reason?: string;
  readonly detail?: string;
  /** What the version of the context that it made has set and removed. */
  readonly set?: JsonObject;
  readonly removed?: readonly string[];
  /** The data of the message that was delivered. */
  readonly message?: Json;
}

/**
 * Records a process for {@link WorkflowHarness.replay}. It holds the values and messages of the process: take out what may not lie in a
 * repository. @throws ProcessNotFoundError
 */
export async function fixtureOf(workflows: WorkflowService, process: ProcessRef): Promise<ProcessFixture> {
  const { id, workflow, workflowVersion, groupId, status, startedAt } = await workflows.get(process);
  const context = asJson(await workflows.contextAt(id, 1)) as JsonObject;
  const records: FixtureRecord[] = [];
  let version = 1;
  for (const record of await workflows.history(id)) {
    const made = record.contextVersion > version ? await madeBy(workflows, id, version, record.contextVersion) : {};
    version = Math.max(version, record.contextVersion);
    records.push({ ...recorded(record), ...made });
  }
  return { workflow, workflowVersion, groupId, status, startedAt: startedAt.toISOString(), context, records };
}

function recorded({ type, createdAt, step, error, reason, detail, message }: HistoryRecord): FixtureRecord {
  return {
    type, at: createdAt.toISOString(), ...(step !== null && { step }), ...(error !== null && { error }), ...(reason !== null && { reason }),
    ...(detail !== null && { detail }), ...(message !== undefined && { message: asJson(message) }),
  }; // prettier-ignore
}

/** What became of the values between two versions. */
export async function madeBy(workflows: WorkflowService, id: string, from: number, to: number): Promise<Pick<FixtureRecord, 'set' | 'removed'>> {
  const changes = await workflows.diff(id, from, to);
  const set = Object.fromEntries(changes.flatMap(({ key, after }) => (after === undefined ? [] : [[key, asJson(after)]])));
  return { set, removed: changes.flatMap(({ key, after }) => (after === undefined ? key : [])) };
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
