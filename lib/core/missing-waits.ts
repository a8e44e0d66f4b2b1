/** Stands for all waits of the process, in place of a key. */
export const ALL = '*';

/** Thrown when a decision needs parked tokens that have not been read. The core returns it as `{ needs }`. */
export class MissingWaits extends Error {
  override readonly name = 'MissingWaits';
  constructor(readonly keys: readonly string[]) {
    super(`not read: ${keys.join(', ')}`);
  }
}
