import { describe } from 'vitest';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { processStoreContract } from '../../lib/testing/process-store.contract.js';
import { kit } from '../support/store-contract.js';

describe('memory', () => processStoreContract(async () => ({ store: new MemoryProcessStore(), close: async () => {} }), kit));
