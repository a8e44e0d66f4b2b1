/** Each route shows and changes its own processes only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Instance } from '../../sample-app/src/story/instance.js';
import { built, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

interface Started {
  readonly id: string;
}

let place: Place;
let app: Instance;
let ids: Readonly<Record<string, string>>;
beforeAll(async () => {
  await built();
  place = new Place();
  app = await place.start();
  const [order, hello, sum, dummy, upload] = [
    await app.post<Started>('/orders/1', { items: 200 }),
    await app.post<Started>('/liteflow/01-hello-world', {}),
    await app.post<Started>('/wolfi/minimal', {}),
    await app.post<Started>('/libero/start-workflow', { name: 'DummyWorkflow' }),
    await app.post<Started>('/uploads', { owner: 'Ada' }),
  ];
  ids = { orders: order.id, liteflow: hello.id, wolfi: sum.id, libero: dummy.id, uploads: upload.id };
});
afterAll(() => place.leave());

describe.each([
  ['orders', '/orders/ID'],
  ['liteflow', '/liteflow/ID'],
  ['liteflow', '/liteflow/ID/history'],
  ['wolfi', '/wolfi/ID'],
  ['wolfi', '/wolfi/ID/history'],
  ['libero', '/libero/workflows/ID'],
  ['libero', '/libero/workflows/ID/events'],
  ['libero', '/libero/workflows/ID/log'],
  ['uploads', '/uploads/ID'],
  ['uploads', '/uploads/ID/log'],
  ['uploads', '/uploads/ID/page'],
])('%s: %s', (own, route) => {
  it('shows a process of its own, and of others says that there is none', async () => {
    for (const [kind, id] of Object.entries(ids)) {
      const answer = app.get(route.replace('ID', id));
      if (kind === own) await answer;
      else await expect(answer, kind).rejects.toThrow('404');
    }
  });
});

it('approves orders only', async () => {
  for (const kind of ['uploads', 'wolfi']) await expect(app.post(`/orders/${ids[kind]}/approve`, { by: 'Eve' })).rejects.toThrow('404');
});

it('writes a file only for an upload that waits for one', async () => {
  const folder = (id: string) => join(place.env['DATA_DIR']!, 'uploads', id);
  await expect(app.post(`/uploads/${ids['orders']}/file`, { name: 'a.txt', content: 'x' })).rejects.toThrow('404');
  expect(existsSync(folder(ids['orders']!))).toBe(false);
  const { id } = await app.post<Started>('/uploads', { owner: 'Ada' });
  const both = await Promise.allSettled(['a.txt', 'b.txt'].map((name) => app.post(`/uploads/${id}/file`, { name, content: name })));
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(app.post(`/uploads/${id}/file`, { name: 'late.txt', content: 'x' })).rejects.toThrow('409');
  const there = ['a.txt', 'b.txt', 'late.txt'].filter((name) => existsSync(join(folder(id), name)));
  expect(there).toHaveLength(1);
});

it('starts no sample by a name that every object has', async () => {
  await expect(app.post('/liteflow/constructor', {})).rejects.toThrow('404');
});
