import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The application as a process of its own, on a free port. It needs to be built. */
export class Instance {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** All it has printed so far. */
    readonly output: () => string,
  ) {}

  static async start(env: Record<string, string>): Promise<Instance> {
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, NO_COLOR: '1', PORT: '0', ...env } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
    const url = () => /listening on (http:\S+)/.exec(printed)?.[1];
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    await until('listening', async () => url() !== undefined || ended());
    if (!url()) throw new Error(`The application did not start:\n${printed}`);
    return new Instance(child, url()!, () => printed);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async get<T>(path: string): Promise<T> {
    return this.answer(await fetch(this.url + path));
  }

  async post<T>(path: string, body: object = {}): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.answer(await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  private async answer<T>(response: Response): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    const isJson = response.headers.get('content-type')?.includes('json');
    return (isJson ? JSON.parse(text) : text) as T;
  }

  /** SIGKILL: it can do nothing about it. SIGTERM: it finishes what it has in hand. */
  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }
}

/** Asks again and again, until it is so. @throws Error after the deadline */
export async function until(what: string, isSo: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not ${what} within ${deadlineMs / 1000} s`);
    await setTimeout(25);
  }
}
