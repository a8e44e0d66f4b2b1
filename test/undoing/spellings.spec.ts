/** A request that was made is undone, whatever became of its answer; and undoing is tried again. In each spelling. */
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { asJson, Bank, Charged, PROVIDERS, SPELLINGS } from './workflows.js';

let module: TestingModule | undefined;
afterEach(() => module?.close());

async function started(workflow: string) {
  module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ workflows: [asJson], contexts: [Charged] })],
    providers: PROVIDERS,
  }).compile();
  module.useLogger(false);
  await module.init();
  const [harness, workflows, bank] = [module.get(WorkflowHarness), module.get(WorkflowService), module.get(Bank)];
  const process = await harness.start(workflow, {}, { groupId: 'g' });
  return { harness, workflows, bank, process, did: () => bank.said('g') };
}

describe.each(Object.entries(SPELLINGS))('%s', (_spelling, workflow) => {
  it('cancelled while the answer is outstanding: what was asked for is undone', async () => {
    const { harness, workflows, process, did } = await started(workflow);
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
    expect(did()).toEqual(['asked', 'refund asked undefined', 'release completed']);
    expect(process.status).toBe('cancelled');
  });

  it('no answer within the time given: what was asked for is undone', async () => {
    const { harness, process, did } = await started(workflow);
    await harness.advance('10m');
    expect(did()).toEqual(['asked', 'refund asked undefined', 'release completed']);
    expect(process.status).toBe('cancelled');
  });

  it('its method failed for good after the answer: what was asked for is undone, and told the answer', async () => {
    const { process, did } = await started(workflow);
    await process.respond('pay', { ok: false });
    expect(did()).toEqual(['asked', 'paid', 'refund failed {"ok":false}', 'release completed']);
    expect(process.status).toBe('cancelled');
  });

  it('completed, it is undone once', async () => {
    const { harness, workflows, process, did } = await started(workflow);
    await process.respond('pay', { ok: true });
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
    expect(did()).toEqual(['asked', 'paid', 'refund completed {"ok":true}', 'release completed']);
    expect(process.records.filter(({ type }) => type === 'step-compensated').map(({ step }) => step)).toEqual(['pay', 'reserve']);
  });

  it('undoing is tried again by its own policy, and explained meanwhile', async () => {
    const { harness, workflows, bank, process, did } = await started(workflow);
    bank.down.set('g', 2);
    const at = harness.now().getTime();
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
    expect(process.status).toBe('waiting');
    expect((await workflows.explain(process.id)).sentence).toContain(
      'is undoing what was done: step "pay" is undone next (it has asked, and was not answered), and then step "reserve"; ' +
        `one attempt has failed, the last with undoing pay: Error: 502; the next attempt is at ${new Date(at + 1000).toISOString()}.`,
    );
    await harness.advance('1s');
    expect((await workflows.explain(process.id)).sentence).toContain(`2 attempts have failed, the last with undoing pay: Error: 502; the next attempt is at ${new Date(at + 3000).toISOString()}`);
    await harness.advance('2s');
    expect(did()).toEqual(['asked', 'refund asked undefined', 'release completed']);
    expect(process.status).toBe('cancelled');
  }); // prettier-ignore

  it('when no attempt is left it waits for a person, whose retry begins anew', async () => {
    const { harness, workflows, bank, process, did } = await started(workflow);
    bank.down.set('g', 4);
    await workflows.cancel(process.id, { compensate: true });
    await harness.advance('1h');
    expect(process.status).toBe('failed');
    const { sentence, remedies } = await workflows.explain(process.id);
    expect(sentence).toContain('has failed in undoing what was done');
    expect(sentence).toContain('3 attempts have failed, the last with undoing pay: Error: 502');
    expect(remedies[0]).toBe(`retry('${process.id}')`);
    await workflows.retry(process.id);
    await harness.settle();
    expect(process.status).toBe('waiting');
    await harness.advance('1s');
    expect(did()).toEqual(['asked', 'refund asked undefined', 'release completed']);
  });
});
