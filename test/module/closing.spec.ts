import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instancesOf } from '../support/instances.js';

const folder = mkdtempSync(join(tmpdir(), 'argonaut-closing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Node ends with 13 when the event loop is empty while a module still waits for something. */
describe('a program without a server comes to the end of its `app.close()`', () => {
  let start: Awaited<ReturnType<typeof instancesOf>>;
  beforeAll(async () => void (start = await instancesOf(new URL('./closed-app.ts', import.meta.url))));

  it.each([
    ['where nothing runs', false],
    ['where a body never ends', true],
  ])('%s', async (_where, hangs) => {
    const instance = start({ database: join(folder, `${hangs}.sqlite`), hangs });
    await once(instance, 'exit');
    expect(instance.exitCode).toBe(0);
  }, 60_000); // prettier-ignore
});
