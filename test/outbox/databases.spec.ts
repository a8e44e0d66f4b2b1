/** The outbox on every database, at the settings that a user gets, with two instances. */
import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageSender, type OutboxMessage, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

/** What all instances have transmitted, in order. */
let got: OutboxMessage[];
/** How a transmission ends. */
let answer: (message: OutboxMessage) => Promise<void>;

@Injectable()
class Partner extends MessageSender {
  override async transmit(message: OutboxMessage): Promise<void> {
    await answer(message);
    got.push(message);
  }
}

@Workflow({ name: 'chatty' })
class Chatty {
  @Step() one(_: object, step: StepRef) { for (const i of [1, 2, 3]) step.send(Partner, 'one', i); } // prettier-ignore
  @Step({ queue: 'work' }) two(_: object, step: StepRef) { for (const i of [4, 5]) step.send(Partner, 'two', i); } // prettier-ignore
  @Step({ transactional: true }) three(_: object, step: StepRef) { step.send(Partner, 'three', 6); } // prettier-ignore
}

@Injectable()
class Other extends MessageSender {
  override async transmit(message: OutboxMessage): Promise<void> {
    got.push(message);
    return Promise.resolve();
  }
}

@Workflow({ name: 'to-other' })
class ToOther {
  @Step() go(_: object, step: StepRef) { step.send(Other, 'go', 1); } // prettier-ignore
}

@Workflow({ name: 'rolls-back' })
class RollsBack {
  @Step({ transactional: true, retry: 2 }) pay(_: object, step: StepRef) {
    step.send(Partner, 'paid', step.attempt);
    if (step.attempt === 1) throw new Error('declined');
  }
}

@Workflow({ name: 'in-transaction' })
class InTransaction {
  @Step() go(_: object, step: StepRef) { step.send(Partner, 'go', 1); } // prettier-ignore
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const probe = await cell.database();
  const there = isThere(probe);
  await probe.drop().catch(() => {});
  describe.skipIf(!there)(`the outbox, ${cell.name}: ${titleOf(probe)}`, () => {
    let database: Database;
    const apps: TestApp[] = [];
    const boot = async (options: object = {}) => {
      const app = await bootApp(database, 'database', { providers: [Chatty, RollsBack, InTransaction, ToOther, Partner, Other], queues: ['work'], options });
      apps.push(app);
      return app;
    };

    beforeEach(async () => {
      [got, answer] = [[], () => Promise.resolve()];
      database = await cell.database();
    });
    afterEach(async () => {
      for (const app of apps.splice(0)) await app.close();
      await database.drop();
    });

    const empty = ({ workflows }: TestApp) => until(() => workflows.outbox.list(), ({ items }) => items.length === 0, 60_000); // prettier-ignore
    const of = (id: string) => got.filter(({ processId }) => processId === id);

    it('transmits what 300 processes send, each message once and in order, from two instances', async () => {
      const [one, two] = [await boot(), await boot()];
      const ids = await Promise.all(Array.from({ length: 300 }, async (_, i) => (await (i % 2 ? one : two).workflows.start(Chatty)).id));
      await until(() => one.workflows.find({ workflow: Chatty, status: ['running', 'waiting', 'failed'], limit: 1 }), ({ items }) => items.length === 0, 60_000); // prettier-ignore
      await empty(one);
      for (const id of ids) expect(of(id).map(({ data }) => data as number)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(new Set(got.map(({ id }) => id)).size).toBe(1800);
    }, 120_000);

    it('sends nothing of an attempt whose transaction is rolled back', async () => {
      const app = await boot();
      const { id } = await app.workflows.start(RollsBack);
      await app.workflows.settled(id);
      await empty(app);
      expect(of(id).map(({ data }) => data as number)).toEqual([2]);
    });

    it('transmits what an instance has left that runs nothing any more', async () => {
      const first = await boot();
      answer = () => new Promise(() => {}); // its receiver hangs
      const { id } = await first.workflows.start(InTransaction);
      await first.workflows.settled(id);
      answer = () => Promise.reject(new Error('down'));
      await first.close();
      apps.length = 0;
      answer = () => Promise.resolve();
      const second = await boot({ outbox: { timeout: 50 } });
      await second.dataSource.query('update workflow_outbox set ready_at = 0');
      await empty(second);
      expect(of(id)).toHaveLength(1);
    }, 60_000);

    it('a sender that hangs for every process does not hold up another sender', async () => {
      const app = await boot({ outbox: { timeout: '1h' }, worker: { shutdownTimeout: 50 } });
      answer = () => new Promise(() => {});
      await Promise.all(Array.from({ length: 400 }, () => app.workflows.start(InTransaction)));
      await until(() => app.workflows.find({ workflow: InTransaction, status: 'running', limit: 1 }), ({ items }) => items.length === 0, 60_000); // prettier-ignore
      const { id } = await app.workflows.start(ToOther);
      await until(() => of(id).length, (length) => length === 1, 20_000); // prettier-ignore
      await app.stop();
    }, 60_000);

    it('one receiver that hangs does not hold up the others', async () => {
      const app = await boot({ outbox: { timeout: '1h' }, worker: { shutdownTimeout: 50 } });
      const hangs = (await app.workflows.start(InTransaction)).id;
      let reached!: () => void;
      const isThere = new Promise<void>((resolve) => (reached = resolve));
      answer = ({ processId }) => (processId === hangs ? (reached(), new Promise(() => {})) : Promise.resolve());
      await Promise.race([isThere, empty(app)]);
      const ids = await Promise.all(Array.from({ length: 100 }, async () => (await app.workflows.start(InTransaction)).id));
      await until(() => ids.filter((id) => of(id).length === 1), ({ length }) => length === 100); // prettier-ignore
      await app.stop();
    }, 60_000);
  });
}
