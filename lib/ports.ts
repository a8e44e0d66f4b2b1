// What to implement to bring your own database or task queue; the contract suites are in nestjs-argonaut/testing.
export type { Adapter } from './values/adapter.js';
export { ProcessStore, valuesOf } from './store/process-store.js';
export type { Known, Loaded, Match, ProcessQuery, Rate, Rejection, StoredDefinition, TaskAt, WaitAt, WaitQuery, Want } from './store/port.js';
export type { AuditType, Change, Disposition, MessageState, Move, RecordDraft, UndoMark, VersionDraft } from './core/change.js';
export { UNCLAIMED, isFinished, type Parent, type ProcessState, type ProcessStatus, type Token, type WaitKind, type WaitState } from './core/process.js';
export type { Json, JsonObject } from './values/json.js';
export { TaskQueue, type Ran, type Task, type TaskWork } from './queue/task-queue.js';
