import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Step, type StepRef, type WorkflowJson } from 'nestjs-argonaut';
import { compile, definitionOf, edgesOf } from './graphs.js';
import { problemsOf } from './problems.js';

@Step()
class Pick {
  run() {}
  remind() {}
}
@Step({ retry: 2, config: { a: 1, b: 1 } })
class Ship {
  run(_context: object, _step: StepRef) {}
}
@Step()
class DoSomethingActivity {
  run() {}
}
@Step()
class DoAnotherThingActivity {
  run() {}
}
class Order {
  big = false;
  boxes: string[] = [];
  due?: Date;
  town = '';
}
/** Every problem of a document begins with the path of what is wrong. */
const PLACED = /^x\.json: (name|version|context|within|completeWhen|defaults|config|steps|activities|flow)[.\[ :(]/;
const steps = [Pick, Ship, DoSomethingActivity, DoAnotherThingActivity];
const contexts = [Order];
const document = (given: object) => ({ name: 'order', context: 'Order', ...given });
const problems = (given: object) => compile(document(given), { steps, contexts, queues: ['packing'], workflows: ['order', 'box'] }).problems;

/** As in the README of Libero Flow. */
const DUMMY = {
  name: 'DummyWorkflow',
  config: { some: 'values' },
  activities: [
    { name: 'DoSomethingActivity', independent: false, required: true, config: {} },
    { name: 'DoAnotherThingActivity', independent: false, required: true, config: {} },
  ],
};

describe('a document', () => {
  it('of Libero Flow loads as it is', () => {
    const { definition, code, problems: none } = compile(DUMMY, { steps });
    expect(none).toEqual([]);
    expect(edgesOf(definition)).toEqual(['> DoSomethingActivity', 'DoSomethingActivity > DoAnotherThingActivity', 'DoAnotherThingActivity > end']);
    expect(code.get('DoSomethingActivity')!.config).toEqual({ some: 'values' });
  });

  it('says what a class could say, with keys of the context for functions', () => {
    const given: WorkflowJson = {
      name: 'order', version: 3, context: 'Order', completeWhen: 'big', within: '3 days',
      steps: [
        { name: 'Pick', if: 'big', forEach: 'boxes', concurrency: 2, after: 'due', overdue: { after: '1h', do: 'remind' } },
        { name: 'second', use: 'Ship', on: { event: 'paid', key: 'town' }, retry: { attempts: 3, unless: ['TypeError', 'Gone'] }, config: { b: 2 } },
        { name: 'third', use: 'Ship', child: { workflow: 'box', with: ['big', 'due'] } },
      ],
    }; // prettier-ignore
    const { definition, code, problems: none, source } = compile(given, { steps, contexts, workflows: ['box'] });
    expect(none).toEqual([]);
    expect(edgesOf(definition)).toEqual([
      '> order (within)', 'order (within) [Pick (if)] > end', 'Pick (if) ? Pick (each) : second', 'Pick (each) [Pick] > second', 'Pick > .',
      'second > third', 'third > end',
    ]); // prettier-ignore
    expect(source).toMatchObject({ options: { version: 3, context: Order }, document: given });
    expect(definition.nodes.get('second')).toMatchObject({ retry: { attempts: 3 }, gate: { for: 'event', keyed: true } });
    expect(code.get('Pick (each)')!.items!({ boxes: ['b'] })).toEqual(['b']);
    expect(code.get('third')!.request!({ big: true, boxes: [] })).toEqual({ big: true });
    expect(code.get('second')!.config).toEqual({ a: 1, b: 2 });
    class Gone extends Error {}
    class LongGone extends Gone {}
    const isFinal = code.get('second')!.isFinal!;
    expect([new TypeError(), new LongGone(), Object.assign(new Error(), { name: 'Gone' }), new Error(), 'Gone'].map(isFinal)).toEqual([true, true, true, false, false]); // prettier-ignore
  });

  it('may be a digraph', () => {
    const given = document({ steps: [{ name: 'Pick' }, { name: 'Ship' }], flow: { start: ['Pick'], Pick: ['Ship', 'Pick'] } });
    expect(edgesOf(definitionOf(given, { steps, contexts }))).toEqual(['> Pick', 'Pick > Ship | Pick', 'Ship > end']);
  });

  it('takes a JSON Schema as its context, which fills in defaults and finds all faults', () => {
    const context = {
      type: 'object', required: ['city'], additionalProperties: false,
      properties: { city: { type: 'string' }, mail: { type: 'string', format: 'email' }, weight: { type: 'integer', default: 3 }, big: { type: ['boolean', 'null'] } },
    }; // prettier-ignore
    const { source, problems: none } = compile({ name: 'x', context, steps: [{ name: 'Pick', if: 'big' }] }, { steps });
    expect(none).toEqual([]);
    const schema = source.options.context as unknown as { '~standard': { validate(value: unknown): unknown } };
    const given = { city: 'Graz' };
    expect(schema['~standard'].validate(given)).toEqual({ value: { city: 'Graz', weight: 3 } });
    expect(given).toEqual({ city: 'Graz' });
    expect(schema['~standard'].validate({ mail: 'no', weight: 1.5 })).toMatchObject({
      issues: [
        { message: 'must be given', path: ['city'] },
        { message: 'must match format "email"', path: ['mail'] },
        { message: 'must be integer', path: ['weight'] },
      ],
    });
    expect(compile({ name: 'x', context, steps: [{ name: 'Pick', if: 'ctiy' }] }, { steps }).problems).toEqual([
      'x.json: steps[0] (Pick): if "ctiy" is not a key of the context. Did you mean "city"?',
    ]);
  });

  it('is read from a file, which then names it', () => {
    const path = join(tmpdir(), `wrong-${process.pid}.json`);
    writeFileSync(path, JSON.stringify({ ...DUMMY, nam: 1 }));
    expect(problemsOf(path, { steps })).toEqual([`wrong-${process.pid}.json: there is no "nam". Did you mean "name"?`]);
    writeFileSync(path, '{');
    expect(problemsOf(path)[0]).toMatch(/^.*\.json: it cannot be read: .*JSON/);
    expect(problemsOf('/nowhere/x.json')[0]).toMatch(/^\/nowhere\/x\.json: it cannot be read: ENOENT/);
  });
});

describe('a wrong document', () => {
  it.each<[string, object, string | string[]]>([
    ['no steps', {}, 'it has no steps. List them under "steps".'],
    ['two lists', { steps: [{ name: 'Pick' }], activities: [{ name: 'Pick' }] }, 'it has steps and activities, which are two words for one list. Leave out one.'],
    ['a misspelt word', { steps: [{ name: 'Pick', nxt: 'Ship' }] }, 'steps[0] has no "nxt". Did you mean "next"?'],
    ['a name that is none', { steps: [{ name: '' }] }, 'steps[0].name must NOT have fewer than 1 characters'],
    ['no try at all', { steps: [{ name: 'Pick', retry: { attempts: 0 } }] }, 'steps[0].retry.attempts must be >= 1'],
    ['tries that are a word', { activities: [{ name: 'Pick', retry: 'often' }] }, 'activities[0].retry must be integer or object'],
    ['a misspelling inside', { steps: [{ name: 'Pick', retry: { attempts: 2, dely: 1 } }] }, 'steps[0].retry has no "dely". Did you mean "delay"?'],
    ['a word there is not', { steps: [{ name: 'Pick', onError: 'stop' }] }, ['steps[0].onError must be one of fail, suspend, cancel, compensate, not "stop".']],
    ['no duration', { steps: [{ name: 'Pick', timeout: '3 months' }] }, "steps[0].timeout \"3 months\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds."],
    ['a context nobody gave', { context: 'Ordre', steps: [{ name: 'Pick' }] }, 'context "Ordre" is not in the contexts of the module: Order. Did you mean "Order"?'],
    ['a context that is no schema', { context: { type: 'objekt' }, steps: [{ name: 'Pick' }] }, expect.stringMatching(/^x\.json: context is no JSON Schema: /) as never],
    ['a class that is not there', { steps: [{ name: 'Pik' }] }, 'steps[0] (Pik): there is no step class "Pik". Put @Step() on it, and add it to the providers of a module. Did you mean "Pick"?'],
    ['one name twice', { steps: [{ name: 'Pick' }, { name: 'Pick' }] }, 'steps[1] (Pick): two things in its flow are called "Pick". Give one of them another name.'],
    ['a queue that is not there', { steps: [{ name: 'Pick' }, { name: 'Ship', queue: 'pakcing' }] }, 'steps[1] (Ship): queue "pakcing" is not in the queues of the task queue: packing. Did you mean "packing"?'],
    ['a child that is not there', { steps: [{ name: 'Pick', child: 'bxo' }] }, 'steps[0] (Pick): child "bxo" is no workflow of this application. Did you mean "box"?'],
    ['starting values of a child that are no keys', { steps: [{ name: 'Pick', child: { workflow: 'box', with: ['bgi', 'due', '5m'] } }] }, ['steps[0] (Pick): child.with "bgi" is not a key of the context. Did you mean "big"?', 'steps[0] (Pick): child.with "5m" is not a key of the context.']],
    ['a key that is none', { steps: [{ name: 'Pick', on: { event: 'e', key: 'bgi' } }] }, 'steps[0] (Pick): on.key "bgi" is not a key of the context. Did you mean "big"?'],
    ['a key that holds something else', { steps: [{ name: 'Pick', forEach: 'big', within: 'boxes' }] }, ['steps[0] (Pick): forEach "big" is a key with a boolean, and must be one with a list. Such keys: boxes.', 'steps[0] (Pick): within "boxes" is a key with a list, and must be one with a duration or a date. Such keys: town.']],
    ['a key that its JSON Schema gives another type', { context: { type: 'object', additionalProperties: false, properties: { few: { type: ['integer', 'null'] }, all: { type: 'array' }, any: {} } }, steps: [{ name: 'Pick', forEach: 'few', on: { event: 'e', key: 'any' } }] }, 'steps[0] (Pick): forEach "few" is a key with a number, and must be one with a list. Such keys: all.'],
    ['a reminder that is no method', { steps: [{ name: 'Pick', overdue: { after: '1h', do: 'remnd' } }] }, 'steps[0] (Pick): overdue.do "remnd" is not a method of Pick. Did you mean "remind"?'],
    ['an edge to nobody', { steps: [{ name: 'Pick' }], flow: { start: ['Pikc'] } }, 'flow.start[0]: it names "Pikc", which is not a step. Did you mean "Pick"?'],
    ['no object', [] as object, expect.anything() as never],
  ])('%s', (_fault, given, expected) => {
    const found = problems(given);
    if (typeof expected === 'string') expect(found).toEqual([`x.json: ${expected}`]);
    else if (Array.isArray(expected)) expect(found).toEqual(expect.arrayContaining(expected.map((each) => `x.json: ${each}`)));
    else expect(found.slice(0, 1)).toEqual([expected]);
  }); // prettier-ignore

  /** Steps of one class, by their names. */
  const line = (...given: (string | object)[]) => given.map((step) => ({ use: 'Pick', ...(typeof step === 'string' ? { name: step } : step) }));
  const [long, wide, emojis, nines] = ['n'.repeat(98), 'n'.repeat(95), '\u{1f40c}'.repeat(60), '9'.repeat(400)];
  it.each<[string, object, string[]]>([
    ['an edge to nobody, twice', { steps: line('a', 'b'), flow: { start: ['a'], a: ['bb', 'end'], b: ['a', 'bb'] } }, ['flow.a[0]: it names "bb", which is not a step. Did you mean "b"?', 'flow.b[1]: it names "bb", which is not a step. Did you mean "b"?']],
    ['edges of nobody', { steps: line('a'), flow: { start: ['a'], ab: ['a'] } }, ['flow.ab: it names "ab", which is not a step. Did you mean "a"?']],
    ['an edge twice', { steps: line('a', 'b'), flow: { start: ['a'], a: ['b', 'b'] } }, ['flow.a[1]: it names an edge of "a" twice.']],
    ['no start', { steps: line('a'), flow: { a: ['end'] } }, ["flow: it does not say where it starts. Say start: ['a']."]],
    ['two starts', { steps: line('a', 'b'), flow: { start: ['a', 'b'] } }, ['flow.start[1]: it starts at several steps. Say one, which leads to the others.']],
    ['ways back to the start', { steps: line('a', 'b'), flow: { start: ['a'], a: ['b', 'start'], b: ['start'] } }, ['flow.a[1]: it leads back to "start". Name the first step instead.', 'flow.b[0]: it leads back to "start". Name the first step instead.']],
    ['a step it never names', { activities: line('a', 'b'), flow: { start: ['a'] } }, ['activities[1] (b): "b" is a step, but its flow never names it. Name it there, or leave it out.']],
    ['a step called start', { steps: line('start', 'a'), flow: { start: ['a'], a: ['c'] } }, ['steps[0] (start): a step of a digraph cannot be called "start": that is how its flow says where it starts.', 'flow.a[0]: it names "c", which is not a step. Did you mean "a"?']],
    ['a step beside the flow in it', { steps: line('a', { name: 'news', unsolicited: true, on: 'news' }), flow: { start: ['a'], a: ['news'], news: ['a'] } }, ['flow.news: it names "news", which is unsolicited and so stands beside it. Leave out one of the two.', 'flow.a[0]: it names "news", which is unsolicited and so stands beside it. Leave out one of the two.']],
    ['one name twice in a digraph', { steps: line('a', 'b', 'b'), flow: { start: ['a'], a: ['b'] } }, ['steps[2] (b): two things in its flow are called "b". Give one of them another name.']],
    ['what is wrapped twice', { activities: line('a', { name: 'a', if: 'big' }, { name: 'a', if: 'big' }) }, ['activities[1] (a): two things in its flow are called "a". Give one of them another name.', 'activities[2] (a): two things in its flow are called "a (if)". Give one of them another name.', 'activities[2] (a): two things in its flow are called "a". Give one of them another name.']],
    ['a step called as a group is', { steps: line('x (all)', { name: 'a', parallel: 'x' }) }, ['steps[1] (a): two things in its flow are called "x (all)". Give one of them another name.']],
    ['a scattered group', { steps: line({ name: 'a', parallel: 'x' }, 'b', { name: 'c', parallel: { group: 'x', join: 'any' } }) }, ['steps[2] (c): the steps of the parallel group "x" do not stand together. Write them one after the other, or name a second group.', 'steps[2] (c): the steps of the parallel group "x" do not agree on its join and losers. Let each say the same.']],
    ['a group in two minds', { steps: line({ name: 'a', parallel: 'x' }, { name: 'b', parallel: 'x' }, { name: 'c', parallel: { group: 'x', join: 'any' } }) }, ['steps[2] (c): the steps of the parallel group "x" do not agree on its join and losers. Let each say the same.']],
    ['a step that runs on into a branch', { steps: line({ name: 'a', next: ['b', 'd'] }, { name: 'b', next: 'c' }, 'c', 'd') }, ['steps[2] (c): "c" would run on into "d", which is a branch of a decision. Say next: \'...\' on "c".']],
    ['a way out of what holds it', { steps: line({ name: 'a', next: 'd' }, { name: 'b', independent: true }, 'c', 'd') }, ['steps[0] (a): "a" stands inside "independent 1" and leads out of it, to "d". A branch goes on where all of it ends: leave out that way.']],
    ['a way into a group', { within: '1h', steps: line({ name: 'a', onError: { next: 'b' } }, { name: 'b', parallel: 'x' }, { name: 'c', parallel: 'x' }) }, ['steps[0] (a): "a" leads to "b", which stands inside "x (all)" and can only be entered with it. Lead to a step before it.']],
    ['a way to a step beside the flow', { steps: line({ name: 'a', parallel: 'x', onError: { next: 'n' } }, { name: 'n', unsolicited: true, on: 'n' }) }, ['steps[0] (a): onError goes on at "n", which is not a step of the flow. Did you mean "a"?', 'steps[1] (n): "a message" leads to "n", which stands inside "x (all)" and can only be entered with it. Lead to a step before it.']],
    ['a rule that leads nowhere, once', { steps: line({ name: 'a', onError: { next: 'zz' } }) }, ['steps[0] (a): onError goes on at "zz", which is not a step of the flow. Did you mean "a"?']],
    ['a message that leads nowhere', { steps: line('a', { name: 'n', unsolicited: true, on: 'n', next: 'zz' }), flow: { start: ['a'] } }, ['steps[1] (n): "n" leads to "zz", which is not there.']],
    ['what nothing leads to', { steps: line({ name: 'a', next: 'd' }, { name: 'b', parallel: 'x' }, { name: 'c', if: 'big' }, 'd') }, ['steps[1] (b): "b" can never be reached: no step leads to it.', 'steps[1] (b): "x (all)" can never be reached: no step leads to it.', 'steps[2] (c): "c" can never be reached: no step leads to it.']],
    ['a loop of nothing', { steps: line({ name: 'a', if: 'big' }, { name: 'b', if: 'big' }), flow: { start: ['a'], a: ['b'], b: ['a'] } }, ['steps[0] (a): the loop of "a (if)", "b (if)" passes no step, and so would never end. Put a step into it.']],
    ['names that grow too long', { name: wide, within: '1h', steps: line({ name: long, if: 'big' }, { name: 'a', parallel: long }) }, [`name: the name "${'n'.repeat(40)}...nnn (within)" has 104 characters; at most 100 are kept.`, `steps[0] (${long}): the name "${'n'.repeat(40)}...nnnnnnn (if)" has 103 characters; at most 100 are kept.`, `steps[1] (a): the name "${'n'.repeat(40)}...nnnnnn (all)" has 104 characters; at most 100 are kept.`]],
    ['a name of blanks', { name: ' ', steps: line('a') }, ['name is empty.']],
    ['a name that is longer than it looks', { name: emojis, steps: line('a') }, ['name: its name has more than 100 characters.']],
    ['nothing in the flow', { activities: line({ name: 'n', unsolicited: true, on: 'n' }) }, ['activities: all its steps are unsolicited, so it would end at once. Add a step that stands in the flow.']],
    ['an end that is no key, a limit that is none', { completeWhen: 'bgi', within: `${nines} days`, steps: line('a') }, ['completeWhen "bgi" is not a key of the context. Did you mean "big"?', `within "${nines} days" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.`]],
  ])('is told where in it: %s', (_fault, given, expected) => {
    const found = problems(given);
    expect(found.toSorted()).toEqual(expected.map((each) => `x.json: ${each}`).toSorted());
    for (const each of found) expect(each).toMatch(PLACED);
  }); // prettier-ignore

  it('is told of the rule of the module that it cannot follow', () => {
    const found = compile({ name: 'x', steps: line('a') }, { steps, defaults: { onError: { next: 'zz' } } }).problems;
    expect(found).toEqual(['x.json: defaults.onError: "onError" leads to "zz", which is not there.']);
    expect(found[0]).toMatch(PLACED);
  });

  it('that is no object at all', () => {
    expect(compile([1]).problems).toEqual(expect.arrayContaining(['x.json: must be object']));
  });
});
