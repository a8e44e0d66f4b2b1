import { describe } from './vitest.js';
import { libsqlFile } from '../support/databases.js';
import { contractWith } from '../support/store-contract.js';

/** The contract on SQLite, with a fresh file for each mutant. */
describe('SQLite', () => contractWith(libsqlFile));
