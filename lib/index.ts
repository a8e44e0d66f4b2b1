// Writing a workflow
export { Workflow, type WorkflowOptions } from './decorators/workflow.decorator.js';
export { Step } from './decorators/step.decorator.js';
export type { FromContext, RetryPolicy, StepGate, StepOptions, StepPlace, StepPolicy } from './decorators/step.options.js';
export type { ContextOf } from './decorators/step.check.js';
export { again, asked, done, fail, go, pause } from './core/outcome.js';
export type {
  Asking,
  Class,
  Duration,
  EventData,
  EventName,
  Events,
  Outcome,
  Patch,
  QueueName,
  Queues,
  Schema,
  SchemaOutput,
  StepRef,
  StepResult,
} from './values.js';

// Letting messages in
export { HandlesResponse, type DoorOptions } from './decorators/handles-response.decorator.js';

// Using it
export { WorkflowService } from './workflow.service.js';
export type { ActionOptions, DeliveryOptions, ProcessFilter, ProcessOf, ProcessView, StartOptions, StartValues } from './workflow.calls.js';
export type { Page, ProcessRef } from './runtime/lookup.js';
export type { Delivery } from './runtime/letters.js';
export type { ContextChange, WaitView } from './runtime/views.js';
export { AuditRecord, Process, ProcessContext, Wait, workflowEntities } from './store/typeorm/entities/index.js';
export { workflowMigrations } from './store/typeorm/migrations/index.js';
export type { AuditType, Disposition } from './core/change.js';
export type { FinishedStatus, LiveStatus, ProcessStatus, WaitKind } from './core/process.js';
export {
  InvalidInputError,
  InvalidWorkflowError,
  NotWaitingError,
  ProcessAlreadyLiveError,
  ProcessFinishedError,
  ProcessNotFoundError,
  SchemaError,
  StoreUnavailableError,
  UnknownStepError,
  UnknownWorkflowError,
  UnserialisableValueError,
  ValueTooLargeError,
  WorkflowError,
} from './errors.js';

// Setting it up
export { WorkflowModule } from './workflow.module.js';
export { databaseTaskQueue } from './queue/database/adapter.js';
export type { QueueList, QueueSettings } from './queue/queue-settings.js';
export { Clock } from './runtime/clock.js';
export type { WorkerOptions, WorkflowModuleAsyncOptions, WorkflowModuleExtras, WorkflowModuleOptions, WorkflowOptionsFactory } from './workflow.options.js';

// Elsewhere: nestjs-argonaut/bull, nestjs-argonaut/ports, nestjs-argonaut/testing
