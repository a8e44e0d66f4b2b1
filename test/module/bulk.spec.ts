import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { Step, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Data {
  n = 0;
}

@Workflow({ name: 'many', context: Data })
class Many {
  @Step({ on: 'never' }) wait() {}
}

it('a bulk run does so many in a minute, and then the next', async () => {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Many] }).compile();
  await module.init();
  const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
  for (let i = 0; i < 5; i++) await harness.start(Many);
  const run = await workflows.bulk.start({ action: 'cancel', filter: { workflow: Many, startedAfter: new Date(0) }, perMinute: 2 });
  const done = async () => (await workflows.bulk.get(run.id)).done;
  await harness.settle();
  expect(await done()).toBe(1);
  for (const expected of [2, 3, 4]) {
    await harness.advance('29 s');
    expect(await done()).toBe(expected - 1);
    await harness.advance('1 s');
    expect(await done()).toBe(expected);
  }
  expect((await workflows.bulk.get(run.id)).state).toBe('running');
  await harness.advance('1 m');
  expect(await workflows.bulk.get(run.id)).toMatchObject({ state: 'done', done: 5, filter: { workflow: 'many', startedAfter: '1970-01-01T00:00:00.000Z' } });
  await module.close();
});
