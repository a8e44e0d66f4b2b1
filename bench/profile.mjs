/** Where the time of an engine goes: the self time of each function, and of each folder, from a profile of Node's own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MOST = 30;

export async function profile({ script, database }, concurrency, workflows) {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  const file = fileURLToPath(new URL(`./engines/${script}`, import.meta.url));
  const node = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`];
  const { stdout } = await run(process.execPath, [...node, file, `--concurrency=${concurrency}`, `--workflows=${workflows}`, `--database=${database}`]);
  const { nodeMicrosPerStep, garbageKbPerStep } = JSON.parse(stdout.trim().split('\n').at(-1));
  console.log(`\n${concurrency} in flight: ${nodeMicrosPerStep} µs and ${garbageKbPerStep} kB a step, with the profiler`);
  const largest = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).sort((a, b) => b.length - a.length)[0];
  print(selfTimes(JSON.parse(largest)));
  rmSync(folder, { recursive: true });
}

/** Microseconds by function; garbage collection and native code are functions of their own. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map();
  samples.forEach((id, i) => {
    const { functionName, url } = byId.get(id);
    const place = `${functionName || '(anonymous)'} ${url.replace(/^.*\/(dist|node_modules)\//, '')}`;
    times.set(place, (times.get(place) ?? 0) + timeDeltas[i]);
  });
  return [...times].filter(([place]) => !place.startsWith('(idle)')).sort(([, a], [, b]) => b - a);
}

/** The warm-up is in it, so shares say more than microseconds. */
function print(times) {
  const all = times.reduce((sum, [, micros]) => sum + micros, 0);
  for (const [place, micros] of times.slice(0, MOST)) console.log(`${((micros / all) * 100).toFixed(1).padStart(6)} %  ${place}`);
}
