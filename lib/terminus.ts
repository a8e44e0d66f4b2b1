// A health indicator. No other entry loads Terminus: `npm i @nestjs/terminus`.
export { WorkflowHealthIndicator, type WorkflowHealthDetails, type WorkflowHealthOptions } from './observing/health-indicator.js';
export type { HealthPart } from './engine/health.js';
