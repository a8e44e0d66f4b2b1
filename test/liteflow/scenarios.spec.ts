/** LiteFlow's scenarios by their numbers. L-24 to L-26 stand with restarts and several instances, in their own files. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { again, type Flow, Step, type StepRef, UnknownWorkflowError, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Act, onEachDatabase, signal, Turnstile } from './support.js';

class Numbers {
  value1 = 0;
  value2 = 0;
  value3?: number;
  items: string[] = [];
}

@Step()
class Add {
  run(given: { a: number; b: number }) {
    return { sum: given.a + given.b };
  }
}

@Workflow({ name: 'three-in-a-row' })
class ThreeInARow {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'a' }).then(Act, { name: 'b' }).then(Act, { name: 'c' });
  }
}

@Workflow({ name: 'passing-data', context: Numbers })
class PassingData {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Act, { name: 'before' })
      .then(Add)
        .input('a', (data) => data.value1)
        .input('b', (data) => data.value2)
        .output('value3', (result) => result.sum)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'mapped', context: Numbers })
class Mapped {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Act, { name: 'work', retry: 2 })
        .input('given', (data: Numbers) => data.value1)
        .output('value3', (result: { made: number }) => result.made); // prettier-ignore
  }
}

@Workflow({ name: 'one-step' })
class OneStep {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'only' });
  }
}

@Workflow({ name: 'delayed' })
class Delayed {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'before' }).after('300ms').then(Act, { name: 'after' });
  }
}

class Captured {
  id = 'key1';
  since = new Date(0).toISOString();
  value?: unknown;
}

@Workflow({ name: 'events', context: Captured })
class Events {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Act, { name: 'before' })
      .waitFor('captured', (data) => data.id)
        .output('value', (event) => event)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'other-events', context: Captured })
class OtherEvents extends Events {}

@Workflow({ name: 'past-events', context: Captured })
class PastEvents {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Act, { name: 'before' })
      .waitFor('captured', (data) => data.id, { since: (data) => new Date(data.since) })
        .output('value', (event) => event)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'match-one', context: Captured })
class MatchOne {
  flow(flow: Flow<Captured>) {
    return flow.waitFor('captured', (data) => data.id, { matchOne: true }).output('value', (event) => event);
  }
}

@Workflow({ name: 'two-events', context: Captured })
class TwoEvents {
  flow(flow: Flow<Captured>) {
    return flow
      .startWith(Act, { name: 'before' })
      .waitFor('captured', (data) => data.id)
        .output('value', (event) => event)
      .then(Act, { name: 'between' })
      .waitFor('confirmed', (data) => data.id); // prettier-ignore
  }
}

@Workflow({ name: 'if-bigger', context: Numbers })
class IfBigger {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Act, { name: 'before' })
      .if((data) => data.value1 > 3).do((then) => then.then(Act, { name: 'stuff' }).then(Act, { name: 'more' }))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'while-smaller', context: Numbers })
class WhileSmaller {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Act, { name: 'before' })
      .while((data) => data.value1 < 3).do((body) => body.then(Act, { name: 'increment' }))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'for-each', context: Numbers })
class ForEach {
  flow(flow: Flow<Numbers>) {
    return flow
      .startWith(Act, { name: 'before' })
      .forEach((data) => data.items).do((each) => each.then(Act, { name: 'show' }))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'for-each-in-two-steps', context: Numbers })
class ForEachInTwoSteps {
  flow(flow: Flow<Numbers>) {
    return flow
      .forEach((data) => data.items).do((each) => each
        .then(Act, { name: 'first' })
        .if((_data, step) => step.item !== 'short').do((long) => long.then(Act, { name: 'second' })))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'tries-again' })
class TriesAgain {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'risky', retry: { attempts: 3, delay: '20ms' } }).then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'suspends' })
class Suspends {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'before' }).then(Act, { name: 'risky' }).onError('suspend').then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'terminates' })
class Terminates {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'before' }).then(Act, { name: 'risky' }).onError('cancel').then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'versioned', version: 1 })
class VersionOne {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'old' });
  }
}

@Workflow({ name: 'versioned', version: 2 })
class VersionTwo {
  flow(flow: Flow<object>) {
    return flow.startWith(Act, { name: 'new' });
  }
}

const providers = [
  Add, ThreeInARow, PassingData, Mapped, OneStep, Delayed, Events, OtherEvents, PastEvents, MatchOne, TwoEvents, IfBigger, WhileSmaller, ForEach, ForEachInTwoSteps,
  TriesAgain, Suspends, Terminates, VersionOne, VersionTwo,
]; // prettier-ignore

const throwing = () => {
  throw new Error('sorry');
};

await onEachDatabase({ providers }, (bench) => {
  const key = () => `key-${randomUUID()}`;

  describe('steps and their data', () => {
    it('L-1 A, B and C run once each, in order, and the process completes', async () => {
      const { id, process, names } = await bench.run(ThreeInARow);
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['a', 'b', 'c']);
      expect(await bench.types(id)).toEqual(['process-started', 'step-completed a', 'step-completed b', 'step-completed c', 'process-completed']);
    });

    it('L-2 inputs are read from the context, and outputs written to it: 2 + 3 is 5', async () => {
      const { id, names } = await bench.run(PassingData, { value1: 2, value2: 3 });
      expect(await bench.context(id)).toEqual({ value1: 2, value2: 3, value3: 5, items: [] });
      expect(names()).toEqual(['before', 'after']);
    });

    it('L-2 inputs are read before each run, and outputs written only when the step has gone on', async () => {
      const seen: unknown[] = [];
      const { id, groupId } = await bench.start(Mapped, { value1: 1 }, {
        work: (given, step) => {
          seen.push(given);
          if (step.state === undefined) return again({ after: 1, state: 'once', patch: { value1: 10, value3: -1 } });
          if (step.state === 'once' && step.attempt === 2) throw new Error('made nothing');
          return { made: 7 };
        },
      }); // prettier-ignore
      await bench.reaches(id, 'completed');
      expect(seen).toEqual([{ given: 1 }, { given: 10 }, { given: 10 }]);
      expect(bench.journal.of(groupId).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect((await bench.workflows.contextAt(id, 2)).value3).toBe(-1); // what again() said itself
      expect(await bench.context(id)).toMatchObject({ value1: 10, value3: 7 });
      expect(await bench.context(id)).not.toHaveProperty('made');
    });

    it('L-3 a step is called again with what it left, until it says that it is done', async () => {
      const behaviour = (_data: object, { state = 0 }: StepRef<number>) => (state < 2 ? again({ after: 1, state: state + 1 }) : undefined);
      const { id, groupId } = await bench.start(OneStep, {}, { only: behaviour });
      await bench.reaches(id, 'completed');
      expect(bench.journal.of(groupId).map(({ state }) => state)).toEqual([undefined, 1, 2]);
      expect(await bench.steps(id)).toEqual(['only']);
      expect(await bench.steps(id, 'step-deferred')).toEqual(['only', 'only']);
    });

    it('L-4 what one process left in a step no other process sees', async () => {
      const behaviour = (_data: object, step: StepRef<string>) => (step.state === undefined ? again({ after: 1, state: step.groupId }) : undefined);
      const all = await Promise.all(Array.from({ length: 5 }, () => bench.start(OneStep, {}, { only: behaviour })));
      for (const { id } of all) await bench.reaches(id, 'completed');
      for (const { groupId } of all) expect(bench.journal.of(groupId).map(({ state }) => state)).toEqual([undefined, groupId]);
    });

    it('L-4 a change a step makes to its state is kept by again() alone', async () => {
      const { id, groupId } = await bench.start(OneStep, {}, {
        only: (_data, step: StepRef<{ left: number }>) => {
          if (!step.state) return again({ after: 1, state: { left: 1 } });
          step.state.left = 99;
          return step.attempt === 2 ? again({ after: 1 }) : undefined;
        },
      }); // prettier-ignore
      await bench.reaches(id, 'completed');
      expect(bench.journal.of(groupId).map(({ state }) => state)).toEqual([undefined, { left: 1 }, { left: 1 }]);
    });

    it('L-5 a step that sleeps is not run before its time, and then with its state', async () => {
      const { id, groupId } = await bench.start(OneStep, {}, { only: (_data, { state }) => (state ? undefined : again({ after: '300ms', state: 'slept' })) });
      expect((await bench.settled(id)).status).toBe('waiting');
      expect((await bench.workflows.get(id)).waits).toMatchObject([{ kind: 'timer', step: 'only' }]);
      await bench.reaches(id, 'completed');
      const [first, second] = bench.journal.of(groupId);
      expect(second!.state).toBe('slept');
      expect(second!.now.getTime() - first!.now.getTime()).toBeGreaterThanOrEqual(290); // the engine's own clock: the moment it was due
    });

    it('L-6 a delay waits, and then the flow goes on', async () => {
      const { id, groupId, process, names } = await bench.run(Delayed);
      expect(process.status).toBe('waiting');
      expect(names()).toEqual(['before']);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['before', 'after']);
      const [before, after] = bench.journal.of(groupId);
      expect(after!.now.getTime() - before!.now.getTime()).toBeGreaterThanOrEqual(290);
    });

    it('L-21 a step that returns nothing is done, and the next one runs', async () => {
      const { process, names } = await bench.run(ThreeInARow, {}, { a: () => undefined, b: () => Promise.resolve() });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['a', 'b', 'c']);
    });

    it('L-27 a workflow without data needs no context', async () => {
      const { id } = await bench.workflows.start(ThreeInARow);
      expect((await bench.settled(id)).status).toBe('completed');
      expect(await bench.context(id)).toEqual({});
    });
  });

  describe('events', () => {
    it('L-7 an event wakes the process that waits for it; what it brought goes where its output says', async () => {
      const id_ = key();
      const { id, process, names } = await bench.run(Events, { id: id_ });
      expect(process.status).toBe('waiting');
      expect((await bench.workflows.get(id)).waits).toMatchObject([{ kind: 'event', step: 'captured' }]);
      expect(names()).toEqual(['before']);
      expect(await bench.workflows.emit('captured', id_, { text: 'hello' })).toEqual([{ processId: id, disposition: 'delivered' }]);
      expect((await bench.settled(id)).status).toBe('completed');
      expect((await bench.context(id)).value).toEqual({ text: 'hello' });
      expect(names()).toEqual(['before', 'after']);
    });

    it('L-8 an event of another key or name leaves it waiting, and is kept', async () => {
      const [mine, other] = [key(), key()];
      const { id } = await bench.run(Events, { id: mine });
      expect(await bench.workflows.emit('captured', other, 'not mine')).toEqual([]);
      expect(await bench.workflows.emit('confirmed', mine, 'another name')).toEqual([]);
      expect(await bench.waiting(id)).toEqual(['captured']);
      const late = await bench.run(PastEvents, { id: other });
      expect(late.process.status).toBe('completed');
      expect((await bench.context(late.id)).value).toBe('not mine');
    });

    it('L-9 one event wakes every process that waits for it, of every workflow', async () => {
      const id = key();
      const all = await Promise.all([Events, Events, Events, OtherEvents, OtherEvents].map((workflow) => bench.run(workflow, { id })));
      const deliveries = await bench.workflows.emit('captured', id, 1);
      expect(deliveries.map(({ processId }) => processId).sort()).toEqual(all.map((each) => each.id).sort());
      expect(new Set(deliveries.map(({ disposition }) => disposition))).toEqual(new Set(['delivered']));
      for (const each of all) expect((await bench.settled(each.id)).status).toBe('completed');
    });

    it('L-9 of those that say matchOne one gets the event, and the next gets the next', async () => {
      const id = key();
      const all = await Promise.all(Array.from({ length: 3 }, () => bench.run(MatchOne, { id })));
      for (let events = 1; events <= 3; events++) {
        expect(await bench.workflows.emit('captured', id, events)).toMatchObject([{ disposition: 'delivered' }]);
        const statuses = await Promise.all(all.map(async (each) => (await bench.settled(each.id)).status));
        expect(statuses.filter((status) => status === 'completed')).toHaveLength(events);
      }
      const values = await Promise.all(all.map(async (each) => Number((await bench.context(each.id)).value)));
      expect(values.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    });

    it('L-10 an event from before the process is not for it by default; with `since` it is', async () => {
      const id = key();
      await bench.workflows.emit('captured', id, 'early');
      for (const told = Date.now(); Date.now() === told;) await new Promise(setImmediate); // times are kept in milliseconds: the next one
      const now = await bench.run(Events, { id });
      const past = await bench.run(PastEvents, { id });
      expect(now.process.status).toBe('waiting');
      expect(past.process.status).toBe('completed');
      expect((await bench.context(past.id)).value).toBe('early');
    });

    it('L-10 `since` after the event leaves it out', async () => {
      const id = key();
      await bench.workflows.emit('captured', id, 'early', { effectiveAt: new Date('2020-01-01T00:00:00Z') });
      expect((await bench.run(PastEvents, { id, since: '2020-01-01T00:00:00.001Z' })).process.status).toBe('waiting');
      expect((await bench.run(PastEvents, { id, since: '2020-01-01T00:00:00.000Z' })).process.status).toBe('completed');
    });

    it('L-10 an event that comes while the process is at an earlier step is there when it waits', async () => {
      const id = key();
      const gate = signal();
      const { id: process } = await bench.start(Events, { id }, { before: () => gate.happened });
      expect(await bench.workflows.emit('captured', id, 'early')).toEqual([]);
      gate.give();
      expect((await bench.settled(process)).status).toBe('completed');
      expect((await bench.context(process)).value).toBe('early');
    });

    it('L-11 an event with an effective date in the past counts as from then', async () => {
      const id = key();
      const { id: process } = await bench.run(Events, { id });
      await bench.workflows.emit('captured', id, 'of yesterday', { effectiveAt: new Date(Date.now() - 86_400_000) });
      expect(await bench.waiting(process)).toEqual(['captured']);
      await bench.workflows.emit('captured', id, 'of now');
      await bench.reaches(process, 'completed');
      expect((await bench.context(process)).value).toBe('of now');
    });

    it('L-11 an event that is not in effect yet is kept, and no process gets it before its moment', async () => {
      const id = key();
      expect(await bench.workflows.emit('captured', id, 'of tomorrow', { effectiveAt: new Date(Date.now() + 86_400_000) })).toEqual([]);
      expect((await bench.run(PastEvents, { id })).process.status).toBe('waiting');
    });

    it('L-12 the first of several events is the one it goes on with; it goes on once', async () => {
      const id = key();
      const { id: process, names } = await bench.run(TwoEvents, { id });
      await bench.workflows.emit('captured', id, 'first');
      await bench.waitsIn(process, 'confirmed');
      await bench.workflows.emit('captured', id, 'second');
      await bench.workflows.emit('confirmed', id, 'yes');
      await bench.reaches(process, 'completed');
      expect(names()).toEqual(['before', 'between']);
      expect((await bench.context(process)).value).toBe('first');
    });

    it('L-12 the same event published again, by its message id, changes nothing', async () => {
      const id = key();
      const { id: process, names } = await bench.run(TwoEvents, { id });
      await Promise.all(Array.from({ length: 4 }, () => bench.workflows.emit('captured', id, 'once', { messageId: `m-${id}` })));
      await bench.waitsIn(process, 'confirmed');
      expect(names()).toEqual(['before', 'between']);
      expect((await bench.types(process)).filter((type) => type.startsWith('message-delivered'))).toHaveLength(1);
    });

    it('L-13 an event that comes while its process is busy is not lost', async () => {
      const id = key();
      const gate = signal();
      const busy = signal();
      const { id: process } = await bench.start(TwoEvents, { id }, {
        between: () => {
          busy.give();
          return gate.happened;
        },
      }); // prettier-ignore
      await bench.waitsIn(process, 'captured');
      await bench.workflows.emit('captured', id, 'one');
      await busy.happened;
      await bench.workflows.emit('confirmed', id, 'two');
      gate.give();
      await bench.reaches(process, 'completed');
    });

    it('L-13 an event that comes while its process is suspended is handled when it goes on', async () => {
      const id = key();
      const { id: process, names } = await bench.run(Events, { id });
      await bench.workflows.suspend(process);
      await bench.workflows.emit('captured', id, 'meanwhile');
      expect(names()).toEqual(['before']);
      await bench.workflows.resume(process);
      await bench.reaches(process, 'completed');
      expect((await bench.context(process)).value).toBe('meanwhile');
    });

    it('L-14 an event nobody waits for is kept, and is for every later wait that looks so far back', async () => {
      const id = key();
      expect(await bench.workflows.emit('captured', id, 'kept')).toEqual([]);
      for (let i = 0; i < 2; i++) {
        const late = await bench.run(PastEvents, { id });
        expect(late.process.status).toBe('completed');
        expect((await bench.context(late.id)).value).toBe('kept');
      }
    });
  });

  describe('if, while and forEach', () => {
    it('L-15 if: false skips its body, true runs it; the flow goes on either way', async () => {
      const no = await bench.run(IfBigger, { value1: 3 });
      const yes = await bench.run(IfBigger, { value1: 4 });
      expect(no.names()).toEqual(['before', 'after']);
      expect(yes.names()).toEqual(['before', 'stuff', 'more', 'after']);
      expect([no.process.status, yes.process.status]).toEqual(['completed', 'completed']);
    });

    it('L-15 if looks at the context as it is when its turn comes', async () => {
      expect((await bench.run(IfBigger, { value1: 0 }, { before: () => ({ value1: 9 }) })).names()).toEqual(['before', 'stuff', 'more', 'after']);
    });

    it('L-16 while looks before each pass: three passes, or none', async () => {
      const increment = ({ value1 }: Numbers) => ({ value1: value1 + 1 });
      const three = await bench.run(WhileSmaller, {}, { increment });
      const none = await bench.run(WhileSmaller, { value1: 3 }, { increment });
      expect(three.names()).toEqual(['before', 'increment', 'increment', 'increment', 'after']);
      expect(none.names()).toEqual(['before', 'after']);
      expect((await bench.context(three.id)).value1).toBe(3);
    });

    it('L-17 forEach: one branch for each item, which sees its item and its place; what follows runs once, after all', async () => {
      const { id, groupId, process, names } = await bench.run(ForEach, { items: ['abc', 'def', 'xyz'] });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['before', 'show', 'show', 'show', 'after']);
      expect(bench.journal.of(groupId, 'show').map(({ item, index }) => [index, item])).toEqual([[0, 'abc'], [1, 'def'], [2, 'xyz']]); // prettier-ignore
      expect(await bench.steps(id)).toEqual(['before', 'show', 'show', 'show', 'after']);
    });

    it('L-17 forEach of an empty list goes straight on', async () => {
      const { process, names } = await bench.run(ForEach, { items: [] });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['before', 'after']);
    });

    it('L-17 the items are at it at the same time, and the last of them lets the flow go on', async () => {
      const turnstile = new Turnstile();
      const { id, names } = await bench.start(ForEach, { items: ['1', '2', '3'] }, { show: turnstile.pass });
      await turnstile.isFull(3);
      await turnstile.letOut(2);
      await until(() => bench.steps(id), (done) => done.filter((step) => step === 'show').length === 2); // prettier-ignore
      expect(names()).not.toContain('after');
      await turnstile.letOut();
      await bench.reaches(id, 'completed');
      expect(names().filter((name) => name === 'after')).toHaveLength(1);
    });

    it('L-18 a branch of forEach has steps of its own, each of which sees the item', async () => {
      const { groupId, process } = await bench.run(ForEachInTwoSteps, { items: ['long', 'short', 'longer'] });
      expect(process.status).toBe('completed');
      const items = (step: string) => bench.journal.of(groupId, step).map((call) => String(call.item)).sort(); // prettier-ignore
      expect(items('first')).toEqual(['long', 'longer', 'short']);
      expect(items('second')).toEqual(['long', 'longer']);
      expect(bench.journal.of(groupId, 'after')).toHaveLength(1);
    });
  });

  describe('when it goes wrong', () => {
    it('L-19 a step that throws is tried again by its policy, and its process stays under way', async () => {
      const { id, groupId } = await bench.start(TriesAgain, {}, { risky: (_data, { attempt }) => (attempt < 3 ? throwing() : undefined) });
      await bench.reaches(id, 'completed');
      expect(bench.journal.of(groupId).map(({ step, attempt }) => `${step} ${attempt}`)).toEqual(['risky 1', 'risky 2', 'risky 3', 'after 1']);
      const failures = (await bench.workflows.history(id)).filter(({ type }) => type === 'step-failed');
      expect(failures).toMatchObject([{ attempt: 1, error: 'Error: sorry' }, { attempt: 2, error: 'Error: sorry' }]); // prettier-ignore
      expect(await bench.types(id)).not.toContain('process-failed risky');
    });

    it('L-19 when no try is left it has failed, is still live, and a person may retry it', async () => {
      let mended = false;
      const { id, names } = await bench.start(TriesAgain, {}, { risky: () => (mended ? undefined : throwing()) });
      expect(await bench.reaches(id, 'failed')).toMatchObject({ cause: 'risky: Error: sorry' });
      expect(names()).toEqual(['risky', 'risky', 'risky']);
      mended = true;
      await bench.workflows.retry(id);
      expect((await bench.settled(id)).status).toBe('completed');
    });

    it('L-20 suspend: the process is suspended, later steps do not run; when it goes on, the step runs again', async () => {
      let mended = false;
      const { id, process, names } = await bench.run(Suspends, {}, { risky: () => (mended ? undefined : throwing()) });
      expect(process).toMatchObject({ status: 'suspended', cause: 'risky: Error: sorry' });
      expect(names()).toEqual(['before', 'risky']);
      mended = true;
      await bench.workflows.resume(id);
      expect((await bench.settled(id)).status).toBe('completed');
      expect(names()).toEqual(['before', 'risky', 'risky', 'after']);
    });

    it('L-20 terminate: the process is cancelled, and its group id is free', async () => {
      const { groupId, process, names } = await bench.run(Terminates, {}, { risky: throwing });
      expect(process).toMatchObject({ status: 'cancelled', cause: 'risky: Error: sorry' });
      expect(names()).toEqual(['before', 'risky']);
      expect((await bench.run(Terminates, {}, {}, { groupId })).process.status).toBe('completed');
    });

    it('L-22 starting what is not registered, or not in this version, is a clear error', async () => {
      await expect(bench.workflows.start('three-in-a-roe')).rejects.toThrow(UnknownWorkflowError);
      await expect(bench.workflows.start('three-in-a-roe')).rejects.toThrow(/There is no workflow "three-in-a-roe".*three-in-a-row/);
      await expect(bench.workflows.start('three-in-a-row', {}, { version: 7 })).rejects.toThrow(/"three-in-a-row" version 7/);
    });

    it('L-23 a start by name takes the newest version, or exactly the one it names', async () => {
      expect((await bench.run('versioned')).names()).toEqual(['new']);
      expect((await bench.run('versioned', {}, {}, { version: 1 })).names()).toEqual(['old']);
      expect((await bench.run(VersionOne)).process.workflowVersion).toBe(1);
      expect((await bench.run(VersionTwo)).process.workflowVersion).toBe(2);
    });
  });
});
