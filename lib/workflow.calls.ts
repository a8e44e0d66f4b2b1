import type { EntityManager } from 'typeorm';
import type { ProcessStatus } from './core/process.js';
import type { ContextIn } from './decorators/workflow.types.js';
import type { WaitView } from './runtime/views.js';
import type { Process } from './store/typeorm/entities/process.js';
import type { Class } from './values.js';

/** The same as a {@link ProcessRef}, after the workflow has been named. */
export type ProcessOf = string | { readonly groupId: string };

/** Who does it, why, and in whose transaction. Who and why go into the audit record. */
export interface ActionOptions {
  readonly actor?: string;
  readonly reason?: string;
  /** Does it inside this transaction of yours: it counts when that commits. */
  readonly manager?: EntityManager;
}

/** What is said of skipping a step. */
export interface SkipOptions extends ActionOptions {
  /** Of a decision: the step it goes on at, or the name of the branch it goes into. */
  readonly next?: string;
}

/** What is said of a start beside the starting values. */
export interface StartOptions extends ActionOptions {
  /** The business key: one live process per workflow and group id. At most 255 characters. Default: the process id. */
  readonly groupId?: string;
  /** Default: a new UUID. At most 80 characters. */
  readonly id?: string;
  /** Default: the version of the class given; by name, the newest known here. */
  readonly version?: number;
  /** If a live process has this group id: refuse (default), or hand it back. */
  readonly ifLive?: 'refuse' | 'return';
}

/** What is said of a message beside its data. */
export interface DeliveryOptions extends ActionOptions {
  /** Recognises the same message again. Default for a response: the same body under the same correlation id; for an event or an input: none. */
  readonly messageId?: string;
  /** Of an event: when it counts as published, for steps that look at it (`since`). Not in the future. Default: now. */
  readonly effectiveAt?: Date;
}

/** Which processes to find: those that fit all that is said. */
export interface ProcessFilter {
  readonly workflow?: string | Class;
  readonly status?: ProcessStatus | readonly ProcessStatus[];
  readonly groupId?: string;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  /** True: one of its steps has taken longer than its `overdue` says. */
  readonly overdue?: boolean;
  readonly startedBefore?: Date;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 200. Default 50. */
  readonly limit?: number;
}

/** A process with its newest values and all it waits for. */
export type ProcessView<C> = Process & { readonly context: C; readonly waits: WaitView[] };

/**
 * What a process is started with: any of the context's keys; the defaults and rules of its class do the rest. A workflow whose
 * steps take no context says nothing of it.
 */
export type StartValues<W> = W extends string ? object : [ContextIn<W>] extends [never] ? object : Partial<ContextIn<W>>;

/** Where a process stands and what would move it, in words. */
export interface Explanation {
  /** The whole of it in a sentence or two, for people. */
  readonly sentence: string;
  /** What it waits for: since when, until when, and which worker holds it. */
  readonly waits: WaitView[];
  /** What somebody could do now, each with the call that does it. */
  readonly remedies: string[];
}

/** An input that somebody owes to a process. */
export interface OwedInput {
  readonly processId: string;
  readonly groupId: string;
  readonly workflow: string;
  readonly step: string;
  /** The item's place, inside `forEach`. */
  readonly index?: number;
  readonly since: Date;
  /** When the wait ends, by the step's `within`; null: never. */
  readonly dueAt: Date | null;
  /** The JSON Schema of what is wanted, to draw a form with; null if none can be told. */
  readonly schema: object | null;
}

/** What becomes of the live processes of one version under another: nothing is changed yet. */
export interface MigrationPlan<W = Class | string> {
  readonly workflow: W;
  readonly from: number;
  readonly to: number;
  /** Where each step goes on whose name is not in the new version. */
  readonly steps: Readonly<Record<string, string>>;
  /** How many live processes stand on the old version. */
  readonly processes: number;
  /** Why some cannot be moved. Empty: all can. */
  readonly problems: string[];
}

/** A line of a process's log: what a step noted, and what Nest's `Logger` said while it ran. */
export interface LogLine {
  readonly at: Date;
  readonly step: string;
  readonly attempt: number;
  readonly level: 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal' | 'note';
  /** Of the `Logger` that said it. */
  readonly context?: string;
  readonly text: string;
}
