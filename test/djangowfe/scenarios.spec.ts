import { Readable } from 'node:stream';
import { again, done, go } from 'nestjs-argonaut';
import { describe, expect, it } from 'vitest';
import type { Database } from '../support/databases.js';
import { onEachDatabase, oneApp } from './row.js';
import {
  ChoosingByAnswer,
  ChoosingByEvent,
  ChoosingInQueue,
  type Data,
  Deciding,
  Empty,
  Forgiving,
  Joining,
  Line,
  Looping,
  OneEdge,
  traced,
} from './workflows.js';

await onEachDatabase(graphs);

function graphs(database: Database): void {
  const row = oneApp(database);

  describe('the way through the graph', () => {
    it('D-1 a workflow without steps is completed as soon as it is started', async () => {
      const { id, process } = await row.started(Empty);
      expect(process).toMatchObject({ status: 'completed', contextVersion: 1 });
      expect(await row.types(id)).toEqual(['process-started', 'process-completed']);
    });

    it('D-2 the steps run in the order of the edges, each leaves a version and a record, and the process is completed', async () => {
      const { id, groupId, process } = await row.started(Line);
      expect(process).toMatchObject({ status: 'completed', contextVersion: 4 });
      expect(row.script.of(groupId)).toEqual(['a', 'b', 'c']);
      expect(await row.types(id)).toEqual(['process-started', 'step-completed', 'step-completed', 'step-completed', 'process-completed']);
      expect((await row.workflows.contextAt(id, 3)).trace).toEqual(['a', 'b']);
    });

    it('D-2 what every step returned can be read from the history', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'a', () => ({ extra: { deep: [1, 'two', null] } }));
      row.script.tell(groupId, 'b', () => undefined);
      row.script.tell(groupId, 'c', () => done({ path: 'end' }));
      const { id } = await row.started(Line, groupId);
      const completed = (await row.workflows.history(id)).filter(({ type }) => type === 'step-completed');
      expect(completed.map(({ step }) => step)).toEqual(['a', 'b', 'c']);
      expect(completed.map((record) => record.returned)).toEqual([{ extra: { deep: [1, 'two', null] } }, {}, { path: 'end' }]);
    });

    it('D-3 each step finds what the one before it returned; the first finds nothing', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'a', () => ({ extra: 'from a' }));
      row.script.tell(groupId, 'b', () => undefined);
      await row.started(Line, groupId);
      expect(row.script.last(groupId, 'a').previous).toBeUndefined();
      expect(row.script.last(groupId, 'b').previous).toEqual({ extra: 'from a' });
      expect(row.script.last(groupId, 'c').previous).toEqual({});
    });

    it('D-3 a step that fails and is tried again finds the same', async () => {
      const groupId = row.group();
      const seen: unknown[] = [];
      row.script.tell(groupId, 'a', () => ({ extra: 'from a' }));
      row.script.tell(groupId, 'b', (_data, step) => {
        const previous = step.previous as { extra: string };
        seen.push({ ...previous });
        previous.extra = 'dirt';
        if (seen.length < 3) throw new Error('not yet');
      });
      const { process } = await row.started(Line, groupId);
      expect(process.status).toBe('completed');
      expect(seen).toEqual([{ extra: 'from a' }, { extra: 'from a' }, { extra: 'from a' }]);
    });

    it.each([
      ['passed over, as nobody requires it', 'optional', 'second'],
      ['followed by another, as its onError says', 'risky', 'rescue'],
    ])('D-3 a step that has failed and is %s returned nothing: the next finds what it had found', async (_what, failing, next) => {
      const groupId = row.group();
      row.script.tell(groupId, 'first', () => ({ extra: 'from first' }));
      row.script.tell(groupId, 'second', () => ({ extra: 'from second' }));
      row.script.tell(groupId, failing, () => {
        throw new Error('sorry');
      });
      const { process } = await row.started(Forgiving, groupId);
      expect(process.status).toBe('completed');
      const found = row.script.last(groupId, failing).previous;
      expect(found).toEqual({ extra: failing === 'optional' ? 'from first' : 'from second' });
      expect(row.script.last(groupId, next).previous).toEqual(found);
    });

    it('D-8 a plain step with several edges follows the first', async () => {
      const [patch, outcome] = [row.group(), row.group()];
      for (const groupId of [patch, outcome]) row.script.tell(groupId, 'one', (data: Data) => (groupId === patch ? traced(data, 'plain') : done(traced(data, 'plain')))); // prettier-ignore
      for (const groupId of [patch, outcome]) row.script.tell(groupId, 'two', () => (groupId === patch ? {} : done()));
      for (const groupId of [patch, outcome]) {
        const { id, process } = await row.started(Deciding, groupId);
        expect(process.status).toBe('completed');
        expect(row.script.of(groupId)).toEqual(['before', 'one', 'two', 'after']);
        expect(await row.trace(id)).toEqual(['before', 'plain', 'after']);
      }
    });

    it('D-10 branches meet again, and the step where they meet runs once, after either', async () => {
      for (const branch of ['left', 'right']) {
        const groupId = row.group();
        row.script.tell(groupId, 'decide', () => branch);
        const { id, process } = await row.started(Joining, groupId);
        expect(process.status).toBe('completed');
        expect(await row.trace(id)).toEqual(['first', branch, 'last']);
        expect(row.script.last(groupId, 'last').previous).toEqual({ trace: ['first', branch] });
      }
    });
  });

  describe('decisions', () => {
    it.each([
      [0, 'left', 'right'],
      [1, 'right', 'left'],
      ['left', 'left', 'right'],
      ['right', 'right', 'left'],
      [go('left'), 'left', 'right'],
      [go('right'), 'right', 'left'],
    ])('D-5 %o leads to %s, and never to %s', async (result, taken, other) => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => result);
      const { id, process } = await row.started(Joining, groupId);
      expect(process.status).toBe('completed');
      expect(row.script.of(groupId)).toEqual(['first', 'decide', taken, 'last']);
      expect(await row.path(id)).not.toContain(other);
      expect((await row.workflows.history(id)).find(({ step }) => step === 'decide')).toMatchObject({ type: 'step-completed', detail: taken });
    });

    it('D-5 a promise of an index is one', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => Promise.resolve(1));
      await row.started(Joining, groupId);
      expect(row.script.of(groupId)).toEqual(['first', 'decide', 'right', 'last']);
    });

    it.each([
      [0, ['after']],
      [1, ['aside']],
      [2, []],
      ['end', []],
    ])('D-5 of three edges %o leads to %o', async (result, follow) => {
      const groupId = row.group();
      row.script.tell(groupId, 'one', () => 0);
      row.script.tell(groupId, 'two', () => result);
      const { process } = await row.started(Deciding, groupId);
      expect(process.status).toBe('completed');
      expect(row.script.of(groupId)).toEqual(['before', 'one', 'two', ...follow]);
    });

    it.each([[0], ['last'], [go('last')], [{}], [undefined]])('D-5 a decision with one edge may name it: %o', async (result) => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => result);
      const { process } = await row.started(OneEdge, groupId);
      expect(process.cause).toBeNull();
      expect(row.script.of(groupId)).toEqual(['decide', 'last']);
    });

    it.each([
      [1, /returned 1, .*0 \(last\)/],
      [-1, /returned -1, .*0 \(last\)/],
      ['nowhere', /returned "nowhere", .*0 \(last\)/],
      [go('decide'), /returned "decide", .*0 \(last\)/],
      [true, /returned a boolean/],
    ])('D-6 but no other: %o', async (result, says) => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => result);
      const { process } = await row.started(OneEdge, groupId);
      expect(process.status).toBe('failed');
      expect(process.cause).toMatch(says);
      expect(row.script.of(groupId)).toEqual(['decide']);
    });

    it.each([
      ['an index past the last', 2, /returned 2/],
      ['a negative index', -1, /returned -1/],
      ['a fraction', 0.5, /returned 0.5/],
      ['no number', Number.NaN, /returned NaN/],
      ['infinity', Infinity, /returned Infinity/],
      ['null', null, /returned null/],
      ['undefined', undefined, /returned nothing/],
      ['true', true, /returned a boolean/],
      ['false', false, /returned a boolean/],
      ['the name of no edge', 'nowhere', /returned "nowhere"/],
      ['the name of a step that is no edge', 'last', /returned "last"/],
      ['an empty name', '', /returned ""/],
      ['an index as a text', '0', /returned "0"/],
      ['a name of Object', 'constructor', /returned "constructor"/],
      ['a big integer', 0n, /returned a bigint/],
      ['a list', [0], /returned a list/],
      ['a function', () => 0, /returned a function/],
      ['go() to no edge', go('nowhere'), /returned "nowhere"/],
      ['go() by an index', go(7 as never), /returned a number/],
    ])('D-6 %s is no edge: the step fails, and says which there are', async (_what, result, says) => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => result);
      const { id, process } = await row.started(Joining, groupId);
      expect(process).toMatchObject({ status: 'failed', contextVersion: 2 });
      expect(process.cause).toMatch(says);
      expect(process.cause).toMatch(/^decide: .*0 \(left\), 1 \(right\)/);
      expect(row.script.of(groupId)).toEqual(['first', 'decide']); // nor is it tried again: it would say the same
      expect((await row.workflows.history(id)).at(-1)).toMatchObject({ type: 'process-failed', step: 'decide' });
    });

    it('D-6 once it is mended, retry() lets the process go on', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', () => 2);
      const { id } = await row.started(Joining, groupId);
      row.script.tell(groupId, 'decide', () => 1);
      await row.workflows.retry(id, { actor: 'ada' });
      expect((await row.settled(id)).status).toBe('completed');
      expect(row.script.of(groupId)).toEqual(['first', 'decide', 'decide', 'right', 'last']);
    });

    it('D-7 a decision may change the context as it chooses', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'decide', (data: Data) => go('right', { ...traced(data, 'decided'), rounds: (latest: number) => latest + 7 }));
      const { id, process } = await row.started(Joining, groupId);
      expect(process.contextVersion).toBe(5);
      expect(await row.context(id)).toMatchObject({ trace: ['first', 'decided', 'right', 'last'], rounds: 7 });
      expect((await row.workflows.diff(id, 2, 3)).map(({ key, step }) => `${key} by ${step}`).toSorted()).toEqual(['rounds by decide', 'trace by decide']);
    });

    const WAYS: [string, readonly unknown[]][] = [
      ['index', [0, 1, 2]],
      ['name', ['decide', 'aside', 'out']],
      ['go()', [go('decide'), go('aside'), go('out')]],
    ];
    const taken = ['decide', 'decide', 'aside', 'decide', 'out'];
    const details = async (id: string) => (await row.workflows.history(id)).filter((each) => each.step === 'decide' && each.type === 'step-completed').map(({ detail }) => detail); // prettier-ignore

    it.each(WAYS)('D-5 D-11 on a queue it chooses by its %s, in every pass of a loop', async (_how, ways) => {
      const groupId = row.group();
      let pass = 0;
      row.script.tell(groupId, 'decide', () => ways[pass++]);
      row.script.tell(groupId, 'aside', () => ({ extra: 'from aside' }));
      const { id } = await row.workflows.start(ChoosingInQueue, {}, { groupId });
      await row.until(id, 'completed');
      expect(row.script.of(groupId)).toEqual(taken);
      expect(await details(id)).toEqual(['decide', 'aside', 'out']);
      expect((await row.types(id)).filter((type) => type === 'task-triggered')).toHaveLength(3);
      expect(row.script.last(groupId, 'out').previous).toEqual({ extra: 'from aside' });
    });

    it.each(WAYS.flatMap(([how, ways]) => [[how, 'an event', ChoosingByEvent, ways] as const, [how, 'an answer', ChoosingByAnswer, ways] as const]))(
      'D-5 D-11 D-18 by its %s it chooses by what %s brings, waiting anew in every pass of a loop',
      async (_how, _what, workflow, ways) => {
        const groupId = row.group();
        row.script.tell(groupId, 'decide', (_data, _step, { pass }: { pass: number }) => ways[pass]);
        row.script.tell(groupId, 'aside', () => ({ extra: 'from aside' }));
        const { id } = await row.started(workflow, groupId);
        for (const pass of ways.keys()) {
          const { waits } = await row.workflows.get(id, { internals: true });
          expect(waits).toMatchObject([{ step: 'decide', kind: workflow === ChoosingByEvent ? 'event' : 'response' }]);
          if (workflow === ChoosingByEvent) await row.workflows.emit('chosen', groupId, { pass });
          else await row.workflows.respond(ChoosingByAnswer, 'decide', waits[0]!.key!, { pass });
          await row.settled(id);
        }
        expect((await row.workflows.get(id)).status).toBe('completed');
        expect(row.script.of(groupId)).toEqual(taken);
        expect(await details(id)).toEqual(['decide', 'aside', 'out']);
        expect(row.script.last(groupId, 'out').previous).toEqual({ extra: 'from aside' });
      },
    );

    it('D-9 a decision hands on what it was handed, also through a second one', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'before', () => ({ extra: 'from before' }));
      row.script.tell(groupId, 'one', () => go('two', { path: 'from one' }));
      row.script.tell(groupId, 'two', () => 1);
      await row.started(Deciding, groupId);
      for (const step of ['one', 'two', 'aside']) expect(row.script.last(groupId, step).previous).toEqual({ extra: 'from before' });
    });

    it('D-9 a plain step with several edges hands on what it returned', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'before', () => ({ extra: 'from before' }));
      row.script.tell(groupId, 'one', () => ({ extra: 'from one' }));
      row.script.tell(groupId, 'two', () => 'after');
      await row.started(Deciding, groupId);
      expect(row.script.last(groupId, 'after').previous).toEqual({ extra: 'from one' });
    });
  });

  describe('loops', () => {
    it('D-11 a back edge repeats until the decision leaves; records and versions go on counting', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'work', ({ rounds }: Data) => ({ rounds: rounds + 1 }));
      row.script.tell(groupId, 'enough', ({ rounds }: Data) => (rounds < 3 ? 0 : 1));
      row.script.tell(groupId, 'polish', () => 'out');
      const { id, process } = await row.started(Looping, groupId);
      expect(process).toMatchObject({ status: 'completed', contextVersion: 1 + 3 + 3 + 2 });
      expect(await row.path(id)).toEqual(['work', 'enough', 'work', 'enough', 'work', 'enough', 'polish', 'out']);
      const sequences = (await row.workflows.history(id)).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
      expect(row.script.last(groupId, 'work').previous).toEqual({ rounds: 2 });
    });

    it('D-11 loops in loops, and a step that leads to itself', async () => {
      const groupId = row.group();
      const ways = ['polish', 'enough', 'polish', 'polish', 'out'];
      row.script.tell(groupId, 'enough', ({ trace }: Data) => (trace.length < 2 ? 'work' : 'polish'));
      row.script.tell(groupId, 'polish', (data: Data) => go(ways[data.rounds]!, { rounds: data.rounds + 1 }));
      const { process } = await row.started(Looping, groupId);
      expect(process.status).toBe('completed');
      const inner = ['polish', 'polish', 'enough', 'polish', 'polish', 'polish', 'out'];
      expect(row.script.of(groupId)).toEqual(['work', 'enough', 'work', 'enough', ...inner]);
    });

    it('D-11 five hundred passes are as good as three', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'enough', () => 'polish');
      row.script.tell(groupId, 'polish', ({ rounds }: Data) => go(rounds < 499 ? 'polish' : 'out', { rounds: rounds + 1 }));
      const { id } = await row.workflows.start(Looping, {}, { groupId });
      expect((await row.workflows.settled(id)).status).toBe('completed');
      expect((await row.context(id)).rounds).toBe(500);
      expect((await row.path(id)).filter((step) => step === 'polish')).toHaveLength(500);
      expect((await row.workflows.contextAt(id, 103)).rounds).toBe(100);
    }, 120_000);

    it('D-11 a loop that failed in its third pass goes on in its third pass', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'work', ({ rounds }: Data) => ({ rounds: rounds + 1 }));
      row.script.tell(groupId, 'enough', ({ rounds }: Data) => {
        if (rounds === 3) throw new Error('third');
        return 0;
      });
      const { id, process } = await row.started(Looping, groupId);
      expect(process.cause).toBe('enough: Error: third');
      row.script.tell(groupId, 'enough', () => 1);
      row.script.tell(groupId, 'polish', () => 2);
      await row.workflows.retry(id);
      expect((await row.settled(id)).status).toBe('completed');
      expect((await row.context(id)).rounds).toBe(3);
    });
  });

  describe('what can be stored', () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    it.each([
      ['a function in a value', { extra: { deep: () => 1 } }, 'extra.deep'],
      ['a big integer', { extra: 1n }, 'extra'],
      ['a symbol', { extra: [Symbol('s')] }, 'extra[0]'],
      ['a circle', { extra: circle }, 'extra'],
      ['no number', { extra: Number.NaN }, 'extra'],
      ['a map', { extra: new Map([[1, 2]]) }, 'extra'],
    ])('D-30 %s in a result fails the step, and names the place', async (_what, patch, place) => {
      const groupId = row.group();
      row.script.tell(groupId, 'a', () => patch);
      const { id, process } = await row.started(Line, groupId);
      expect(process).toMatchObject({ status: 'failed', contextVersion: 1 });
      expect(process.cause!.startsWith(`a: UnserialisableValueError: ${place}`)).toBe(true);
      expect(await row.path(id)).toEqual([]);
    });

    it.each([
      ['a text', 'text', /returned "text"/],
      ['a number', 42, /returned a number/],
      ['a boolean', false, /returned a boolean/],
      ['a list', [1], /returned a list/],
      ['an error', new Error('no'), /returned an Error/],
      ['a date', new Date(0), /returned a Date/],
      ['a map', new Map([['a', 1]]), /returned a Map/],
      ['bytes', Buffer.from('a'), /returned an Uint8Array/],
      ['a generator, whose body has not run', (function* () {})(), /returned a Generator/], // prettier-ignore
      ['a stream', Readable.from(['a']), /returned something to iterate over/],
      ['done() with an error', done(new Error('no')), /returned an Error/],
      ['again() with a list', again({ patch: [1] }), /returned a list/],
    ])('D-30 %s is no patch: the step fails and says so', async (_what, result, says) => {
      const groupId = row.group();
      row.script.tell(groupId, 'c', () => result);
      const { process } = await row.started(Line, groupId);
      expect(process.status).toBe('failed');
      expect(process.cause).toMatch(/^c: WrongResult: /);
      expect(process.cause).toMatch(says);
    });
  });
}
