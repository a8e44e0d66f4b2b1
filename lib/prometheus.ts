// Metrics. No other entry loads prom-client: `npm i prom-client`.
export { WorkflowMetricsModule } from './observing/workflow-metrics.module.js';
export type { WorkflowMetricsOptions } from './observing/metric-options.js';
