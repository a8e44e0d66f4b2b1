import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, completions, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place({ PIZZA_BAKES_MS: '200' });
  app = await place.start();
});
afterAll(() => place.leave());

describe('the samples of Dagger', () => {
  it('the pizza: sent to the kitchen of this process, waited for, and delivered once; the same order again is the same process', async () => {
    const pizza = { order_id: 'P-1', customer_id: 'Ada', pizza_type: 1 };
    const { id } = await app.post<{ id: string }>('/dagger/pizzas', pizza);
    expect((await app.post<{ id: string }>('/dagger/pizzas', pizza)).id).toBe(id);
    await until('completed', async () => (await app.get<{ status: string }>('/dagger/pizzas/P-1')).status === 'completed');
    expect(completions(await app.get('/dagger/pizzas/P-1/history'))).toEqual(['order', 'ready', 'deliver']);
    const deliveries = readFileSync(join(place.env.DATA_DIR!, 'deliveries.log'), 'utf8').trim().split('\n');
    expect(deliveries.map((line) => line.split(' ').slice(1, 3))).toEqual([['P-1', 'Ada']]);
    await expect(app.post('/dagger/pizzas', { order_id: 'P-2' })).rejects.toThrow('customer_id must be a string');
  });

  it('the order: a payment, a fulfilment that is polled, two boxes, and a signature', async () => {
    interface View { status: string; order: { paid: boolean; shipped: string[] }; waitingFor: string[]; printed: string[] } // prettier-ignore
    await app.post('/dagger/orders', { order_number: 'O-1', payment_id: 'pay-1', boxes: ['b1', 'b2'] });
    const look = () => app.get<View>('/dagger/orders/O-1');
    const waitsFor = (...steps: string[]) => until(steps.join(), async () => JSON.stringify((await look()).waitingFor) === JSON.stringify(steps));
    const tell = (event: string, key: string, data: object = {}) => app.post(`/dagger/events/${event}/${key}`, data);
    await waitsFor('payment');
    await tell('payment.made', 'pay-1', { accepted: false });
    await waitsFor('payment');
    await tell('payment.made', 'pay-1', { accepted: true, box_id: 'b2' });
    await waitsFor('box.collected');
    await tell('box.collected', 'b2');
    await waitsFor('invoice.sent');
    await tell('invoice.sent', 'O-1');
    const isShipped = async (box: string) => (await look()).order.shipped.includes(box);
    // a child hears what comes after its start; one that has begun and does not wait yet finds it kept
    for (const box of ['b1', 'b2']) await until('shipped', async () => (await isShipped(box)) || (await tell('box.delivered', box), isShipped(box)));
    await until('signature', async () => (await look()).waitingFor.includes('order.signed'));
    await tell('order.signed', 'O-1');
    await until('completed', async () => (await look()).status === 'completed');
    const { order, printed } = await look();
    expect({ ...order, shipped: order.shipped.toSorted() }).toMatchObject({ paid: true, shipped: ['b1', 'b2'] });
    expect(printed).toEqual(['charges pay-1', 'picks b2', 'hands over b2', 'tells the customer of O-1']);
  });

  it('says whether it can take work', async () => {
    expect(await app.get('/dagger/ready')).toEqual({ ready: true, problems: [] });
  });
});
