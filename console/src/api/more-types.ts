import type { Data, Status } from './types.js';

/** Answers about more than one process. */
export interface AttentionItem {
  readonly kind: 'failed' | 'overdue' | 'refused' | 'unmatched' | 'parked' | 'unknown';
  readonly workflow: string | null;
  readonly version: number | null;
  readonly step: string | null;
  readonly error: string | null;
  readonly count: number;
  readonly isMore: boolean;
  readonly oldestAt: string | null;
  readonly example: string | null;
}
export interface StatusCount {
  readonly workflow: string;
  readonly status: Status;
  readonly step: string | null;
  readonly error: string | null;
  readonly count: number;
  readonly isMore: boolean;
}
export interface Size {
  readonly workflow: string;
  readonly live: number;
  readonly finished: number;
  readonly versions: number;
  readonly records: number;
  readonly bytes: number | null;
}
export interface WorkflowSummary {
  readonly workflow: string;
  readonly version: number;
  readonly newest: boolean;
}
export interface WorkflowStep {
  readonly name: string;
  readonly waitsFor: string;
  readonly queue: string | null;
  readonly next: readonly string[];
  readonly unsolicited: boolean;
}
export interface WorkflowDetail extends WorkflowSummary {
  readonly steps: readonly WorkflowStep[];
  readonly start: Data | null;
  readonly drawing: string;
}
export interface Queue {
  readonly queue: string;
  readonly waiting: number;
  readonly taken: number;
  /** Tasks whose body has ended in the last 60 s; null: it is not known. */
  readonly perMinute: number | null;
  readonly readyAt: string | null;
  readonly paused: Pause | null;
  /** Tasks that wait for the end of a pause; they do not count as waiting. */
  readonly held: number;
}
export interface Worker {
  readonly id: string;
  readonly seenAt: string;
  readonly silent: boolean;
  readonly here: boolean;
  readonly processes: number;
  readonly tasks: number;
}
export interface Pause {
  readonly workflow: string | null;
  readonly step: string | null;
  readonly queue: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly pausedAt: string;
  readonly resumedAt: string | null;
  readonly resumingPerMinute: number | null;
}
export interface InboxMessage {
  readonly id: string;
  readonly kind: 'response' | 'event';
  readonly disposition: string;
  readonly workflow: string | null;
  readonly step: string | null;
  readonly event: string | null;
  readonly key: string | null;
  readonly body: unknown;
  readonly reason: string | null;
  readonly processId: string | null;
  readonly receivedAt: string;
}
export interface OutboxMessage {
  readonly id: string;
  readonly processId: string;
  readonly workflow: string;
  readonly step: string | null;
  readonly sequence: number;
  readonly sender: string;
  readonly pattern: unknown;
  readonly attempts: number;
  readonly error: string | null;
  readonly parked: boolean;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
}

export type BulkAction = 'retry' | 'skip' | 'cancel' | 'restartFrom' | 'migrate' | 'provideInput' | 'replay' | 'discard';
export interface BulkRun {
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: Data;
  readonly options: Data | null;
  readonly state: 'running' | 'stopped' | 'done';
  readonly limit: number | null;
  readonly perMinute: number | null;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}
export interface BulkItem {
  readonly id: string;
  readonly outcome: 'begun' | 'done' | 'failed' | 'skipped';
  readonly error: string | null;
  readonly at: string;
}
/** What a dry run answers. */
export interface BulkPreview {
  readonly dryRun: boolean;
  readonly count: number;
  readonly isMore: boolean;
  readonly examples: readonly { readonly id: string; readonly workflow: string | null; readonly groupId: string | null; readonly status: string }[];
}
