// Task queues in Redis. The only entry that loads Bull: `npm i bull @nestjs/bull`.
export { bullTaskQueue, type BullTaskQueueOptions } from './queue/bull/bull-adapter.js';
