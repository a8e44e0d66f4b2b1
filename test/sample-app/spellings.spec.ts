import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Instance } from '../../sample-app/src/story/instance.js';
import { built, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

interface View {
  readonly id: string;
  readonly status: string;
  readonly order: object;
  readonly waitingFor: string[];
}

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place();
  app = await place.start();
});
afterAll(() => place.leave());

describe.each([1, 2, 3, 4])('order-%i', (spelling) => {
  it('ships a small order at once', async () => {
    expect(await app.post(`/orders/${spelling}`, { items: 10 })).toMatchObject({ status: 'completed', order: { price: 90 } });
  });

  it('wants somebody to approve a big one', async () => {
    const { id, ...stands } = await app.post<View>(`/orders/${spelling}`, { items: 200 });
    expect(stands).toMatchObject({ status: 'waiting', waitingFor: ['approve'], order: { price: 1800 } });
    await expect(app.post(`/orders/${id}/approve`, {})).rejects.toThrow('400');
    expect(await app.post(`/orders/${id}/approve`, { by: 'Eve' })).toMatchObject({ status: 'completed', order: { approvedBy: 'Eve' } });
  });
});
