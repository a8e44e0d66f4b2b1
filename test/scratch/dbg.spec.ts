import 'reflect-metadata';
import { it } from 'vitest';
import { again, asked, Step, Workflow } from 'nestjs-argonaut';
import { bootApp, until } from '../support/app.js';
import { libsqlFile } from '../support/databases.js';
class C { last = ''; }
let go = () => {}; const held = new Promise<void>((r) => (go = r));
@Workflow({ name: 'tells-twice', context: C }) class TellsTwice {
  @Step({ request: 'ask' }) async got(_: C, said: string) { await held; return said === 'DONE' ? { last: said } : again(); }
  ask() { return asked({ correlationId: 'job-1' }); }
}
it('x', async () => {
  const db = libsqlFile(); const app = await bootApp(db, 'database', { providers: [TellsTwice] });
  const { id } = await app.workflows.start(TellsTwice); await until(() => app.workflows.get(id), ({ waits }) => waits.length === 1);
  console.log(await app.workflows.respond(TellsTwice, 'got', 'job-1', 'RECEIVED'));
  console.log(JSON.stringify(await app.engine.store.commits.waitsAt(['r:job-1'])), JSON.stringify((await app.engine.store.commits.load([{ id, waits: [], messages: [], context: false }]))[0]!.process.tokens));
  console.log(JSON.stringify(await app.engine.store.commits.knownAt(['r:job-1', 'x:job-1'])));
  go(); await app.close(); await db.drop();
});
