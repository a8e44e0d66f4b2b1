import { describe } from './vitest.js';
import { libsqlFile } from '../support/databases.js';
import { contractWith } from '../support/store-contract.js';
import { transactionsOn } from '../support/transactions.js';

/** The contract on SQLite, with a fresh file for each mutant. */
describe('SQLite', () => contractWith(libsqlFile));
describe('SQLite, in a transaction', () => transactionsOn(libsqlFile));
