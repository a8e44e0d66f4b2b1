import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Database } from '../support/databases.js';

/** A database behind a wire that a test can cut. */
export interface BreakableDatabase extends Database {
  /** Breaks all connections, and takes no new ones. */
  cut(): void;
  /** Connections stay open, and nothing comes back any more. */
  freeze(): void;
  /** All is as before. */
  mend(): void;
}

/** The same PostgreSQL, reached through a socket of ours. */
export async function breakable(database: Database, url: string): Promise<BreakableDatabase> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port || 5432), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [far, near]] as const) one.on('error', () => other.destroy()).on('close', () => (pairs.delete(pair), other.destroy())).pipe(other); // prettier-ignore
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const ours = (given: string) => Object.assign(new URL(given), { host: `127.0.0.1:${(server.address() as AddressInfo).port}` }).toString();
  return {
    ...database,
    connect: async (more) => {
      const direct = await database.connect();
      const { url: named } = direct.options as { url: string };
      await direct.destroy();
      return database.connect({ ...more, url: ours(named) } as Parameters<Database['connect']>[0]);
    },
    cut: () => {
      isCut = true;
      for (const [near] of pairs) near.destroy();
    },
    freeze: () => {
      for (const [near, far] of pairs) (far.unpipe(near), far.pause());
    },
    mend: () => {
      isCut = false;
      for (const [near, far] of pairs) (far.pipe(near), far.resume());
    },
    drop: async () => {
      for (const [near] of pairs) near.destroy();
      server.close();
      await database.drop();
    },
  };
}
