/** Tests that let time stand still by the means of their runner: the harness has a clock of its own, and goes on. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { again, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Job {
  n = 0;
}
@Workflow({ name: 'job', context: Job })
class JobWorkflow {
  @Step({ after: '1 day' }) one() {
    return { n: 1 };
  }
  @Step({ queue: 'mail', retry: { attempts: 2, delay: '1 hour' } }) two(job: Job, step: StepRef<number>) {
    if (step.attempt === 1) throw new Error('later');
    return step.state ? { n: job.n + 1 } : again({ after: '1 minute', state: 1 });
  }
}

let close = async () => {};
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  await close();
  vi.useRealTimers();
});

it('all timers faked, as is the default: processes go on as the harness moves its clock', async () => {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [JobWorkflow] }).compile();
  module.useLogger(false);
  close = () => module.close();
  await module.init();
  const harness = module.get(WorkflowHarness);
  const job = await harness.start(JobWorkflow, {});
  expect(job.status).toBe('waiting');
  await harness.advance('1 day');
  await harness.advance('2 hours');
  expect(job).toMatchObject({ status: 'completed', context: { n: 2 } });
  expect(await module.get(WorkflowService).settled(job.id, { timeout: '1s' })).toMatchObject({ status: 'completed' });
});
