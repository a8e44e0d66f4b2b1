import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Class,
  InvalidInputError,
  NotPausedError,
  Step,
  type StepRef,
  UnknownStepError,
  UnknownWorkflowError,
  Workflow,
  WorkflowService,
} from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function harnessOf(...providers: Class[]): Promise<{ harness: WorkflowHarness; workflows: WorkflowService }> {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  await module.init();
  closing.push(() => module.close());
  return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService) };
}

class Data {
  n = 0;
}

/** When each body has begun, in seconds since the start of the test's clock. */
const begun: string[] = [];
afterEach(() => void (begun.length = 0));
const note = (step: StepRef) => void begun.push(step.name);

describe('a workflow that is paused', () => {
  it('begins so many bodies in a minute when it is resumed gradually, those that come meanwhile among them', async () => {
    @Workflow({ name: 'gradual', context: Data })
    class Gradual {
      @Step() one(_data: Data, step: StepRef) {
        note(step);
      }
    }
    const { harness, workflows } = await harnessOf(Gradual);
    await workflows.pauses.pause({ workflow: Gradual });
    for (let i = 0; i < 5; i++) await harness.start(Gradual);
    expect(begun).toHaveLength(0);
    await workflows.pauses.resume({ workflow: Gradual }, { perMinute: 2 });
    await harness.settle();
    expect(begun).toHaveLength(1);
    await harness.start(Gradual); // stands in line
    expect(begun).toHaveLength(1);
    for (const expected of [2, 3, 4]) {
      await harness.advance('29 s');
      expect(begun).toHaveLength(expected - 1);
      await harness.advance('1 s');
      expect(begun).toHaveLength(expected);
    }
    expect(await workflows.pauses.list()).toMatchObject([{ workflow: 'gradual', resumingPerMinute: 2 }]);
    await workflows.pauses.resume({ workflow: Gradual }, { perMinute: 60 });
    await harness.advance('2 s');
    expect(begun).toHaveLength(6);
    await harness.advance('1 s');
    expect(await workflows.pauses.list()).toEqual([]);
    await harness.start(Gradual);
    expect(begun).toHaveLength(7);
  });

  it('that is paused again while it ends holds back what it has let through, too', async () => {
    @Workflow({ name: 'twice', context: Data })
    class Twice {
      @Step({ queue: 'q' }) one(_data: Data, step: StepRef) {
        note(step);
      }
      @Step() two(_data: Data, step: StepRef) {
        note(step);
      }
    }
    const { harness, workflows } = await harnessOf(Twice);
    await workflows.pauses.pause({ workflow: Twice }, { reason: 'first' });
    await workflows.pauses.pause({ workflow: Twice, step: 'one' });
    const process = await harness.start(Twice);
    await workflows.pauses.resume({ workflow: Twice }, { perMinute: 1 });
    await harness.settle();
    expect(begun).toEqual([]);
    await workflows.pauses.pause({ workflow: Twice }, { reason: 'second' });
    expect(await workflows.pauses.list()).toMatchObject([{ step: 'one' }, { step: null, reason: 'second', resumedAt: null }]);
    await workflows.pauses.resume({ workflow: Twice, step: 'one' });
    await harness.settle();
    expect(begun).toEqual([]);
    expect((await workflows.explain(process.id)).sentence).toContain('second');
    await workflows.pauses.resume({ workflow: Twice }, { perMinute: 60 });
    await harness.advance('3 s');
    expect(begun).toEqual(['one', 'two']);
  });

  it('stops the time limit of an attempt that it holds back, and no other', async () => {
    @Workflow({ name: 'limited', context: Data })
    class Limited {
      @Step({ on: 'go', within: '10 s' }) heard(_data: Data, _event: unknown, step: StepRef) {
        note(step);
        return { n: 1 };
      }
      @Step({ on: 'more', within: '10 s' }) waits() {}
    }
    const { harness, workflows } = await harnessOf(Limited);
    const process = await harness.start(Limited);
    await harness.advance('6 s');
    await workflows.pauses.pause({ workflow: Limited });
    await harness.emit('go', process.id, {});
    await harness.advance('1 h');
    expect((await workflows.get(process.id)).status).toBe('waiting');
    await workflows.pauses.resume({ workflow: Limited });
    await harness.settle();
    expect(begun).toEqual(['heard']);
    await workflows.pauses.pause({ workflow: Limited });
    await harness.advance('11 s');
    expect(await workflows.get(process.id)).toMatchObject({ status: 'failed', cause: expect.stringContaining('nothing came within the time given') as string });
  });

  it('keeps events, inputs and timers, and cancels, skips and restarts what it holds back', async () => {
    @Workflow({ name: 'kept', context: Data })
    class Kept {
      @Step({ after: '1 m' }) late(_data: Data, step: StepRef) {
        note(step);
      }
      @Step({ on: 'fact', unsolicited: true }) hear(_data: Data, { n }: { n: number }, step: StepRef) {
        begun.push(`${step.name} ${n}`);
      }
    }
    const { harness, workflows } = await harnessOf(Kept);
    await workflows.pauses.pause({ workflow: Kept });
    const [one, two, three] = [await harness.start(Kept), await harness.start(Kept), await harness.start(Kept)];
    for (const n of [1, 2, 3]) await harness.emit('fact', one.id, { n });
    await harness.advance('2 m');
    expect(begun).toEqual([]);
    expect((await workflows.waits(one.id)).items.map(({ kind, step }) => `${kind} ${step}`).sort()).toEqual([
      'pause hear',
      'pause hear',
      'pause hear',
      'pause late',
    ]);
    expect((await workflows.cancel(two.id)).status).toBe('cancelled');
    await workflows.skip(Kept, 'late', three.id);
    await harness.settle();
    expect((await workflows.get(three.id)).status).toBe('completed');
    await workflows.restartFrom(two.id, 1);
    await harness.settle();
    await workflows.pauses.resume({ workflow: Kept });
    await harness.advance('2 m');
    expect(begun.filter((each) => each.startsWith('hear'))).toEqual(['hear 1', 'hear 2', 'hear 3']);
    for (const id of [one.id, two.id]) expect((await workflows.get(id)).status).toBe('completed');
  });

  it('undoes nothing while it is paused; a step that is paused is undone', async () => {
    @Workflow({ name: 'undone', context: Data })
    class Undone {
      @Step({ compensate: 'back' }) book() {}
      @Step({ on: 'never' }) waits() {}
      back(_data: Data, step: StepRef) {
        note(step);
      }
    }
    const { harness, workflows } = await harnessOf(Undone);
    const [one, two] = [await harness.start(Undone), await harness.start(Undone)];
    await workflows.pauses.pause({ workflow: Undone, step: 'book' });
    await workflows.cancel(one.id, { compensate: true });
    await harness.settle();
    expect([begun.length, (await workflows.get(one.id)).status]).toEqual([1, 'cancelled']);
    await workflows.pauses.pause({ workflow: Undone });
    await workflows.cancel(two.id, { compensate: true });
    await harness.settle();
    expect([begun.length, (await workflows.get(two.id)).status]).toEqual([1, 'waiting']);
    await workflows.pauses.resume({ workflow: Undone });
    await harness.settle();
    expect([begun.length, (await workflows.get(two.id)).status]).toEqual([2, 'cancelled']);
  });
});

describe('a wrong call', () => {
  @Workflow({ name: 'named', context: Data })
  class Named {
    @Step({ queue: 'mail' }) send() {}
  }

  it.each<[string, object, object, Class, string]>([
    ['nothing to pause', {}, {}, InvalidInputError, 'say workflow, or workflow and step, or queue'],
    ['a workflow and a queue', { workflow: 'named', queue: 'mail' }, {}, InvalidInputError, 'say workflow, or workflow and step, or queue'],
    ['a step of a queue', { queue: 'mail', step: 'send' }, {}, InvalidInputError, 'say workflow, or workflow and step, or queue'],
    ['an unknown workflow', { workflow: 'name' }, {}, UnknownWorkflowError, 'Did you mean "named"?'],
    ['an unknown step', { workflow: 'named', step: 'sent' }, {}, UnknownStepError, 'Did you mean "send"?'],
    ['an unknown queue', { queue: 'male' }, {}, InvalidInputError, 'Did you mean "mail"?'],
    ['another target', { workflows: 'named' }, {}, InvalidInputError, 'there is no "workflows"'],
    ['another option', { workflow: 'named' }, { why: 'x' }, InvalidInputError, 'there is no "why"'],
    ['an option that is too long', { workflow: 'named' }, { reason: 'x'.repeat(2001) }, InvalidInputError, 'it has 2001 characters'],
  ])('with %s is refused, and pauses nothing', async (_, target, options, error, sentence) => {
    const { workflows } = await harnessOf(Named);
    const refused = workflows.pauses.pause(target, options);
    await expect(refused).rejects.toThrow(error);
    await expect(refused).rejects.toThrow(sentence);
    expect(await workflows.pauses.list()).toEqual([]);
  });

  it('of resume is refused, and what is paused stays so', async () => {
    const { workflows } = await harnessOf(Named);
    await expect(workflows.pauses.resume({ workflow: Named })).rejects.toThrow(NotPausedError);
    const first = await workflows.pauses.pause({ workflow: Named }, { reason: 'first' });
    expect(await workflows.pauses.pause({ workflow: Named }, { reason: 'second' })).toEqual(first);
    await expect(workflows.pauses.resume({ workflow: Named }, { perMinute: 0 })).rejects.toThrow('perMinute');
    expect(await workflows.pauses.list()).toEqual([first]);
  });
});
