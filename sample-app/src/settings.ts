import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { env } = process;

/** Everything that can be set from outside. Without any of it the application needs no server: one SQLite file. */
export const settings = {
  port: Number(env.PORT ?? 3000),
  /** postgres://… or mysql://…; without it the SQLite file. */
  databaseUrl: env.DATABASE_URL || undefined,
  databaseFile: env.DATABASE_FILE ?? fileURLToPath(new URL('../sample-app.sqlite', import.meta.url)),
  /** Where uploaded and downloaded files go. */
  dataDir: env.DATA_DIR ?? join(tmpdir(), 'argonaut-sample-data'),
  /** From where articles are downloaded, besides this application itself: https://a.org,https://b.org */
  articleOrigins: (env.ARTICLE_ORIGINS ?? '').split(',').filter((origin) => origin !== ''),
  /** redis://…; without it task queues live in the database. */
  redisUrl: env.REDIS_URL || undefined,
  /** amqp://… or kafka://…; without it the pizza's topics are in this process. */
  pizzaBrokerUrl: env.PIZZA_BROKER_URL || undefined,
  /** How long a pizza bakes; less than 0: `POST /dagger/pizzas/:order/status` says when it is ready. */
  pizzaBakesMs: Number(env.PIZZA_BAKES_MS ?? 2000),
  /** Two ports of 127.0.0.1: where the identity partner listens, and where we listen for its answers. */
  partnerPort: Number(env.PARTNER_PORT) || (await freePort()),
  repliesPort: Number(env.REPLIES_PORT) || (await freePort()),
  /** How long the partner thinks, how long a check takes, how long we wait before we pay. */
  partnerThinksMs: Number(env.PARTNER_THINKS_MS ?? 2000),
  checkTakesMs: Number(env.CHECK_TAKES_MS ?? 1000),
  payAfterMs: Number(env.PAY_AFTER_MS ?? 5000),
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
