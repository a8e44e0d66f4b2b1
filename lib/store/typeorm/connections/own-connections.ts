import { ConnectionPool } from './connection-pool.js';
import { OutageLog } from './outage-log.js';

interface Openable {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The engine's own connections to one database, and the log of its outages. */
export class OwnConnections<Connection extends Openable> {
  private readonly outages: OutageLog;
  /** Two commits at once keep the server busy; a third gains nothing. */
  readonly writers: ConnectionPool<Connection>;
  /** Reads for decisions and the sweep are short. Questions of people may take long, so they have a connection of their own. */
  readonly readers: ConnectionPool<Connection>;
  readonly people: ConnectionPool<Connection>;
  /** The one connection of `readers`. */
  readonly reading: Connection;

  constructor(dataSourceName: string, make: (outages: OutageLog) => Connection) {
    this.outages = new OutageLog(`The database of the data source "${dataSourceName}"`);
    const own = () => make(this.outages);
    this.reading = own();
    this.writers = new ConnectionPool([own(), own()]);
    this.readers = new ConnectionPool([this.reading]);
    this.people = new ConnectionPool([own()]);
  }

  async open(): Promise<void> {
    await Promise.all([this.writers.open(), this.readers.open(), this.people.open()]);
  }

  async close(): Promise<void> {
    this.outages.close();
    await Promise.all([this.writers.close(), this.readers.close(), this.people.close()]);
  }
}
