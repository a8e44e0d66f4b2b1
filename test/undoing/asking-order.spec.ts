/** What comes between the request of a compensation and its answer. */
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { again, type Flow, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

/** What the methods did, and what they return next. */
const did: string[] = [];
let answered: () => unknown;
let news: () => unknown;

const compensate = { do: 'refunded', request: 'askForRefund', within: '1h', retry: { attempts: 3, delay: '1m' } } as const;

class Methods {
  askForRefund(_context: object, step: StepRef) { did.push(`asks ${step.name}`); } // prettier-ignore
  refunded(_context: object, _answer: unknown, step: StepRef): any {
    did.push(`refunded ${step.name}`);
    return answered();
  }
}

@Workflow({ name: 'two' })
class Two extends Methods {
  @Step({ compensate }) one() {}
  @Step({ compensate }) two() {}
  @Step({ on: 'never' }) rest() {}
}

@Workflow({ name: 'beside' })
class Beside extends Methods {
  @Step({ compensate }) one() {}
  @Step({ on: 'never' }) rest() {}
  @Step({ on: 'news', unsolicited: true, compensate }) note(): any { return news(); } // prettier-ignore
}

@Step({ name: 'Charge', compensate: { do: 'undo', request: 'ask' } })
class Charge {
  run(_order: { sum: number }) {}
  ask(order: { sum: number }) { did.push(`asks for ${order.sum}`); } // prettier-ignore
  undo(order: { sum: number }) { did.push(`refunded ${order.sum}`); } // prettier-ignore
}

@Workflow({ name: 'mapped' })
class Mapped {
  flow(flow: Flow<{ a: number }>) {
    const first = flow.startWith(Charge).input('sum', ({ a }: { a: number }) => a);
    return first.then(Charge, { name: 'second' }).input('sum', () => 7).then(this.third).compensateWith(this.undone).waitFor('never'); // prettier-ignore
  }
  @Step() third() {}
  @Step({ request: 'ask', within: '1h' }) undone(_context: object, _answer: unknown) { did.push('third undone'); } // prettier-ignore
  ask() { did.push('asks for third'); } // prettier-ignore
}

let module: TestingModule | undefined;
beforeEach(() => void ([answered, news, did.length] = [() => {}, () => {}, 0]));
afterEach(() => module?.close());

async function started(workflow: string, context: object = {}) {
  const imports = [WorkflowTestingModule.forRoot()];
  module = await Test.createTestingModule({ imports, providers: [Two, Beside, Charge, Mapped] }).compile();
  module.useLogger(false);
  await module.init();
  const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
  const process = await harness.start(workflow, context, { groupId: 'g' });
  const key = async () => (await workflows.waits(process.id, { internals: true })).items.find(({ kind }) => kind === 'response')!.key!;
  const cancel = async () => {
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
  };
  const answer = async (body: object = {}, id?: string, to = 'refunded') => {
    const disposition = await workflows.respond(workflow, to, id ?? (await key()), body);
    await harness.settle();
    return disposition;
  };
  return { harness, workflows, process, key, cancel, answer };
}

it('an event ends beside it while it waits: the answer is used first, and then the event is undone', async () => {
  const { harness, workflows, process, cancel, answer } = await started('beside');
  news = () => again({ after: '1m' });
  await harness.emit('news', 'g', {});
  await cancel();
  news = () => {};
  await harness.advance('2m');
  expect((await workflows.explain(process.id)).sentence).toContain('step "one" is undone next, and then step "note"; it has asked');
  await answer();
  expect(did).toEqual(['asks one', 'refunded one', 'asks note']);
  await answer();
  expect(process.status).toBe('cancelled');
});

it('an event ends beside it after the answer, and before its method has succeeded: the answer is not lost', async () => {
  const { harness, process, cancel, answer } = await started('beside');
  news = () => again({ after: '30s' });
  await harness.emit('news', 'g', {});
  await cancel();
  [answered, news] = [() => again({ after: '1m' }), () => {}];
  await answer();
  await harness.advance('40s');
  answered = () => {};
  await harness.advance('1m');
  expect(did).toEqual(['asks one', 'refunded one', 'refunded one', 'asks note']);
  await answer();
  expect(process.status).toBe('cancelled');
});

it('cancelled once more while it waits, also suspended: it waits on, and nothing is asked for twice', async () => {
  const { workflows, process, key, cancel, answer } = await started('two');
  await cancel();
  const first = await key();
  await cancel();
  await workflows.suspend(process.id);
  await cancel();
  expect(did).toEqual(['asks two']);
  expect(await key()).toBe(first);
  expect(process.status).toBe('waiting');
  await answer();
  await answer();
  expect(process.status).toBe('cancelled');
});

it('another answer to what has been undone is late, while the step before it is being undone', async () => {
  const { process, key, cancel, answer } = await started('two');
  await cancel();
  const first = await key();
  await answer({ ok: true });
  expect(await answer({ ok: true }, first)).toBe('duplicate');
  expect(await answer({ ok: false }, first)).toBe('late');
  expect(await answer({ ok: true })).toBe('delivered');
  expect(process.status).toBe('cancelled');
});

it('what the flow gives to a step, its request and its method for undoing see as well; a `within` of a step that undoes counts', async () => {
  const { harness, cancel, answer } = await started('mapped', { a: 3 });
  await cancel();
  await harness.advance('61m');
  expect(did.splice(0)).toEqual(['asks for third', 'asks for third']);
  for (const to of ['undone', 'second.undo', 'Charge.undo']) await answer({}, undefined, to);
  expect(did).toEqual(['third undone', 'asks for 7', 'refunded 7', 'asks for 3', 'refunded 3']);
});
