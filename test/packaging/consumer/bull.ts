import { bullTaskQueue } from 'nestjs-argonaut/bull';

export const taskQueue = bullTaskQueue({ queues: ['letters'] });
