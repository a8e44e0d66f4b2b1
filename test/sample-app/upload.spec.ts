import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let place: Place;
let app: Instance;
beforeAll(async () => {
  await built();
  place = new Place();
  app = await place.start();
});
afterAll(() => place.leave());

interface Status {
  readonly id: string;
  readonly status: string;
  readonly cause: string | null;
  readonly owes: { step: string; dueAt: string; schema: unknown }[];
  readonly upload: { owner: string; path?: string; content?: unknown };
}

const start = (owner: string) => app.post<Status>('/uploads', { owner });
const provide = (id: string, name: string, content: string) => app.post<Status>(`/uploads/${id}/file`, { name, content });
const said = async (id: string) => (await app.get<{ step: string; text: string }[]>(`/uploads/${id}/log`)).map(({ step, text }) => `${step}: ${text}`);

it('waits for the file before its first step runs, and says what is wanted', async () => {
  const { id, status, owes } = await start('Ada');
  expect(status).toBe('waiting');
  expect(owes).toMatchObject([{ step: 'validate', schema: { properties: { path: { type: 'string' } }, required: ['path'] } }]);
  expect(await said(id)).toEqual([]);
  expect(await app.get('/uploads/owed')).toMatchObject([{ processId: id, workflow: 'file-upload', step: 'validate' }]);
  await until('reminded', async () => app.output().includes(`Ada owes upload ${id} an input: validate`));
});

it('reads JSON as JSON: the handler is handed what came before the decision', async () => {
  const { id } = await start('Ada');
  const { status, upload, owes } = await provide(id, 'orders.json', '{"orders":[1,2]}');
  expect({ status, owes, content: upload.content }).toEqual({ status: 'completed', owes: [], content: { orders: [1, 2] } });
  expect(await readFile(upload.path!, 'utf8')).toBe('{"orders":[1,2]}');
  expect(await said(id)).toEqual(['validate: Ada brought orders.json, 16 bytes', 'json: reads it as JSON', 'check: the file is in order']);
});

it('reads anything else as text', async () => {
  const { id } = await start('Bob');
  expect(await provide(id, 'notes.txt', '{"no":"matter"}')).toMatchObject({ status: 'completed', upload: { content: '{"no":"matter"}' } });
  expect(await said(id)).toContain('other: reads it as text');
});

it('fails where the file is wrong, and says why', async () => {
  const [broken, empty] = [await start('Bob'), await start('Bob')];
  expect(await provide(broken.id, 'broken.json', 'no json')).toMatchObject({ status: 'failed', cause: expect.stringMatching(/^json: SyntaxError/) });
  expect(await provide(empty.id, 'empty.txt', '')).toMatchObject({ status: 'failed', cause: 'check: Error: empty.txt is empty' });
  expect((await said(broken.id)).join('\n')).toContain('json: SyntaxError');
});

it('takes one file, of an upload there is', async () => {
  const { id } = await start('Ada');
  await expect(app.post(`/uploads/${id}/file`, { name: 'a.txt' })).rejects.toThrow('400');
  expect((await app.get<Status>(`/uploads/${id}`)).status).toBe('waiting');
  await provide(id, 'a.txt', 'first');
  await expect(provide(id, 'a.txt', 'second')).rejects.toThrow('409');
  expect((await app.get<Status>(`/uploads/${id}`)).upload.content).toBe('first');
  await expect(provide('none', 'a.txt', 'x')).rejects.toThrow('404');
});

it('keeps files in their folder, and names in their place', async () => {
  const { id } = await start('<b>Eve</b>');
  const { upload } = await provide(id, '../../escaped.txt', 'x');
  expect(upload.path).toContain(`uploads/${id}/escaped.txt`);
  const page = await app.get<string>(`/uploads/${id}/page`);
  expect(page).toContain('The upload of &#60;b&#62;Eve&#60;/b&#62;: completed');
  expect(page).toContain('the file is in order');
});

it('has a form to choose a file with', async () => expect(await app.get<string>('/uploads')).toContain('<input name="file" type="file" required>'));
