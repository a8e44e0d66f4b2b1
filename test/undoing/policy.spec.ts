/** What the options of undoing mean. */
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, expect, it } from 'vitest';
import { again, asked, Step, type StepRef, Workflow, type WorkflowJson, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class CardGone extends Error {}
const soon = { attempts: 5, delay: '1s' } as const;

const seen: string[] = [];
let next: (step: StepRef) => unknown = () => {};

@Workflow({ name: 'limited' })
class Limited {
  @Step({ timeout: '1h', compensate: { do: 'undo', retry: soon, timeout: '5s' } }) one() {}
  @Step({ on: 'never' }) rest() {}
  undo(_context: object, step: StepRef) { return next(step); } // prettier-ignore
}

@Workflow({ name: 'twice' })
class Twice {
  @Step({ compensate: 'undo' }) one() {}
  @Step({ compensate: 'undo' }) two() {}
  @Step({ on: 'never' }) rest() {}
  @Step({ on: 'news', unsolicited: true, compensate: 'undo' }) news() {}
  undo(_context: object, step: StepRef) { return next(step); } // prettier-ignore
}

@Workflow({ name: 'like-the-step' })
class LikeTheStep {
  @Step({ timeout: '2s', compensate: 'undo' }) one() {}
  @Step({ on: 'never' }) rest() {}
  undo(_context: object, step: StepRef) { return next(step); } // prettier-ignore
}

@Workflow({ name: 'final' })
class Final {
  @Step({ retry: { attempts: 2, unless: [TypeError] }, compensate: { do: 'undo', retry: { ...soon, unless: [CardGone] } } }) one() {}
  @Step({ on: 'never' }) rest() {}
  undo(_context: object, step: StepRef) { return next(step); } // prettier-ignore
}

@Step()
class Charge {
  run() {}
  compensate(_context: object, step: StepRef) { return next(step); } // prettier-ignore
}
@Step()
class Rest {
  run() {}
}
const asJson: WorkflowJson = {
  name: 'json-final',
  steps: [
    { name: 'one', use: 'Charge', compensate: { retry: { ...soon, unless: ['CardGone'] } } },
    { name: 'rest', use: 'Rest', on: 'never' },
  ],
};

@Workflow({ name: 'their-id' })
class TheirId {
  @Step({ request: 'ask', compensate: 'undo' }) pay() {}
  ask() { return asked({ correlationId: 'theirs' }); } // prettier-ignore
  undo(_context: object, { correlationId }: StepRef) { seen.push(correlationId); } // prettier-ignore
}

let module: TestingModule | undefined;
afterEach(() => module?.close());

async function undoing(workflow: any, undo: (step: StepRef) => unknown) {
  [next, seen.length] = [undo, 0];
  module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ workflows: [asJson] })],
    providers: [Limited, Twice, LikeTheStep, Final, Charge, Rest, TheirId],
  }).compile();
  module.useLogger(false);
  await module.init();
  const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
  const process = await harness.start(workflow);
  await workflows.cancel(process.id, { compensate: true });
  await harness.settle();
  const errors = () => process.records.filter(({ type }) => type === 'step-failed').map(({ error }) => error);
  return { harness, process, errors, workflows };
}

const hangs = ({ signal }: StepRef) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it.each([[Limited, 5000], [LikeTheStep, 2000]] as const)('%o: a run of it takes no longer than its timeout, or that of its step', async (workflow, ms) => {
  const { harness, errors } = await undoing(workflow, hangs);
  await harness.advance(ms - 1);
  expect(errors()).toEqual([]);
  await harness.advance(1);
  expect(errors()).toEqual([`undoing one: Error: timeout: the body took longer than ${ms} ms`]);
}); // prettier-ignore

it.each([Final, 'json-final'])('%o: an error that its policy excepts is final, and one that only that of the step excepts is not', async (workflow) => {
  const { harness, process, errors } = await undoing(workflow, () => {
    throw new TypeError('not yet');
  });
  expect(process.status).toBe('waiting');
  next = () => {
    throw new CardGone('expired');
  };
  await harness.advance('1s');
  expect(process.status).toBe('failed');
  expect(errors()).toEqual(['undoing one: TypeError: not yet', 'undoing one: CardGone: expired']);
});

it('it is told the correlation id under which the request was made', async () => {
  await undoing(TheirId, () => {});
  expect(seen).toEqual(['theirs']);
});

it('undoing that takes long asks again, with what it left, and that is no failure', async () => {
  const seenStates: unknown[] = [];
  const { harness, process, errors, workflows } = await undoing(Limited, ({ state }) => {
    seenStates.push(state);
    return again({ after: '10m', state: { asked: seenStates.length } });
  });
  expect(process.status).toBe('waiting');
  expect((await workflows.explain(process.id)).sentence).toMatch(/is undoing what was done: step "one" is undone next; the next attempt is at \S+Z\.$/);
  await harness.advance('2h');
  expect(seenStates).toHaveLength(13);
  expect(seenStates.slice(0, 3)).toEqual([undefined, { asked: 1 }, { asked: 2 }]);
  next = ({ state }) => {
    seenStates.push(state);
    throw new Error('502');
  };
  await harness.advance('10m');
  next = ({ state }) => {
    seenStates.push(state);
  };
  await harness.advance('1s');
  expect(seenStates.slice(-2)).toEqual([{ asked: 13 }, { asked: 13 }]); // a failure keeps it
  expect(errors()).toEqual(['undoing one: Error: 502']);
  expect(process.status).toBe('cancelled');
});

it('what one undoing left, the next does not see', async () => {
  const states: unknown[] = [];
  const { harness, process } = await undoing(Twice, ({ name, state }) => {
    states.push([name, state]);
    return state === undefined ? again({ state: name }) : undefined;
  });
  await harness.advance('1m');
  expect(states).toEqual([['two', undefined], ['two', 'two'], ['one', undefined], ['one', 'one']]); // prettier-ignore
  expect(process.status).toBe('cancelled');
});

it('what has ended beside the flow meanwhile is undone first, and sees nothing of that', async () => {
  const states: unknown[] = [];
  const { harness, process, workflows } = await undoing(Twice, ({ name, state }) => {
    states.push([name, state]);
    return name === 'two' && states.length === 1 ? again({ after: '1m', state: 'asked' }) : undefined;
  });
  await harness.emit('news', (await workflows.get(process.id)).groupId, {});
  await harness.advance('1m');
  expect(states).toEqual([['two', undefined], ['news', undefined], ['two', undefined], ['one', undefined]]); // prettier-ignore
  expect(process.status).toBe('cancelled');
});
