import { randomBytes } from 'node:crypto';
import { BullModule } from '@nestjs/bull';
import { Test } from '@nestjs/testing';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import type { TaskQueue } from 'nestjs-argonaut/ports';
import { taskQueueContract } from 'nestjs-argonaut/testing';
import { afterAll, describe } from 'vitest';
import { forget, leftOut, redisForTests, titled } from '../support/redis.js';
import { kit } from '../support/store-contract.js';

const redis = await redisForTests();
const mine = `argonaut-test-${randomBytes(4).toString('hex')}`;

describe.skipIf(leftOut(redis))(titled('Bull', redis), () => {
  afterAll(() => forget(redis.url, mine));

  taskQueueContract(async (queues) => {
    const { imports, providers, use } = bullTaskQueue({ queues, prefix: randomBytes(4).toString('hex') });
    const module = await Test.createTestingModule({
      imports: [BullModule.forRoot({ url: redis.url, prefix: mine }), ...imports!],
      providers: providers!,
    }).compile();
    await module.init();
    return { queue: module.get<TaskQueue>(use), close: () => module.close() };
  }, kit);
});
