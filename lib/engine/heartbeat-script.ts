/**
 * The script of the heartbeat thread. As text it exists in tests, which have no compiled files, and in an application bundled to one
 * file. The script opens a connection, beats, and reports each beat; after a failed beat, the next one opens a new connection.
 */
export const HEARTBEAT_SCRIPT = `
const { parentPort, workerData: job } = require('node:worker_threads');
const loop = new Int32Array(job.loop);
const now = () => Number(process.hrtime.bigint()) / 1e6;

const connect = {
  async pg(driver) {
    const client = new driver.Client(job.options);
    client.on('error', () => {});
    await client.connect();
    return { rows: async (sql) => (await client.query(sql, [job.worker])).rows, close: () => void client.end().catch(() => {}) };
  },
  async mysql2(driver) {
    const client = driver.createConnection(job.options);
    client.on('error', () => {});
    const rows = (sql) => new Promise((resolve, reject) => {
      client.query({ sql, values: [job.worker], timeout: job.timeoutMs }, (error, found) => (error ? reject(error) : resolve(found)));
    });
    return { rows, close: () => client.destroy() };
  },
  async sqlite(driver) {
    const client = new driver(job.options.database, { timeout: job.options.timeout, nativeBinding: job.options.nativeBinding });
    if (job.options.key) client.pragma('key = ' + JSON.stringify(job.options.key));
    const rows = async (sql) => {
      const statement = client.prepare(sql);
      if (statement.reader) return statement.all([job.worker]);
      statement.run([job.worker]);
      return [];
    };
    return { rows, close: () => client.close() };
  },
};

let connection = null;
let turns = -1;
let turnedAt = now();

function isLoopAlive() {
  const seen = Atomics.load(loop, 0);
  if (seen !== turns) [turns, turnedAt] = [seen, now()];
  return now() - turnedAt < job.mostBlockedMs;
}

async function beat() {
  try {
    connection ??= await connect[job.client](require(job.module));
    const asked = now();
    let found;
    for (const sql of job.statements) found = await connection.rows(sql);
    parentPort.postMessage({ storeTime: Number(found[0].seen_at), asked, answered: now() });
  } catch (error) {
    try { connection?.close(); } catch {}
    connection = null;
    parentPort.postMessage({ error: String(error?.message ?? error) });
  }
}

let isStopping = false;
let timer;

/** Ends by itself, between two beats: a native driver that is cut off in the middle of a call takes the whole process with it. */
function end() {
  clearTimeout(timer);
  try { connection?.close(); } catch {}
  parentPort.close();
}

async function goOn() {
  timer = undefined;
  if (isLoopAlive()) await beat();
  if (isStopping) end();
  else timer = setTimeout(goOn, job.everyMs);
}

parentPort.on('message', () => {
  isStopping = true;
  if (timer) end();
});
void goOn();
`;
