/**
 * The bare protocol, the ceiling of this design on PostgreSQL: group commit of a context version, an audit record and a guarded
 * process row, two commits in flight, and nothing around it: no definitions, no user code but a closure, no recovery.
 */
import pg from 'pg';
import { freshDatabase, measure, options } from './measure.mjs';

const given = options();
const url = await freshDatabase('bench_proto');

const SCHEMA = `
  create table process (id text primary key, version int not null, status text not null, updated_at bigint not null) with (fillfactor = 70);
  create table context (process_id text, version int, patch text not null, primary key (process_id, version));
  create table audit (process_id text, version int, type text not null, step text not null, at bigint not null, primary key (process_id, version))`;

const COMMIT = `
  with record as materialized (select * from json_to_recordset($1::json) as r (id text, version int, status text, patch text, type text, step text, at bigint)),
  begun as (insert into process select id, version, status, at from record where version = 0),
  moved as (update process p set version = r.version, status = r.status, updated_at = r.at from record r where r.version > 0 and p.id = r.id and p.version = r.version - 1 returning p.id),
  won as (select id from moved union all select id from record where version = 0),
  contexts as (insert into context select r.id, r.version, r.patch from record r join won using (id)),
  audits as (insert into audit select r.id, r.version, r.type, r.step, r.at from record r join won using (id))
  select count(*)::int as n from won`;

const idle = await Promise.all(
  [1, 2].map(async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }),
);
await idle[0].query(SCHEMA);

let waiting = [];
let armed = false;

function arm() {
  if (armed || waiting.length === 0 || idle.length === 0) return;
  armed = true;
  setImmediate(() => {
    armed = false;
    while (waiting.length > 0 && idle.length > 0)
      void flush(waiting.splice(0, waiting.length > 64 ? Math.ceil(waiting.length / idle.length) : waiting.length), idle.pop());
  });
}

async function flush(batch, client) {
  const { rows } = await client.query({ name: 'commit', text: COMMIT, values: [JSON.stringify(batch.map(({ record }) => record))] });
  idle.push(client);
  if (rows[0].n !== batch.length) throw new Error('A record lost its guard.');
  for (const { resolve } of batch) resolve();
  arm();
}

const commit = (record) =>
  new Promise((resolve) => {
    waiting.push({ record, resolve });
    arm();
  });

const order = {
  id: 'o-1',
  customer: 'c-987',
  lines: [
    { sku: 'A-1', qty: 2, price: 1999 },
    { sku: 'B-7', qty: 1, price: 4500 },
  ],
};
const start = JSON.stringify({ order, status: 'approved', total: 8498, currency: 'EUR' });

await measure(
  'proto',
  given,
  async (id) => {
    await commit({ id, version: 0, status: 'running', patch: start, type: 'process-started', step: '', at: Date.now() });
    for (let i = 1; i <= given.steps; i++) {
      const status = i === given.steps ? 'completed' : 'running';
      await commit({ id, version: i, status, patch: JSON.stringify({ [`r${i}`]: i }), type: 'step-completed', step: `step${i}`, at: Date.now() });
    }
  },
  { database: 'postgres' },
);
