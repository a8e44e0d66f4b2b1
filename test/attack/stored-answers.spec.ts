/** A stored answer whose look was cut off, and a later one in a transaction of the application. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { asked, Step, Workflow } from '../../lib/index.js';
import { until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Answered {
  n = 0;
}
@Workflow({ name: 'asks', context: Answered })
class Asks {
  @Step({ request: 'ask' }) answer(_: Answered, { n }: { n: number }) { return { n }; } // prettier-ignore
  ask() { return asked({ correlationId: 'c1' }); } // prettier-ignore
}

onTwoDatabases('a stored answer', { providers: [Asks] }, ({ boot }) => {
  it('goes before a later one of a transaction that has changed the process already, and in that transaction', async () => {
    const { workflows, dataSource } = await boot();
    const { id } = await workflows.start(Asks);
    await until(() => workflows.get(id), ({ status }) => status === 'waiting'); // prettier-ignore
    await workflows.respond(Asks, 'answer', 'another', { n: 1 });
    await dataSource.query('update workflow_inbox set address = (select address from workflow_wait)'); // as after an outage
    const later = await dataSource.transaction(async (manager) => {
      await workflows.suspend(id, { manager });
      await workflows.resume(id, { manager });
      return workflows.respond(Asks, 'answer', 'c1', { n: 2 }, { manager });
    });
    expect(later).toBe('late');
    expect((await workflows.settled(id)).status).toBe('completed');
    expect((await workflows.get(id)).context).toEqual({ n: 1 });
    expect((await workflows.inbox.list()).items).toEqual([]);
  }, 20_000);
});
