/** F1: an answer that comes while the handler of the one before runs is `late`, though that handler says again(). */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { again, asked, Step, Workflow } from 'nestjs-argonaut';
import { bootApp, until } from '../support/app.js';
import { libsqlFile } from '../support/databases.js';
class C { last = ''; }
let go = () => {}; const held = new Promise<void>((r) => (go = r));
@Workflow({ name: 'tells-twice', context: C }) class TellsTwice {
  @Step({ request: 'ask' }) async got(_: C, said: string) { await held; return said === 'DONE' ? { last: said } : again(); }
  ask() { return asked({ correlationId: 'job-1' }); }
}
it('RECEIVED, then DONE', async () => {
  const db = libsqlFile(); const app = await bootApp(db, 'database', { providers: [TellsTwice] });
  const { id } = await app.workflows.start(TellsTwice); await until(() => app.workflows.get(id), ({ waits }) => waits.length === 1);
  expect(await app.workflows.respond(TellsTwice, 'got', 'job-1', 'RECEIVED')).toBe('delivered');
  const second = await app.workflows.respond(TellsTwice, 'got', 'job-1', 'DONE'); go();
  const end = await until(() => app.workflows.get(id), ({ status }) => status === 'completed', 3000).then(() => 'completed', () => 'waits for ever');
  await app.close(); await db.drop();
  expect([second, end]).toEqual(['stored', 'completed']);
});
