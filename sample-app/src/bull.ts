import { BullModule } from '@nestjs/bull';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { queues } from './queues.js';
import { settings } from './settings.js';

/** Only imported where REDIS_URL is set: without it neither Bull nor a Redis client is loaded. */
export const bull = BullModule.forRoot({ url: settings.redisUrl! });
export const taskQueue = bullTaskQueue({ queues });
