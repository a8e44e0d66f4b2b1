import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { again, type Class, done, fail, type Flow, pause, Step, Workflow } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { Mapped } from '../../lib/definition/mapped.js';
import { compile, definitionOf, edgesOf } from './graphs.js';

class Numbers {
  value1 = 0;
  value2 = 0;
  value3 = 0;
  list: number[] = [];
}
@Step()
class Hello {
  run() {}
}
@Step()
class Goodbye {
  run() {}
}
@Step()
class Add {
  run(given: { a: number; b: number }) {
    return { sum: given.a + given.b };
  }
}
@Step({ retry: 2, config: { a: 1, b: 1 } })
class Undone {
  run(given: { a: number }) {
    return { sum: given.a };
  }
  compensate(given: { a: number }) {
    return given.a;
  }
}
const steps = [Hello, Goodbye, Add, Undone];

/** A workflow with this flow. */
function flowing(flow: (flow: Flow<Numbers>) => unknown): Class {
  @Workflow({ name: 'flowing', context: Numbers })
  class Flowing {
    flow(builder: Flow<Numbers>) {
      return flow(builder);
    }
  }
  return Flowing;
}
const edges = (flow: (flow: Flow<Numbers>) => unknown) => edgesOf(definitionOf(flowing(flow), { steps }));
const problems = (flow: (flow: Flow<Numbers>) => unknown) => compile(flowing(flow), { steps }).problems;

describe('a flow', () => {
  it.each<[string, (flow: Flow<Numbers>) => unknown, string]>([
    ['one after the other', (f) => f.startWith(Hello).then(Goodbye), '> Hello, Hello > Goodbye, Goodbye > end'],
    ['nothing', (f) => f, '> end'],
    ['if', (f) => f.if(() => true).do(Hello).then(Goodbye), '> if, if ? Hello : Goodbye, Hello > Goodbye, Goodbye > end'],
    ['while', (f) => f.while(() => true).do(Hello).then(Goodbye), '> while, while ? Hello : Goodbye, Hello > while, Goodbye > end'],
    ['two of a kind', (f) => f.if(() => true).do(Hello).if(() => true).do(Goodbye), '> if, if ? Hello : if 2, Hello > if 2, if 2 ? Goodbye : end, Goodbye > end'],
    ['forEach', (f) => f.forEach(() => [1, 2], { concurrency: 1 }).do(Hello).then(Goodbye), '> forEach, forEach [Hello] > Goodbye, Hello > ., Goodbye > end'],
    ['waitFor and after', (f) => f.waitFor('paid').after('1 day').after('1 day'), '> paid, paid > after 1 day, after 1 day > after 1 day 2, after 1 day 2 > end'],
    ['all, with an empty branch', (f) => f.all(Hello, (none) => none).then(Goodbye), '> all, all [Hello, end] > Goodbye, Hello > ., Goodbye > end'],
    ['any', (f) => f.any({ losers: 'finish' }, Hello, (late) => late.after(5)), '> any, any [Hello, after 5 ms] > end, Hello > ., after 5 ms > .'],
    ['a stage with limits', (f) => f.stage('both', (s) => s.then(Hello), { within: '1h' }).then(Goodbye), '> both, both [Hello] > Goodbye, Hello > ., Goodbye > end'],
    ['a stage that is a label', (f) => f.stage('both', (s) => s.then(Hello)).then(Goodbye), '> Hello, Hello > Goodbye, Goodbye > end'],
    ['an end in a branch', (f) => f.if(() => true).do((no) => no.then(Hello).end()).then(Goodbye), '> if, if ? Hello : Goodbye, Hello > end, Goodbye > end'],
    ['schedule', (f) => f.then(Hello).schedule('1h').do(Add).then(Goodbye), '> Hello, Hello > schedule, schedule [after 1h, Goodbye] > end, after 1h > Add, Add > ., Goodbye > .'],
    ['recur', (f) => f.recur('5m', () => true).do(Add).then(Goodbye), '> recur, recur [after 5m, Goodbye] > end, after 5m > until, until ? end : Add, Add > after 5m, Goodbye > .'],
  ])('%s', (_what, flow, expected) => {
    expect(edges(flow).join(', ')).toBe(expected);
  }); // prettier-ignore

  it('five deep', () => {
    const deep = edges((f) =>
      f.stage(
        's',
        (s) =>
          s
            .forEach(() => [])
            .do((e) =>
              e.all(
                (a) =>
                  a
                    .while(() => true)
                    .do((w) =>
                      w
                        .then(Add)
                        .if(() => true)
                        .do(Hello),
                    ),
                Goodbye,
              ),
            ),
        { within: '1h' },
      ),
    );
    expect(deep).toEqual([
      '> s', 's [forEach] > end', 'forEach [all] > .', 'all [while, Goodbye] > .', 'while ? Add : end', 'Add > if', 'if ? Hello : while', 'Hello > while', 'Goodbye > .',
    ]); // prettier-ignore
  });

  it('a decision, by its labels', () => {
    @Workflow({ name: 'deciding' })
    class Deciding {
      flow(flow: Flow<object>) {
        return flow.decide(this.choose, { big: (f) => f.then(Hello), small: (f) => f }).then(Goodbye);
      }
      @Step() choose(): 'big' | 'small' {
        return 'big';
      }
    }
    const definition = definitionOf(Deciding, { steps });
    expect(edgesOf(definition)).toEqual(['> choose', 'choose > Hello | Goodbye', 'Hello > Goodbye', 'Goodbye > end']);
    expect(definition.nodes.get('choose')).toMatchObject({ labels: ['big', 'small'] });
  });

  it('what a use says is on top of what its class says', () => {
    const { nodes } = definitionOf(
      flowing((f) => f.then(Undone, { retry: 5, config: { b: 2 } }).onError('suspend')),
      { steps },
    );
    expect(nodes.get('Undone')).toMatchObject({ retry: { attempts: 5 }, onError: 'suspend', compensates: true });
  });

  it('a step that only a failure leads to stands beside it', () => {
    @Workflow({ name: 'rescued' })
    class Rescued {
      flow(flow: Flow<object>) {
        return flow.then(this.pay).onError({ next: 'apologise' }).then(this.ship);
      }
      @Step() pay() {}
      @Step() ship() {}
      @Step() apologise() {}
    }
    expect(edgesOf(definitionOf(Rescued))).toEqual(['> pay', 'pay > ship ! apologise', 'ship > end', 'apologise > end']);
  });
});

describe('what a step of a flow sees and gives', () => {
  const step = { message: 'm', item: 7 };
  const mapped = compile(
    flowing((f) =>
      f
        .then(Add)
        .input('a', (data) => data.value1)
        .input('b', (_data, visit) => visit.item as unknown as number)
        .output('value3', (result) => result.sum)
        .waitFor('came')
        .output('value1', (event) => event as number)
        .then(Undone)
        .input('a', (data) => data.value2),
    ),
    { steps },
  );
  const run = (name: string, context: object) => mapped.code.get(name)!.run!(context, step);

  it('the mapped keys, and a patch of the mapped result beside the result itself', () => {
    expect(run('Add', { value1: 2 })).toEqual(new Mapped({ value3: 9 }, { sum: 9 }));
  });

  it('of an event, its data', () => {
    expect(run('came', {})).toEqual(new Mapped({ value1: 'm' }, 'm'));
  });

  it('undoing sees the same', () => {
    expect(mapped.code.get('Undone')!.compensate!({ value2: 4 }, step)).toBe(4);
  });

  it('outcomes pass through, and the patch of done() is mapped', async () => {
    @Step()
    class Says {
      async run(given: { what: unknown }) {
        return given.what as { sum: number } | undefined;
      }
    }
    const says = (what: unknown) => {
      const flow = flowing((f) => f.then(Says).input('what', () => what).output('value3', (result) => result?.sum ?? -1)); // prettier-ignore
      return compile(flow, { steps: [Says] }).code.get('Says')!.run!({}, step);
    };
    const later = again();
    expect(await says(later)).toBe(later);
    expect(await says(done({ sum: 3 }))).toEqual(new Mapped({ value3: 3 }, { sum: 3 }));
  });

  it('what returns nothing gives undefined, or null, and is mapped like anything else', async () => {
    const seen: unknown[] = [];
    const says = (what: unknown) => {
      @Step()
      class Says {
        run(): void {
          return what as never;
        }
      }
      const flow = flowing((f) => f.then(Says).output('value3', (result: undefined) => seen.push(result)));
      return compile(flow, { steps: [Says] }).code.get('Says')!.run!({}, step) as unknown;
    };
    expect(says(undefined)).toEqual(new Mapped({ value3: 1 }, undefined));
    expect(says(null)).toEqual(new Mapped({ value3: 2 }, null));
    expect(says(done())).toEqual(new Mapped({ value3: 3 }, undefined));
    expect(await says(Promise.resolve())).toEqual(new Mapped({ value3: 4 }, undefined));
    expect(await says(EMPTY)).toEqual(new Mapped({ value3: 5 }, undefined));
    for (const other of [again(), fail('no'), pause('wait')]) expect(says(other)).toBe(other);
    expect(seen).toEqual([undefined, null, undefined, undefined, undefined]);
  });

  it('of a step that returns nothing too; what cannot read that has failed the step', async () => {
    @Step()
    class Maybe {
      run({ value3 }: Numbers): { sum: number } | undefined {
        return value3 > 0 ? { sum: value3 } : undefined;
      }
    }
    @Workflow({ name: 'outputs', context: Numbers })
    class Outputs {
      flow(flow: Flow<Numbers>) {
        return flow
          .startWith(Hello).output('value1', () => 7)
          .then(Maybe).output('value2', (result) => result!.sum); // prettier-ignore
      }
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Outputs, Hello, Maybe] }).compile();
    await module.init();
    const harness = module.get(WorkflowHarness);
    expect(await harness.start(Outputs, { value3: 4 })).toMatchObject({ status: 'completed', context: { value1: 7, value2: 4 } });
    const { status, context, records } = await harness.start(Outputs, {});
    expect([status, context]).toMatchObject(['failed', { value1: 7, value2: 0 }]);
    expect(records.find(({ type }) => type === 'step-failed')?.error).toMatch(/^TypeError: .*undefined/);
    await module.close();
  });

  it('compensateWith names a step or a method', () => {
    @Workflow({ name: 'trip' })
    class Trip {
      flow(flow: Flow<object>) {
        return flow.then(this.book).compensateWith(this.cancel).then(Hello).compensateWith(Undone);
      }
      @Step() book() {}
      cancel(given: { a: number }) {
        return given.a + 1;
      }
    }
    const { code } = compile(Trip, { steps });
    expect([code.get('book')!.compensate!({ a: 1 }), code.get('Hello')!.compensate!({ a: 5 })]).toEqual([2, { sum: 5 }]);
  });
});

describe('a wrong flow', () => {
  @Step()
  class Elsewhere {
    run() {}
  }
  it.each<[string, (flow: Flow<Numbers>) => unknown, string]>([
    ['a step that is no provider', (f) => f.then(Elsewhere), 'its flow names Elsewhere, which is not a provider: add it to the providers of a module, with @Step() on the class.'],
    ['a second use without a name', (f) => f.then(Hello).then(Hello), "its flow uses \"Hello\" a second time. Give this use a name: then(Hello, { name: '...' })."],
    ['one name twice', (f) => f.then(Hello).then(Goodbye, { name: 'Hello' }), 'two things in its flow are called "Hello". Give one of them another name.'],
    ['a lambda', (f) => f.then(() => {}), 'its flow names something that is neither a method of the workflow nor a step class. Say this.method, or the class; is it undefined, as imports go in a circle?'],
    ['something after the end', (f) => f.then(Hello).end().then(Goodbye), 'its flow goes on after end(), where nothing can follow.'],
    ['nothing to do', (f) => f.if(() => true) && f, 'its flow says if() without do(): say what is to be done.'],
    ['a throw', () => { throw new Error('oh'); }, 'its flow threw: oh'],
    ['a promise', async () => {}, 'its flow is asynchronous. A flow only says what follows what: say it at once, without await.'],
    ['a loop with nothing in it', (f) => f.while(() => true).do((none) => none).then(Hello), 'the loop of "while" passes no step, and so would never end. Put a step into it.'],
    ['a limit that is a list', (f) => f.then(Hello, { within: 'list' }), '.Hello: within "list" is a key with a list, and must be one with a duration or a date. Such keys: value1, value2, value3.'],
    ['a stage that takes as long as a word', (f) => f.stage('s', (s) => s.then(Hello), { within: 'lnog' as never }), 'stage "s": within "lnog" is not a key of the context nor a duration.'],
    ['an output to no key', (f: Flow<any>) => f.then(Add).output('vlaue3', () => 1).output('value3', () => 1), '.Add: output "vlaue3" is not a key of the context. Did you mean "value3"?'],
    ['an output of an event to no key', (f: Flow<any>) => f.waitFor('came').output('nokey', () => 1), '.came: output "nokey" is not a key of the context.'],
    ['an output to a key that reads like a time', (f: Flow<any>) => f.then(Hello).output('5m', () => 1), '.Hello: output "5m" is not a key of the context.'],
    ['an output to what imports in a circle made undefined', (f: Flow<any>) => f.if(() => true).do((b) => b.then(Hello).output(undefined as never, () => 1)), '.Hello: output "undefined" is not a key of the context.'],
    ['what nothing leads to', (f) => f.all((a) => a.end()).if(() => true).do((x) => x.end()).end(), ''],
  ])('%s', (_what, flow, sentence) => {
    expect(problems(flow)).toEqual(sentence === '' ? [] : [`Flowing${sentence.startsWith('.') ? '' : ': '}${sentence}`]);
  }); // prettier-ignore

  const [says, yes] = ['A body is built with the builder it is given: say (g) => g.then(...).', () => true] as const;
  const elsewhere = (name: string) => `its flow says "${name}" on the builder of another part. ${says}`;
  const idle = (word: string) => `its flow says ${word}() with a body that says no step. ${says}`;
  const branchless = (word: string) => `its flow says ${word}() without branches: say what is to be done.`;
  it.each<[string, (flow: Flow<any>) => unknown, ...string[]]>([
    ['a race of nobody', (f) => f.any().then(Hello), branchless('any')],
    ['a race of nobody, with options', (f) => f.any({ losers: 'finish' }).then(Hello), branchless('any')],
    ['all of nobody', (f) => f.all().then(Hello), branchless('all')],
    ['a decision between nothing', (f) => f.decide(Hello, {} as never).then(Goodbye), branchless('decide')],
    ['no item at once', (f) => f.forEach(() => [1], { concurrency: 0 }).do(Hello), 'forEach: concurrency 0 is not a whole number from 1.'],
    ['half an item at once', (f) => f.forEach(() => [1], { concurrency: 1.5 }).do(Hello), 'forEach: concurrency 1.5 is not a whole number from 1.'],
    ['an option of forEach that is misspelt', (f) => f.forEach(() => [1], { concurency: 2 } as never).do(Hello), 'forEach: there is no option "concurency". Did you mean "concurrency"?'],
    ['options of forEach that are none', (f) => f.forEach(() => [1], 2 as never).do(Hello).forEach(() => [1], null as never).do(Goodbye), 'forEach: its options are an object: { concurrency: 2 }.', 'forEach 2: its options are an object: { concurrency: 2 }.'],
    ['losers of another fate', (f) => f.any({ losers: 'kill' } as never, Hello, Goodbye), "any: losers is 'cancel' or 'finish', not \"kill\"."],
    ['an option of a race that is misspelt', (f) => f.any({ looser: 'finish' } as never, Hello, Goodbye), 'any: there is no option "looser". Did you mean "losers"?'],
    ['an if with nothing in it', (f) => f.if(yes).do((none) => none).then(Hello), idle('if')],
    ['a forEach with nothing in it', (f) => f.forEach(() => [1]).do((none) => none).then(Hello), idle('forEach')],
    ['what comes again with nothing in it', (f) => f.recur('1h', yes).do((none) => none).then(Hello), idle('recur')],
    ['a stage with nothing in it', (f) => f.stage('s', (none) => none, { within: '1h' }).then(Hello), idle('stage')],
    ['a label of nothing', (f) => f.stage('s', (none) => none).then(Hello), idle('stage')],
    ['a body on the builder around it', (f) => f.then(Hello).if(yes).do(() => f.then(Add)).then(Goodbye), elsewhere('Add')],
    ['a part of a body on the builder around it', (f) => f.if(yes).do((g) => { f.waitFor('came').output('value1', () => 1); return g.then(Add); }), elsewhere('came')],
    ['a loop and a rule on the builder around them', (f) => f.then(Hello).all((g) => (f.while(yes).do(Add), g), (g) => (f.then(Goodbye).onError('fail'), g)), elsewhere('while'), elsewhere('Goodbye')],
    ['an end of the flow around it', (f) => f.then(Hello).if(yes).do((g) => (f.end(), g)), elsewhere('end'), 'its flow goes on after end(), where nothing can follow.'],
    ['a rule for the step before, from inside a body', (f) => { const hello = f.then(Hello); return hello.if(yes).do((g) => (hello.onError('fail'), g.then(Add))); }, elsewhere('Hello')],
    ['a builder of a body that has ended', (f) => { let kept = f; f.if(yes).do((g) => (kept = g.then(Hello))); return kept.then(Goodbye); }, elsewhere('Goodbye')],
    ['a body that is a promise', (f) => f.if(yes).do((async (g: Flow<any>) => void g.then(Hello)) as never), 'its flow is asynchronous. A flow only says what follows what: say it at once, without await.'],
    ['an event that imports in a circle made undefined, beside others', (f) => f.waitFor(undefined as never, undefined, { since: () => new Date() }).then(() => {}),
      "its flow waits for something that is not the name of an event. Say waitFor('...'); is it undefined, as imports go in a circle?",
      'its flow names something that is neither a method of the workflow nor a step class. Say this.method, or the class; is it undefined, as imports go in a circle?'],
  ])('that would hang, or lose what is said: %s', (_what, flow, ...sentences) => {
    expect(problems(flow)).toEqual(sentences.map((each) => `Flowing: ${each}`));
  }); // prettier-ignore

  it('a method that is no step, one that is forgotten, one that says another order', () => {
    @Workflow({ name: 'mixed' })
    class Mixed {
      flow(flow: Flow<object>) {
        return flow.then(this.one);
      }
      @Step({ next: 'end' }) one() {}
      @Step() two() {}
    }
    expect(compile(Mixed).problems).toEqual([
      'Mixed: "two" is a step, but its flow never names it. Name it there, or leave out its @Step().',
      'Mixed.one: it says next, but the order is that of the flow: leave out next, and say it there.',
    ]);
    @Workflow({ name: 'plain' })
    class Plain {
      flow(flow: Flow<object>) {
        return flow.then(this.plain);
      }
      plain() {}
    }
    expect(compile(Plain).problems).toEqual(['Plain: its flow names the method plain, which is no step: put @Step() on it.']);
  });

  it('an output may have any key where the context does not tell its keys', () => {
    const open = { '~standard': { version: 1 as const, vendor: 'x', validate: (value: unknown) => ({ value }) } };
    for (const options of [{ name: 'x' }, { name: 'x', context: open }]) {
      @Workflow(options as { name: string })
      class Open {
        flow(flow: Flow<any>) {
          return flow.then(Hello).output('anything', () => 1);
        }
      }
      expect(compile(Open, { steps }).problems).toEqual([]);
    }
  });

  it('a way out of a container', () => {
    @Workflow({ name: 'leaving' })
    class Leaving {
      flow(flow: Flow<object>) {
        return flow.all((a) => a.then(this.one).onError({ next: 'two' })).then(this.two);
      }
      @Step() one() {}
      @Step() two() {}
    }
    expect(compile(Leaving).problems).toEqual([
      'Leaving: "one" stands inside "all" and leads out of it, to "two". A branch goes on where all of it ends: leave out that way.',
    ]);
  });
});
