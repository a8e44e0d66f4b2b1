import { describe } from 'vitest';
import { DatabaseTaskQueue } from '../../lib/queue/database/database-task-queue.js';
import { planQueues } from '../../lib/queue/queue-settings.js';
import { taskQueueContract } from '../../lib/testing/task-queue.contract.js';
import { kit } from '../support/store-contract.js';

describe('database', () => taskQueueContract(async (queues) => ({ queue: new DatabaseTaskQueue(planQueues(queues)), close: async () => {} }), kit));
