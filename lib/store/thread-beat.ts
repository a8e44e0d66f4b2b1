/** How a thread beside the event loop can say that a worker lives: what it loads, how it connects, what it runs. */
export interface ThreadBeat {
  readonly client: 'pg' | 'mysql2' | 'sqlite';
  /** The file of the driver that the application has loaded. */
  readonly module: string;
  /** For a connection of its own. They can be sent to a thread: no functions. */
  readonly options: object;
  /** Run in order, each with the id of the worker as its one value. The last returns `seen_at`, ms. */
  readonly statements: readonly string[];
}
