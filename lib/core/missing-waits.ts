/** In place of a key: all waits of the process. */
export const ALL = '*';

/** A decision needs parked tokens that have not been read. It becomes the answer `{ needs }`. */
export class MissingWaits extends Error {
  override readonly name = 'MissingWaits';
  constructor(readonly keys: readonly string[]) {
    super(`not read: ${keys.join(', ')}`);
  }
}
