import { describe } from 'vitest';
import { MemoryTaskQueue } from '../../lib/queue/memory/memory-task-queue.js';
import { taskQueueContract } from '../../lib/testing/task-queue.contract.js';
import { kit } from '../support/store-contract.js';

describe('memory', () => taskQueueContract(async () => ({ queue: new MemoryTaskQueue(), unlimited: true, close: async () => {} }), kit));
