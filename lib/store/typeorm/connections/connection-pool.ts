/** A few connections. Each serves one caller at a time, in the order of the calls. */
export class ConnectionPool<Connection extends { open(): Promise<void>; close(): Promise<void> }> {
  private readonly free: Connection[];
  private readonly waiting: ((connection: Connection) => void)[] = [];

  constructor(private readonly all: readonly Connection[]) {
    this.free = [...all];
  }

  get size(): number {
    return this.all.length;
  }

  async use<R>(work: (connection: Connection) => Promise<R>): Promise<R> {
    const connection = this.free.pop() ?? (await new Promise<Connection>((resolve) => this.waiting.push(resolve)));
    try {
      return await work(connection);
    } finally {
      this.giveBack(connection);
    }
  }

  async open(): Promise<void> {
    await Promise.all(this.all.map((connection) => connection.open()));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((connection) => connection.close()));
  }

  private giveBack(connection: Connection): void {
    const next = this.waiting.shift();
    if (next) next(connection);
    else this.free.push(connection);
  }
}
