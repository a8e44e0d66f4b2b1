import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, closeSync, constants, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { brokerKinds } from './broker-kinds.js';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';

/** A kind of server that suites need: where it usually is, and how to start one of our own. */
export interface ServerKind {
  readonly name: string;
  /** Says where it is. Set, nothing else is looked for. */
  readonly variable: string;
  readonly usual: string;
  /** @throws what keeps it from being used */
  ask(url: string): Promise<void>;
  /** The programs it takes, the first that is there of each row. */
  readonly programs: readonly (readonly string[])[];
  /** Prepares the folder, and says what to run. */
  command(programs: readonly string[], folder: string, port: number): readonly string[];
  /** `log`: what it has written so far, for one that picks its port itself. */
  url(port: number, log: string): string;
  /** What makes it stop at once. */
  readonly stop: NodeJS.Signals;
}

export interface PrivateServer {
  readonly url: string;
  stop(): Promise<void>;
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: 'PostgreSQL',
    variable: 'TEST_POSTGRES_URL',
    usual: 'postgres://postgres@127.0.0.1:5432/postgres',
    ask: async (url) => {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
      await client.connect();
      await client.query('select 1');
      await client.end();
    },
    programs: [['initdb'], ['postgres']],
    command: ([initdb, postgres], folder, port) => {
      const data = join(folder, 'data');
      mustRun(initdb!, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], folder);
      const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'fsync=off'];
      return [postgres!, '-D', data, ...settings.flatMap((each) => ['-c', each])];
    },
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: 'SIGINT', // SIGTERM would wait for clients
  },
  {
    name: 'MySQL',
    variable: 'TEST_MYSQL_URL',
    usual: 'mysql://root@127.0.0.1:3306',
    ask: async (url) => {
      const client = await createConnection({ uri: url, connectTimeout: 5000 });
      await client.query('select 1');
      await client.end();
    },
    programs: [
      ['mariadb-install-db', 'mysql_install_db'],
      ['mariadbd', 'mysqld'],
    ],
    command: ([install, mariadbd], folder, port) => {
      const data = join(folder, 'data');
      mustRun(install!, ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'], folder);
      const settings = [`datadir=${data}`, `socket=${join(folder, 'socket')}`, `pid-file=${join(folder, 'pid')}`, `port=${port}`, 'bind-address=127.0.0.1'];
      return [mariadbd!, '--no-defaults', ...[...settings, 'max-connections=300', 'innodb-flush-log-at-trx-commit=2'].map((each) => `--${each}`)];
    },
    url: (port) => `mysql://root@127.0.0.1:${port}`,
    stop: 'SIGTERM',
  },
  {
    name: 'Redis',
    variable: 'TEST_REDIS_URL',
    usual: 'redis://127.0.0.1:6379',
    ask: async (url) => {
      const answer = await ping(new URL(url));
      if (!answer.startsWith('+PONG')) throw new Error(answer.trim());
    },
    programs: [['redis-server', 'valkey-server']],
    command: ([redis], folder, port) => [redis!, '--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    url: (port) => `redis://127.0.0.1:${port}`,
    stop: 'SIGTERM',
  },
  ...brokerKinds,
];

/** The programs of a kind on this machine, or the names of those that are not there. */
export function programsOf({ programs }: ServerKind): { found: string[]; missing: string[] } {
  const found = programs.map((names) => names.map(onPath).find((path) => path !== undefined));
  return { found: found.filter((path) => path !== undefined), missing: programs.filter((_, i) => !found[i]).map((names) => names.join(' or ')) };
}

/** One that a test breaks: killed, it has what it had on its disk. */
export interface BreakableServer extends PrivateServer {
  /** All of its processes at once, as a machine dies. */
  kill(): Promise<void>;
  /** Again, at the same port and in the same folder. */
  start(): Promise<void>;
}

/** Starts one in a folder of its own, on a free port; it is gone when this process is. Servers refuse to run as root, so root's run as nobody. */
export async function startServer(kind: ServerKind, programs: readonly string[]): Promise<BreakableServer> {
  const folder = mkdtempSync(join(tmpdir(), 'argonaut-server-'));
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (IS_ROOT) chownSync(folder, NOBODY, NOBODY);
  const port = await freePort();
  let [child, url] = [null as ChildProcess | null, ''];
  const last = () => (signal(child, 'SIGKILL'), clean());
  const end = async (how: NodeJS.Signals) => {
    const gone = lives(child) && once(child!, 'exit');
    signal(child, how);
    await gone;
  };
  const start = async () => {
    const [program, ...args] = kind.command(programs, folder, port);
    const output = openSync(join(folder, 'log'), 'a');
    child = spawn(program!, args, { ...asNobody(folder), stdio: ['ignore', output, output], detached: true });
    closeSync(output);
    url = await answered(kind, port, child, join(folder, 'log'));
  };
  const stop = async () => {
    process.off('exit', last);
    await end(kind.stop);
    clean();
  };
  process.once('exit', last);
  try {
    await start();
  } catch (error) {
    last();
    throw error;
  }
  return { url, start, stop, kill: () => end('SIGKILL') };
}

function lives(child: ChildProcess | null): boolean {
  return child !== null && child.exitCode === null && child.signalCode === null;
}

/** To all processes of its group: some servers are a script that started the server. */
function signal(child: ChildProcess | null, name: NodeJS.Signals): void {
  if (child?.pid === undefined || !lives(child)) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    child.kill(name); // it has ended meanwhile
  }
}

const NOBODY = 65534;
const IS_ROOT = process.getuid?.() === 0;
const ELSEWHERE = ['/usr/lib/rabbitmq/bin', '/usr/sbin', '/usr/local/sbin', ...postgresFolders()];

/** Its URL, once it answers. */
async function answered(kind: ServerKind, port: number, child: ChildProcess, log: string): Promise<string> {
  const end = Date.now() + 60_000;
  let failed: unknown;
  child.once('error', (error) => (failed = error));
  for (;;) {
    const url = kind.url(port, readFileSync(log, 'utf8'));
    const why = await kind.ask(url).then(() => null, reasonOf); // prettier-ignore
    if (why === null) return url;
    if (failed || !lives(child) || Date.now() > end) {
      signal(child, 'SIGKILL');
      throw new Error(`it does not start: ${reasonOf(failed ?? (lastLines(readFileSync(log, 'utf8')) || why))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One line. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replaceAll(/\s+/g, ' ').trim();
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').trim();
}

function mustRun(program: string, args: string[], folder: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...asNobody(folder), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? lastLines(`${stdout}\n${stderr}`)}`);
}

function asNobody(cwd: string): SpawnOptions {
  return { cwd, env: { PATH: process.env.PATH, HOME: cwd, LC_ALL: 'C' }, ...(IS_ROOT && { uid: NOBODY, gid: NOBODY }) };
}

function onPath(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...ELSEWHERE].map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian keeps them off the PATH; the newest first. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root).sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin')); // prettier-ignore
  } catch {
    return [];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ping({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 6379), hostname, () => socket.write('PING\r\n'));
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (data) => (resolve(data.toString()), socket.destroy()));
    socket.once('error', reject);
  });
}
