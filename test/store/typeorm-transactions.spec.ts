import { describe } from 'vitest';
import { isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { transactionsOn } from '../support/transactions.js';

for (const database of [await postgres(), await mysql(), libsqlFile()]) {
  describe.skipIf(!isThere(database))(titleOf(database), () => transactionsOn(() => database));
}
