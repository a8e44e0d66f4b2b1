import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Bull from 'bull';

/** A Redis to share, or the reason why there is none here. Whoever uses it keeps to keys with a prefix of its own. */
export interface TestRedis {
  readonly missing: string | null;
  readonly url: string;
}

/** A Redis to break. */
export interface PrivateRedis {
  readonly url: string;
  start(): Promise<void>;
  /** Without a word, as a machine dies. */
  kill(): Promise<void>;
  /** Connections stay open, and nobody answers; new ones are not even made, once a few have queued up. */
  freeze(): void;
  crowd(): Promise<void>;
  thaw(): void;
  /** One command in one line; its answer in one line. */
  say(command: string): Promise<string>;
  /** For good. */
  drop(): Promise<void>;
}

const LOCAL = 'redis://127.0.0.1:6379';
let found: Promise<TestRedis> | undefined;

/** TEST_REDIS_URL, or the one on this machine, or a server of our own. */
export function redisForTests(): Promise<TestRedis> {
  return (found ??= findRedis());
}

/** What `describe.skipIf` and its title need; in CI nothing is left out silently. */
export function leftOut({ missing }: TestRedis): boolean {
  if (missing !== null && process.env.CI) throw new Error(`Redis: ${missing}`);
  return missing !== null;
}

export function titled(title: string, { missing }: TestRedis): string {
  return missing === null ? title : `${title} (left out: ${missing})`;
}

/** Null: no redis-server and no valkey-server to start. */
export function serverProgram(): string | null {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0) ?? null;
}

async function findRedis(): Promise<TestRedis> {
  const url = process.env.TEST_REDIS_URL ?? LOCAL;
  if (await say(url, 'PING').then(() => true, () => false)) return { missing: null, url }; // prettier-ignore
  if (process.env.TEST_REDIS_URL || serverProgram() === null) return { missing: `nothing answers at ${url}, and there is no redis-server to start`, url };
  const own = await privateRedis();
  process.once('exit', () => void own.drop());
  return { missing: null, url: own.url };
}

/** Started. It keeps nothing on disk: killed, it has forgotten everything. */
export async function privateRedis(): Promise<PrivateRedis> {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'argonaut-redis-'))];
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const lives = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const start = async () => {
    if (lives()) return;
    child = spawn(
      serverProgram()!,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--tcp-backlog', '1', '--dir', folder],
      { stdio: 'ignore' },
    );
    while (!(await say(url, 'PING').then(() => true, () => false))) await new Promise((resolve) => setTimeout(resolve, 20)); // prettier-ignore
  };
  const kill = async () => {
    if (!lives()) return;
    const gone = once(child!, 'exit');
    child!.kill('SIGKILL');
    await gone;
  };
  const freeze = () => void child?.kill('SIGSTOP');
  const thaw = () => void child?.kill('SIGCONT');
  const crowd = async () => {
    for (let count = 0; count < 4; count++) connect(port, '127.0.0.1').on('error', () => {}).unref(); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const drop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url, start, kill, freeze, crowd, thaw, drop, say: (command) => say(url, command) };
}

/** Keys that begin so. */
export async function keysOf(url: string, prefix: string): Promise<string[]> {
  return withClient(url, (client) => client.keys(`${prefix}*`));
}

export async function forget(url: string, prefix: string): Promise<void> {
  await withClient(url, async (client) => {
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(...keys);
  });
}

async function withClient<T>(url: string, use: (client: Bull.Queue['client']) => Promise<T>): Promise<T> {
  const queue = new Bull('look', url, { prefix: 'look' });
  try {
    return await use(queue.client);
  } finally {
    await queue.close();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function say(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 6379), hostname, () => socket.write(`${command}\r\n`));
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (data) => (resolve(data.toString().trim()), socket.destroy()));
    socket.once('error', reject);
  });
}
