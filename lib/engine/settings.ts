import { noDuration, parseDuration } from '../values/duration.js';
import { didYouMean } from '../values/suggest.js';
import { PROCESS_LIMITS, type ProcessLimits } from '../context/process-limits.js';
import type { RetryPolicy } from '../definition/step-options.js';
import { DOCUMENT_LIMITS } from '../definition/document-limits.js';
import { retryOf } from '../definition/step-node.js';
import type { ModuleKeepOptions } from '../definition/workflow-options.js';
import { MODULE_KEEP_OPTIONS } from '../definition/option-names.js';
import { keepProblems } from '../definition/verify/keep-problems.js';
import type { ProcessArchive } from '../query/process-archive.js';
import { retryProblems } from '../definition/verify/value-problems.js';
import { defaultProblems } from '../definition/verify/workflow-problems.js';
import type { Duration } from '../values/types.js';
import type { DefinitionRules } from '../workflows/definition-guard.js';
import type { OutboxSettings } from '../outbox/outbox-transmitter.js';
import type { InboxSizes } from '../messaging/inbox-limits.js';
import { wrongOptions } from '../context/call-checks.js';
import {
  type DocumentOptions,
  type InboxOptions,
  type LimitOptions,
  type OutboxOptions,
  type WorkerOptions,
  KNOWN_OPTIONS,
  type TableOptions,
  type WorkflowModuleOptions,
} from './options.js';

/** The options of a worker with their defaults. */
export interface EngineSettings {
  /** False: this instance starts processes, sends messages and reads, and other instances run the steps. */
  readonly enabled: boolean;
  readonly concurrency: number;
  /** Null: half of the pool. */
  readonly transactionalConcurrency: number | null;
  readonly maxStartDelayMs: number;
  readonly shutdownMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly keepUnmatchedMs: number;
  readonly keep: ModuleKeepOptions;
  readonly archive: ProcessArchive | null;
  readonly inbox: InboxSizes;
  readonly outbox: OutboxSettings;
  readonly documents: DefinitionRules;
  readonly limits: ProcessLimits;
  readonly redact: ((text: string) => string) | null;
  /** Processes whose graph has changed are cancelled, and not refused. */
  readonly development: boolean;
  /** False: a sweep runs only when it is called. For a clock that stands still. */
  readonly sweeps: boolean;
}

type OptionParts = [WorkerOptions, InboxOptions, OutboxOptions, DocumentOptions, LimitOptions];

/** What is no object is a problem of its own, and has no options. */
export function objectOr<T extends object>(given: T | undefined): Partial<T> {
  return typeof given === 'object' && given !== null ? given : {};
}

/** The options with their defaults, or every problem they have. */
export function settingsOf(options: WorkflowModuleOptions, problems: string[]): EngineSettings {
  const { keepUnmatched, keep, archive, schema, defaults = {}, redact, development, ...given } = objectOr(options);
  const [worker, inbox, outbox, documents, limits] = [given.worker, given.inbox, given.outbox, given.documents, given.limits].map(objectOr) as OptionParts;
  const known = { ...KNOWN_OPTIONS.module, ...KNOWN_OPTIONS.extras };
  const found = [...wrongOptions(known, options), ...wrongOptions(KNOWN_OPTIONS.worker, worker, 'worker.')];
  problems.push(...found.map((problem) => `WorkflowModule: ${problem}`));
  if (schema !== undefined && !['check', 'migrate', 'off'].includes(schema))
    problems.push(`WorkflowModule: schema is 'check', 'migrate' or 'off', not "${String(schema)}".`);
  problems.push(...tableOptionProblems(objectOr(given.tables)));
  for (const problem of defaultProblems(defaults, null)) problems.push(`WorkflowModule: ${problem}`);
  for (const problem of keepProblems(keep, MODULE_KEEP_OPTIONS)) problems.push(`WorkflowModule: ${problem}`);
  const ms = (value: Duration | undefined, name: string, otherwise: number) => durationOf(value, name, otherwise, problems);
  return {
    enabled: worker.enabled ?? true,
    concurrency: countOf(worker.concurrency, 'concurrency', problems) ?? 1000,
    transactionalConcurrency: countOf(worker.transactionalConcurrency, 'transactionalConcurrency', problems),
    maxStartDelayMs: worker.maxStartDelay === 0 ? 0 : ms(worker.maxStartDelay, 'worker.maxStartDelay', 1000),
    shutdownMs: ms(worker.shutdownTimeout, 'worker.shutdownTimeout', 10_000),
    heartbeatMs: ms(worker.heartbeat, 'worker.heartbeat', 10_000),
    sweepMs: ms(worker.sweepInterval, 'worker.sweepInterval', 1000),
    keepUnmatchedMs: ms(keepUnmatched, 'keepUnmatched', 24 * 60 * 60 * 1000),
    keep: objectOr(keep),
    archive: archiveOf(archive, problems),
    inbox: sizesOf(inbox, INBOX, 'inbox', problems),
    outbox: outboxSettings(outbox, problems),
    documents: documentSettings(documents, problems),
    development: developmentOf(development, problems),
    redact: typeof redact === 'function' ? redact : null,
    limits: sizesOf(limits, PROCESS_LIMITS, 'limits', problems),
    sweeps: true,
  };
}

function archiveOf(archive: ProcessArchive | undefined, problems: string[]): ProcessArchive | null {
  if (archive === undefined) return null;
  if (typeof objectOr(archive).add !== 'function') problems.push(`WorkflowModule: archive is a ProcessArchive, such as ndjsonArchive('./archive').`);
  return archive;
}

function developmentOf(development: unknown, problems: string[]): boolean {
  if (development !== true) return false;
  if (process.env.NODE_ENV !== 'production') return true;
  problems.push('WorkflowModule: development is on, and NODE_ENV is production, where a changed graph must not cancel processes: leave it out.');
  return false;
}

function tableOptionProblems(tables: TableOptions): string[] {
  const { schema, entityPrefix } = tables;
  const problems = wrongOptions(KNOWN_OPTIONS.tables, tables, 'tables.').map((problem) => `WorkflowModule: ${problem}`);
  if (schema !== undefined && (typeof schema !== 'string' || schema === '')) problems.push('WorkflowModule: tables.schema is the name of a schema.');
  if (entityPrefix !== undefined && typeof entityPrefix !== 'string') problems.push('WorkflowModule: tables.entityPrefix is a text.');
  return problems;
}

const INBOX: InboxSizes = { perAddress: 1000, perWorkflow: 20_000, total: 100_000, bytes: 256 * 1024 * 1024 };

/** Limits with their defaults. */
function sizesOf<T extends object>(given: Partial<T>, defaults: T, option: string, problems: string[]): T {
  problems.push(...unknownIn(given, Object.keys(defaults), `${option}.`));
  const sizes = Object.entries(given).filter(([, size]) => size !== undefined);
  const wrong = sizes.filter(([, size]) => !(Number.isSafeInteger(size) && (size as number) > 0));
  problems.push(...wrong.map(([name, size]) => `WorkflowModule: ${option}.${name} ${String(size)} is not a whole number from 1.`));
  return { ...defaults, ...Object.fromEntries(sizes) };
}

function documentSettings({ mayDefine, ...limits }: DocumentOptions, problems: string[]): DefinitionRules {
  if (mayDefine !== undefined && typeof mayDefine !== 'function') problems.push('WorkflowModule: documents.mayDefine is not a function.');
  return { ...sizesOf(limits, DOCUMENT_LIMITS, 'documents', problems), ...(mayDefine && { mayDefine }) };
}

/** A broker that is away for an hour must park nothing. */
const OUTBOX_RETRY: RetryPolicy = { attempts: 40, delay: '1s', backoff: 'exponential', maxDelay: '5m', jitter: true };

function outboxSettings(given: OutboxOptions, problems: string[]): OutboxSettings {
  const { retry = OUTBOX_RETRY, timeout } = given;
  problems.push(...unknownIn(given, ['retry', 'timeout'], 'outbox.'));
  for (const problem of retryProblems(retry)) problems.push(`WorkflowModule: outbox: ${problem}`);
  return { retry: retryOf(retry), timeoutMs: durationOf(timeout, 'outbox.timeout', 10_000, problems) };
}

function unknownIn(options: object, known: readonly string[], prefix: string): string[] {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return unknown.map((name) => `WorkflowModule: there is no option "${prefix}${name}".${didYouMean(name, known)}`);
}

function durationOf(value: Duration | undefined, name: string, otherwise: number, problems: string[]): number {
  if (value === undefined) return otherwise;
  const ms = parseDuration(value);
  if (ms === null || ms === 0) problems.push(`WorkflowModule: ${name} ${noDuration(value)}`);
  return ms ?? otherwise;
}

function countOf(value: number | undefined, name: string, problems: string[]): number | null {
  if (value !== undefined && !(Number.isInteger(value) && value > 0))
    problems.push(`WorkflowModule: worker.${name} ${String(value)} is not a whole number from 1.`);
  return value ?? null;
}
