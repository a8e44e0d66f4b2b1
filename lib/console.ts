// The console. No other entry loads it.
export { WorkflowConsoleModule } from './console/workflow-console.module.js';
export type { ShownData, WorkflowConsoleAsyncOptions, WorkflowConsoleExtras, WorkflowConsoleOptions } from './console/console-options.js';
export type { ApiRight, ProcessInSight } from './api/api-options.js';
