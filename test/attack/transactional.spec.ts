/** Transactional steps whose claim is lost while their body runs: what they wrote must go (P4, P7). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import { bodies, body, nobodySweeps, signal } from './support.js';

@Entity('debit')
class Debit {
  @PrimaryGeneratedColumn() id: number;
  @Column({ type: 'varchar', length: 200 }) key: string;
}

@Workflow({ name: 'paying' })
class Paying {
  @Step({ transactional: true }) pay(_context: object, step: StepRef) { return body(step); } // prettier-ignore
  @Step({ request: 'ask' }) answer() {}
  ask() {}
}

@Workflow({ name: 'paying-queued' })
class PayingQueued {
  @Step({ transactional: true, queue: 'pay' }) pay(_context: object, step: StepRef) { return body(step); } // prettier-ignore
  @Step({ request: 'ask' }) answer() {}
  ask() {}
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => transactional(database));
}

function transactional(database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, 'database', { providers: [Paying, PayingQueued], queues: ['pay'], entities: [Debit], options: nobodySweeps });
    const id = database.name.startsWith('SQLite') ? 'integer primary key' : database.name === 'MySQL' ? 'int auto_increment primary key' : 'serial primary key';
    await app.dataSource.query(`create table debit (id ${id}, ${database.name === 'MySQL' ? '`key`' : '"key"'} varchar(200))`);
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  async function paying(workflow: any) {
    const groupId = randomUUID();
    const [begun, gate] = [signal(), signal()];
    let runs = 0;
    bodies.set(`${groupId} pay`, async (step) => {
      await step.manager.insert(Debit, { key: groupId });
      if (runs++ > 0) return;
      begun.happen();
      await gate.happened;
    });
    const { id } = await app.workflows.start(workflow, {}, { groupId });
    await begun.happened;
    return { id, gate, debits: () => app.dataSource.getRepository(Debit).countBy({ key: groupId }) };
  }

  // On SQLite nobody else can write while the body's transaction is open, so nothing can be lost there.
  const others = !database.name.startsWith('SQLite');

  it.each([Paying, PayingQueued])('whose process is cancelled under it: %o leaves nothing behind, or was first', async (workflow) => {
    const { id, gate, debits } = await paying(workflow);
    const cancelling = app.workflows.cancel(id);
    if (others) await cancelling;
    gate.happen();
    await cancelling;
    await app.engine.activity.idle();
    expect(await debits()).toBe(others ? 0 : 1);
    expect((await app.workflows.history(id)).filter(({ type }) => type === 'step-completed')).toHaveLength(others ? 0 : 1);
  });

  it('whose worker is taken for dead pays once', async () => {
    const { id, gate, debits } = await paying(Paying);
    const lost = { type: 'worker-lost', worker: app.engine.worker } as const;
    const taking = app.engine.writer.apply(id, lost);
    if (others) await until(() => app.workflows.get(id), ({ contextVersion }) => contextVersion === 2); // prettier-ignore
    gate.happen();
    await taking;
    await app.engine.activity.idle();
    expect(await debits()).toBe(1);
  });

  it('goes on at once after the transaction, without a sweep or a heartbeat', async () => {
    const { id } = await app.workflows.start(Paying);
    await until(() => app.workflows.get(id), ({ status }) => status === 'waiting'); // prettier-ignore
  });
}
