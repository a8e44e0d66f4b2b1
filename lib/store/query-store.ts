import type { MessageState, RecordDraft, UndoMark, VersionDraft } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { WaitFacts } from '../core/wait-facts.js';
import type { StoreGauges } from './store-gauges.js';
import type { OutboxQuery } from './outbox-store.js';
import type {
  ContextSearch, FailureCount, KnownWorkflow, LiveCount, MessageQuery, ProcessPlace, ProcessQuery, ProcessWait, QueueCount, RecordPage, StatusCount, StoredSize, TroubleCount, WaitQuery,
} from './port.js'; // prettier-ignore

/** How many kinds of failures of one workflow are listed. */
export const MOST_FAILURES = 50;

/** The part of a store that answers questions of people: processes, what they wait for, and their history. */
export abstract class QueryStore {
  /** The live process with this group id, else the latest, of each of these workflows that has one. */
  abstract byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]>;
  /** The live processes of these workflows with one of these group ids. */
  abstract liveByGroup(workflows: readonly string[], groupIds: readonly string[]): Promise<readonly ProcessState[]>;
  /** By the moment of `sort`, and id. */
  abstract find(query: ProcessQuery): Promise<readonly ProcessState[]>;
  /**
   * The place of process number `rows` among those that fit the part of the query which an index has. {@link find} with this place as `until` reads about
   * `rows` rows, whatever it finds. Null: there are fewer, or this store need not limit what it reads.
   */
  async pageEnd(_query: Omit<ProcessQuery, 'limit'>, _rows: number): Promise<ProcessPlace | null> {
    return null;
  }
  abstract waitsOf(processId: string): Promise<readonly WaitState[]>;
  /** What the open waits of these processes say; a process without one is left out. */
  abstract waitFacts(processIds: readonly string[]): Promise<ReadonlyMap<string, WaitFacts>>;
  /** Waits of one kind, of live processes, each with its process. */
  abstract waitsLike(query: WaitQuery): Promise<readonly ProcessWait[]>;
  /** Responses and events of the inbox, oldest first, by arrival and id. */
  abstract messagesLike(query: MessageQuery): Promise<readonly MessageState[]>;
  /** All messages of the inbox that a process has received, refused or been asked by, by arrival and id. */
  abstract messagesOf(processId: string): Promise<readonly MessageState[]>;
  /** Messages that no process has received, by id. Continues after the message with this id; '': from the first. */
  abstract unreceived(after: string, limit: number): Promise<readonly MessageState[]>;
  /** The processes that these have started, live and finished. */
  abstract childrenOf(parentIds: readonly string[]): Promise<readonly ProcessState[]>;
  /**
   * Searches the stored versions of so many processes, by id, for a piece of JSON. Finds at least those that have it; it may find more.
   * `next`: the id after which the search goes on; null: these were the last.
   */
  abstract contextsWith(json: string, page: ContextSearch): Promise<{ readonly ids: readonly string[]; readonly next: string | null }>;
  abstract outgoingLike(query: OutboxQuery): Promise<readonly OutgoingMessage[]>;
  /** Live processes of each workflow and version. */
  abstract census(): Promise<readonly LiveCount[]>;
  /** Live processes of each workflow and version that is none of these; at most `upTo` of each are counted. */
  abstract unknownVersions(known: readonly KnownWorkflow[], upTo: number): Promise<readonly LiveCount[]>;
  /** Processes of each workflow and status that has any; at most `upTo` of each are counted. */
  abstract statusCounts(upTo: number): Promise<readonly StatusCount[]>;
  /** Failed processes of each workflow, step and error; at most `upTo` of each are counted, and at most {@link MOST_FAILURES} of a workflow are listed. */
  abstract failureCounts(upTo: number): Promise<readonly FailureCount[]>;
  /** What needs a person, beside failed processes. `storedBefore`: an answer that no step has asked for since then is unmatched. At most `upTo` of a kind are counted. */
  abstract troubleCounts(storedBefore: number, upTo: number): Promise<readonly TroubleCount[]>;
  /** How much there is of each workflow that has processes, by name. */
  abstract sizes(): Promise<readonly StoredSize[]>;
  /** The bytes of all texts of so many processes, by id, for each workflow of theirs. `next`: as for {@link contextsWith}. */
  abstract bytesIn(page: ContextSearch): Promise<{ readonly bytes: ReadonlyMap<string, number>; readonly next: string | null }>;
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
