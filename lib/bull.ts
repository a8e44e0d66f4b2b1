// Task queues in Redis. No other entry loads Bull: `npm i bull @nestjs/bull`.
export { bullTaskQueue, type BullTaskQueueOptions } from './queue/bull/bull-adapter.js';
export type { TaskQueue } from './queue/task-queue.js';
export type { Adapter } from './values/adapter.js';
