import { describe } from 'vitest';
import { betterSqliteFile, isThere, libsqlFile, titleOf } from './databases.js';

/** Runs a suite with each driver of SQLite that is there. `make` gives it a file of its own. */
export function eachSqlite(suite: (make: typeof libsqlFile) => void): void {
  for (const make of [libsqlFile, betterSqliteFile]) {
    const sample = make();
    describe.skipIf(!isThere(sample))(titleOf(sample), () => suite(make));
  }
}
