import { describe, it } from 'vitest';
import { DatabaseTaskQueue } from '../../lib/queue/database/database-task-queue.js';
import { planQueues } from '../../lib/queue/queue-settings.js';
import { WorkOnPaper } from '../../lib/testing/contract/work-on-paper.js';
import { taskQueueContract } from '../../lib/testing/task-queue.contract.js';
import { until } from '../support/app.js';
import { kit } from '../support/store-contract.js';

describe('database', () => {
  taskQueueContract(async (queues) => ({ queue: new DatabaseTaskQueue(planQueues(queues)), close: async () => {} }), kit);

  it('goes on by itself when the rate allows it, and finds tasks without a notification', async () => {
    const queue = new DatabaseTaskQueue(planQueues({ rated: { rate: { max: 2, per: 100 } } }));
    const work = new WorkOnPaper(queue);
    work.add(5, 'rated');
    await queue.listen(['rated'], work);
    await until(() => work.begun.length, (count) => count === 5); // prettier-ignore
    await queue.stop();
  });
});
