// Writing a workflow
export { Workflow } from './decorators/workflow.decorator.js';
export { type KeepOptions, type ModuleKeepOptions, type StageOptions, type UpdateOptions, type WorkflowOptions } from './definition/workflow-options.js';
export { Searchable } from './decorators/searchable.decorator.js';
export { Step } from './decorators/step.decorator.js';
export type {
  ChildOptions,
  CompensateOptions,
  ErrorPolicy,
  EventOptions,
  FromContext,
  OverdueOptions,
  ParallelOptions,
  RetryPolicy,
  StepClass,
  StepGate,
  StepOptions,
  StepPlace,
  StepPolicy,
  UndoPolicy,
} from './definition/step-options.js';
export type { ContextOf, StartValues } from './definition/workflow-types.js';
export type { Branch, Digraph, Do, Flow, FlowStep, StagePolicy, StepLike, UsePolicy, WaitPolicy } from './definition/flow-types.js';
export { workflowSchema, type RetryJson, type StageJson, type StepJson, type WorkflowJson } from './definition/workflow-json.js';
export { again, asked, done, fail, go, pause } from './values/outcome.js';
export type {
  Reached,
  RequestResult,
  Class,
  Duration,
  EventData,
  EventName,
  Events,
  EventKey,
  StepInfo,
  Outcome,
  Patch,
  QueueName,
  Queues,
  Schema,
  SchemaOutput,
  SenderRef,
  StepRef,
  StepResult,
} from './values/types.js';

// Receiving messages
export { HandlesResponse } from './handlers/handles-response.decorator.js';
export { HandlesInput } from './handlers/handles-input.decorator.js';
export { HandlesEvent } from './handlers/handles-event.decorator.js';
export { StartsProcess } from './handlers/starts-process.decorator.js';
export type { HandlerOptions } from './handlers/message-handler.js';
export { MessageSender } from './outbox/message-sender.js';
export { HttpSender } from './outbox/http-sender.js';
export { WorkflowAckInterceptor } from './handlers/workflow-ack.interceptor.js';
export type { AckOptions, MessageFault, RefusedMessage } from './handlers/ack-options.js';

// Using workflows
export { WorkflowService } from './workflow.service.js';
export type { ActionOptions, SkipOptions, DeliveryOptions, InputOptions, StartOptions } from './writer/call-options.js';
export type { LogLine } from './query/process-log.js';
export type { MigrationPlan, VersionChange } from './operations/migration.js';
export type { InputFilter, OwedInput } from './query/owed-inputs.js';
export type { ProcessCount } from './query/counts.js';
export type { ProcessFilter, SearchedValue } from './query/process-filter.js';
export type { AttentionItem } from './query/attention.js';
export type { ProcessExport } from './query/process-export.js';
export { ProcessArchive } from './query/process-archive.js';
export type { BulkItem, BulkPlan, BulkRun, BulkRuns } from './operations/bulk-runs.js';
export type { BulkSubject } from './operations/bulk-actions.js';
export type { BulkAction, BulkMessageFilter, BulkOptions, BulkProcessFilter, BulkRequest } from './operations/bulk-request.js';
export type { Pauses, PauseOptions, PauseTarget, ResumeOptions } from './operations/pauses.js';
export type { PauseView } from './query/paused.js';
export type { Erasure, ErasureOptions } from './operations/erasure.js';
export type { SizeOptions, WorkflowSize } from './operations/data-sizes.js';
export type { ErasureSubject } from './operations/erasure-subject.js';
export { ndjsonArchive } from './operations/ndjson-archive.js';
export type { ProcessOf, ProcessRef } from './query/process-ref.js';
export type { DefinitionView, StepView } from './query/definition-views.js';
export type { ContextChange, FullProcessView, HistoryRecord, ProcessView, VersionView } from './query/views.js';
export type { QueueView, Readiness, WorkerView } from './engine/workload.js';
export type { Progress } from './query/progress.js';
export type { Explanation, FoundProcess, Process as ProcessInfo, ProcessInternals, ViewOptions, WaitInternals, WaitView } from './query/shapes.js';
export type { Page, PageOptions } from './query/page.js';
export type { Delivery } from './messaging/delivery.js';
export type { Outbox, OutboxFilter } from './messaging/outbox.js';
export type { OutboxMessage } from './outbox/outbox-message.js';
export type { Inbox, InboxFilter, InboxMessage, MessageAddress } from './messaging/inbox.js';
export { WorkflowAuditEntity as AuditRecord } from './store/typeorm/entities/audit-record.entity.js';
export { WorkflowProcessEntity as Process } from './store/typeorm/entities/process.entity.js';
export { WorkflowContextEntity as ProcessContext } from './store/typeorm/entities/process-context.entity.js';
export { WorkflowWaitEntity as Wait } from './store/typeorm/entities/wait.entity.js';
export { workflowEntities } from './store/typeorm/entities/workflow-entities.js';
export { workflowMigrations } from './store/typeorm/migrations/workflow-migrations.js';
export type { AuditType, Disposition } from './core/change.js';
export type { FinishedStatus, LiveStatus, ProcessStatus } from './core/process.js';
export type { WaitKind } from './core/waits-for.js';
export {
  InvalidInputError,
  InvalidWorkflowError,
  MessageNotFoundError,
  NotAllowedError,
  NotWaitingError,
  ProcessAlreadyLiveError,
  ProcessFinishedError,
  ProcessNotFoundError,
  SchemaError,
  StoreUnavailableError,
  UnknownStepError,
  UnknownWorkflowError,
  UnreadableMessageError,
  UnserialisableValueError,
  ValueTooLargeError,
  WorkflowError,
} from './values/errors.js';
export { BulkNotFoundError } from './values/bulk-not-found-error.js';
export { BulkRunLiveError } from './values/bulk-run-live-error.js';
export { InboxFullError } from './values/inbox-full-error.js';
export { NotPausedError } from './values/not-paused-error.js';
export { ProcessLiveError } from './values/process-live-error.js';

export { logFields } from './execution/label-logs.js';
export type { LogFields } from './values/log-fields.js';
export type { NoticeName, WorkflowNotice } from './engine/notices.js';

// Setting up the module
export { WorkflowModule } from './workflow.module.js';
export { databaseTaskQueue } from './queue/database/database-adapter.js';
export type { TaskQueue } from './queue/task-queue.js';
export type { Adapter } from './values/adapter.js';
export type { QueueList, QueueSettings } from './queue/queue-settings.js';
export { Clock } from './values/clock.js';
export type { DocumentRequest } from './workflows/definition-guard.js';
export type { DocumentOptions, InboxOptions, LimitOptions, OutboxOptions, TableOptions, WorkerOptions, WorkflowModuleOptions } from './engine/options.js';
export type { WorkflowModuleAsyncOptions, WorkflowModuleExtras, WorkflowOptionsFactory } from './workflow.options.js';

// Other entries: nestjs-argonaut/api, nestjs-argonaut/bull, nestjs-argonaut/event-emitter, nestjs-argonaut/ports, nestjs-argonaut/prometheus, nestjs-argonaut/terminus, nestjs-argonaut/testing
