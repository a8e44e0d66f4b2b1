import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, expect, it, vi } from 'vitest';
import { until } from '../../sample-app/src/story/instance.js';
import { built, Place, ROOT } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });
beforeAll(built);

function story(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: '', REDIS_URL: '' };
  return spawnSync('npm', ['run', 'story', '--', ...args], { cwd: ROOT, env, encoding: 'utf8' });
}

it('npm run story tells it from start to end', () => {
  const { status, stdout, stderr } = story();
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/17 +\+\d\.\d\d s +process-completed/);
  expect(stdout).toMatch(/log +pay +6 +A +pays 2500\.00 for loan/);
  expect(stdout).toMatch(/3 +identity +identified: – → true/);
});

it('npm run story -- --kill goes on after kill -9', () => {
  const { status, stdout, stderr } = story('--kill');
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/kill -9 \d+/);
  expect(stdout).toMatch(/task-recovered +score +3 +B/);
  expect(stdout).toMatch(/process-completed/);
});

it('npm start needs nothing', async () => {
  const place = new Place();
  const npm = spawn('npm', ['start'], { cwd: ROOT, env: { ...process.env, ...place.env, PORT: '0' }, detached: true });
  let printed = '';
  npm.stdout.on('data', (chunk) => (printed += String(chunk)));
  try {
    await until('listening', async () => printed.includes('start it again: the process continues'));
    const url = /listening on (http:\S+)/.exec(printed)![1]!;
    expect((await fetch(`${url}/loans/none`)).status).toBe(404);
  } finally {
    const gone = once(npm, 'exit');
    process.kill(-npm.pid!, 'SIGINT'); // Ctrl-C reaches all of the terminal's processes
    await gone;
    await place.leave();
  }
});
