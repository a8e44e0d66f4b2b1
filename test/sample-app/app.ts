import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HistoryRow } from '../../sample-app/src/story/loan-by-http.js';
import { Instance } from '../../sample-app/src/story/instance.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Fast enough to be waited for, slow enough to be interrupted. */
const SHORT = { PARTNER_THINKS_MS: '150', CHECK_TAKES_MS: '400', PAY_AFTER_MS: '500' };

/** Builds what is out of date. Spec files run side by side: one builds, the others wait. */
export function built(): Promise<void> {
  return alone(() => execFileSync(process.execPath, ['sample-app/build.mjs'], { cwd: ROOT, stdio: 'pipe' }));
}

/** While it builds, no other spec file does. @throws Error with what was printed */
export async function alone(build: () => void): Promise<void> {
  const lock = join(tmpdir(), 'argonaut-sample-app.building');
  while (!taken(lock)) await setTimeout(100);
  try {
    build();
  } catch (error) {
    throw new Error(`The build failed:\n${String((error as { stdout: Buffer }).stdout)}`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > 120_000) rmSync(lock, { recursive: true, force: true }); // its owner is dead
    return false;
  }
}

/** One database, and the instances started over it. */
export class Place {
  private readonly folder = mkdtempSync(join(tmpdir(), 'argonaut-sample-'));
  readonly env: Record<string, string>;
  private readonly started: Instance[] = [];

  constructor(more: Record<string, string> = {}) {
    // what the environment of the tests says of databases is not meant for the application
    const files = { DATABASE_FILE: join(this.folder, 'app.sqlite'), DATA_DIR: join(this.folder, 'data') };
    this.env = { DATABASE_URL: '', REDIS_URL: '', ...files, ...SHORT, ...more };
  }

  async start(more: Record<string, string> = {}): Promise<Instance> {
    const instance = await Instance.start({ ...this.env, ...more });
    this.started.push(instance);
    return instance;
  }

  async leave(): Promise<void> {
    await Promise.all(this.started.map((instance) => instance.stop('SIGKILL')));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The steps that were completed, in order: a step completed twice is in it twice. */
export function completions(history: readonly HistoryRow[]): string[] {
  return history.filter(({ type }) => type === 'step-completed').map(({ step }) => step!);
}
