/** What a person lets pass, and what is told of what nobody can. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Flow, InvalidInputError, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Trip {
  path: string[] = [];
}
const visited = (name: string) => ({ path: (path: string[]) => [...path, name] });

@Workflow({ name: 'chosen', context: Trip })
class Chosen {
  @Step({ on: 'said', next: ['x', 'y'] }) decide() {
    return 'x' as const;
  }
  @Step({ next: 'end' }) x() {
    return visited('x');
  }
  @Step() y() {
    return visited('y');
  }
}
@Workflow({ name: 'digraph', context: Trip })
class Digraph {
  flow = { start: ['decide'], decide: ['x', 'y'], x: [], y: [] };
  @Step({ on: 'said' }) decide() {
    return 0;
  }
  @Step() x() {
    return visited('x');
  }
  @Step() y() {
    return visited('y');
  }
}
@Workflow({ name: 'undone', context: Trip })
class Undone {
  flow(flow: Flow<Trip>) {
    return flow.then(this.book).then(this.wait);
  }
  @Step({ compensate: { do: 'unbook', retry: 1 } }) book() {}
  unbook(_trip: Trip, step: StepRef) {
    step.note('trying');
    throw new Error('closed');
  }
  @Step({ on: 'never' }) wait() {}
}

describe('what a person lets pass', () => {
  let close = async () => {};
  afterEach(() => close());
  async function boot(...providers: any[]) {
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
    module.useLogger(false);
    await module.init();
    close = () => module.close();
    return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService) };
  }

  it.each(['chosen', 'digraph'])('a decision goes on where it is told to: %s', async (workflow) => {
    const { harness, workflows } = await boot(Chosen, Digraph);
    const process = await harness.start(workflow);
    const told = await workflows.explain(process.id);
    expect(told.remedies).toContain(`skip('${workflow}', 'decide', '${process.id}', {}, { next: 'x' or 'y' })`);
    expect(told.waits).toEqual((await workflows.get(process.id)).waits);
    await expect(workflows.skip(workflow, 'decide', process.id)).rejects.toThrow(/"decide" is a decision: say where it goes on, one of 'x', 'y'/);
    await expect(workflows.skip(workflow, 'decide', process.id, {}, { next: 'z' })).rejects.toThrow(InvalidInputError);
    await workflows.skip(workflow, 'decide', process.id, {}, { next: 'y' });
    await harness.settle();
    expect(process).toMatchObject({ status: 'completed', context: { path: ['y'] } });
  });

  it('a step that decides nothing takes no way', async () => {
    const { harness, workflows } = await boot(Undone);
    const process = await harness.start(Undone);
    await expect(workflows.skip(Undone, 'wait', process.id, {}, { next: 'end' })).rejects.toThrow(/"wait" is no decision: leave it out/);
  });

  it('a failed undoing is known by the step it is about, and cannot be skipped', async () => {
    const { harness, workflows } = await boot(Undone);
    const process = await harness.start(Undone);
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
    const { sentence, remedies } = await workflows.explain(process.id);
    expect(sentence).toContain('has failed in undoing what was done at attempt 1: undoing book: Error: closed');
    expect(remedies).toEqual([`retry('${process.id}')`, `restartFrom('${process.id}', 1 to 2)`, `cancel('${process.id}')`]);
    const records = await workflows.history(process.id);
    expect(records.filter(({ type }) => type === 'note' || type === 'step-failed').map(({ step }) => step)).toEqual(['book', 'book']);
    expect((await workflows.log(process.id)).map(({ step, level }) => [step, level])).toEqual([['book', 'note'], ['book', 'error']]); // prettier-ignore
  });
});
