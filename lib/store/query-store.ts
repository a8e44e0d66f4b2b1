import type { MessageState, RecordDraft, UndoMark, VersionDraft } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { StoreGauges } from './store-gauges.js';
import type { OutboxQuery } from './outbox-store.js';
import type { LiveCount, MessageQuery, ProcessQuery, ProcessWait, QueueCount, RecordPage, WaitQuery } from './port.js';

/** The part of a store that answers questions of people: processes, what they wait for, and their history. */
export abstract class QueryStore {
  /** The live process with this group id, else the latest, of each of these workflows that has one. */
  abstract byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]>;
  /** The live processes of these workflows with one of these group ids. */
  abstract liveByGroup(workflows: readonly string[], groupIds: readonly string[]): Promise<readonly ProcessState[]>;
  /** Newest first, by start and id. */
  abstract find(query: ProcessQuery): Promise<readonly ProcessState[]>;
  abstract waitsOf(processId: string): Promise<readonly WaitState[]>;
  /** Waits of one kind, of live processes, each with its process. */
  abstract waitsLike(query: WaitQuery): Promise<readonly ProcessWait[]>;
  /** Responses and events of the inbox, oldest first, by arrival and id. */
  abstract messagesLike(query: MessageQuery): Promise<readonly MessageState[]>;
  abstract outgoingLike(query: OutboxQuery): Promise<readonly OutgoingMessage[]>;
  /** Live processes of each workflow and version. */
  abstract census(): Promise<readonly LiveCount[]>;
  /** Tasks of each queue that has any. */
  abstract queueCounts(): Promise<readonly QueueCount[]>;
  /** How much there is, for monitoring. Its cost must not depend on how many processes have finished. Null: not supported, so there are no such gauges. */
  async gauges(_now: number): Promise<StoreGauges | null> {
    return null;
  }
  /** For probes, so it must be cheap. Rejects with a StoreUnavailableError if the store cannot be reached, and with another error if it lacks a table or column. */
  async checkTables(): Promise<void> {
    await this.waitsOf('');
  }

  /** In order; of a page, those after that sequence. */
  abstract recordsOf(processId: string, page?: RecordPage): Promise<readonly RecordDraft[]>;
  /** Versions in order, from one to another, both included. */
  abstract versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]>;
  /** The versions from the newest snapshot at or before `version` up to it. */
  abstract versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]>;
  /** The moves of the tokens, version by version. */
  abstract movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]>;
  /** The versions with an undo mark, newest first. */
  abstract undoMarks(processId: string): Promise<readonly MarkedVersion[]>;
}

/** A version that compensation has to know. */
export interface MarkedVersion {
  readonly version: number;
  readonly step: string;
  readonly undo: UndoMark;
}
