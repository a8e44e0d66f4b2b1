/** What goes wrong, and is undone: retries, error policies, sagas, cancelling, and what a person does. */
import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { again, fail, type Flow, NotWaitingError, ProcessFinishedError, Step, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Act, onEachDatabase, signal, Undo } from './support.js';

class Trip {
  bookings: string[] = [];
  undone: string[] = [];
  cities: string[] = [];
  fails = false;
}

@Workflow({ name: 'fails-by-default' })
class FailsByDefault {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'risky' }).then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'cancels-by-default', defaults: { onError: 'cancel' } })
class CancelsByDefault extends FailsByDefault {}

@Workflow({ name: 'goes-elsewhere' })
class GoesElsewhere {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'risky' }).onError({ next: 'rescue' }).then(Act, { name: 'usual' }).then(Act, { name: 'rescue' });
  }
}

@Workflow({ name: 'not-required' })
class NotRequired {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'risky', required: false }).then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'backs-off' })
class BacksOff {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'risky', retry: { attempts: 4, delay: '20ms', backoff: 'exponential', unless: [TypeError] } });
  }
}

@Workflow({ name: 'in-time' })
class InTime {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'slow', timeout: '50ms', retry: 2 }).then(Act, { name: 'after' });
  }
}

@Step()
class Book {
  run(trip: Trip, step: { name: string }) {
    return { bookings: (all: string[]) => [...all, step.name] };
  }
  compensate(_trip: Trip, step: { name: string }) {
    return { undone: (all: string[]) => [...all, step.name] };
  }
}

@Workflow({ name: 'trip', context: Trip })
class BookTrip {
  flow(flow: Flow<Trip>) {
    return flow
      .startWith(Book, { name: 'hotel' })
      .then(Act, { name: 'nothing to undo' })
      .then(Book, { name: 'flight' }).compensateWith(Undo)
      .forEach((trip) => trip.cities, { concurrency: 1 }).do((city) => city.then(Act, { name: 'tour' }).compensateWith(Undo))
      .stage('Payment', (stage) => stage.then(Act, { name: 'reserve' }).compensateWith(Undo).then(Act, { name: 'pay' }).onError('compensate'))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'optional-extras', context: Trip })
class OptionalExtras {
  flow(flow: Flow<Trip>) {
    return flow
      .startWith(Act, { name: 'hotel' }).compensateWith(Undo)
      .stage('Extras', (stage) => stage
        .then(Act, { name: 'car' }).compensateWith(Undo)
        .stage('Inner', (inner) => inner.then(Act, { name: 'seat' }).compensateWith(Undo), { required: true })
        .then(Act, { name: 'insure' }), { required: false, onError: 'compensate' })
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'to-be-cancelled', context: Trip })
class ToBeCancelled {
  flow(flow: Flow<Trip>) {
    return flow
      .startWith(Act, { name: 'hotel' }).compensateWith(Undo, { retry: 1 })
      .then(Act, { name: 'flight' }).compensateWith(Undo)
      .waitFor('paid')
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

const providers = [FailsByDefault, CancelsByDefault, GoesElsewhere, NotRequired, BacksOff, InTime, Book, BookTrip, OptionalExtras, ToBeCancelled];

const throwing = () => {
  throw new Error('sorry');
};

await onEachDatabase({ providers }, (bench) => {
  describe('error policies', () => {
    it('fail, by default: the process is live, with its cause, and runs nothing more', async () => {
      const { id, process, names } = await bench.run(FailsByDefault, {}, { risky: throwing });
      expect(process).toMatchObject({ status: 'failed', cause: 'risky: Error: sorry' });
      expect(names()).toEqual(['risky']);
      await bench.workflows.cancel(id);
    });

    it('of the workflow, where the step says nothing', async () => {
      expect((await bench.run(CancelsByDefault, {}, { risky: throwing })).process.status).toBe('cancelled');
    });

    it('{ next }: goes on there, and passes over what is between', async () => {
      const { id, process, names } = await bench.run(GoesElsewhere, {}, { risky: throwing });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['risky', 'rescue']);
      expect(await bench.steps(id, 'step-failed')).toEqual(['risky']);
      expect((await bench.run(GoesElsewhere)).names()).toEqual(['risky', 'usual', 'rescue']);
    });

    it('not required: skipped, and the failure shows', async () => {
      const { id, process, names } = await bench.run(NotRequired, {}, { risky: throwing });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['risky', 'after']);
      expect(await bench.steps(id, 'step-failed')).toEqual(['risky']);
      expect(await bench.steps(id, 'step-skipped')).toEqual(['risky']);
    });
  });

  describe('retries', () => {
    it('with back-off: each pause is twice the last, by the times it set', async () => {
      const { id, groupId } = await bench.start(BacksOff, {}, { risky: throwing });
      await bench.reaches(id, 'failed');
      expect(bench.journal.of(groupId).map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
      const set = (await bench.workflows.history(id)).filter(({ type }) => type === 'timer-set');
      expect(set.map(({ detail, createdAt }) => new Date(detail!).getTime() - createdAt.getTime())).toEqual([20, 40, 80]);
    });

    it('not of what another try cannot help: an error named in `unless`, and fail()', async () => {
      const wrong = await bench.run(BacksOff, {}, { risky: () => { throw new TypeError('wrong for ever'); } }); // prettier-ignore
      const said = await bench.run(BacksOff, {}, { risky: () => fail('no use') });
      expect(wrong.process).toMatchObject({ status: 'failed', cause: 'risky: TypeError: wrong for ever' });
      expect(said.process).toMatchObject({ status: 'failed', cause: expect.stringContaining('no use') as unknown });
      expect([wrong.names(), said.names()]).toEqual([['risky'], ['risky']]);
    });

    it('a body that takes longer than its timeout has failed that try', async () => {
      const { id, names } = await bench.start(InTime, {}, { slow: (_data, { attempt }) => (attempt === 1 ? new Promise(() => {}) : undefined) });
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['slow', 'slow', 'after']);
    });
  });

  describe('sagas', () => {
    it('undo what was done, last first, also of items and in stages, and then cancel the process', async () => {
      const { id, groupId, process, names } = await bench.run(BookTrip, { cities: ['Rome', 'Oslo'] }, { pay: throwing });
      expect((await bench.reaches(id, 'cancelled')).cause).toBe('pay: Error: sorry');
      expect(process.status).not.toBe('completed');
      expect(names()).toEqual(['nothing to undo', 'tour', 'tour', 'reserve', 'pay', 'undo reserve', 'undo tour', 'undo tour', 'undo flight']);
      expect(bench.journal.of(groupId, 'undo tour').map(({ item }) => item)).toEqual(['Oslo', 'Rome']);
      expect(await bench.steps(id, 'step-compensated')).toEqual(['reserve', 'tour', 'tour', 'flight', 'hotel']);
      expect(await bench.context(id)).toMatchObject({ bookings: ['hotel', 'flight'], undone: ['hotel'] }); // flight is undone by another step
    });

    it('of a stage that is not required: only what was done in it, and the flow goes on', async () => {
      const { id, process, names } = await bench.run(OptionalExtras, {}, { insure: throwing });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['hotel', 'car', 'seat', 'insure', 'undo seat', 'undo car', 'after']);
      expect(await bench.steps(id, 'step-compensated')).toEqual(['seat', 'car']);
    });

    it('cancel with compensate: undone, and then cancelled; without it nothing is undone', async () => {
      const undone = await bench.run(ToBeCancelled);
      await bench.workflows.cancel(undone.id, { compensate: true, actor: 'ada', reason: 'ill' });
      expect(await bench.reaches(undone.id, 'cancelled')).toMatchObject({ cause: 'ill', waits: [] });
      expect(undone.names()).toEqual(['hotel', 'flight', 'undo flight', 'undo hotel']);
      const left = await bench.run(ToBeCancelled);
      await bench.workflows.cancel(left.id);
      expect((await bench.reaches(left.id, 'cancelled')).status).toBe('cancelled');
      expect(left.names()).toEqual(['hotel', 'flight']);
    });

    it('an event that comes while it is undone changes nothing', async () => {
      const gate = signal();
      const { id, groupId, names } = await bench.run(ToBeCancelled, {}, { 'undo flight': () => gate.happened });
      await bench.workflows.cancel(id, { compensate: true });
      await until(names, (ran) => ran.includes('undo flight'));
      await bench.workflows.emit('paid', groupId, null);
      gate.give();
      await bench.reaches(id, 'cancelled');
      expect(names()).toEqual(['hotel', 'flight', 'undo flight', 'undo hotel']);
    });

    it('an undoing that fails leaves the process failed; retry goes on with it, and undoes nothing twice', async () => {
      let mended = false;
      const { id, names } = await bench.run(ToBeCancelled, {}, { 'undo hotel': () => (mended ? undefined : throwing()) });
      await bench.workflows.cancel(id, { compensate: true });
      expect((await bench.reaches(id, 'failed')).cause).toContain('Error: sorry');
      mended = true;
      await bench.workflows.retry(id);
      await bench.reaches(id, 'cancelled');
      expect(names()).toEqual(['hotel', 'flight', 'undo flight', 'undo hotel', 'undo hotel']);
      expect(await bench.steps(id, 'step-compensated')).toEqual(['flight', 'hotel']);
    });
  });

  describe('suspend, resume and cancel', () => {
    it('suspended while a step runs: that step ends, and the next does not start until it goes on', async () => {
      const gate = signal();
      const { id, names } = await bench.start(ToBeCancelled, {}, { hotel: () => gate.happened });
      await until(names, (ran) => ran.length === 1);
      await bench.workflows.suspend(id, { actor: 'ada', reason: 'lunch' });
      gate.give();
      await until(() => bench.steps(id), (done) => done.includes('hotel')); // prettier-ignore
      expect(await bench.workflows.get(id)).toMatchObject({ status: 'suspended', cause: 'lunch' });
      expect(names()).toEqual(['hotel']);
      await bench.workflows.resume(id);
      await bench.waitsIn(id, 'paid');
      expect(names()).toEqual(['hotel', 'flight']);
      await bench.workflows.cancel(id);
    });

    it('a step that sleeps does not wake while its process is suspended', async () => {
      const { id, names } = await bench.start(FailsByDefault, {}, { risky: (_data, { state }) => (state ? undefined : again({ after: '100ms', state: 1 })) });
      await bench.settled(id);
      await bench.workflows.suspend(id);
      await until(() => bench.types(id), (types) => types.includes('timer-fired risky')); // prettier-ignore
      expect(names()).toEqual(['risky']);
      await bench.workflows.resume(id);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['risky', 'risky', 'after']);
    });

    it('cancelled for good: nothing of it runs, no event reaches it, and nobody resumes it', async () => {
      const { id, groupId, names } = await bench.run(ToBeCancelled);
      await bench.workflows.cancel(id, { reason: 'no longer wanted' });
      expect(await bench.workflows.emit('paid', groupId, null)).toEqual([]);
      expect(await bench.workflows.get(id)).toMatchObject({ status: 'cancelled', cause: 'no longer wanted', waits: [] });
      await expect(bench.workflows.cancel(id)).rejects.toThrow(ProcessFinishedError);
      await expect(bench.workflows.resume(id)).rejects.toThrow(ProcessFinishedError);
      expect(names()).toEqual(['hotel', 'flight']);
    });

    it('resume of what is not suspended is refused', async () => {
      const { id } = await bench.run(ToBeCancelled);
      await expect(bench.workflows.resume(id)).rejects.toThrow(NotWaitingError);
      await bench.workflows.cancel(id);
    });
  });
});
