import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { Engine } from '../../lib/engine/engine.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Rooms {
  rooms = Array.from({ length: 30 }, (_, i) => i);
}

const undone: number[] = [];
let broken = true;

@Workflow({ name: 'hotel', context: Rooms, defaults: { onError: 'compensate' } })
class Hotel {
  @Step({ forEach: 'rooms', concurrency: 1, compensate: { do: 'giveBack', retry: 1 } }) book(_rooms: Rooms, _step: StepRef<unknown, number>) {}
  giveBack(_rooms: Rooms, step: StepRef<unknown, number>) {
    if (step.item === 7 && broken) throw new Error('nobody answers');
    undone.push(step.item);
  }
  @Step() pay() {
    throw new Error('card refused');
  }
}

it('reads what there is to undo once, not for each visit, and goes on with it after a failure', async () => {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Hotel] }).compile();
  module.useLogger(false);
  await module.init();
  const { store } = module.get(Engine).parts;
  let reads = 0;
  const undoMarks = store.queries.undoMarks.bind(store.queries);
  store.queries.undoMarks = (id) => (reads++, undoMarks(id));

  const process = await module.get(WorkflowHarness).start(Hotel);
  expect(process.status).toBe('failed');
  expect(process.records.findLast(({ type }) => type === 'process-failed')?.error).toBe('undoing book: Error: nobody answers');
  expect(reads).toBe(1);

  broken = false;
  await module.get(Engine).parts.commands.apply(process.id, { type: 'retried' });
  await module.get(WorkflowHarness).settle();
  expect(process.status).toBe('cancelled');
  expect(undone).toEqual(Array.from({ length: 30 }, (_, i) => 29 - i));
  expect(reads).toBeLessThanOrEqual(3); // the last one sees that nothing is left
  await module.close();
});
