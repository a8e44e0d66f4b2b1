// The ports to implement for your own database or task queue; the contract suites are in nestjs-argonaut/testing.
export type { Adapter } from './values/adapter.js';
export { ProcessStore, valuesOf } from './store/process-store.js';
export { CommitStore } from './store/commit-store.js';
export { QueryStore } from './store/query-store.js';
export { MaintenanceStore } from './store/maintenance-store.js';
export { TransactionLostError } from './store/transaction-lost.js';
export type * from './store/port.js';
export type { ThreadBeat } from './store/thread-beat.js';
export type { MarkedVersion } from './store/query-store.js';
export type { AuditType, Change, Disposition, MessageState, Move, RecordDraft, UndoMark, VersionDraft } from './core/change.js';
export { UNCLAIMED, UNCLAIMED_NEW, isFinished, type ParentLink, type ProcessState, type ProcessStatus } from './core/process.js';
export type { Token } from './core/token.js';
export type { WaitState } from './core/wait.js';
export type { WaitKind, WaitsFor } from './core/waits-for.js';
export type { Json, JsonObject } from './values/json.js';
export { Announcer, type NewWork } from './values/announcer.js';
export { TaskQueue, type Ran, type Task, type TaskWork } from './queue/task-queue.js';
