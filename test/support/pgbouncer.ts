import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsOf, type PrivateServer, type ServerKind, serverKinds, startServer } from './servers.js';

/** A PgBouncer in transaction mode before this server: each statement may meet another session. Null: the program is not installed. */
export async function startPgBouncer(server: string): Promise<PrivateServer | null> {
  const kind = pgBouncer(new URL(server));
  const { found, missing } = programsOf(kind);
  return missing.length > 0 ? null : startServer(kind, found);
}

function pgBouncer({ hostname, port, username, password }: URL): ServerKind {
  const user = username || 'postgres';
  const { ask, stop } = serverKinds.find(({ name }) => name === 'PostgreSQL')!;
  return {
    name: 'PgBouncer',
    variable: 'TEST_PGBOUNCER_URL',
    usual: '',
    ask,
    stop,
    programs: [['pgbouncer']],
    command: ([program], folder, own) => {
      writeFileSync(join(folder, 'pgbouncer.ini'), settings(`host=${hostname} port=${port || 5432} user=${user}${password && ` password=${password}`}`, own));
      return [program!, join(folder, 'pgbouncer.ini')];
    },
    url: (own) => `postgres://${user}@127.0.0.1:${own}/postgres`,
  };
}

/** Few sessions for many clients. */
function settings(server: string, port: number): string {
  return ['[databases]', `* = ${server}`, '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = any',
    'pool_mode = transaction', 'default_pool_size = 8', 'max_client_conn = 200', ''].join('\n'); // prettier-ignore
}
