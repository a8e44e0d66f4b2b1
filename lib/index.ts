// Writing a workflow
export { Workflow, type WorkflowOptions } from './decorators/workflow.decorator.js';
export { Step } from './decorators/step.decorator.js';
export type {
  ChildOptions,
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
} from './decorators/step.options.js';
export type { ContextOf } from './decorators/workflow.types.js';
export type { Branch, Digraph, Do, Flow, FlowStep, StagePolicy, StepLike, UsePolicy, WaitPolicy } from './definition/flow.js';
export { workflowSchema, type StepJson, type WorkflowJson } from './definition/workflow-json.js';
export { again, asked, done, fail, go, pause } from './core/outcome.js';
export type {
  Asking,
  Class,
  Duration,
  EventData,
  EventName,
  Events,
  Glance,
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
export { HandlesResponse } from './decorators/handles-response.decorator.js';
export { HandlesInput } from './decorators/handles-input.decorator.js';
export { HandlesEvent } from './decorators/handles-event.decorator.js';
export { StartsProcess } from './decorators/starts-process.decorator.js';
export type { DoorOptions } from './decorators/door.js';

// Using it
export { WorkflowService } from './workflow.service.js';
export type {
  ActionOptions,
  SkipOptions,
  DeliveryOptions,
  Explanation,
  LogLine,
  MigrationPlan,
  OwedInput,
  ProcessFilter,
  ProcessOf,
  ProcessView,
  StartOptions,
  StartValues,
} from './workflow.calls.js';
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
