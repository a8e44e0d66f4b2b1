/** An application on SQLite closes in a limited time, even where another process holds the file, and says what it has left. */
import { Logger } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { openOwn } from '../../lib/store/typeorm/sqlite/native.js';
import { bootApp, until } from '../support/app.js';
import { libsqlFile } from '../support/databases.js';

class Job {
  n = 0;
}
/** Lets the bodies end, also those that ran when their application closed. */
let letGo = () => {};
let begun = 0;

@Workflow({ name: 'hanging', context: Job })
class Hanging {
  @Step({ transactional: true }) async only() {
    begun++;
    await new Promise<void>((resolve) => (letGo = resolve));
    return { n: 1 };
  }
}

afterEach(() => vi.restoreAllMocks());
const boot = () =>
  bootApp(database, 'database', { options: { worker: { shutdownTimeout: '50ms', heartbeat: '200ms', sweepInterval: '100ms' } }, providers: [Hanging] });
const database = libsqlFile();
const warned = (words: RegExp) => expect.arrayContaining([[expect.stringMatching(words)]]) as unknown;

it('a transactional body that hangs holds up no shutdown: it is named in the log, and runs again in the next instance', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  const app = await boot();
  const { id } = await app.workflows.start(Hanging, {}, { groupId: 'g' });
  await until(() => begun, (count) => count === 1); // prettier-ignore
  await app.close();
  expect(warn.mock.calls).toEqual(warned(/^A transactional step still holds its transaction after 5000 ms/));
  letGo();
  const next = await boot();
  await until(() => begun, (count) => count === 2); // prettier-ignore
  letGo();
  await until(async () => (await next.workflows.get(id)).status, (status) => status === 'completed'); // prettier-ignore
  expect((await next.workflows.get(id)).context).toEqual({ n: 1 });
  await next.close();
  await database.drop();
}, 60_000);

it('a file that another process keeps locked holds up no shutdown: the worker says that it could not retire', async () => {
  const file = libsqlFile();
  const app = await bootApp(file, 'database');
  const stranger = openOwn(app.dataSource);
  await until(() => lockBy(stranger), Boolean);
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  await app.close();
  expect(warn.mock.calls).toEqual(warned(/^This worker could not say that it is gone: The database file was locked by another process for 5000 ms/));
  stranger.exec('rollback');
  stranger.close();
  await file.drop();
}, 60_000);

function lockBy(stranger: ReturnType<typeof openOwn>): boolean {
  try {
    stranger.exec('begin immediate');
    return true;
  } catch {
    return false; // the application is just writing
  }
}
