/**
 * A transaction failed through no fault of the work in it: its connection broke, the server went away, it lost a race or a
 * deadlock, or it ended too early. Nothing of it was written, and all of it may be tried again.
 */
export class TransactionLostError extends Error {
  override readonly name = 'TransactionLostError';

  constructor(cause: unknown) {
    super('the transaction was lost', { cause });
  }
}
