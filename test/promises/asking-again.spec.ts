/** Where a request meets a loop, `again()` and an event beside the flow: what each does. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, expect, it } from 'vitest';
import { again, InvalidWorkflowError, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Offer {
  open = true;
  heard: string[] = [];
}

interface Answer {
  readonly text: string;
  readonly last?: boolean;
}

let asked: string[] = [];
const heard = ({ text }: Answer) => ({ heard: (all: string[]) => [...all, text] });

@Workflow({ name: 'asks-in-a-loop', context: Offer })
class AsksInALoop {
  @Step({ while: 'open', request: 'ask' }) offer(_offer: Offer, answer: Answer) {
    return { ...heard(answer), open: !answer.last };
  }
  ask(_offer: Offer, step: StepRef) {
    asked.push(step.correlationId);
  }
}

@Workflow({ name: 'asks-once', context: Offer })
class AsksOnce {
  @Step({ request: 'ask' }) offer(_offer: Offer, answer: Answer) {
    return answer.last ? heard(answer) : again({ patch: heard(answer) });
  }
  ask(_offer: Offer, step: StepRef) {
    asked.push(step.correlationId);
  }
}

@Workflow({ name: 'asks-later', context: Offer })
class AsksLater {
  @Step({ request: 'ask' }) offer(_offer: Offer, answer: Answer, step: StepRef<number>) {
    return step.state === 1 ? heard(answer) : again({ after: '1 hour', state: 1 });
  }
  ask(_offer: Offer, step: StepRef) {
    asked.push(step.correlationId);
  }
}

let close = async () => {};
afterEach(() => close());
async function boot(...providers: (new () => object)[]) {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  module.useLogger(false);
  close = () => module.close();
  await module.init();
  asked = [];
  return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService) };
}

it('a loop around a request asks anew each time, under an id of its own', async () => {
  const { harness, workflows } = await boot(AsksInALoop);
  const { id } = await workflows.start(AsksInALoop);
  for (const [i, text] of ['a', 'b', 'c'].entries()) {
    await harness.settle();
    await workflows.respond(AsksInALoop, 'offer', asked[i]!, { text, last: text === 'c' });
  }
  await harness.settle();
  expect([asked.length, new Set(asked).size]).toEqual([3, 3]);
  expect(await workflows.get(id)).toMatchObject({ status: 'completed', context: { heard: ['a', 'b', 'c'] } });
});

it('again() in the handler of a response waits for the next response under the same id, and does not ask again', async () => {
  const { harness, workflows } = await boot(AsksOnce);
  const { id } = await workflows.start(AsksOnce);
  await harness.settle();
  for (const text of ['a', 'b', 'c']) {
    expect(await workflows.respond(AsksOnce, 'offer', asked[0]!, { text, last: text === 'c' })).toBe('delivered');
    await harness.settle();
  }
  expect(asked).toHaveLength(1);
  expect(await workflows.get(id)).toMatchObject({ status: 'completed', context: { heard: ['a', 'b', 'c'] } });
});

it('again({ after }) in the handler of a response runs it again then, with the answer it has, and does not ask again', async () => {
  const { harness, workflows } = await boot(AsksLater);
  const { id } = await workflows.start(AsksLater);
  await harness.settle();
  await workflows.respond(AsksLater, 'offer', asked[0]!, { text: 'a' });
  await harness.settle();
  expect((await workflows.get(id)).status).toBe('waiting');
  await harness.advance('1 hour');
  expect(asked).toHaveLength(1);
  expect(await workflows.get(id)).toMatchObject({ status: 'completed', context: { heard: ['a'] } });
});

it('a step beside the flow that asks is refused at boot', async () => {
  @Workflow({ name: 'asks-beside' })
  class AsksBeside {
    @Step() first() {}
    @Step({ unsolicited: true, on: 'news', request: 'ask' } as object) heard() {}
    ask() {}
  }
  const refused = await boot(AsksBeside).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InvalidWorkflowError);
  expect((refused as Error).message).toContain('it waits for an answer (request) and for an event (on): split it into two steps.');
});
