/** Dagger's scenarios of order, completion and failure, by their numbers. */
import 'reflect-metadata';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { again, fail, InvalidInputError, ProcessAlreadyLiveError, ProcessFinishedError, ProcessNotFoundError, Step, type StepRef, UnknownWorkflowError, Workflow } from 'nestjs-argonaut'; // prettier-ignore
import { until } from '../support/app.js';
import { Act, type Bench, onEachDatabase } from './row.js';

class Pizza {
  @IsString() order_id!: string;
  outcome?: string;
}

/** The template of its README: Order (command, listener), then Delivery (executor). */
@Workflow({ name: 'pizza', context: Pizza, stages: { Order: {}, Delivery: {} } })
class PizzaWorkflow {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Order' }) order(pizza: Pizza, step: StepRef) {
    return this.act.run(pizza, step);
  }
  @Step({ stage: 'Order', on: { event: 'pizza.status', key: 'order_id' } }) ready(_pizza: Pizza, message: any) {
    return message.status === 'READY' ? undefined : again();
  }
  @Step({ stage: 'Delivery' }) deliver(pizza: Pizza, step: StepRef) {
    return this.act.run(pizza, step);
  }
}

@Workflow({ name: 'pizza-fleeting', context: Pizza, deleteOnCompletion: true })
class Fleeting {
  @Step({ on: { event: 'pizza.status', key: 'order_id' } }) ready(_pizza: Pizza, _message: any) {}
}

@Workflow({ name: 'pizza-parent', deleteOnCompletion: true })
class FleetingParent {
  constructor(private readonly act: Act) {}
  @Step({ child: { workflow: Fleeting, with: 'order' } }) eat(context: object, pizza: Pizza, step: StepRef) {
    return this.act.run({ ...context, pizza }, step);
  }
  order(_context: object, step: StepRef) {
    return { order_id: step.processId };
  }
  @Step({ on: 'paid' }) paid(_context: object, _message: any) {}
}

@Workflow({ name: 'lenient', context: Pizza })
class Lenient {
  constructor(private readonly act: Act) {}
  @Step({ required: false }) first(pizza: Pizza, step: StepRef) {
    return this.act.run(pizza, step);
  }
  @Step() last(pizza: Pizza, step: StepRef) {
    return this.act.run(pizza, step);
  }
}

await onEachDatabase({ providers: [PizzaWorkflow, Fleeting, FleetingParent, Lenient] }, (bench) => {
  const ready = (order_id: string, status = 'READY') => bench.workflows.emit('pizza.status' as string, order_id, { status });
  const pizza = async (id: string) => bench.start(PizzaWorkflow, { order_id: id }, {}, { groupId: id });

  describe('order and completion', () => {
    it('G-1 the pizza: a message completes the listener, its stage, and after the delivery the process', async () => {
      const { id, names } = await pizza('G-1');
      await bench.waitsIn(id, 'ready');
      expect(names()).toEqual(['order']);
      await ready('G-1', 'BAKING');
      await until(() => bench.steps(id, 'step-deferred'), (steps) => steps.length === 1); // prettier-ignore
      expect(await bench.waiting(id)).toEqual(['ready']);
      await ready('G-1');
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['order', 'deliver']);
      expect(await bench.steps(id)).toEqual(['order', 'ready', 'deliver']);
    });

    it('G-2 before it starts there is nothing; from the start on it waits in its first listener', async () => {
      await expect(bench.workflows.get(Fleeting, { groupId: 'G-2' })).rejects.toThrow(ProcessNotFoundError);
      const { id, process } = await bench.run(Fleeting, { order_id: 'G-2' }, {}, { groupId: 'G-2' });
      expect(process.status).toBe('waiting');
      expect((await bench.workflows.explain(id)).sentence).toContain('"ready"');
    });

    it('G-3 the last step of a stage ends it, the next stage begins; the last stage ends the process', async () => {
      const { id } = await pizza('G-3');
      await bench.waitsIn(id, 'ready');
      await ready('G-3');
      await bench.reaches(id, 'completed');
      expect(bench.workflows.draw(PizzaWorkflow)).toMatch(/subgraph .*Order[\s\S]*subgraph .*Delivery/);
      expect((await bench.types(id)).slice(-3)).toEqual(['step-completed ready', 'step-completed deliver', 'process-completed']);
    });

    it('G-6 what a step says of its end is kept: the moment, and its values', async () => {
      const { id } = await bench.run(Lenient, { order_id: 'x' }, { last: (_pizza, step) => ({ outcome: step.now.toISOString() }) });
      const { context, finishedAt } = await bench.workflows.get(id);
      expect(Date.parse(context.outcome!)).toBeLessThanOrEqual(finishedAt!.getTime());
    });

    it('G-7 a finished process is not started again under its id or seed; an unknown workflow names what there is', async () => {
      const options = { seed: 'G-7' };
      const { id } = await bench.run(Lenient, { order_id: 'x' }, {}, options);
      await expect(bench.workflows.start(Lenient, { order_id: 'x' }, options)).rejects.toThrow(InvalidInputError);
      await expect(bench.workflows.resume(id)).rejects.toThrow(ProcessFinishedError);
      await expect(bench.workflows.start('Pizzza', {})).rejects.toThrow(UnknownWorkflowError);
    });

    it('G-8 a step that is completed or skipped is passed over when the process goes on', async () => {
      const { id, names } = await bench.run(Lenient, { order_id: 'x' }, { first: () => fail('out of flour'), last: () => fail('no driver') });
      await bench.reaches(id, 'failed');
      bench.journal.tell((await bench.workflows.get(id)).groupId, {});
      await bench.workflows.retry(id);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['first', 'last', 'last']);
    });
  });

  describe('deletion on completion', () => {
    it('G-9 a completed process leaves no rows, and its ids are free', async () => {
      const { id } = await bench.run(Fleeting, { order_id: 'G-9' }, {}, { seed: 'G-9', groupId: 'G-9' });
      await ready('G-9');
      await gone(bench, id);
      expect((await bench.run(Fleeting, { order_id: 'G-9' }, {}, { seed: 'G-9', groupId: 'G-9' })).id).toBe(id);
    });

    it('G-9 a cancelled one stays, for whoever asks why', async () => {
      const { id } = await bench.run(Fleeting, { order_id: 'G-9 cancelled' });
      await bench.workflows.cancel(id, { reason: 'no oven' });
      expect((await bench.workflows.get(id)).status).toBe('cancelled');
    });

    it('G-9 one whose worker died before it could delete is found by the next look; a child only when its parent has read it', async () => {
      const { id, groupId } = await bench.start(FleetingParent, {}, {});
      const child = await until(() => bench.workflows.find({ workflow: Fleeting, groupId: `${id}.1` }), ({ items }) => items.length === 1); // prettier-ignore
      await ready(id);
      await bench.waitsIn(id, 'paid');
      await bench.app.engine.finished.sweep();
      expect((await bench.workflows.get(child.items[0]!.id)).status).toBe('completed');
      expect(bench.journal.of(groupId, 'eat')[0]!.context.pizza.order_id).toBe(id);
      await bench.workflows.emit('paid' as string, groupId, {});
      await gone(bench, id);
      await bench.app.engine.finished.sweep();
      await gone(bench, child.items[0]!.id);
    });
  });

  describe('failure', () => {
    it('G-4 a failure that may be passed over is passed over, and the record shows it; one that may not stops the process', async () => {
      const passed = await bench.run(Lenient, { order_id: 'x' }, { first: () => fail('out of flour') });
      await bench.reaches(passed.id, 'completed');
      const [skipped] = (await bench.workflows.history(passed.id)).filter(({ type }) => type === 'step-skipped');
      expect(skipped).toMatchObject({ step: 'first', error: 'out of flour' });
      const { id } = await bench.run(Lenient, { order_id: 'x' }, { last: () => fail('no driver') });
      expect(await bench.reaches(id, 'failed')).toMatchObject({ cause: 'last: no driver' });
    });

    it('G-5 a step that throws is tried again by its policy, then fails with its cause, and nothing hangs', async () => {
      const { id } = await bench.run(PizzaWorkflow, { order_id: 'G-5' }, { order: () => { throw new Error('no topic'); } }); // prettier-ignore
      expect(await bench.reaches(id, 'failed')).toMatchObject({ cause: expect.stringContaining('no topic') });
      await bench.workflows.retry(id).catch(() => {});
    });

    it('G-7 two starts with one seed at the same time: one process', async () => {
      const starts = await Promise.allSettled([1, 2].map(() => bench.workflows.start(PizzaWorkflow, { order_id: 'twice' }, { seed: 'twice' })));
      expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const [lost] = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
      expect(lost).toBeInstanceOf(ProcessAlreadyLiveError);
    });
  });
});

/** No row of any table is left. */
async function gone({ app, workflows }: Bench, id: string): Promise<void> {
  await until(() => workflows.get(id).then(() => false, (error: unknown) => error instanceof ProcessNotFoundError), Boolean); // prettier-ignore
  for (const table of ['context', 'audit', 'wait', 'inbox'])
    expect(await app.dataSource.query(`select * from workflow_${table} where process_id = '${id}'`), table).toEqual([]);
}
