/** Savepoints, more than one transaction of one manager, group ids, and what is told to oneself. */
import 'reflect-metadata';
import { IsInt } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { expect, it } from 'vitest';
import { ProcessAlreadyLiveError, ProcessFinishedError, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Amount {
  @IsInt() amount: number;
}
class Loan {
  asked = 0;
  heard: string[] = [];
}
const add = (what: string) => ({ heard: (all: string[]) => [...all, what] });

class Steps {
  @Step({ input: Amount }) ask(_: Loan, { amount }: Amount) {
    return { asked: amount };
  }
  @Step({ input: Amount }) grant() {}
  @Step({ on: 'told', unsolicited: true }) one() {
    return add('one');
  }
  @Step({ on: 'told', unsolicited: true }) two() {
    return add('two');
  }
}
@Workflow({ name: 'loan', version: 1, context: Loan })
class LoanWorkflow extends Steps {}
@Workflow({ name: 'loan', version: 2, context: Loan })
class LoanWorkflow2 extends Steps {
  @Step() more() {}
}

@Workflow({ name: 'payer', context: Loan })
class Payer {
  constructor(private readonly workflows: WorkflowService) {}
  @Step({ parallel: 'both', after: '200ms', transactional: true }) async pay(_: Loan, step: StepRef) {
    await this.workflows.emit('paid', step.groupId, null, { manager: step.manager });
    return add('pay');
  }
  @Step({ parallel: 'both', on: 'paid' }) paid() {
    return add('paid');
  }
}

const rolledBack = (manager: EntityManager, work: (inner: EntityManager) => Promise<unknown>) =>
  manager.transaction(async (inner) => { await work(inner); throw new Error('back'); }).catch(() => {}); // prettier-ignore

onTwoDatabases('a transaction', { providers: [LoanWorkflow, LoanWorkflow2, Payer] }, ({ boot }) => {
  async function begun() {
    const app = await boot();
    const { id } = await app.workflows.start(LoanWorkflow, {}, { groupId: 'g', version: 1 });
    const asked = async (of: string) =>
      (
        await until(
          () => app.workflows.get(LoanWorkflow, of),
          ({ context }) => context.asked > 0,
          2000,
        )
      ).context.asked;
    return { ...app, id, asked };
  }

  it('A1 suspends what a savepoint had suspended and took back', async () => {
    const { workflows, dataSource, id } = await begun();
    await dataSource.transaction(async (manager) => {
      await rolledBack(manager, (inner) => workflows.suspend(id, { manager: inner }));
      expect((await workflows.suspend(id, { manager })).status).toBe('suspended');
    });
    expect((await workflows.get(id)).status).toBe('suspended');
  });
  it('A2 goes on with what it started after a savepoint', async () => {
    const { workflows, dataSource, asked } = await begun();
    const [a, b] = await dataSource.transaction(async (manager) => {
      const [a, b] = [(await workflows.start(LoanWorkflow, {}, { manager })).id, (await workflows.start(LoanWorkflow, {}, { manager })).id];
      await rolledBack(manager, (inner) => workflows.provideInput(LoanWorkflow, 'ask', a, { amount: 1 }, { manager: inner }));
      await rolledBack(manager, (inner) => workflows.suspend(b, { manager: inner }));
      await workflows.provideInput(LoanWorkflow, 'ask', a, { amount: 2 }, { manager });
      await workflows.cancel(b, { manager });
      return [a, b];
    });
    expect(await asked(a)).toBe(2);
    expect((await workflows.get(b)).status).toBe('cancelled');
  });
  it('A3 resumes what it suspended, after a savepoint that had cancelled it', async () => {
    const { workflows, dataSource, id } = await begun();
    await dataSource.transaction(async (manager) => {
      await workflows.suspend(id, { manager });
      await rolledBack(manager, (inner) => workflows.cancel(id, { manager: inner }));
      await workflows.resume(id, { manager });
    });
    expect((await workflows.get(id)).status).toBe('waiting');
  });
  it('A4 that was rolled back is tried again with the same query runner', async () => {
    const { workflows, dataSource, id, asked } = await begun();
    const runner = dataSource.createQueryRunner();
    for (const end of ['rollbackTransaction', 'commitTransaction'] as const) {
      await runner.startTransaction();
      await workflows.provideInput(LoanWorkflow, 'ask', id, { amount: 1 }, { manager: runner.manager });
      await runner[end]();
    }
    await runner.release();
    expect(await asked(id)).toBe(1);
  });
  it('A5 tells of an event that two steps of one process listen for', async () => {
    const { workflows, dataSource, id } = await begun();
    await dataSource.transaction((manager) => workflows.emit('told', 'g', null, { manager }));
    await until(
      () => workflows.get(LoanWorkflow, id),
      ({ context }) => context.heard.length === 2,
      2000,
    );
  });

  it('B of a step may tell its own process something', async () => {
    const { workflows } = await begun();
    const { id } = await workflows.start(Payer);
    expect(
      await until(
        () => workflows.get(Payer, id),
        ({ status }) => ['completed', 'failed'].includes(status),
      ),
    ).toMatchObject({ status: 'completed', cause: null });
  });

  it('C1 means by a group id the one it started in place of another', async () => {
    const { workflows, dataSource, id, asked } = await begun();
    const second = await dataSource.transaction(async (manager) => {
      await workflows.cancel(id, { manager });
      const { id: second } = await workflows.start(LoanWorkflow, {}, { groupId: 'g', manager });
      await workflows.provideInput(LoanWorkflow, 'ask', { groupId: 'g' }, { amount: 2 }, { manager });
      return second;
    });
    expect(await asked(second)).toBe(2);
  });
  it('C2 goes on with a finished one that it has restarted', async () => {
    const { workflows, dataSource, id, asked } = await begun();
    await workflows.cancel(id);
    await dataSource.transaction(async (manager) => {
      await workflows.restartFrom(id, 1, { manager });
      await workflows.provideInput(LoanWorkflow, 'ask', id, { amount: 2 }, { manager });
    });
    expect(await asked(id)).toBe(2);
  });
  it('C3 knows the live one it has started', async () => {
    const { workflows, dataSource } = await begun();
    await dataSource.transaction(async (manager) => {
      const { id } = await workflows.start(LoanWorkflow, {}, { groupId: 'h', manager });
      expect((await workflows.start(LoanWorkflow, {}, { groupId: 'h', ifLive: 'return', manager })).id).toBe(id);
      await expect(workflows.start(LoanWorkflow, {}, { groupId: 'h', manager })).rejects.toThrow(ProcessAlreadyLiveError);
    });
  });
  it('C4 cannot suspend what it has cancelled', async () => {
    const { workflows, dataSource, id } = await begun();
    await dataSource.transaction(async (manager) => {
      await workflows.cancel(id, { manager });
      await expect(workflows.suspend(id, { manager })).rejects.toThrow(ProcessFinishedError);
    });
  });

  it('D2 tells an event to one that it has started, and that listens', async () => {
    const { workflows, dataSource } = await begun();
    const id = await dataSource.transaction(async (manager) => {
      const { id } = await workflows.start(LoanWorkflow, {}, { groupId: 'h', manager });
      await workflows.emit('told', 'h', null, { manager });
      return id;
    });
    await until(
      () => workflows.get(LoanWorkflow, id),
      ({ context }) => context.heard.length === 2,
      1000,
    );
  });
});
