import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Announcer, type NewWork } from '../../../values/announcer.js';
import type { ConnectionPool } from '../connections/connection-pool.js';
import type { PostgresConnection } from './postgres-connection.js';

/**
 * The channel, as the server computes it. Channels belong to a database, and several applications may share one, each with tables in its
 * own schema. So the name holds the number of the table that this session finds.
 */
const CHANNEL = `'argonaut_work_' || coalesce(to_regclass('workflow_process')::oid::text, '')`;

/** Uses `LISTEN` and `NOTIFY`. Behind a pooler a session cannot listen: this instance still notifies others, but finds work by its sweep. */
export class PostgresAnnouncer extends Announcer {
  /** Marks the announcements of this instance, which it ignores itself. */
  private readonly id = randomBytes(6).toString('hex');

  constructor(
    private readonly connection: PostgresConnection,
    private readonly connections: ConnectionPool<PostgresConnection>,
    private readonly dataSourceName: string,
  ) {
    super();
  }

  override async listen(heard: (work: NewWork) => void): Promise<boolean> {
    await this.connection.listen(CHANNEL, (payload) => {
      const [from, work] = payload.split(' ');
      if (from !== this.id) heard(work as NewWork);
    });
    if (!this.connection.isPooled) return true;
    new Logger('Workflow').log(`The data source "${this.dataSourceName}" is behind a pooler, so work of other instances is found by the sweep.`);
    return false;
  }

  override async announce(work: NewWork): Promise<void> {
    await this.connections.use((connection) => connection.runOnce(`select pg_notify(${CHANNEL}, $1)`, [`${this.id} ${work}`]));
  }

  override async close(): Promise<void> {}
}
