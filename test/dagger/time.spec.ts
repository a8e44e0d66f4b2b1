/** Dagger's scenarios of timers, by their numbers: by a clock that stands still, and by a real one on each database. */
import 'reflect-metadata';
import { IsDate, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { type Flow, InvalidInputError, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { Act, inMemory, onEachDatabase, START } from './row.js';

const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000);

class Times {
  @IsDate() at!: Date;
  @IsString() pause = '10s';
  deadline?: Date;
  polls = 0;
  told = 0;
}

@Workflow({ name: 'triggers', context: Times })
class Triggers {
  constructor(private readonly act: Act) {}
  @Step({ after: 'at' }) trigger(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
  @Step() last(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
}

@Workflow({ name: 'polls', context: Times })
class Polls {
  constructor(private readonly act: Act) {}
  @Step({ after: 'at', every: 'pause', completeBy: 'deadline' }) poll(times: Times, step: StepRef): boolean {
    return this.act.run(times, step) ?? false;
  }
  @Step() execute(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
}

const MONITORED = { overdue: { after: 'deadline', do: 'complain' } } as const;
@Workflow({ name: 'monitored', context: Times, stages: { Packing: MONITORED } })
class Monitored {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Packing' }) pick(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
  @Step({ stage: 'Packing', on: 'packed' }) packed(_times: Times, _message: any) {}
  @Step() ship(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
  complain(times: Times) {
    return { told: times.told + 1 };
  }
}

@Workflow({ name: 'limited', context: Times, stages: { Packing: { within: '1 hour', required: false } } })
class Limited {
  constructor(private readonly act: Act) {}
  @Step({ stage: 'Packing', onError: 'fail' }) pick(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
  @Step({ stage: 'Packing', on: 'packed' }) packed(_times: Times, _message: any) {}
  @Step({ stage: 'Packing' }) label(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
  @Step() ship(times: Times, step: StepRef) {
    return this.act.run(times, step);
  }
}

@Workflow({ name: 'polls-in-a-builder', context: Times })
class PollsInABuilder {
  flow(flow: Flow<Times>) {
    return flow.then(Act, { name: 'poll', every: '20ms' }).then(Act, { name: 'execute' });
  }
}

const WORKFLOWS = [Triggers, Polls, Monitored, Limited, PollsInABuilder];
const values = { at: at(0), deadline: at(7200) };

describe('by the virtual clock', () => {
  it('G-24 a trigger in the future runs then and not before; one in the past runs at once', async () => {
    const { begun, harness } = await inMemory(WORKFLOWS);
    const { process, ran } = await begun(Triggers, { at: at(60) });
    await harness.advance('59s');
    expect([ran(), process.status]).toEqual([[], 'waiting']);
    await harness.advance('1s');
    expect([ran(), process.status]).toEqual([['trigger 60', 'last 60'], 'completed']);
    const past = await begun(Triggers, { at: at(-60) });
    expect(past.process.status).toBe('completed');
  });

  it('G-25 a trigger whose time is missing is refused at the start, if the context says that it must be there', async () => {
    const { harness } = await inMemory(WORKFLOWS);
    await expect(harness.start(Triggers, {})).rejects.toThrow(InvalidInputError);
    await expect(harness.start(Polls, { at: 'soon' } as never)).rejects.toThrow(/at must be a Date/);
  });

  it('G-27 a trigger of a process that has ended is gone', async () => {
    const { begun, harness, engine } = await inMemory(WORKFLOWS);
    const { process, ran } = await begun(Triggers, { at: at(60) });
    await engine.operations.cancel(process.id, {});
    await harness.advance('1 day');
    expect(ran()).toEqual([]);
    expect(await engine.store.queries.waitsOf(process.id)).toEqual([]);
  });

  it('G-28 an interval that says not yet n times runs n + 1 times, that long apart, then the flow goes on once', async () => {
    const { begun, harness } = await inMemory(WORKFLOWS);
    const answers = [false, false, true];
    const { process, ran } = await begun(Polls, { ...values, at: at(5) }, { poll: () => answers.shift() });
    await harness.advance('1 day');
    expect(ran()).toEqual(['poll 5', 'poll 15', 'poll 25', 'execute 25']);
    expect(process.status).toBe('completed');
  });

  it('G-29 an interval that never says yes is complete at its time, and the flow goes on', async () => {
    const { begun, harness } = await inMemory(WORKFLOWS);
    const { process, ran } = await begun(Polls, { at: at(0), deadline: at(25) });
    await harness.advance('1 day');
    expect(ran()).toEqual(['poll 0', 'poll 10', 'poll 20', 'execute 25']);
    expect(process).toMatchObject({ status: 'completed', path: ['poll', 'execute'] });
  });

  it('G-30 a monitored stage that is late calls its method once, and goes on; one that is done in time does not', async () => {
    const late = await inMemory(WORKFLOWS);
    const { process } = await late.begun(Monitored, values);
    await late.harness.advance('1 day');
    expect(process).toMatchObject({ status: 'waiting', context: { told: 1 }, waitingFor: ['packed'] });
    await late.harness.emit('packed' as string, 'g', {});
    expect(process).toMatchObject({ status: 'completed', context: { told: 1 } });
    const early = await inMemory(WORKFLOWS);
    const done = await early.begun(Monitored, values);
    await early.harness.emit('packed' as string, 'g', {});
    await early.harness.advance('1 day');
    expect(done.process).toMatchObject({ status: 'completed', context: { told: 0 } });
    expect(await early.engine.store.queries.waitsOf(done.process.id)).toEqual([]);
  });

  it('G-31 a stage that takes too long: its unfinished steps are skipped, and the next stage begins', async () => {
    const { begun, harness, engine } = await inMemory(WORKFLOWS);
    const { process, ran } = await begun(Limited, values);
    await harness.advance('59 minutes');
    expect(process.waitingFor).toEqual(['packed']);
    await harness.advance('1 minute');
    expect(ran()).toEqual(['pick 0', 'ship 3600']);
    expect(process.status).toBe('completed');
    const records = await engine.store.queries.recordsOf(process.id);
    expect(records.filter(({ type }) => type === 'step-timed-out' || type === 'step-skipped').map(({ type, step }) => `${type} ${step}`)).toEqual([
      'step-timed-out Packing',
      'step-skipped Packing',
    ]);
  });

  it('G-31 a failure in it is no lack of time: where a step says that it counts, it is not masked', async () => {
    const { begun } = await inMemory(WORKFLOWS);
    const { process } = await begun(Limited, values, { pick: () => { throw new Error('no shelf'); } }); // prettier-ignore
    expect(process.status).toBe('failed');
  });
});

await onEachDatabase({ providers: WORKFLOWS }, (bench) => {
  it('G-24 a trigger by the clock of the database', async () => {
    const { id, names } = await bench.run(Triggers, { at: new Date(Date.now() + 400) });
    expect(names()).toEqual([]);
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['trigger', 'last']);
  });

  it('G-28 an interval on a database, and one whose time is up', async () => {
    const answers = [false, undefined, false, true];
    const polled = await bench.start(PollsInABuilder, { at: new Date() }, { poll: () => (answers.length > 0 ? (answers.shift() ?? false) : true) });
    await bench.reaches(polled.id, 'completed');
    expect(polled.names()).toEqual(['poll', 'poll', 'poll', 'poll', 'execute']);
    const late = await bench.start(Polls, { at: new Date(), pause: '1 hour', deadline: new Date(Date.now() + 300) });
    await bench.reaches(late.id, 'completed');
    expect(late.names()).toEqual(['poll', 'execute']);
    expect((await bench.workflows.history(late.id)).find(({ type }) => type === 'step-completed')).toMatchObject({ detail: 'its completeBy has come' });
  });

  it('G-31 a stage whose time is up, on a database', async () => {
    const plan = {
      name: 'limited-by-the-clock',
      stages: { Packing: { within: 200, required: false } },
      steps: [
        { name: 'packed', use: 'Act', stage: 'Packing', on: 'packed' },
        { name: 'ship', use: 'Act' },
      ],
    } as const;
    const { id } = await bench.workflows.start(plan);
    await bench.reaches(id, 'completed');
    expect(await bench.steps(id)).toEqual(['ship']);
  });
});
