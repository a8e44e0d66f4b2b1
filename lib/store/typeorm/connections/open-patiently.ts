import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { StoreUnavailableError, WorkflowError } from '../../../values/errors.js';
import { driverErrorOf } from '../typeorm-commits.js';

/** Options of `TypeOrmModule.forRoot` for its own first connection. */
interface RetryOptions {
  readonly retryAttempts?: number;
  readonly retryDelay?: number;
}

/** Boot waits for the database as TypeORM's module does. Any other fault stops it at once. */
export async function openPatiently(dataSource: DataSource, open: () => Promise<void>, isUnavailable: (error: unknown) => boolean): Promise<void> {
  const { retryAttempts = 9, retryDelay = 3000 } = dataSource.options as RetryOptions;
  for (let failures = 0; ; failures++) {
    try {
      return await open();
    } catch (error) {
      if (failures >= retryAttempts || !isOutage(error, isUnavailable)) throw error;
      await pause(retryDelay);
    }
  }
}

function isOutage(error: unknown, isUnavailable: (error: unknown) => boolean): boolean {
  if (error instanceof WorkflowError) return error instanceof StoreUnavailableError;
  return isUnavailable(driverErrorOf(error));
}
