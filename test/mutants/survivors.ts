import type { Mutant } from './mutant.js';

/** What is the same, only made anew or looked for once more: no test can tell. */
const SAME = 'Equivalent: it makes the same anew.';
/** How long a pause is changes how soon something happens, and no result. */
const SOONER = 'Speed only: a pause has another length.';
const DEFAULT = 'Equivalent: what is missing is null, or the default, where it goes.';

/** Mutants that no test notices, by the beginning of their identity, each with the reason why none can. */
export const SURVIVORS: readonly (readonly [about: string, reason: string])[] = [
  ['lib/core/change.ts after: change.messages.length === 0 → false', SAME],
  ['lib/core/change.ts askedAfter: gone.length + put.length === 0 → false', SAME],
  ['lib/core/complete.ts completionDetail: branch ?? because ?? null → branch ?? because', DEFAULT],
  ['lib/core/crashes.ts suspectBegan: event.taskOf === undefined → false', 'Equivalent: it reads a row that is not there.'],
  ['lib/core/crashes.ts recover: 0 → 1 in next.blamed ?? 0', 'Equivalent: none and one are both fewer than four.'],
  [
    "lib/core/crashes.ts workerLost: { ...draft.before.process, status: 'running' } → { ...draft.before.process }",
    'Equivalent: only a process that runs comes so far.',
  ],
  ['lib/core/draft.ts tokensUnder: tokens.some(isIdle) → true', SAME],
  ['lib/core/event-turns.ts bringEvents: until - next → until + next', 'Equivalent: it asks for rows that are not there, too.'],
  ['lib/core/interventions.ts cancelled: draft.given.reason ?? null', DEFAULT],
  ['lib/core/listeners.ts listeningSteps: !known.has(definition) → true', SAME],
  ["lib/core/token.ts activated: !('idle' in token) || token.idle === undefined → false", SAME],
  ['lib/writer/batch-needs.ts messagesOfBatch: batch.length === 1 → false', SAME],
  ['lib/writer/decide.ts decideBatch: i + 1 < batch.length', 'Speed only: a reading is made that no event uses.'],
  ['lib/writer/decide.ts decideBatch: known?.context ?? NO_VALUES', 'Equivalent: the first version of a process has all values.'],
  ['lib/writer/decide.ts beginProcess: 0 → 1', 'Equivalent: the first version has a snapshot in any case.'],
  [
    'lib/writer/decide.ts afterChange: { process: change.process, waits: new Map(), messages: new Map() } → { waits',
    'Equivalent: the process after a change is that of the change.',
  ],
  ['lib/writer/group-commit.ts arm: this.underWay >= ', 'Equivalent: the loop below asks again.'],
  ['lib/writer/group-commit.ts arm: true → false', 'Equivalent: the loop below asks again.'],
  ['lib/writer/claim-limit.ts hasBacklog', 'Equivalent: without a function to call nothing is taken.'],
  ['lib/writer/claim-limit.ts watchPatience: !first || this.timer', 'Equivalent: a second timer finds nothing left to do.'],
  ['lib/writer/claim-limit.ts watchPatience: this.starts.next.until <= now → this.starts.next.until < now', SOONER],
  ['lib/writer/process-queue.ts writeNext: this.pending.length <= LARGEST_BATCH → this.pending.length < LARGEST_BATCH', SAME],
  ['lib/writer/process-queue.ts failed: await this.retries.pause()', SOONER],
  ['lib/writer/write-retries.ts', SOONER],
  ['lib/writer/write-path.ts failed: handled instanceof Promise → false', SOONER],
  ['lib/writer/transaction-target.ts overtaken: 2 → 3', SOONER],
  ['lib/store/memory/memory-commits.ts NO_TRANSACTIONS', 'The text of an error.'],
  ['lib/store/typeorm/typeorm-maintenance.ts freeProcesses: workflows.length === 0 → false', 'Speed only: it saves a statement that finds nothing.'],
  ['lib/store/typeorm/load.ts versionsOf: [id, [] as VersionDraft[]] → []', 'Equivalent: the versions are read again one by one.'],
  [
    'lib/store/typeorm/sqlite/sqlite-commits.ts apply: isKeyTaken(error) → false',
    'Equivalent: the batch is tried one by one, and there the error has its class.',
  ],
  [
    'lib/store/typeorm/sqlite/sqlite-commits.ts classifyError',
    'Errors of a file that is locked or full: test/operation and test/store/typeorm-sqlite.spec.ts.',
  ],
  ['lib/store/typeorm/columns.ts keys: ', 'Only the keys of waits and messages are used: rows of the other tables are never overwritten.'],
  ['lib/store/typeorm/change-statements.ts together', 'Not used on SQLite: the contract on MySQL notices it.'],
  ['lib/store/typeorm/change-statements.ts mysqlUpserts', 'Not used on SQLite: the contract on MySQL notices it.'],
];

export function reasonFor({ identity }: Mutant): string | undefined {
  return SURVIVORS.find(([about]) => identity.startsWith(about))?.[1];
}
