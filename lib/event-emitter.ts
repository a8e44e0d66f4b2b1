// What happens to processes, through the event emitter of the application. No other entry loads it: `npm i @nestjs/event-emitter`.
export { WorkflowEventsModule } from './observing/workflow-events.module.js';
export type { NoticeName, WorkflowNotice } from './engine/notices.js';
