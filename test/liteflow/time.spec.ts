/** What time does, by a clock that stands still until it is moved: exactly then, and not a moment before. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { again, type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule, type WorkflowTestingOptions } from 'nestjs-argonaut/testing';
import { Engine } from '../../lib/engine/engine.js';
import { Act, type Behaviours, Journal, Undo } from './support.js';

class Bag {
  ticks = 0;
  reminded = 0;
  at = '2026-01-01T06:00:00Z';
}

@Workflow({ name: 'sleeps' })
class Sleeps {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'sleeper' }).after('2 days').then(Act, { name: 'end of it' });
  }
}

@Workflow({ name: 'moments', context: Bag })
class Moments {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .after((bag) => new Date(bag.at))
      .then(Act, { name: 'at six' })
      .after(() => '30 minutes')
      .then(Act, { name: 'half past' });
  }
}

@Workflow({ name: 'scheduled', context: Bag })
class Scheduled {
  flow(flow: Flow<Bag>) {
    return flow
      .schedule('1 hour').do((later) => later.then(Act, { name: 'later' }))
      .schedule((bag) => new Date(bag.at)).do(Act)
      .then(Act, { name: 'flow' }); // prettier-ignore
  }
}

@Workflow({ name: 'scheduled-and-ends', context: Bag })
class ScheduledAndEnds {
  flow(flow: Flow<Bag>) {
    return flow
      .schedule('1 hour').do((later) => later.then(Act, { name: 'later' }))
      .if((bag) => bag.ticks === 0).do((early) => early.then(Act, { name: 'early' }).end())
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'looks-back' })
class LooksBack {
  flow(flow: Flow<object>) {
    return flow.waitFor('signed', undefined, { since: () => new Date(0) });
  }
}

@Workflow({ name: 'recurring', context: Bag })
class Recurring {
  flow(flow: Flow<Bag>) {
    return flow
      .recur('5 minutes', (bag) => bag.ticks >= 3).do((body) => body.then(this.tick))
      .then(Act, { name: 'flow' }); // prettier-ignore
  }
  @Step() tick(bag: Bag) {
    return { ticks: bag.ticks + 1 };
  }
}

@Workflow({ name: 'staged', context: Bag })
class Staged {
  flow(flow: Flow<Bag>) {
    return flow
      .stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).waitFor('packed').then(Act, { name: 'ship' }), {
        within: '7 days',
        required: false,
        overdue: { after: '2 days', do: 'remind' },
      })
      .then(Act, { name: 'after' });
  }
  remind(bag: Bag) {
    return { reminded: bag.reminded + 1 };
  }
}

@Workflow({ name: 'failing-stage', context: Bag })
class FailingStage {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'hotel' }).compensateWith(Undo)
      .stage('Waiting', (stage) => stage.then(Act, { name: 'seat' }).compensateWith(Undo).waitFor('never'), { within: '1 day', onError: 'compensate' })
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'first-or-late' })
class FirstOrLate {
  flow(flow: Flow<object>) {
    return flow
      .any((signed) => signed.waitFor('signed').then(Act, { name: 'thank' }), (late) => late.after('30 days').then(Act, { name: 'give up' }))
      .then(Act, { name: 'file' }); // prettier-ignore
  }
}

@Workflow({ name: 'backs-off', context: Bag })
class BacksOff {
  flow(flow: Flow<Bag>) {
    return flow.startWith(Act, { name: 'risky', retry: { attempts: 5, delay: '10s', backoff: 'exponential', maxDelay: '30s' } });
  }
}

@Workflow({ name: 'asks-for-a-day' })
class AsksForADay {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'poll', within: '1 hour', required: false }).then(Act, { name: 'after' });
  }
}

const WORKFLOWS = [Sleeps, Moments, Scheduled, ScheduledAndEnds, LooksBack, Recurring, Staged, FailingStage, FirstOrLate, BacksOff, AsksForADay];
const START = '2026-01-01T00:00:00Z';

async function booted(journal = new Journal(), options: WorkflowTestingOptions = {}) {
  const module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ now: START, ...options })],
    providers: [{ provide: Journal, useValue: journal }, Act, Undo, ...WORKFLOWS],
  }).compile();
  await module.init();
  return { harness: module.get(WorkflowHarness), engine: module.get(Engine).parts };
}

async function begun(workflow: any, behaviours: Behaviours = {}) {
  const journal = new Journal();
  const { harness } = await booted(journal);
  journal.tell('g', behaviours);
  const process = await harness.start(workflow, {}, { groupId: 'g' });
  /** The bodies that ran, and at which second since the start. */
  const ran = () => journal.of('g').map(({ step, now }) => `${step} ${(now.getTime() - Date.parse(START)) / 1000}`);
  return { harness, process: process as { status: string; context: any; path: string[]; waitingFor: string[] }, ran, names: () => journal.names('g') };
}

describe('by the virtual clock', () => {
  it('L-5 sleep: not a moment before its time, and then with its state', async () => {
    const { harness, ran } = await begun(Sleeps, {
      sleeper: (_data: object, { state }: StepRef) => (state ? undefined : again({ after: '1 minute', state: 1 })),
    });
    await harness.advance(59_999);
    expect(ran()).toEqual(['sleeper 0']);
    await harness.advance(1);
    expect(ran()).toEqual(['sleeper 0', 'sleeper 60']);
  });

  it('L-6 a delay begins when the step before it is done', async () => {
    const { harness, process, ran } = await begun(Sleeps, {
      sleeper: (_data: object, { state }: StepRef) => (state ? undefined : again({ after: '1 day', state: 1 })),
    });
    await harness.advance('3 days');
    expect(ran()).toEqual(['sleeper 0', 'sleeper 86400', 'end of it 259200']);
    expect(process.status).toBe('completed');
  });

  it.each([
    ['for a day, where nothing is said', {}, '1 day'],
    ['as long as the module says', { keepUnmatched: '3 days' }, '3 days'],
  ] as const)('L-14 an event nobody waits for is kept %s, and no longer', async (_how, options, kept) => {
    for (const [beyond, status] of [
      [0, 'completed'],
      [1, 'waiting'],
    ] as const) {
      // prettier-ignore
      const { harness, engine } = await booted(new Journal(), options);
      await harness.emit('signed', 'g', null);
      await harness.advance(kept);
      await harness.advance(beyond);
      await engine.sweeper.beat();
      expect((await harness.start(LooksBack, {}, { groupId: 'g' })).status).toBe(status);
    }
  });

  it('L-19 retries with back-off come exactly then, up to the longest pause', async () => {
    const { harness, process, ran } = await begun(BacksOff, { risky: () => { throw new Error('no'); } }); // prettier-ignore
    await harness.advance('1 day');
    expect(ran()).toEqual(['risky 0', 'risky 10', 'risky 30', 'risky 60', 'risky 90']);
    expect(process.status).toBe('failed');
  });

  it('after: a moment of the context, and a length of time by a function', async () => {
    const { harness, process, ran } = await begun(Moments);
    await harness.advance('1 day');
    expect(ran()).toEqual(['before 0', 'at six 21600', 'half past 23400']);
    expect(process.status).toBe('completed');
  });

  it('schedule: beside the flow, at its time; the process ends with the last of them', async () => {
    const { harness, process, ran } = await begun(Scheduled);
    expect(ran()).toEqual(['flow 0']);
    await harness.advance('1 hour');
    expect(ran()).toEqual(['flow 0', 'later 3600']);
    expect(process.status).toBe('waiting');
    await harness.advance('5 hours');
    expect(ran()).toEqual(['flow 0', 'later 3600', 'Act 21600']);
    expect(process.status).toBe('completed');
  });

  it('schedule: what it has set comes at its time though the flow beside it has ended by end()', async () => {
    const { harness, process, ran } = await begun(ScheduledAndEnds);
    expect(ran()).toEqual(['early 0']);
    expect(process.status).toBe('waiting');
    await harness.advance('1 hour');
    expect(ran()).toEqual(['early 0', 'later 3600']);
    expect(process.status).toBe('completed');
  });

  it('recur: beside the flow, every so often, until its condition holds', async () => {
    const { harness, process } = await begun(Recurring);
    expect(process.path).toEqual(['flow']);
    await harness.advance('14 minutes');
    expect(process.context.ticks).toBe(2);
    await harness.advance('1 minute');
    expect(process.context.ticks).toBe(3);
    await harness.advance('1 hour');
    expect(process).toMatchObject({ status: 'completed', context: { ticks: 3 } });
  });

  it('a stage is overdue once, and left when its within has passed', async () => {
    const { harness, process, ran } = await begun(Staged);
    await harness.advance('47 hours');
    expect(process.context.reminded).toBe(0);
    await harness.advance('1 hour');
    expect(process.context.reminded).toBe(1);
    await harness.advance('119 hours');
    expect(process).toMatchObject({ context: { reminded: 1 }, waitingFor: ['packed'] });
    await harness.advance('1 hour');
    expect(process).toMatchObject({ status: 'completed', context: { reminded: 1 } });
    expect(ran()).toEqual(['pick 0', `after ${7 * 86_400}`]);
  });

  it('a stage that is done in time is neither overdue nor left', async () => {
    const { harness, process, ran } = await begun(Staged);
    await harness.advance('1 day');
    await harness.emit('packed', 'g', null);
    await harness.advance('30 days');
    expect(process).toMatchObject({ status: 'completed', context: { reminded: 0 } });
    expect(ran()).toEqual(['pick 0', 'ship 86400', 'after 86400']);
  });

  it('a stage that has to be done by its within undoes what was done, where it says so', async () => {
    const { harness, process, names } = await begun(FailingStage);
    await harness.advance('1 day');
    expect(process.status).toBe('cancelled');
    expect(names()).toEqual(['hotel', 'seat', 'undo seat', 'undo hotel']);
    expect(names()).not.toContain('after');
  });

  it('any: an event in time, or a moment', async () => {
    const late = await begun(FirstOrLate);
    await late.harness.advance('30 days');
    expect(late.names()).toEqual(['give up', 'file']);
    const signed = await begun(FirstOrLate);
    await signed.harness.advance('29 days');
    await signed.harness.emit('signed', 'g', null);
    await signed.harness.advance('30 days');
    expect(signed.names()).toEqual(['thank', 'file']);
    expect(signed.process.status).toBe('completed');
  });

  it('asks every so often, for so long at most, and then goes on without', async () => {
    const { harness, process, names } = await begun(AsksForADay, { poll: () => again({ after: '25 minutes' }) });
    await harness.advance('1 day');
    expect(process.status).toBe('completed');
    expect(names()).toEqual(['poll', 'poll', 'poll', 'after']);
  });
});
