/** Dagger's scenarios of decisions and parallel parts, by their numbers. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { fail, type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { bootApp, matrix, until } from '../support/app.js';
import { isThere } from '../support/databases.js';
import { Act, Journal, onEachDatabase, Undo } from './row.js';

class Parcel {
  boxes: string[] = [];
  paid = false;
  shipped: string[] = [];
}

@Workflow({ name: 'decides', context: Parcel, stages: { Prepaid: {}, OnAccount: {} } })
class Decides {
  constructor(private readonly act: Act) {}
  @Step({ next: ['thank', 'invoice'] }) decide(parcel: Parcel, step: StepRef): 'thank' | 'invoice' {
    return this.act.run(parcel, step) ?? (parcel.paid ? 'thank' : 'invoice');
  }
  @Step({ stage: 'Prepaid' }) thank(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step({ stage: 'OnAccount' }) invoice(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step({ stage: 'OnAccount' }) remind(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step() close(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
}

@Workflow({
  name: 'parallel-stages',
  context: Parcel,
  stages: { Invoice: { parallel: 'both' }, Customer: { parallel: 'both' } },
})
class ParallelStages {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Invoice', on: 'invoiced' }) invoiced(_parcel: Parcel, _message: any) {}
  @Step({ stage: 'Invoice' }) file(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step({ stage: 'Customer' }) tell(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step() close(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
}

const first = { group: 'either', join: 'any' } as const;
@Workflow({ name: 'first-stage', context: Parcel, stages: { Signed: { parallel: first }, Late: { parallel: first } } })
class FirstStage {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Signed', on: 'signed' }) signed(_parcel: Parcel, _message: any) {}
  @Step({ stage: 'Late', after: '30 days' }) giveUp(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
  @Step() close(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
}

/** As many copies of the stage as there are boxes. */
@Workflow({ name: 'clones', context: Parcel, stages: { Shipping: { forEach: 'boxes', concurrency: 3 } } })
class Clones {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Shipping', queue: 'work' }) pack(parcel: Parcel, step: StepRef<unknown, string>) {
    return this.act.run(parcel, step as StepRef);
  }
  @Step({ stage: 'Shipping' }) ship(_parcel: Parcel, step: StepRef<unknown, any>) {
    return { shipped: (boxes: string[]) => [...boxes, step.item] };
  }
  @Step() close(parcel: Parcel, step: StepRef) {
    return this.act.run(parcel, step);
  }
}

@Workflow({ name: 'clones-built', context: Parcel })
class ClonesBuilt {
  flow(flow: Flow<Parcel>) {
    return flow
      .forEach((parcel) => parcel.boxes).do((box) => box.stage('Shipping', (s) => s.then(Act, { name: 'pack', queue: 'work' }).then(Act, { name: 'ship' })))
      .then(Act, { name: 'close' }); // prettier-ignore
  }
}

const providers = [Decides, ParallelStages, FirstStage, Clones, ClonesBuilt];

await onEachDatabase({ providers }, (bench) => {
  it('G-32 the chosen branch runs, also where it is a stage, and the others do not', async () => {
    const paid = await bench.run(Decides, { paid: true });
    expect(await bench.reaches(paid.id, 'completed')).toBeDefined();
    expect(paid.names()).toEqual(['decide', 'thank', 'close']);
    const unpaid = await bench.run(Decides, { paid: false });
    await bench.reaches(unpaid.id, 'completed');
    expect(unpaid.names()).toEqual(['decide', 'invoice', 'remind', 'close']);
  });

  it('G-33 a decision that names no branch fails with what there is, and a person says where it goes on', async () => {
    const { id, names } = await bench.run(Decides, {}, { decide: () => 'nowhere' });
    expect(await bench.reaches(id, 'failed')).toMatchObject({ cause: expect.stringMatching(/"nowhere", which is not one of its next: thank, invoice/) });
    await bench.workflows.skip(Decides, 'decide', id, {}, { next: 'invoice' });
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['decide', 'invoice', 'remind', 'close']);
  });

  it('G-34 what decides is the method of the step, and it sees the context', async () => {
    const { id } = await bench.run(Decides, { paid: true });
    await bench.reaches(id, 'completed');
    expect((await bench.workflows.history(id)).find(({ step, type }) => step === 'decide' && type === 'step-completed')).toMatchObject({ detail: 'thank' });
  });

  it('G-35 all: it goes on when the last of the stages has ended, skipped ones too', async () => {
    const { id, groupId, names } = await bench.run(ParallelStages);
    await until(names, (ran) => ran.includes('tell'));
    expect([await bench.waiting(id), names()]).toEqual([['invoiced'], ['tell']]);
    await bench.workflows.emit('invoiced' as string, groupId, {});
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['tell', 'file', 'close']);
    const skipped = await bench.run(ParallelStages);
    await bench.waitsIn(skipped.id, 'invoiced');
    await bench.workflows.skip(ParallelStages, 'invoiced', skipped.id);
    await bench.reaches(skipped.id, 'completed');
  });

  it('G-37 n clones of a stage by data run at once, within their limit, and all are awaited', async () => {
    const { id, names } = await bench.run(Clones, { boxes: ['a', 'b', 'c', 'd'] });
    await bench.reaches(id, 'completed');
    expect((await bench.context(id)).shipped.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(names()).toEqual(['pack', 'pack', 'pack', 'pack', 'close']);
    const none = await bench.run(Clones, { boxes: [] });
    await bench.reaches(none.id, 'completed');
    expect(none.names()).toEqual(['close']);
    const built = await bench.run(ClonesBuilt, { boxes: ['a', 'b'] });
    await bench.reaches(built.id, 'completed');
    expect(built.names().toSorted()).toEqual(['close', 'pack', 'pack', 'ship', 'ship']);
  });

  it('G-38 any: it goes on with the first stage, and the other ends', async () => {
    const { id, groupId, names } = await bench.run(FirstStage);
    await bench.waitsIn(id, 'giveUp', 'signed');
    await bench.workflows.emit('signed' as string, groupId, {});
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['close']);
  });

  it('G-39 a child of all that fails is seen, and the rest of its siblings is not lost', async () => {
    const { id, groupId, names } = await bench.run(ParallelStages, {}, { tell: () => fail('no address') });
    expect(await bench.reaches(id, 'failed')).toMatchObject({ cause: 'tell: no address' });
    await bench.workflows.emit('invoiced' as string, groupId, {});
    bench.journal.tell(groupId, {});
    await bench.workflows.retry(id);
    await bench.reaches(id, 'completed');
    expect(names().toSorted()).toEqual(['close', 'file', 'tell', 'tell']);
  });

  it('a process with a plan of its own: two of one name, and the third shares with the first', async () => {
    const plan = (...names: string[]) => ({ name: 'own-plan', steps: names.map((name) => ({ name, use: 'Act' })) });
    const [short, long] = [plan('pick', 'ship'), plan('pick', 'wrap', 'ship')];
    const all = [await bench.workflows.start(short), await bench.workflows.start(long), await bench.workflows.start(short)];
    for (const { id } of all) await bench.reaches(id, 'completed');
    expect(await Promise.all(all.map(({ id }) => bench.steps(id)))).toEqual([['pick', 'ship'], ['pick', 'wrap', 'ship'], ['pick', 'ship']]); // prettier-ignore
    expect(all[0]!.workflowVersion).toBe(all[2]!.workflowVersion);
    expect(all[0]!.workflowVersion).not.toBe(all[1]!.workflowVersion);
    await expect(bench.workflows.start({ name: 'own-plan', steps: [{ name: 'none' }] })).rejects.toThrow(/no step class "none"/);
    await expect(bench.workflows.start(short, {}, { version: 1 })).rejects.toThrow(/the document says its version/);
    await expect(bench.workflows.start(plan('new'), {}, { manager: bench.app.dataSource.manager })).rejects.toThrow(/define\(\) it first/);
  });
});

it.each(matrix().filter(({ queue }) => queue === 'bull'))('G-37 clones on a queue: $name', async ({ database, queue }) => {
  const made = await database();
  if (!isThere(made)) return;
  const journal = new Journal();
  const app = await bootApp(made, queue, { providers: [{ provide: Journal, useValue: journal }, Act, Undo, ...providers], queues: ['work'] });
  try {
    const { id } = await app.workflows.start(Clones, { boxes: ['a', 'b', 'c', 'd', 'e'] }, { groupId: 'bull' });
    await until(() => app.workflows.get(Clones, id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(journal.names('bull').toSorted()).toEqual(['close', 'pack', 'pack', 'pack', 'pack', 'pack']);
  } finally {
    await app.close();
    await made.drop();
  }
});
