/** Where rules meet: races and undoing, restarts and migrations, limits and turns. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, expect, it } from 'vitest';
import { type Flow, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { until } from '../support/app.js';

class Log {
  items = [1, 2, 3];
  n = 0;
  log: string[] = [];
}
const add = (what: string) => ({ log: (all: string[]) => [...all, what] });
let close = async () => {};
afterEach(() => close());
async function boot(...providers: any[]) {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })], providers }).compile();
  module.useLogger(false);
  await module.init();
  close = () => module.close();
  return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService) };
}
/** The step has been recorded. */
const isDone = (workflows: WorkflowService, id: string, name: string) =>
  until(() => workflows.history(id), (records) => records.some(({ type, step }) => type === 'step-completed' && step === name)); // prettier-ignore

function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const [undoing, goOn] = [gate(), gate()];
@Workflow({ name: 'undone-loser', context: Log })
class UndoneLoser {
  flow(flow: Flow<Log>) {
    return flow.any(
      { losers: 'finish' },
      (b) => b.stage('trip', (s) => s.then(this.hotel).then(this.flight).then(this.pay), { required: false, onError: 'compensate' }),
      (b) => b.then(this.winner),
    );
  }
  @Step({ compensate: 'cancelHotel' }) hotel() {}
  cancelHotel() {
    return add('no hotel');
  }
  @Step({ compensate: 'cancelFlight' }) flight() {}
  async cancelFlight() {
    undoing.open();
    await goOn.opened;
    return add('no flight');
  }
  @Step() pay() {
    throw new Error('card refused');
  }
  @Step() async winner() {
    await undoing.opened;
  }
}
it('F1 what is being undone is undone to its end, also where another branch has come first', async () => {
  const { harness, workflows } = await boot(UndoneLoser);
  const { id } = await workflows.start(UndoneLoser);
  await undoing.opened;
  await isDone(workflows, id, 'winner');
  goOn.open();
  await harness.settle();
  expect(await workflows.get(id)).toMatchObject({ status: 'completed', context: { log: ['no flight', 'no hotel'] } });
});

const [atSlow, slowMay] = [gate(), gate()];
let aborted: boolean | undefined;
const racing = { group: 'race', join: 'any', losers: 'finish' } as const;
@Workflow({ name: 'slow-loser', context: Log })
class SlowLoser {
  @Step({ parallel: racing }) async slow(_: Log, step: StepRef) {
    atSlow.open();
    await slowMay.opened;
    aborted = step.signal.aborted;
    return add('slow');
  }
  @Step({ on: 'quick', parallel: racing }) quick() {
    return add('quick');
  }
}
it('F2 a loser that is to finish its step does, also where nothing follows the race', async () => {
  const { harness, workflows } = await boot(SlowLoser);
  const { id } = await workflows.start(SlowLoser, {}, { groupId: 'g' });
  await atSlow.opened;
  await workflows.emit('quick', 'g', null);
  await isDone(workflows, id, 'quick');
  slowMay.open();
  await harness.settle();
  expect([aborted, (await workflows.get(SlowLoser, id)).context.log]).toEqual([false, ['quick', 'slow']]);
});

const [inQueue, queueMay] = [gate(), gate()];
@Workflow({ name: 'queued-loser', context: Log })
class QueuedLoser {
  @Step({ parallel: racing, queue: 'slow' }) async slow() {
    inQueue.open();
    await queueMay.opened;
    return add('slow');
  }
  @Step({ on: 'quick', parallel: racing }) quick() {
    return add('quick');
  }
}
it('F2 so does one that is a task of a queue', async () => {
  const { harness, workflows } = await boot(QueuedLoser);
  const { id } = await workflows.start(QueuedLoser, {}, { groupId: 'h' });
  await inQueue.opened;
  await workflows.emit('quick', 'h', null);
  await isDone(workflows, id, 'quick');
  queueMay.open();
  await harness.settle();
  expect(await workflows.get(QueuedLoser, id)).toMatchObject({ status: 'completed', context: { log: ['quick', 'slow'] } });
});

let bankAnswers = false;
@Workflow({ name: 'outer', context: Log })
class Outer {
  flow(flow: Flow<Log>) {
    return flow
      .stage('outer', (o) => o.stage('trip', (s) => s.then(this.hotel).then(this.pay), { required: false, onError: 'compensate' }), {
        required: false,
        within: '1 day',
      })
      .then(this.last);
  }
  @Step({ compensate: 'cancelHotel' }) hotel() {}
  cancelHotel() {
    if (!bankAnswers) throw new Error('nobody answers');
    return add('no hotel');
  }
  @Step() pay() {
    throw new Error('card refused');
  }
  @Step() last() {
    return add('last');
  }
}
it('F3 what could not be undone waits for a person, whatever limit passes around it', async () => {
  const { harness, workflows } = await boot(Outer);
  const process = await harness.start(Outer);
  expect(process.status).toBe('waiting'); // it is tried again for a day
  await harness.advance('2 days');
  expect(process.status).toBe('failed');
  bankAnswers = true;
  await workflows.retry(process.id);
  await harness.settle();
  expect(process).toMatchObject({ status: 'completed', context: { log: ['no hotel', 'last'] } });
});

@Workflow({ name: 'all-one-stage', context: Log })
class AllOneStage {
  flow(flow: Flow<Log>) {
    return flow.stage('all', (s) => s.then(this.a).then(this.b), { within: '10 days' });
  }
  @Step({ on: 'a' }) a() {}
  @Step({ on: 'b' }) b() {}
  @Step({ on: 'again', unsolicited: true, next: 'all' as 'a' }) again() {}
}
it('H an event that leads back to a stage begins it anew, with all of its time', async () => {
  const { harness } = await boot(AllOneStage);
  const process = await harness.start(AllOneStage, {}, { groupId: 'g' });
  await harness.advance('6 days');
  await harness.emit('again', 'g', null);
  await harness.advance('6 days');
  expect(process.status).toBe('waiting');
});

let within: string | undefined;
@Workflow({ name: 'late', context: Log })
class Late {
  @Step({ on: 'paid', within: () => within as '10 days', overdue: { after: '1 day', do: 'call' } }) pay() {}
  call() {
    return add('called');
  }
}
it('I a step whose limit could not be told, and was mended, is overdue like any other', async () => {
  const { harness, workflows } = await boot(Late);
  const process = await harness.start(Late, {}, { groupId: 'g' });
  expect(process.status).toBe('failed');
  within = '10 days';
  await workflows.retry(process.id);
  await harness.advance('2 days');
  expect(process).toMatchObject({ context: { log: ['called'] } });
});

@Workflow({ name: 'lost', version: 1, context: Log })
class Lost1 {
  @Step({ compensate: 'unpack' }) pack() {}
  unpack() {}
  @Step({ on: 'sent' }) send() {}
}
@Workflow({ name: 'lost', version: 2, context: Log })
class Lost2 {
  @Step({ on: 'sent' }) send() {}
}
async function migrated() {
  const { harness, workflows } = await boot(Lost1, Lost2);
  const process = await harness.start('lost', {}, { version: 1 });
  const plan = await workflows.plan('lost', { from: 1, to: 2 });
  return { harness, workflows, process, plan };
}
@Workflow({ name: 'renamed', version: 1, context: Log })
class Renamed1 {
  @Step() pick() {}
  @Step({ on: 'sent' }) gone() {}
  @Step({ on: 'paid' }) pay() {}
}
@Workflow({ name: 'renamed', version: 2, context: Log })
class Renamed2 {
  @Step() collect() {
    return add('collected');
  }
  @Step({ on: 'paid' }) pay() {}
}
it('J1 a restart finds steps under their new names; where it cannot, that is a typed error', async () => {
  const { harness, workflows } = await boot(Renamed1, Renamed2);
  const process = await harness.start('renamed', {}, { version: 1, groupId: 'g' });
  await harness.emit('sent', 'g', null);
  await workflows.migrate(await workflows.plan('renamed', { from: 1, to: 2, steps: { pick: 'collect' } }));
  await expect(workflows.restartFrom(process.id, 2)).rejects.toThrow(/stood in "gone" at version 2, which version 2 of its workflow does not have/);
  await workflows.restartFrom(process.id, 1);
  await harness.settle();
  expect(process).toMatchObject({ status: 'waiting', context: { log: ['collected'] } });
});
it('J2 a plan says that something done could not be undone any more', async () => {
  expect((await migrated()).plan.problems).not.toEqual([]);
});

const [atSecond, secondMay] = [gate(), gate()];
@Workflow({ name: 'order', context: Log })
class Order {
  @Step({ forEach: 'items', concurrency: 1, compensate: 'undo' }) each() {}
  async undo(_: Log, step: StepRef<unknown, number>) {
    if (step.item === 2) {
      atSecond.open();
      await secondMay.opened;
    }
    return add(`undo ${step.item}`);
  }
  @Step({ on: 'never' }) never() {}
  @Step({ on: 'say', unsolicited: true, compensate: 'unsay' }) say() {}
  unsay() {
    return add('unsay');
  }
}
it('L what was done while others were undone was done last, and is undone next', async () => {
  const { harness, workflows } = await boot(Order);
  const process = await harness.start(Order, {}, { groupId: 'g' });
  await workflows.cancel(process.id, { compensate: true });
  await atSecond.opened;
  await workflows.emit('say', 'g', null);
  await until(() => workflows.history(process.id), (records) => records.some(({ type, step }) => type === 'step-completed' && step === 'say')); // prettier-ignore
  secondMay.open();
  await harness.settle();
  expect(process.context.log).toEqual(['undo 3', 'undo 2', 'unsay', 'undo 1']);
});
