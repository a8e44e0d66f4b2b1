import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, completions, Place } from './app.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place();
  app = await place.start();
});
afterAll(() => place.leave());

interface Started {
  id: string;
  status: string;
  contextVersion: number;
  context: Record<string, unknown>;
  waits: { step: string; kind: string; key: string | null }[];
}

async function waiting(id: string, step: string): Promise<Started['waits'][number]> {
  let found: Started['waits'][number] | undefined;
  await until(`waiting in ${step}`, async () => {
    const { waits } = await app.get<Started>(`/wolfi/${id}`);
    return (found = waits.find((wait) => wait.step === step)) !== undefined;
  });
  return found!;
}

async function completed(id: string): Promise<Started> {
  await until('completed', async () => (await app.get<Started>(`/wolfi/${id}`)).status === 'completed');
  return app.get<Started>(`/wolfi/${id}`);
}

it('minimal: three steps that do nothing', async () => {
  const { id } = await app.post<Started>('/wolfi/minimal');
  expect(await completed(id)).toMatchObject({ contextVersion: 4, context: {} });
  expect(completions(await app.get(`/wolfi/${id}/history`))).toEqual(['first', 'second', 'third']);
});

it('addition: 1 + 1 + 2 + 3', async () => {
  const { id } = await app.post<Started>('/wolfi/addition', { total: 1 });
  expect(await completed(id)).toMatchObject({ contextVersion: 4, context: { total: 7 } });
  await expect(app.post('/wolfi/addition', { total: 'one' })).rejects.toThrow('400');
});

it('async: answers, tasks, a prerequisite and an alert', async () => {
  const { id } = await app.post<Started>('/wolfi/async', { customer: 'ada' });
  const { key } = await waiting(id, 'credit');
  expect(await app.post('/wolfi/async/credit', { correlationId: key, credit: 3 })).toBe('delivered');
  expect(await app.post('/wolfi/async/credit', { correlationId: key, credit: 3 })).toBe('duplicate');
  expect((await waiting(id, 'stock')).key).toBe('stock-for-ada');
  expect(await app.post('/wolfi/async/stock', { correlationId: 'stock-for-ada', available: false })).toBe('delivered');
  await waiting(id, 'bill');
  await waiting(id, 'close');
  expect((await app.get<Started>(`/wolfi/${id}`)).status).toBe('waiting');
  await app.post('/wolfi/async/ada/alert', { text: 'stock is here', stock: true });
  expect((await completed(id)).context).toEqual({ customer: 'ada', credit: 3, stock: true, alerts: ['stock is here'], closed: true });
  const steps = completions(await app.get(`/wolfi/${id}/history`));
  expect(steps.sort()).toEqual(['bill', 'close', 'credit', 'mail', 'print', 'stock', 'waitForAlert']);
});
