// Task queues in Redis. No other entry loads Bull: `npm i bull @nestjs/bull`.
export { bullTaskQueue, type BullTaskQueueOptions } from './queue/bull/bull-adapter.js';
