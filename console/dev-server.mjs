// The sample application with some processes in every situation, for work on the pages: `node console/dev-server.mjs [port]`. Its data is new at each start.
// Build first: `npm run build && node sample-app/build.mjs`. For pages with hot reload, let vite send `/workflow-console/api` here.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = process.argv[2] ?? '3100';
const data = mkdtempSync(join(tmpdir(), 'console-dev-'));
const url = `http://127.0.0.1:${port}`;

const app = spawn(process.execPath, [join(root, 'sample-app/dist/main.js')], {
  env: { ...process.env, PORT: port, DATABASE_FILE: join(data, 'app.sqlite'), DATA_DIR: data, PIZZA_BAKES_MS: '-1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
app.on('exit', (code) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 0);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill('SIGTERM'));
app.stdout.on('data', (text) => process.stdout.write(text));
await new Promise((resolve) => app.stdout.on('data', (text) => String(text).includes('is listening on') && resolve()));

const post = async (path, body = {}) => {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) console.error(`${path}: ${response.status} ${await response.text()}`);
  return response.ok ? response.json().catch(() => null) : null;
};
const times = (count) => Array.from({ length: count }, (_, i) => i + 1);

for (const i of times(12))
  await post('/loans', { reference: `L-${i}`, applicant: { name: i % 4 === 0 ? 'Mallory' : 'Ada Lovelace', birthday: '1990-12-10' }, amount: `${i * 1000}.00`, purpose: 'car' }); // prettier-ignore
for (const i of times(6)) await post('/uploads', { owner: `owner-${i}` });
for (const name of ['01-hello-world', '04-foreach', '06-while', 'timing']) for (const _ of times(3)) await post(`/liteflow/${name}`);
for (const i of times(5)) await post('/liteflow/on-error', { works: i === 5 });
for (const i of times(4)) await post('/liteflow/03-events', { id: `key${i}` });
for (const _ of times(2)) await post('/liteflow/trip', { cardIsGood: false });
for (const i of times(4)) await post('/dagger/pizzas', { order_id: `P-${i}`, customer_id: 'Ada', pizza_type: 1 });
for (const i of times(3)) await post(`/orders/${i}`, { items: i * 100 });
for (const i of times(2)) await post('/wolfi/async', { customer: `customer-${i}` });
await post('/liteflow/08-several-nodes');
const { items } = await (await fetch(`${url}/workflow-api/processes?limit=200`)).json();
const of = (name) => items.filter(({ workflow }) => workflow === name);
await post(`/workflow-api/processes/${of('loan')[0].id}/suspend`, { reason: 'looked into by hand' });
for (const { id } of of('file-upload').slice(0, 3)) await post(`/workflow-api/workflows/file-upload/processes/${id}/inputs/validate`, { input: { path: `/no/such/${id}` } }); // prettier-ignore

await post('/workflow-api/workflows/loan/responses/identity', { correlationId: 'of-no-process', response: { passed: true } });
await post('/workflow-api/workflows/async/responses/credit', { correlationId: 'of-another-system', response: { credit: 7000, currency: 'EUR' } });
await post('/workflow-api/events/pizza.ready', { keys: ['P-99'], data: { oven: 3 } });
await post('/workflow-api/pauses', { queue: 'evening', reason: 'the printer is out of order' });
await post('/workflow-api/pauses', { workflow: 'order-2', reason: 'its prices are put right' });
await post('/workflow-api/bulk', { action: 'retry', filter: { workflow: 'file-upload', status: ['failed'] }, reason: 'the disk is back', dryRun: false });
console.log(`\n${items.length} processes. The console: ${url}/workflow-console/\n`);
