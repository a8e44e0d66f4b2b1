import type { ProcessStore } from '../store/process-store.js';
import { commitContract } from './contract/commit.js';
import { historyContract } from './contract/history.js';
import { messagesContract } from './contract/messages.js';
import { tasksContract } from './contract/tasks.js';
import { valuesContract } from './contract/values.js';
import { waitsContract } from './contract/waits.js';
import { workersContract } from './contract/workers.js';
import { kitOf, type TestKit } from './kit.js';

export interface StoreUnderTest {
  readonly store: ProcessStore;
  close(): Promise<void>;
}

export interface Bench {
  readonly kit: TestKit;
  readonly store: () => ProcessStore;
}

/**
 * What every store has to do, as a test suite. `create` hands out an opened store; it may be the same database each time.
 *
 * @example
 * describe('my store', () => processStoreContract(async () => ({ store: await openMine(), close: () => closeMine() })));
 */
export function processStoreContract(create: () => Promise<StoreUnderTest>, given?: TestKit): void {
  const kit = kitOf(given);
  let made: StoreUnderTest;
  kit.beforeEach(async () => {
    made = await create();
  });
  kit.afterEach(() => made.close());
  const bench: Bench = { kit, store: () => made.store };
  for (const part of [commitContract, waitsContract, valuesContract, messagesContract, tasksContract, workersContract, historyContract]) part(bench);
}
