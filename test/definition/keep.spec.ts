/** How long finished processes are kept, in each spelling: what can be said, and what is told at boot. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { type Flow, Step, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';
import { memoryProcessStore, memoryTaskQueue } from 'nestjs-argonaut/testing';
import { Engine } from '../../lib/engine/engine.js';
import { problemsOf } from './problems.js';

function written(options: object) {
  @Workflow({ name: 'order', ...options })
  class Order {
    @Step() pay() {}
  }
  return Order;
}
function built(options: object) {
  @Workflow({ name: 'order', ...options })
  class Order {
    @Step() pay() {}
    flow(flow: Flow<object>) {
      return flow.then(this.pay);
    }
  }
  return Order;
}
function digraph(options: object) {
  @Workflow({ name: 'order', ...options })
  class Order {
    readonly flow = { start: ['pay'], pay: ['ship'], ship: [] };
    @Step() pay() {}
    @Step() ship() {}
  }
  return Order;
}
@Step({ name: 'Pay' })
class Pay {
  run() {}
}
const document = (options: object) => ({ name: 'order', ...options, steps: [{ name: 'Pay' }] });

const WRONG: [string, object, string][] = [
  ['no object', { keep: '30 days' }, `keep says how long finished processes are kept, such as { completed: '30 days' }, not "30 days".`],
  ['a status that there is not', { keep: { compelted: '1 day' } }, 'keep: there is no option "compelted". Did you mean "completed"?'],
  ['a failed process', { keep: { failed: '1 day' } }, 'keep.failed: a failed process has not finished, it waits for a person: retry it, or cancel it and say keep.cancelled.'],
  ['no duration', { keep: { cancelled: '30 moons' } }, `keep.cancelled "30 moons" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds. Or say 'forever'.`],
  ['no time at all', { keep: { completed: 0 } }, 'keep.completed is no time at all: say deleteOnCompletion: true.'],
  ['no time at all for a cancelled one', { keep: { cancelled: '0s' } }, "keep.cancelled is no time at all: say for instance '1 day'."],
  ['two rules', { keep: { completed: '1 day' }, deleteOnCompletion: true }, 'deleteOnCompletion deletes a completed process at once, and keep.completed later: say one of them.'],
]; // prettier-ignore

describe('keep', () => {
  const good = { keep: { completed: '30 days', cancelled: 'forever' } };
  it.each([['written', written], ['built', built], ['digraph', digraph]])('is an option of a workflow: %s', (_name, spelled) => {
    expect(problemsOf(spelled(good))).toEqual([]);
  }); // prettier-ignore

  it('is an option of a document', () => {
    expect(problemsOf(document(good), { steps: [Pay] })).toEqual([]);
    expect(problemsOf(document({ keep: { completed: '30 moons' } }), { steps: [Pay] }).join()).toContain('keep.completed');
  });

  it.each(WRONG)('refuses %s', (_what, options, problem) => {
    for (const spelled of [written, built, digraph]) expect(problemsOf(spelled(options)).map((each) => each.replace(/^Order: /, ''))).toEqual([problem]);
  });

  const boot = async (options: object) => {
    const imports = [WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue(), ...options })];
    const module = await Test.createTestingModule({ imports, providers: [written({}), Pay] }).compile();
    await module.init();
    return module;
  };

  it.each(WRONG.slice(0, 6))('of the module refuses %s', async (_what, options, problem) => {
    await expect(boot(options)).rejects.toThrow(`WorkflowModule: ${problem}`);
  });

  it('of each spelling says how long its processes are kept; the module speaks for those that say nothing', async () => {
    const keep = { completed: '2 days', cancelled: '1 day' };
    const module = await boot({ keep, workflows: [document({ name: 'letter', keep: { completed: '5 s', cancelled: 'forever' } })] });
    const { rules } = module.get(Engine).parts;
    const ms = (workflow: string, status: 'completed' | 'cancelled') => rules.keepMs({ workflow, workflowVersion: 1, status });
    expect([ms('order', 'completed'), ms('order', 'cancelled')]).toEqual([2 * 86_400_000, 86_400_000]);
    expect([ms('letter', 'completed'), ms('letter', 'cancelled')]).toEqual([5000, null]);
    expect(ms('unknown', 'completed')).toBeNull();
    await module.get(WorkflowService).withdraw('letter'); // its document is gone, and its processes are still ours
    expect([ms('letter', 'completed'), rules.shortest().get('letter')]).toEqual([2 * 86_400_000, 86_400_000]);
    await module.close();
  });
});
