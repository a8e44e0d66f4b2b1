// Workflows over HTTP. No other entry loads it.
export { WorkflowApiModule } from './api/workflow-api.module.js';
export { WorkflowApi } from './api/workflow-api.js';
export type { ApiRight, ProcessInSight, WorkflowApiAsyncOptions, WorkflowApiExtras, WorkflowApiOptions } from './api/api-options.js';
export type { OpenApiDocument } from './api/open-api.js';
export type { Problem } from './api/problem.js';
