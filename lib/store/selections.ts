/** What the questions of people select. */
import type { Disposition, MessageState } from '../core/change.js';
import type { ProcessStatus } from '../core/process.js';
import type { WaitKind } from '../core/waits-for.js';

/** The moment of a process by which a list is sorted. */
export type ProcessSort = 'startedAt' | 'finishedAt' | 'updatedAt';

/** A place in a list of processes: the moment by which it is sorted, and the id. */
export interface ProcessPlace {
  readonly at: number;
  readonly id: string;
}

/** Selects processes. They are listed by a moment and id. */
export interface ProcessQuery {
  readonly workflow?: string;
  readonly statuses?: readonly ProcessStatus[];
  readonly groupId?: string;
  readonly groupIdPrefix?: string;
  /** So many processes fit the prefix that they are not found by it: each that fits the rest is looked at. */
  readonly prefixIsFrequent?: boolean;
  /** One of these processes. */
  readonly ids?: readonly string[];
  readonly version?: number;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  /** The name of a step it waits in, runs in, or has failed in. */
  readonly standsIn?: string;
  /** Whether a step run takes too long: the process has a wait of the kind `overdue`. */
  readonly overdue?: boolean;
  /** Started by this process. */
  readonly parentId?: string;
  readonly startedBefore?: number;
  readonly startedAfter?: number;
  readonly updatedBefore?: number;
  readonly updatedAfter?: number;
  /** It has each of these search values. Needs the workflow. */
  readonly search?: readonly { readonly name: string; readonly value: string }[];
  /** Default `startedAt`. By `finishedAt` only those that have finished are found; it needs the workflow, or something that few processes fit. */
  readonly sort?: ProcessSort;
  /** Default `newest`: the last moment comes first. */
  readonly order?: 'newest' | 'oldest';
  /** Continues after this place. */
  readonly after?: ProcessPlace;
  /** Ends with this place. */
  readonly until?: ProcessPlace;
  readonly limit: number;
}

/** Selects waits. They are listed oldest first, by since, process and key. */
export interface WaitQuery {
  readonly kind: WaitKind;
  readonly workflow?: string;
  readonly groupId?: string;
  readonly step?: string;
  /** Continues after this wait. */
  readonly after?: { readonly since: number; readonly processId: string; readonly key: string };
  readonly limit: number;
}

/** Selects messages. They are listed oldest first, by arrival and id. */
export interface MessageQuery {
  readonly dispositions: readonly Disposition[];
  readonly id?: string;
  readonly address?: string;
  readonly workflow?: string;
  readonly step?: string;
  readonly processId?: string;
  /** Continues after this message. */
  readonly after?: Pick<MessageState, 'receivedAt' | 'id'>;
  readonly limit: number;
}
