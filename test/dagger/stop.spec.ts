/** Dagger's scenarios of stopping, saving and telling, by their numbers. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { ProcessFinishedError, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Act, onEachDatabase, signal } from './row.js';

class Boxes {
  boxes: string[] = ['a', 'b'];
}

@Workflow({ name: 'stop-child', context: Boxes })
class StopChild {
  constructor(private readonly act: Act) {}
  @Step() work(boxes: Boxes, step: StepRef) {
    return this.act.run(boxes, step);
  }
}

@Workflow({ name: 'stop-parent', context: Boxes, stages: { Here: { parallel: 'all' }, There: { parallel: 'all' } } })
class StopParent {
  constructor(private readonly act: Act) {}
  @Step() first(boxes: Boxes, step: StepRef) {
    return this.act.run(boxes, step);
  }
  @Step({ stage: 'Here' }) runs(boxes: Boxes, step: StepRef) {
    return this.act.run(boxes, step);
  }
  @Step({ stage: 'There', forEach: 'boxes', child: StopChild }) children(_boxes: Boxes, _child: any) {}
  @Step({ on: 'box' }) heard(_boxes: Boxes, _message: any) {}
}

await onEachDatabase({ providers: [StopChild, StopParent] }, (bench) => {
  const whenAborted = ({ signal: aborts }: StepRef) => new Promise<void>((resolve) => aborts.addEventListener('abort', () => resolve()));

  it('G-41 G-43 stop: what runs is aborted, in parallel parts and in children too; what is done stays done', async () => {
    const stopped: string[] = [];
    const running = signal();
    let count = 0;
    const hang = async (_boxes: unknown, step: StepRef) => {
      if (++count === 3) running.give();
      await whenAborted(step);
      stopped.push(step.name);
    };
    const { id, groupId } = await bench.start(StopParent, {}, { runs: hang });
    for (const run of [4, 5, 6, 7, 8, 9, 10]) bench.journal.tell(`${id}.${run}`, { work: hang });
    await running.happened;
    await bench.workflows.cancel(id, { actor: 'Ada', reason: 'no flour' });
    await until(() => stopped, (names) => names.length === 3); // prettier-ignore
    expect(stopped.toSorted()).toEqual(['runs', 'work', 'work']);
    const children = await until(() => bench.workflows.find({ workflow: StopChild }), ({ items }) => items.filter(({ parentId, status }) => parentId === id && status === 'cancelled').length === 2); // prettier-ignore
    expect(children.items.filter(({ parentId }) => parentId === id)).toHaveLength(2);
    expect(await bench.workflows.get(id)).toMatchObject({ status: 'cancelled', waits: [] });
    expect((await bench.workflows.history(id)).at(-1)).toMatchObject({ type: 'process-cancelled', actor: 'Ada', reason: 'no flour' });
    expect(await bench.steps(id)).toEqual(['first']);
    expect(bench.journal.names(groupId)).toEqual(['first', 'runs']);
  });

  it('G-42 stop on a finished process is refused by name, and changes nothing', async () => {
    const { id } = await bench.run(StopChild);
    await bench.reaches(id, 'completed');
    const before = await bench.types(id);
    await expect(bench.workflows.cancel(id)).rejects.toThrow(ProcessFinishedError);
    expect(await bench.types(id)).toEqual(before);
  });

  it('G-44 a message after the stop reaches nothing', async () => {
    const { id, groupId } = await bench.run(StopParent, { boxes: [] });
    await bench.waitsIn(id, 'heard');
    await bench.workflows.cancel(id);
    expect(await bench.workflows.emit('box' as string, groupId, {})).toEqual([]);
    expect((await bench.workflows.get(id)).status).toBe('cancelled');
  });

  it('G-45 each step is saved when it is done: a crash repeats only the step that ran', async () => {
    const { id } = await bench.run(StopParent, { boxes: [] });
    await bench.waitsIn(id, 'heard');
    const records = (await bench.workflows.history(id)).filter(({ type }) => type === 'step-completed');
    expect(records.map(({ contextVersion }) => contextVersion)).toEqual([...new Set(records.map(({ contextVersion }) => contextVersion))]);
    expect(records.map(({ step }) => step)).toEqual(['first', 'runs']);
  });

  it('G-45 a worker that dies in a step: the step runs again, and those before it do not', async () => {
    const died = signal();
    let runs = 0;
    const { id, names } = await bench.start(StopParent, { boxes: [] }, {
      runs: () => {
        if (++runs > 1) return undefined;
        died.give();
        return new Promise(() => {}); // the process ends while this body runs
      },
    }); // prettier-ignore
    await died.happened;
    const [{ worker }] = (await bench.app.dataSource.query(`select worker from workflow_process where id = '${id}'`)) as [{ worker: string }];
    await bench.app.engine.writer.tryToApply(id, { type: 'worker-lost', worker });
    await bench.waitsIn(id, 'heard');
    expect(names()).toEqual(['first', 'runs', 'runs']);
    expect((await bench.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ step }) => step)).toEqual(['first', 'runs']);
  });

  it('G-46 each save is told once, numbered without gaps, after it is committed', async () => {
    const seen: { sequence: number; known: Promise<unknown> }[] = [];
    const listening = bench.workflows.records.subscribe(({ processId, sequence }) => seen.push({ sequence, known: bench.workflows.get(processId) }));
    const { id } = await bench.run(StopChild);
    await bench.reaches(id, 'completed');
    listening.unsubscribe();
    expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, i) => i + 1));
    await Promise.all(seen.map(({ known }) => known));
    expect((await bench.workflows.get(id)).revision).toBe(seen.length);
  });

  it('G-47 the same seed gives the same ids, of the process, its step runs and its children; another workflow or seed others', async () => {
    const idsOf = async (seed: string, workflow: any = StopParent) => {
      const { id } = await bench.run(workflow, { boxes: ['a'] }, {}, { seed });
      const child = async () => (await bench.workflows.find({ workflow: StopChild, limit: 200 })).items.filter(({ parentId }) => parentId === id);
      if (workflow === StopParent) await until(child, ([found]) => found?.status === 'completed'); // prettier-ignore
      await bench.app.engine.activity.idle();
      const keys = bench.journal.calls.filter(({ processId }) => processId.startsWith(id)).map(({ processId, step }) => `${processId} ${step}`);
      return { id, keys: keys.toSorted() };
    };
    const once = await idsOf('order-7');
    expect(once.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(once.keys.map((key) => key.slice(once.id.length))).toEqual([' first', ' runs', expect.stringMatching(/^\.\d+ work$/)]);
    expect(new Set([once.id, (await idsOf('order-8')).id, (await idsOf('order-7', StopChild)).id]).size).toBe(3);
    const other = await bench.instance({ providers: [StopChild, StopParent] });
    await expect(other.workflows.start(StopParent, {}, { seed: 'order-7' })).rejects.toThrow(once.id);
    await expect(other.workflows.start(StopParent, {}, { seed: 'a', id: 'b' })).rejects.toThrow(/leave out one of the two/);
    await other.close();
  });

  it('G-48 messages of one process are applied one after the other, whatever instance brings them', async () => {
    const other = await bench.instance({ providers: [StopChild, StopParent] }, bench.journal);
    const { id, groupId } = await bench.run(StopParent, { boxes: [] });
    await bench.waitsIn(id, 'heard');
    const all = await Promise.all([bench, other, bench, other].map(({ workflows }, i) => workflows.emit('box' as string, groupId, { i })));
    expect(all.flat().filter(({ disposition }) => disposition === 'delivered')).toHaveLength(1);
    await bench.reaches(id, 'completed');
    expect(await bench.steps(id)).toEqual(['first', 'runs', 'heard']);
    await other.close();
  });

  it('lists by page, one by id, and readiness: of an instance that works, and of one that has stopped', async () => {
    const [{ id }] = [await bench.run(StopChild), await bench.run(StopChild)];
    const { items, next } = await bench.workflows.find({ workflow: StopChild, limit: 1 });
    expect([items.length, typeof next]).toEqual([1, 'string']);
    expect((await bench.workflows.get(id)).id).toBe(id);
    expect(await bench.workflows.ready()).toEqual({ ready: true, problems: [] });
    const other = await bench.instance({ providers: [StopChild, StopParent] });
    await other.stop();
    expect(await other.workflows.ready()).toEqual({ ready: false, problems: ['the worker has not been started, or has been stopped'] });
    await other.close();
    expect((await other.workflows.ready()).ready).toBe(false);
  });
});
