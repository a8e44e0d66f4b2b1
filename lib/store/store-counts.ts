/** What a store counts for people. */
import type { ProcessStatus } from '../core/process.js';
import type { KnownWorkflow } from './port.js';

/** How many of one kind are counted, unless a call says otherwise. */
export const COUNTED = 1000;

/** A version of a workflow. */
export interface VersionAt {
  readonly workflow: string;
  readonly version: number;
}

/** Whether it is one of those that are known. */
export function isVersionOf(known: readonly KnownWorkflow[], { workflow, version }: VersionAt): boolean {
  return known.some((each) => each.workflow === workflow && each.versions.includes(version));
}

/** The processes of a workflow that have a status. */
export interface StatusAt {
  readonly workflow: string;
  readonly status: ProcessStatus;
}

export interface StatusCount extends StatusAt {
  readonly count: number;
}

/** Processes that have failed in one way. `value`: the search value with their step and error. */
export interface FailureCount {
  readonly workflow: string;
  readonly value: string;
  readonly count: number;
  /** When the first of them was started, ms. */
  readonly oldestAt: number;
  /** The id of the one that was started last. */
  readonly example: string;
}

/** What does not go on by itself, beside processes that have failed. */
export interface TroubleCount {
  readonly kind: 'overdue' | 'refused' | 'unmatched' | 'parked';
  /** Null: it is for no workflow in particular. */
  readonly workflow: string | null;
  readonly step: string | null;
  readonly count: number;
  readonly oldestAt: number;
  /** The id of a process (`overdue`) or of a message. */
  readonly example: string;
}
