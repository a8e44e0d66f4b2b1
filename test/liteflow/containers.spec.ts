/** The builder's containers: mapping with items, nesting, concurrency, all and any, decide, stages, moments and the end. */
import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Flow, go, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Act, onEachDatabase, signal, Turnstile } from './support.js';

class Bag {
  list: string[] = [];
  rows: string[][] = [];
  left = 0;
  sum = 0;
  factor = 1;
  big = false;
  note?: string;
  at?: string;
  min?: number;
  max?: number;
}

/* ----------------------------------------------------------------------- mapping ---- */

@Step()
class Measure {
  run(given: { words: string[]; factor: number; label: string }) {
    const lengths = given.words.map((word) => word.length * given.factor);
    return { min: Math.min(...lengths), max: Math.max(...lengths), label: given.label };
  }
}

@Step()
class Length {
  run(given: { word: string; place: number; factor: number }) {
    return { length: given.word.length * given.factor, place: given.place };
  }
}

@Workflow({ name: 'several-keys', context: Bag })
class SeveralKeys {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Measure)
        .input('words', (bag) => bag.list)
        .input('factor', (bag) => bag.factor)
        .input('label', (_bag, step) => `of ${step.groupId}`)
        .output('min', (result) => result.min)
        .output('max', (result) => result.max)
        .output('note', (result) => result.label)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'mapped-items', context: Bag })
class MappedItems {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list, { concurrency: 1 }).do((each) => each
        .then(Length)
          .input('word', (_bag, step) => step.item)
          .input('place', (_bag, step) => step.index)
          .input('factor', (bag) => bag.factor)
          .output('sum', (result) => result.length)
          .output('note', (result, step) => `${step.item} at ${result.place}`)
        .then(Act, { name: 'seen' })); // prettier-ignore
  }
}

/* ----------------------------------------------------------------------- nesting ---- */

@Workflow({ name: 'five-deep', context: Bag })
class FiveDeep {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .forEach((bag) => bag.rows).do((row) => row
        .if((_bag, step) => step.item.length > 0).do((full) => full
          .forEach((_bag, step) => step.item).do((cell) => cell
            .if((_bag, step) => step.item !== 'skip').do((wanted) => wanted
              .while((bag) => bag.left > 0).do((pass) => pass.then(Act, { name: 'deepest' }))
              .then(Act, { name: 'cell' })))
          .then(Act, { name: 'row' })))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'every-container', context: Bag })
class EveryContainer {
  flow(flow: Flow<Bag>) {
    return flow
      .all(
        (one) => one.any(
          (two) => two.stage('deep', (three) => three
            .forEach((bag) => bag.list).do((four) => four
              .while((bag) => !bag.big).do((five) => five.then(Act, { name: 'innermost' }))
              .then(Act, { name: 'item' })), { required: true, onError: 'fail' }),
          (late) => late.after('1 day')),
        Act)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

/* ------------------------------------------------------------------- concurrency ---- */

@Workflow({ name: 'one-at-a-time', context: Bag })
class OneAtATime {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list, { concurrency: 1 })
      .do((each) => each.then(Act, { name: 'in' }).then(Act, { name: 'out' }))
      .then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'two-at-a-time', context: Bag })
class TwoAtATime {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list, { concurrency: 2 })
      .do((each) => each.then(Act, { name: 'one' }))
      .then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'two-on-a-queue', context: Bag })
class TwoOnAQueue {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list, { concurrency: 2 })
      .do((each) => each.then(Act, { name: 'one', queue: 'work' }))
      .then(Act, { name: 'after' });
  }
}

/* ------------------------------------------------------------------- all and any ---- */

@Workflow({ name: 'all-of-them', context: Bag })
class AllOfThem {
  flow(flow: Flow<Bag>) {
    return flow
      .all((one) => one.then(Act, { name: 'a1' }).then(Act, { name: 'a2' }), (two) => two.waitFor('b'), Act)
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'same-event-twice', context: Bag })
class SameEventTwice {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .all(
        (one) => one.waitFor('shared', undefined, { name: 'first' }).then(Act, { name: 'a' }),
        (two) => two.waitFor('shared', undefined, { name: 'second' }).then(Act, { name: 'b' }),
      )
      .then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'first-of-them', context: Bag })
class FirstOfThem {
  flow(flow: Flow<Bag>) {
    return flow
      .any((one) => one.waitFor('a').then(Act, { name: 'afterA' }), (two) => two.waitFor('b').then(Act, { name: 'afterB' }))
      .then(Act, { name: 'after' })
      .waitFor('finish'); // prettier-ignore
  }
}

@Workflow({ name: 'losers-cancelled', context: Bag })
class LosersCancelled {
  flow(flow: Flow<Bag>) {
    return flow
      .any((fast) => fast.waitFor('go'), (slow) => slow.then(Act, { name: 'slow' }).then(Act, { name: 'never' }))
      .then(Act, { name: 'after' })
      .waitFor('finish'); // prettier-ignore
  }
}

@Workflow({ name: 'losers-finish', context: Bag })
class LosersFinish {
  flow(flow: Flow<Bag>) {
    return flow
      .any({ losers: 'finish' }, (fast) => fast.waitFor('go'), (slow) => slow.then(Act, { name: 'slow' }).then(Act, { name: 'never' }))
      .then(Act, { name: 'after' })
      .waitFor('finish'); // prettier-ignore
  }
}

/* ------------------------------------------------------------------------ decide ---- */

@Workflow({ name: 'decides', context: Bag })
class Decides {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .decide(this.which, {
        small: (small) => small.then(Act, { name: 'small1' }).then(Act, { name: 'small2' }),
        large: (large) => large.then(this.big),
        none: (none) => none,
        stop: (stop) => stop.then(Act, { name: 'last' }).end(),
      })
      .then(Act, { name: 'after' });
  }
  @Step() which(bag: Bag) {
    if (bag.left > 10) return go('large', { note: 'large indeed' });
    if (bag.left < 0) return 'stop';
    return bag.left === 0 ? 'none' : 'small';
  }
  @Step() big() {
    return { big: true };
  }
}

@Step()
class Sort {
  run(bag: Bag, step: StepRef<unknown, string>) {
    return step.item === bag.note ? ('found' as const) : ('other' as const);
  }
}

@Workflow({ name: 'decides-each', context: Bag })
class DecidesEach {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list)
      .do((each) => each.decide(Sort, { found: (found) => found.then(Act, { name: 'found' }), other: (other) => other.then(Act, { name: 'other' }) }))
      .then(Act, { name: 'after' });
  }
}

/* ------------------------------------------------------------------------ stages ---- */

@Workflow({ name: 'optional-stage', context: Bag })
class OptionalStage {
  flow(flow: Flow<Bag>) {
    return flow.stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).then(Act, { name: 'pack' }), { required: false }).then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'slow-stage', context: Bag })
class SlowStage {
  flow(flow: Flow<Bag>) {
    return flow
      .stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).waitFor('packed').then(Act, { name: 'ship' }), { within: '150ms', required: false })
      .then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'overdue-stage', context: Bag })
class OverdueStage {
  flow(flow: Flow<Bag>) {
    return flow
      .stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).waitFor('packed'), { overdue: { after: '50ms', do: 'remind' } })
      .then(Act, { name: 'after' });
  }
  remind(bag: Bag) {
    return { sum: bag.sum + 1 };
  }
}

@Workflow({ name: 'stage-elsewhere', context: Bag })
class StageElsewhere {
  flow(flow: Flow<Bag>) {
    return flow
      .stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).then(Act, { name: 'pack' }), { onError: { next: 'rescue' } })
      .then(Act, { name: 'skipped' })
      .then(Act, { name: 'rescue' });
  }
}

@Workflow({ name: 'stage-suspends', context: Bag })
class StageSuspends {
  flow(flow: Flow<Bag>) {
    return flow.stage('Packing', (stage) => stage.then(Act, { name: 'pick' }).then(Act, { name: 'pack' }), { onError: 'suspend' }).then(Act, { name: 'after' });
  }
}

@Workflow({ name: 'plain-stages', context: Bag })
class PlainStages {
  flow(flow: Flow<Bag>) {
    return flow.stage('One', (stage) => stage.then(Act, { name: 'a' }).then(Act, { name: 'b' })).stage('Two', (stage) => stage.then(Act, { name: 'c' }));
  }
}

/* --------------------------------------------------------------- moments and ends ---- */

@Workflow({ name: 'at-a-moment', context: Bag })
class AtAMoment {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .after((bag) => new Date(bag.at!))
      .then(Act, { name: 'then' });
  }
}

@Workflow({ name: 'beside', context: Bag })
class Beside {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .schedule('150ms').do(Act)
      .recur('40ms', (bag) => bag.sum >= 3).do((again_) => again_.then(Act, { name: 'tick' }))
      .then(Act, { name: 'flow' }); // prettier-ignore
  }
}

@Workflow({ name: 'ends', context: Bag })
class Ends {
  flow(flow: Flow<Bag>) {
    return flow
      .startWith(Act, { name: 'before' })
      .if((bag) => bag.big).do((big) => big.then(Act, { name: 'early' }).end())
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'ends-in-all', context: Bag })
class EndsInAll {
  flow(flow: Flow<Bag>) {
    return flow
      .all(
        (one) => one.if((bag) => bag.big).do((big) => big.then(Act, { name: 'early' }).end()).then(Act, { name: 'rest' }),
        (two) => two.waitFor('b').then(Act, { name: 'other' }))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'ends-in-for-each', context: Bag })
class EndsInForEach {
  flow(flow: Flow<Bag>) {
    return flow
      .forEach((bag) => bag.list, { concurrency: 1 }).do((each) => each
        .if((_bag, step) => step.item === 'stop').do((stop) => stop.then(Act, { name: 'early' }).end())
        .then(Act, { name: 'rest' }))
      .then(Act, { name: 'after' }); // prettier-ignore
  }
}

@Workflow({ name: 'prerequisite', context: Bag })
class Prerequisite {
  flow(flow: Flow<Bag>) {
    return flow.all(
      (one) => one.then(Act, { name: 'needs', when: (bag: Bag) => bag.big }),
      (two) => two.waitFor('bigger').output('big', () => true),
    );
  }
}

const providers = [
  Measure, Length, SeveralKeys, MappedItems, FiveDeep, EveryContainer, OneAtATime, TwoAtATime, TwoOnAQueue, AllOfThem, FirstOfThem, LosersCancelled,
  LosersFinish, SameEventTwice, Decides, Sort, DecidesEach, OptionalStage, SlowStage, OverdueStage, StageElsewhere, StageSuspends, PlainStages, AtAMoment, Beside, Ends,
  EndsInAll, EndsInForEach, Prerequisite,
]; // prettier-ignore

const throwing = () => {
  throw new Error('sorry');
};

await onEachDatabase({ providers }, (bench) => {
  describe('input and output', () => {
    it('maps several keys in and out, and hands the step nothing else', async () => {
      const { id, groupId, process } = await bench.run(SeveralKeys, { list: ['a', 'four'], factor: 10 });
      expect(process.status).toBe('completed');
      expect(await bench.context(id)).toMatchObject({ min: 10, max: 40, note: `of ${groupId}` });
      expect(bench.journal.of(groupId, 'after')[0]!.previous).toEqual({ min: 10, max: 40, label: `of ${groupId}` });
    });

    it('maps with the item and its place', async () => {
      const { id, groupId } = await bench.run(MappedItems, { list: ['a', 'four'], factor: 2 });
      expect(bench.journal.of(groupId).map(({ context, item }) => [item, context.sum, context.note])).toEqual([
        ['a', 2, 'a at 0'],
        ['four', 8, 'four at 1'],
      ]);
      expect((await bench.workflows.get(id)).status).toBe('completed');
    });
  });

  describe('nesting', () => {
    it('five deep: if, while and forEach in one another, each seeing its own item', async () => {
      const { groupId, process, names } = await bench.run(FiveDeep, { rows: [['a', 'skip'], [], ['b']], left: 2 }, { deepest: () => ({ left: (left: number) => Math.max(0, left - 1) }) }); // prettier-ignore
      expect(process.status).toBe('completed');
      expect(bench.journal.of(groupId, 'cell').map((call) => String(call.item)).sort()).toEqual(['a', 'b']); // prettier-ignore
      expect(bench.journal.of(groupId, 'row').map((call) => String(call.item)).sort()).toEqual(['a,skip', 'b']); // prettier-ignore
      expect(names().filter((name) => name === 'deepest').length).toBeGreaterThanOrEqual(2);
      expect(names().at(-1)).toBe('after');
      expect(names().filter((name) => name === 'after')).toHaveLength(1);
    });

    it('five deep: all, any, stage, forEach and while; what is inside of what is left behind goes with it', async () => {
      const { id, process, names } = await bench.run(EveryContainer, { list: ['a', 'b'] }, { innermost: () => ({ big: true }) });
      expect(process.status).toBe('completed');
      expect(names().filter((name) => name === 'item')).toHaveLength(2);
      expect(names().filter((name) => name === 'after')).toHaveLength(1);
      expect(names()).toContain('Act');
      expect(await bench.waiting(id)).toEqual([]);
    });
  });

  describe('concurrency', () => {
    it('one at a time keeps the order, also of several steps', async () => {
      const { groupId } = await bench.run(OneAtATime, { list: ['1', '2', '3', '4'] });
      const ran = bench.journal.of(groupId).map(({ step, item }) => `${step} ${item ?? ''}`);
      expect(ran).toEqual(['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3', 'in 4', 'out 4', 'after ']);
    });

    it.each([
      ['two at a time: never more, and never fewer while there are items', TwoAtATime],
      ['two at a time on a task queue: never more', TwoOnAQueue],
    ])('%s', async (_title, workflow) => {
      const turnstile = new Turnstile();
      const { id, groupId } = await bench.start(workflow, { list: ['1', '2', '3', '4', '5'] }, { one: turnstile.pass });
      for (let left = 5; left > 0; left--) {
        await turnstile.isFull(Math.min(2, left));
        await turnstile.letOut();
      }
      await bench.reaches(id, 'completed');
      expect(turnstile.most).toBe(2);
      expect(bench.journal.of(groupId, 'one').map((call) => String(call.item)).sort()).toEqual(['1', '2', '3', '4', '5']); // prettier-ignore
      expect(bench.journal.of(groupId, 'after')).toHaveLength(1);
    });

    it('without a limit all items are under way at once', async () => {
      const turnstile = new Turnstile();
      const { id } = await bench.start(DecidesEach, { list: ['1', '2', '3', '4', '5'], note: '' }, { other: turnstile.pass });
      await turnstile.isFull(5);
      await turnstile.letOut(5);
      await bench.reaches(id, 'completed');
    });
  });

  describe('all and any', () => {
    it('all: every branch runs at the same time, and the flow goes on once when all have ended', async () => {
      const { id, groupId, process, names } = await bench.run(AllOfThem);
      expect(process.status).toBe('waiting');
      expect(names().toSorted()).toEqual(['Act', 'a1', 'a2']);
      await bench.workflows.emit('b', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names().filter((name) => name === 'after')).toHaveLength(1);
    });

    it('all: one event wakes every branch of the process that waits for it', async () => {
      const { id, groupId, names } = await bench.run(SameEventTwice);
      expect(await bench.workflows.emit('shared', groupId, 1)).toEqual([{ processId: id, disposition: 'delivered' }]);
      await bench.reaches(id, 'completed');
      expect(names().toSorted()).toEqual(['a', 'after', 'b', 'before']);
    });

    it('all: one event that was there before wakes every branch that then waits for it', async () => {
      const gate = signal();
      const { id, groupId, names } = await bench.start(SameEventTwice, {}, { before: () => gate.happened });
      expect(await bench.workflows.emit('shared', groupId, 1)).toEqual([]);
      gate.give();
      await bench.reaches(id, 'completed');
      expect(names().toSorted()).toEqual(['a', 'after', 'b', 'before']);
    });

    it('any: the first branch leads on; what the losers waited for comes to nothing', async () => {
      const { id, groupId, names } = await bench.run(FirstOfThem);
      expect(await bench.waiting(id)).toEqual(['a', 'b']);
      await bench.workflows.emit('b', groupId, null);
      await bench.waitsIn(id, 'finish');
      await bench.workflows.emit('a', groupId, null);
      await bench.workflows.emit('finish', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['afterB', 'after']);
    });

    it('any: a loser under way is cancelled: it is told by its signal, and what it returns counts for nothing', async () => {
      const aborted = signal();
      const { id, groupId, names } = await bench.start(LosersCancelled, {}, {
        slow: async (_bag, step) => {
          step.signal.addEventListener('abort', () => aborted.give());
          await aborted.happened;
          return { note: 'of a loser' };
        },
      }); // prettier-ignore
      await until(names, (ran) => ran.includes('slow'));
      await bench.workflows.emit('go', groupId, null);
      await aborted.happened;
      await bench.waitsIn(id, 'finish');
      await bench.workflows.emit('finish', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['slow', 'after']);
      expect((await bench.context(id)).note).toBeUndefined();
    });

    it('any with losers that finish: the step under way counts, and the next of its branch does not start', async () => {
      const gate = signal();
      const { id, groupId, names } = await bench.start(LosersFinish, {}, { slow: () => gate.happened.then(() => ({ note: 'of a loser' })) });
      await until(names, (ran) => ran.includes('slow'));
      await bench.workflows.emit('go', groupId, null);
      await bench.waitsIn(id, 'finish');
      expect(names()).toEqual(['slow', 'after']);
      gate.give();
      await until(() => bench.context(id), ({ note }) => note === 'of a loser'); // prettier-ignore
      await bench.workflows.emit('finish', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['slow', 'after']);
    });
  });

  describe('decide', () => {
    it.each([
      ['small', 5, ['before', 'small1', 'small2', 'after']],
      ['large', 11, ['before', 'after']],
      ['none', 0, ['before', 'after']],
      ['stop', -1, ['before', 'last']],
    ])('goes on in the branch its step returns: %s', async (branch, left, ran) => {
      const { id, process, names } = await bench.run(Decides, { left });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(ran);
      const { big, note } = await bench.context(id);
      expect([big, note]).toEqual(branch === 'large' ? [true, 'large indeed'] : [false, undefined]);
      expect((await bench.workflows.history(id)).find(({ step, type }) => step === 'which' && type === 'step-completed')!.detail).toBe(branch);
    });

    it('decides for each item by itself', async () => {
      const { groupId, process } = await bench.run(DecidesEach, { list: ['x', 'y', 'z'], note: 'y' });
      expect(process.status).toBe('completed');
      expect(bench.journal.of(groupId, 'found').map(({ item }) => item)).toEqual(['y']);
      expect(bench.journal.of(groupId, 'other').map((call) => String(call.item)).sort()).toEqual(['x', 'z']); // prettier-ignore
    });
  });

  describe('stages', () => {
    it('one that is not required is left when something in it fails, and the flow goes on', async () => {
      const { id, process, names } = await bench.run(OptionalStage, {}, { pick: throwing });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['pick', 'after']);
      expect(await bench.steps(id, 'step-skipped')).toEqual(['Packing']);
      expect(await bench.steps(id, 'step-failed')).toEqual(['pick']); // never masked
    });

    it('one that takes longer than its within is left, and what it waited for with it', async () => {
      const { id, groupId, names } = await bench.start(SlowStage);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['pick', 'after']);
      expect(await bench.steps(id, 'step-timed-out')).toEqual(['Packing']);
      await bench.workflows.emit('packed', groupId, null);
      expect(names()).toEqual(['pick', 'after']);
    });

    it('one that is overdue is told of once, and goes on', async () => {
      const { id, groupId } = await bench.run(OverdueStage);
      await until(() => bench.context(id), ({ sum }) => sum === 1); // prettier-ignore
      expect((await bench.workflows.find({ overdue: true, groupId })).items.map((process) => process.id)).toEqual([id]);
      expect(await bench.waiting(id)).toEqual(['packed']);
      await bench.workflows.emit('packed', groupId, null);
      await bench.reaches(id, 'completed');
      expect((await bench.context(id)).sum).toBe(1);
      expect(await bench.steps(id, 'step-overdue')).toEqual(['Packing']);
      expect((await bench.workflows.find({ overdue: true, groupId })).items).toEqual([]);
    });

    it('onError of a stage says where the flow goes on', async () => {
      const { process, names } = await bench.run(StageElsewhere, {}, { pick: throwing });
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['pick', 'rescue']);
    });

    it('onError of a stage suspends the process; when it goes on, the step that failed runs again', async () => {
      let mended = false;
      const { id, process, names } = await bench.run(StageSuspends, {}, { pack: () => (mended ? undefined : throwing()) });
      expect(process).toMatchObject({ status: 'suspended', cause: expect.stringContaining('pack: Error: sorry') as unknown });
      mended = true;
      await bench.workflows.resume(id);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['pick', 'pack', 'pack', 'after']);
    });

    it('one of which nothing is said is a label: its steps are told of under it', async () => {
      const { process, names } = await bench.run(PlainStages);
      expect(process.status).toBe('completed');
      expect(names()).toEqual(['a', 'b', 'c']);
      expect(bench.workflows.draw(PlainStages)).toMatch(/One[^]*Two/);
    });
  });

  describe('moments and ends', () => {
    it('after a moment that is in the past goes on at once; in the future it waits for it', async () => {
      expect((await bench.run(AtAMoment, { at: '2020-01-01T00:00:00Z' })).process.status).toBe('completed');
      const at = new Date(Date.now() + 86_400_000);
      const { id, process, names } = await bench.run(AtAMoment, { at: at.toISOString() });
      expect(process.status).toBe('waiting');
      expect(names()).toEqual(['before']);
      expect((await bench.workflows.get(id)).waits).toMatchObject([{ kind: 'timer', dueAt: at }]);
      await bench.workflows.cancel(id);
    });

    it('schedule and recur run beside the flow, which does not wait for them; the process does', async () => {
      const { id, names } = await bench.run(Beside, {}, { tick: () => ({ sum: (sum: number) => sum + 1 }) });
      await until(names, (ran) => ran.includes('flow'));
      await bench.reaches(id, 'completed');
      expect(names().filter((name) => name === 'tick')).toHaveLength(3);
      expect(names().filter((name) => name === 'Act')).toHaveLength(1);
      expect(names().indexOf('flow')).toBeLessThan(names().indexOf('tick'));
    });

    it('end() ends its branch: of the flow itself, the process', async () => {
      expect((await bench.run(Ends, { big: true })).names()).toEqual(['before', 'early']);
      expect((await bench.run(Ends, { big: false })).names()).toEqual(['before', 'after']);
    });

    it('end() in a branch of all ends that branch: the others go on, and then what follows', async () => {
      const { id, groupId, process, names } = await bench.run(EndsInAll, { big: true });
      expect(process.status).toBe('waiting');
      expect(names()).toEqual(['early']);
      await bench.workflows.emit('b', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['early', 'other', 'after']);
    });

    it('end() in forEach ends its item: the others go on, and then what follows, once', async () => {
      const { groupId, process } = await bench.run(EndsInForEach, { list: ['a', 'stop', 'b'] });
      expect(process.status).toBe('completed');
      expect(bench.journal.of(groupId).map(({ step, item }) => `${step} ${item ?? ''}`)).toEqual(['rest a', 'early stop', 'rest b', 'after ']);
    });

    it('when waits until it holds, looked at again after each version', async () => {
      const { id, groupId, process, names } = await bench.run(Prerequisite);
      expect(process.status).toBe('waiting');
      expect(names()).toEqual([]);
      await bench.workflows.emit('bigger', groupId, null);
      await bench.reaches(id, 'completed');
      expect(names()).toEqual(['needs']);
    });
  });
});
