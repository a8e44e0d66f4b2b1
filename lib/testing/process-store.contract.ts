import type { ProcessStore } from '../store/process-store.js';
import { boundariesContract } from './contract/boundaries-contract.js';
import { branchesContract } from './contract/branches-contract.js';
import { childrenContract } from './contract/children-contract.js';
import { commitContract } from './contract/commit-contract.js';
import { deletionContract } from './contract/deletion-contract.js';
import { definitionsContract } from './contract/definitions-contract.js';
import { findingContract } from './contract/finding-contract.js';
import { historyContract } from './contract/history-contract.js';
import { inboxContract } from './contract/inbox-contract.js';
import { listingContract } from './contract/listing-contract.js';
import { messagesContract } from './contract/messages-contract.js';
import { momentsContract } from './contract/moments-contract.js';
import { operatingContract } from './contract/operating-contract.js';
import { outboxContract } from './contract/outbox-contract.js';
import { outboxListsContract } from './contract/outbox-lists-contract.js';
import { sortingContract } from './contract/sorting-contract.js';
import { tasksContract } from './contract/tasks-contract.js';
import { valuesContract } from './contract/values-contract.js';
import { waitsContract } from './contract/waits-contract.js';
import { workersContract } from './contract/workers-contract.js';
import { kitOf, type TestKit } from './kit.js';

export interface StoreUnderTest {
  readonly store: ProcessStore;
  close(): Promise<void>;
}

export interface Bench {
  readonly kit: TestKit;
  readonly store: () => ProcessStore;
}

const parts = [
  commitContract, waitsContract, branchesContract, valuesContract, messagesContract, inboxContract, outboxContract, outboxListsContract, tasksContract, workersContract, childrenContract, historyContract,
  listingContract, findingContract, sortingContract, definitionsContract, deletionContract, momentsContract, operatingContract, boundariesContract,
]; // prettier-ignore

/**
 * The test suite that every store must pass. `create` hands out an opened store; the database may be the same each time.
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
  for (const part of parts) part(bench);
}
