/** The measuring loop all engines share: closed, at most `concurrency` processes outstanding, each timed from start to durable completion. */
import { performance } from 'node:perf_hooks';
import { GCProfiler } from 'node:v8';
import pg from 'pg';

export const POSTGRES = process.env.BENCH_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432';

export function options() {
  const given = process.argv.slice(2).map((word) => word.replace(/^--/, '').split('='));
  return {
    workflows: 1000,
    steps: 10,
    concurrency: 100,
    database: 'postgres',
    ...Object.fromEntries(given.map(([name, value]) => [name, Number.isNaN(Number(value)) ? value : Number(value)])),
  };
}

/** A database of its own, made anew. */
export async function freshDatabase(name) {
  const client = new pg.Client(`${POSTGRES}/postgres`);
  await client.connect();
  await client.query(`drop database if exists ${name} with (force)`);
  await client.query(`create database ${name}`);
  await client.end();
  return `${POSTGRES}/${name}`;
}

async function closedLoop(count, concurrency, runOne, latencies) {
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) {
      const from = performance.now();
      await runOne(i);
      latencies?.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, lane));
}

/** Returns what tells how many bytes were allocated since: what each collection freed, and what the heap has grown by. */
function countGarbage() {
  const profiler = new GCProfiler();
  const before = process.memoryUsage().heapUsed;
  profiler.start();
  return () => {
    const freed = profiler.stop().statistics.map(({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize);
    return freed.reduce((sum, bytes) => sum + bytes, 0) + process.memoryUsage().heapUsed - before;
  };
}

/** Warms up, measures, prints one JSON line and ends the process. */
export async function measure(engine, { workflows, steps, concurrency }, runOne, more = {}) {
  await closedLoop(Math.min(workflows, Math.max(50, concurrency * 2)), concurrency, (i) => runOne(`w${i}`));
  const latencies = [];
  const garbage = countGarbage();
  const cpu = process.cpuUsage();
  const from = performance.now();
  await closedLoop(workflows, concurrency, (i) => runOne(`m${i}`), latencies);
  const seconds = (performance.now() - from) / 1000;
  const used = process.cpuUsage(cpu);
  const bytes = garbage();
  latencies.sort((a, b) => a - b);
  const at = (share) => Number(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))].toFixed(2));
  const result = {
    engine,
    workflows,
    steps,
    concurrency,
    seconds: Number(seconds.toFixed(3)),
    stepsPerSecond: Math.round((workflows * steps) / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    nodeMicrosPerStep: Number(((used.user + used.system) / (workflows * steps)).toFixed(1)),
    garbageKbPerStep: Number((bytes / 1000 / (workflows * steps)).toFixed(1)),
    ...more,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
