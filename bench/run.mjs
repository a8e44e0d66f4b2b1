/**
 * Ten trivial durable steps, 1, 100 and 1,000 processes in flight: Argonaut beside the bare protocol and DBOS.
 * Same work, same machine, same run: the engines take turns, round by round; medians are shown with their spread.
 *
 *   node bench/run.mjs [--rounds=3] [--quick] [--json] [--engines=argonaut,proto] [--profile]
 *
 * `--profile` prints where Node's time goes, function by function, instead of comparing: one round of the first engine.
 */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { profile } from './profile.mjs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const flags = Object.fromEntries(
  process.argv
    .slice(2)
    .map((word) => word.replace(/^--/, '').split('='))
    .map(([name, value]) => [name, value ?? true]),
);
const rounds = Number(flags.rounds ?? 3);
const scale = flags.quick ? 0.2 : 1;

const ENGINES = {
  argonaut: { script: 'argonaut.mjs', database: 'postgres' },
  'argonaut-sqlite': { script: 'argonaut.mjs', database: 'libsql' },
  'argonaut-better-sqlite3': { script: 'argonaut.mjs', database: 'better-sqlite3' },
  proto: { script: 'proto.mjs', database: 'postgres' },
  dbos: { script: 'dbos.mjs', database: 'postgres', workflows: { 1: 200, 100: 800, 1000: 2000 } },
};
const WORKFLOWS = { 1: 400, 100: 6000, 1000: 12000 };

if (flags.profile) {
  const [name] = String(flags.engines ?? 'argonaut').split(',');
  for (const concurrency of [100, 1000]) await profile(ENGINES[name], concurrency, Math.round(WORKFLOWS[concurrency] * scale));
  process.exit(0);
}

const chosen = flags.engines ? String(flags.engines).split(',') : Object.keys(ENGINES);
const results = new Map(chosen.map((name) => [name, new Map()]));
const missing = new Map();

for (let round = 1; round <= rounds; round++) {
  for (const concurrency of [1, 100, 1000]) {
    for (const name of chosen) if (!missing.has(name)) await once(name, concurrency);
  }
}

async function once(name, concurrency) {
  const { script, database, workflows = WORKFLOWS } = ENGINES[name];
  const count = Math.max(concurrency, Math.round(workflows[concurrency] * scale));
  const file = fileURLToPath(new URL(`./engines/${script}`, import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [file, `--concurrency=${concurrency}`, `--workflows=${count}`, `--database=${database}`], {
      timeout: 300_000,
    });
    const result = JSON.parse(stdout.trim().split('\n').at(-1));
    const all = results.get(name);
    all.set(concurrency, [...(all.get(concurrency) ?? []), result]);
    if (!flags.json)
      console.error(
        `${name.padEnd(24)} ${String(concurrency).padStart(5)} in flight  ${String(result.stepsPerSecond).padStart(7)} steps/s  p50 ${result.p50Ms} ms  ${result.nodeMicrosPerStep} µs and ${result.garbageKbPerStep} kB a step`,
      );
  } catch (error) {
    const [why] = String(error.stderr || error.message)
      .split('\n')
      .filter((line) => /Error|not found|Cannot find/.test(line));
    missing.set(name, why ?? String(error.message).split('\n')[0]);
    console.error(`${name}: left out, ${missing.get(name)}`);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) });

function summary(all) {
  const shapes = Object.fromEntries(
    [...all].map(([concurrency, runs]) => [
      concurrency,
      {
        stepsPerSecond: spread(runs.map((each) => each.stepsPerSecond)),
        p50Ms: spread(runs.map((each) => each.p50Ms)),
        p99Ms: spread(runs.map((each) => each.p99Ms)),
        nodeMicrosPerStep: spread(runs.map((each) => each.nodeMicrosPerStep)),
        garbageKbPerStep: spread(runs.map((each) => each.garbageKbPerStep)),
      },
    ]),
  );
  return { stepsPerSecond: shapes[100]?.stepsPerSecond.median, aloneP50Ms: shapes[1]?.p50Ms.median, inFlight: shapes };
}

const engines = Object.fromEntries([...results].filter(([, all]) => all.size > 0).map(([name, all]) => [name, summary(all)]));
if (!flags.json) print();
console.log(
  JSON.stringify({
    machine: { cores: cpus().length, cpu: cpus()[0].model, node: process.version },
    rounds,
    steps: 10,
    engines,
    missing: Object.fromEntries(missing),
  }),
);

function print() {
  console.log(`\n| engine | 1 in flight, p50 ms (10 steps) | 100, steps/s | 1,000, steps/s | Node µs/step at 100 | at 1,000 | garbage kB/step at 100 | at 1,000 |\n|---|---|---|---|---|---|---|---|`);
  const cell = (value) => (value ? `${value.median} [${value.min}-${value.max}]` : '-');
  for (const [name, { inFlight }] of Object.entries(engines)) {
    console.log(
      `| ${name} | ${cell(inFlight[1]?.p50Ms)} | ${cell(inFlight[100]?.stepsPerSecond)} | ${cell(inFlight[1000]?.stepsPerSecond)} | ${cell(inFlight[100]?.nodeMicrosPerStep)} | ${cell(inFlight[1000]?.nodeMicrosPerStep)} | ${cell(inFlight[100]?.garbageKbPerStep)} | ${cell(inFlight[1000]?.garbageKbPerStep)} |`,
    );
  }
}
