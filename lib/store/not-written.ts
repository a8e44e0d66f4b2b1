/** The store did not write, and has waited for that as long as it should: the caller is told, and nothing is tried again for it. */
export class NotWrittenError extends Error {
  override readonly name = 'NotWrittenError';
}
