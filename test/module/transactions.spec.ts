/** What a transaction of the application's begins, it can go on with: nobody else sees that before it commits. */
import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { expect, it } from 'vitest';
import { NotWaitingError, ProcessFinishedError, ProcessNotFoundError, Step, Workflow } from '../../lib/index.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Amount {
  @IsInt() amount: number;
}
class Loan {
  asked = 0;
  granted = 0;
}

@Workflow({ name: 'loan', context: Loan })
class LoanWorkflow {
  @Step({ input: Amount }) ask(_loan: Loan, { amount }: Amount) {
    return { asked: amount };
  }
  @Step() think() {}
  @Step({ input: Amount }) grant(_loan: Loan, { amount }: Amount) {
    return { granted: amount };
  }
}

@Workflow({ name: 'both', context: Loan })
class BothWorkflow {
  @Step({ input: Amount, parallel: 'both' }) ask(_loan: Loan, { amount }: Amount) {
    return { asked: amount };
  }
  @Step({ input: Amount, parallel: 'both' }) grant(_loan: Loan, { amount }: Amount) {
    return { granted: amount };
  }
}

onTwoDatabases('a transaction', { providers: [LoanWorkflow, BothWorkflow] }, ({ boot }) => {
  it('gives an input to what it has started, and nobody sees either before it commits', async () => {
    const { workflows, dataSource } = await boot();
    const id = await dataSource.transaction(async (manager) => {
      const started = await workflows.start(LoanWorkflow, {}, { manager, groupId: 'l-1' });
      const process = await workflows.provideInput(LoanWorkflow, 'ask', { groupId: 'l-1' }, { amount: 3 }, { manager });
      expect(process).toMatchObject({ id: started.id, status: 'running' });
      return started.id;
    });
    await workflows.settled(id);
    expect(await workflows.get(id)).toMatchObject({ status: 'waiting', context: { asked: 3, granted: 0 } });
  });

  it('gives several, whichever step they are for', async () => {
    const { workflows, dataSource } = await boot();
    const id = await dataSource.transaction(async (manager) => {
      const { id } = await workflows.start(BothWorkflow, {}, { manager });
      await workflows.provideInput(BothWorkflow, 'grant', id, { amount: 2 }, { manager });
      await expect(workflows.provideInput(BothWorkflow, 'grant', id, { amount: 2 }, { manager })).rejects.toThrow(NotWaitingError);
      await workflows.provideInput(BothWorkflow, 'ask', id, { amount: 3 }, { manager });
      return id;
    });
    await workflows.settled(id);
    expect(await workflows.get(id)).toMatchObject({ status: 'completed', context: { asked: 3, granted: 2 } });
  });

  it('suspends, skips, resumes and cancels it', async () => {
    const { workflows, dataSource } = await boot();
    const id = await dataSource.transaction(async (manager) => {
      const { id } = await workflows.start(LoanWorkflow, {}, { manager });
      expect((await workflows.suspend(id, { manager })).status).toBe('suspended');
      expect((await workflows.skip(LoanWorkflow, 'ask', id, { asked: 7 }, { manager })).status).toBe('suspended');
      expect((await workflows.resume(id, { manager })).status).toBe('running');
      expect((await workflows.cancel(id, { manager })).status).toBe('cancelled');
      await expect(workflows.cancel(id, { manager })).rejects.toThrow(ProcessFinishedError);
      return id;
    });
    expect(await workflows.get(id)).toMatchObject({ status: 'cancelled', context: { asked: 7 } });
    await expect(workflows.cancel(id)).rejects.toThrow(ProcessFinishedError);
  });

  it('starts another in place of one it has cancelled', async () => {
    const { workflows, dataSource } = await boot();
    const first = await workflows.start(LoanWorkflow, {}, { groupId: 'l-2' });
    await workflows.settled(first.id);
    const second = await dataSource.transaction(async (manager) => {
      await workflows.cancel(first.id, { manager });
      const { id } = await workflows.start(LoanWorkflow, {}, { manager, groupId: 'l-2' });
      await workflows.provideInput(LoanWorkflow, 'ask', id, { amount: 9 }, { manager });
      return id;
    });
    await workflows.settled(second);
    expect(await workflows.get(second)).toMatchObject({ status: 'waiting', context: { asked: 9 } });
  });

  it('that rolls back leaves nothing, also where it goes on after a savepoint', async () => {
    const { workflows, dataSource } = await boot();
    let id = '';
    await dataSource.transaction(async (manager) => {
      const nested = manager.transaction(async (inner) => {
        ({ id } = await workflows.start(LoanWorkflow, {}, { manager: inner }));
        throw new Error('back');
      });
      await expect(nested).rejects.toThrow('back');
      await expect(workflows.cancel(id, { manager })).rejects.toThrow(ProcessNotFoundError);
      await expect(workflows.provideInput(LoanWorkflow, 'ask', id, { amount: 3 }, { manager })).rejects.toThrow(ProcessNotFoundError);
    });
    await expect(workflows.get(id)).rejects.toThrow(ProcessNotFoundError);
  });
});
