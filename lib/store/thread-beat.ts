/** The driver, connection and statements for a thread beside the event loop that records that a worker is alive. */
export interface ThreadBeat {
  readonly client: 'pg' | 'mysql2' | 'sqlite';
  /** The file of the driver that the application has loaded. */
  readonly module: string;
  /** The options for its own connection. They contain no functions, so they can be sent to a thread. */
  readonly options: object;
  /** The statements to run in order, each with the worker's id as its one value. The last returns `seen_at`, ms. */
  readonly statements: readonly string[];
}
