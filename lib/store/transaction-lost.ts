/**
 * A transaction came to nothing by no fault of what ran in it: its connection broke, the server went away, it lost a race or a
 * deadlock, or it ended before its time. Nothing of it was written, and all of it may be tried again.
 */
export class TransactionLostError extends Error {
  override readonly name = 'TransactionLostError';

  constructor(cause: unknown) {
    super('the transaction was lost', { cause });
  }
}
