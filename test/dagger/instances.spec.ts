/** Where Dagger partitions by Kafka: n instances over one database, killed one by one with SIGKILL. Nothing is lost, and nothing is done twice. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, completions, Place } from '../sample-app/app.js';
import { isThere, postgres, titleOf } from '../support/databases.js';
import { redisForTests } from '../support/redis.js';

vi.setConfig({ testTimeout: 180_000 });

const RABBIT = process.env.TEST_RABBIT_URL ?? 'amqp://127.0.0.1:5672';
const redis = await redisForTests();
const rabbit = await import('amqplib').then(({ connect }) => connect(RABBIT, { timeout: 2000 })).then((to) => to.close().then(() => true), () => false); // prettier-ignore
const ORDERS = Array.from({ length: 12 }, (_, i) => `P-${i}`);

const cases: { name: string; isLeftOut: boolean; env: Record<string, string> }[] = [
  { name: 'PostgreSQL', isLeftOut: false, env: { PIZZA_BAKES_MS: '-1' } },
  { name: 'PostgreSQL and Bull', isLeftOut: redis.missing !== null, env: { PIZZA_BAKES_MS: '-1', REDIS_URL: `${redis.url}/11` } },
  { name: 'PostgreSQL and RabbitMQ', isLeftOut: !rabbit, env: { PIZZA_BAKES_MS: '300', PIZZA_BROKER_URL: RABBIT } },
];

describe.each(cases)('three instances over $name', ({ isLeftOut, env }) => {
  it.skipIf(isLeftOut)('deliver each pizza, also those that were under way in the ones that are killed', async () => {
    await built();
    const database = await postgres();
    if (!isThere(database)) throw new Error(titleOf(database));
    const { options } = await database.connect();
    const place = new Place({ DATABASE_URL: (options as unknown as { url: string }).url, ...env });
    try {
      const [first, second, third] = await Promise.all([place.start(), place.start(), place.start()]);
      await eachOrdersIts([first!, second!, third!]);
      await first!.stop('SIGKILL');
      await says(env, ORDERS.slice(0, 6), second!);
      await second!.stop('SIGKILL');
      await says(env, ORDERS.slice(6), third!);
      for (const order of ORDERS) {
        await until(`${order} completed`, async () => (await third!.get<{ status: string }>(`/dagger/pizzas/${order}`)).status === 'completed', 90_000);
        expect(completions(await third!.get(`/dagger/pizzas/${order}/history`)), order).toEqual(['order', 'ready', 'deliver']);
      }
      expect(deliveredBy(place)).toEqual(ORDERS.toSorted());
    } finally {
      await place.leave();
      await database.drop();
    }
  });
});

async function eachOrdersIts(instances: readonly Instance[]): Promise<void> {
  await Promise.all(ORDERS.map((order_id, i) => instances[i % 3]!.post('/dagger/pizzas', { order_id, customer_id: randomBytes(2).toString('hex'), pizza_type: i })));
} // prettier-ignore

/** The kitchen calls, twice for each: without a broker it is somebody else who says it. */
async function says({ PIZZA_BROKER_URL }: Record<string, string>, orders: readonly string[], to: Instance): Promise<void> {
  if (PIZZA_BROKER_URL !== undefined) return;
  await Promise.all([...orders, ...orders].map((order) => to.post(`/dagger/pizzas/${order}/status`, { status: 'READY' })));
}

/** By idempotency key: a body that was killed before it was recorded ran again, and asked for the same delivery. */
function deliveredBy(place: Place): string[] {
  const file = join(place.env.DATA_DIR!, 'deliveries.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return [...new Map(lines.map((line) => line.split(' ').slice(0, 2) as [string, string])).values()].toSorted();
}
