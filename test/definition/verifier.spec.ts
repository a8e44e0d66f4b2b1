import 'reflect-metadata';
import { IsDate, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { type Flow, Step, Workflow } from 'nestjs-argonaut';
import { compileWrittenOrder } from '../../lib/definition/written-order.js';
import { verify } from '../../lib/definition/verifier.js';
import { sourceOf } from '../../lib/workflows/explorer.js';
import { compile } from './graphs.js';
import { problemsOf } from './problems.js';

/** Options no compiler would let through, as they come from JavaScript or a cast. */
const any = (options: unknown): never => options as never;

class Parcel {
  @IsString() city!: string;
  weight = 0;
  due?: Date;
  sent = false;
  stops: string[] = [];
  @IsDate() left!: Date;
}

/** One step called `ship` with these options, beside a plain method `ask` and a step `send`. */
function withStep(options: object) {
  @Workflow({ name: 'parcel', context: Parcel })
  class ParcelWorkflow {
    @Step(any(options)) ship() {}
    @Step() send() {}
    ask() {}
  }
  return ParcelWorkflow;
}

const wrongSteps: readonly (readonly [fault: string, options: object, sentence: string])[] = [
  ['a misspelt option', { nxt: 'send' }, 'there is no option "nxt". Did you mean "next"?'],
  ['an option of another kind of thing', { colour: 'red' }, 'there is no option "colour".'],
  ['a step that is not there', { next: 'sendd' }, 'next "sendd" is not a step of the flow. Did you mean "send"?'],
  ['a plain method as the next step', { next: 'ask' }, 'next "ask" is not a step of the flow.'],
  ['the end, misspelt', { next: 'edn' }, 'next "edn" is not a step of the flow. Did you mean "end"?'],
  ['a decision of one', { next: ['send'] }, 'a decision has at least two steps to choose from; for one, say its name without a list.'],
  ['a decision that names a step twice', { next: ['send', 'send'] }, 'next names a step twice.'],
  ['a decision that may be skipped', { next: ['send', 'end'], required: false }, 'it is a decision, so it cannot be skipped: leave out required: false.'],
  ['a request that is not there', { request: 'aks' }, 'request "aks" is not a method of ParcelWorkflow. Did you mean "ask"?'],
  ['a request that is a step', { request: 'send' }, 'request "send" is a step itself. The asking method is a plain method, without @Step().'],
  ['a request that is the step itself', { request: 'ship' }, 'request "ship" is a step itself. The asking method is a plain method, without @Step().'],
  ['an answer and an event', { request: 'ask', on: 'news' }, 'it waits for an answer (request) and for an event (on): split it into two steps.'],
  ['an event and a time', { on: 'news', after: '1 hour' }, 'it waits for an event (on) and for a time (after): split it into two steps.'],
  ['an event without a name', { on: '' }, 'on must be the name of an event.'],
  ['a response without a request', { response: Parcel }, 'it has a response but no request: name the method that asks.'],
  ['a response that is no schema', { request: 'ask', response: {} }, 'its response is neither a class nor a Standard Schema.'],
  ['a response that is a function', { request: 'ask', response: () => Parcel }, 'its response is neither a class nor a Standard Schema.'],
  ['unsolicited without an event', { unsolicited: true }, "it is unsolicited but has no event: say on: '...', or input."],
  ['unsolicited in a group', { unsolicited: true, on: 'news', parallel: 'all' }, 'an unsolicited step stands beside the flow, and so in no parallel group.'],
  ['unsolicited on a queue', { unsolicited: true, on: 'news', queue: 'q' }, 'an unsolicited step runs where its event is applied, and so on no queue.'],
  [
    'unsolicited with a prerequisite',
    { unsolicited: true, on: 'news', when: 'weight' },
    'an unsolicited step waits for nothing but its event: decline the event with again() instead of when.',
  ],
  ['unsolicited with a decision', { unsolicited: true, on: 'news', next: ['send', 'end'] }, 'an unsolicited step goes on at one step, and so decides nothing.'],
  ['a group without a name', { parallel: '' }, 'parallel must be the name of a group.'],
  [
    'a group that says next',
    { parallel: 'all', next: 'send' },
    'it stands in the parallel group "all", so it cannot say next: the group goes on when all of it has ended.',
  ],
  ['a queue without a name', { queue: '' }, 'queue must be the name of a task queue.'],
  ['no try at all', { retry: 0 }, 'retry counts the tries in all: a whole number from 1, not 0.'],
  ['tries that are a word', { retry: 'often' }, 'retry counts the tries in all: a whole number from 1, not often.'],
  ['half a try', { retry: { attempts: 1.5 } }, 'retry counts the tries in all: a whole number from 1, not 1.5.'],
  ['tries unsaid', { retry: {} }, 'retry counts the tries in all: a whole number from 1, not undefined.'],
  ['a misspelling inside retry', { retry: { attempts: 2, dely: '1s' } }, 'there is no option "dely". Did you mean "delay"?'],
  [
    'a delay that is none',
    { retry: { attempts: 2, delay: '1 fortnight' } },
    "retry.delay \"1 fortnight\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
  ],
  [
    'a longest delay that is none',
    { retry: { attempts: 2, maxDelay: -1 } },
    "retry.maxDelay -1 is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
  ],
  ['a backoff there is not', { retry: { attempts: 2, backoff: 'linear' } }, "retry.backoff is 'fixed' or 'exponential', not \"linear\"."],
  [
    'a time-out that is none',
    { timeout: '3 months' },
    "timeout \"3 months\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
  ],
  ['a moment that is no key', { after: 'deu' }, 'after "deu" is not a key of the context nor a duration. Did you mean "due"?'],
  ['a deadline that is neither', { within: '2 dayz' }, 'within "2 dayz" is not a key of the context nor a duration.'],
  ['a condition that is no key', { when: 'wieght' }, 'when "wieght" is not a key of the context. Did you mean "weight"?'],
  ['a condition that is a length of time', { when: '1 day' }, 'when "1 day" is not a key of the context.'],
  ['a condition that is a number', { if: 5 }, 'if 5 is neither a key of the context nor a function of it.'],
  ['a condition that holds a number', { when: 'weight' }, 'when "weight" is a key with a number, and must be one with a boolean. Such keys: sent.'],
  ['a test that holds a text', { if: 'city' }, 'if "city" is a key with a string, and must be one with a boolean. Such keys: sent.'],
  ['a loop over a list', { while: 'stops' }, 'while "stops" is a key with a list, and must be one with a boolean. Such keys: sent.'],
  ['items that are a number', { forEach: 'weight' }, 'forEach "weight" is a key with a number, and must be one with a list. Such keys: stops.'],
  [
    'a time that is a list',
    { after: 'stops' },
    'after "stops" is a key with a list, and must be one with a duration or a date. Such keys: city, weight, left.',
  ],
  [
    'a limit that is a boolean',
    { within: 'sent' },
    'within "sent" is a key with a boolean, and must be one with a duration or a date. Such keys: city, weight, left.',
  ],
  ['a pause that is a date', { every: 'left' }, 'every "left" is a key with a date, and must be one with a duration. Such keys: city, weight.'],
  [
    'an end that is a list',
    { every: '1s', completeBy: 'stops' },
    'completeBy "stops" is a key with a list, and must be one with a duration or a date. Such keys: city, weight, left.',
  ],
  [
    'a reminder after a list',
    { overdue: { after: 'stops', do: 'ask' } },
    'overdue.after "stops" is a key with a list, and must be one with a duration or a date. Such keys: city, weight, left.',
  ],
  [
    'a key of an event that is a number',
    { on: { event: 'e', key: 'weight' } },
    'on.key "weight" is a key with a number, and must be one with a string. Such keys: city.',
  ],
  [
    'a key with a name that is a list',
    { on: { event: 'e', key: { town: 'stops' } } },
    'on.key.town "stops" is a key with a list, and must be one with a string. Such keys: city.',
  ],
  [
    'a since that is a number',
    { on: { event: 'e', since: 'weight' } },
    'on.since "weight" is a key with a number, and must be one with a date. Such keys: city, left.',
  ],
  ['an input and an event', { input: Parcel, on: 'news' }, 'it waits for an input (input) and for an event (on): split it into two steps.'],
  ['a child and a time', { child: 'x', after: '1h' }, 'it waits for a time (after) and for a child process (child): split it into two steps.'],
  ['an input that is no schema', { input: {} }, 'its input is neither a class nor a Standard Schema.'],
  ['an input that imports in a circle made undefined', { input: undefined }, 'its input is undefined, probably as imports go in a circle.'],
  ['a child that is undefined', { child: undefined }, 'its child is undefined, probably as imports go in a circle. Say the name of the workflow.'],
  ['a misspelling inside child', { child: { workflow: 'x', wiht: 'ask' } }, 'child: there is no option "wiht". Did you mean "with"?'],
  ['starting values from nowhere', { child: { workflow: 'x', with: 'aks' } }, 'child.with "aks" is not a method of ParcelWorkflow. Did you mean "ask"?'],
  [
    'starting values from a step',
    { child: { workflow: 'x', with: 'send' } },
    'child.with "send" is a step itself. The method that gives the starting values is a plain method, without @Step().',
  ],
  ['a misspelling inside on', { on: { event: 'e', kye: 'city' } }, 'on: there is no option "kye". Did you mean "key"?'],
  [
    'a key with two names',
    { on: { event: 'e', key: { a: 'city', b: 'city' } } },
    "on.key has 2 names: an event is waited for under one, as in key: { orderId: '...' }.",
  ],
  [
    'a key with a wrong name',
    { on: { event: 'e', key: { 'a:b': 'city' } } },
    'on.key: "a:b" is no name of a key. It has 1 to 50 letters, digits, "_", "." and "-".',
  ],
  ['a key with a name that is none', { on: { event: 'e', key: { town: 'ctiy' } } }, 'on.key.town "ctiy" is not a key of the context. Did you mean "city"?'],
  ['skipAhead that is no boolean', { on: { event: 'e', skipAhead: 'yes' } }, 'on.skipAhead is true or false, not "yes".'],
  [
    'skipAhead beside the flow',
    { unsolicited: true, on: { event: 'e', skipAhead: true } },
    'an unsolicited step hears every event under the group id while its process lives, so it cannot have on.skipAhead.',
  ],
  [
    'skipAhead for items',
    { forEach: () => [1], on: { event: 'e', skipAhead: true } },
    'it stands in "ship (each)", so nothing can skip ahead to it: put it behind that, or leave out on.skipAhead.',
  ],
  ['a key of an event that is none', { on: { event: 'e', key: 'ctiy' } }, 'on.key "ctiy" is not a key of the context. Did you mean "city"?'],
  ['a misspelling inside parallel', { parallel: { group: 'x', jion: 'any' } }, 'parallel: there is no option "jion". Did you mean "join"?'],
  ['a join there is not', { parallel: { group: 'x', join: 'some' } }, "parallel.join is 'all' or 'any', not \"some\"."],
  [
    'losers where all are waited for',
    { parallel: { group: 'x', losers: 'finish' } },
    "parallel.losers are those of join: 'any'; where all are waited for, nobody loses.",
  ],
  ['independent in a group', { parallel: 'x', independent: true }, 'it is independent, and so in no parallel group: leave out one of the two.'],
  ['independent with next', { independent: true, next: 'send' }, 'it is independent, so it cannot say next: what follows waits for all that has begun.'],
  ['a limit without items', { concurrency: 2 }, 'concurrency counts the items of forEach, which is not there.'],
  ['a limit of none', { concurrency: 0, forEach: 'weight' }, 'concurrency 0 is not a whole number from 1.'],
  ['a list that is no key', { forEach: 'wieght' }, 'forEach "wieght" is not a key of the context. Did you mean "weight"?'],
  [
    'a decision that is repeated',
    { next: ['send', 'end'], while: 'weight' },
    'it is a decision, so it cannot have while: put what is to be skipped or repeated into a step of its own.',
  ],
  [
    'a rule that never counts',
    { required: false, onError: 'suspend' },
    'it is not required, so it is skipped when it has failed, and its onError never counts: leave out one of the two.',
  ],
  [
    'a rule there is not',
    { onError: 'suspnd' },
    'onError is one of fail, suspend, cancel, compensate, or { next: \'...\' }, not "suspnd". Did you mean "suspend"?',
  ],
  ['a way on that is not there', { onError: { next: 'sendd' } }, 'onError goes on at "sendd", which is not a step of the flow. Did you mean "send"?'],
  ['undoing that is not there', { compensate: 'aks' }, 'compensate "aks" is not a method of ParcelWorkflow. Did you mean "ask"?'],
  ['undoing without a method', { compensate: { retry: 3 } }, "compensate does not say what to do: do: '...', a method."],
  ['undoing by a method that is not there', { compensate: { do: 'aks' } }, 'compensate.do "aks" is not a method of ParcelWorkflow. Did you mean "ask"?'],
  ['undoing that is not tried', { compensate: { do: 'ask', retry: 0 } }, 'compensate: retry counts the tries in all: a whole number from 1, not 0.'],
  [
    'undoing with a wrong pause',
    { compensate: { do: 'ask', retry: { attempts: 2, delay: 'soon' } } },
    "compensate: retry.delay \"soon\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
  ],
  [
    'undoing with an odd limit',
    { compensate: { do: 'ask', timeout: 'soon' } },
    "compensate: timeout \"soon\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
  ],
  ['undoing with a misspelt option', { compensate: { do: 'ask', retyr: 3 } }, 'compensate: there is no option "retyr". Did you mean "retry"?'],
  ['undoing that is a step', { compensate: 'send' }, 'compensate "send" is a step itself. The undoing method is a plain method, without @Step().'],
  ['a reminder that does nothing', { overdue: { after: '1h' } }, "overdue does not say what to do: do: '...', a method."],
  ['a reminder without a time', { overdue: { do: 'ask' } }, "overdue does not say when: after: '2 days'."],
  ['a reminder at no time', { overdue: { after: 'deu', do: 'ask' } }, 'overdue.after "deu" is not a key of the context nor a duration. Did you mean "due"?'],
  [
    'a reminder that is a step',
    { overdue: { after: '1h', do: 'send' } },
    'overdue.do "send" is a step itself. The reminding method is a plain method, without @Step().',
  ],
  ['a misspelling inside overdue', { overdue: { after: '1h', do: 'ask', fo: 1 } }, 'overdue: there is no option "fo". Did you mean "do"?'],
  ['a name that is not its own', { name: 'other' }, 'its name is that of its method: leave out name, which is for step classes.'],
  ['settings that are none', { config: 3 }, 'config must be an object.'],
  [
    'unsolicited and repeated',
    { unsolicited: true, on: 'news', forEach: 'weight' },
    'an unsolicited step stands beside the flow, so it cannot have forEach: decline the event with again().',
  ],
  [
    'unsolicited under a key',
    { unsolicited: true, on: { event: 'news', key: 'name' } },
    'an unsolicited step hears every event under the group id while its process lives, so it cannot have on.key.',
  ],
  [
    'unsolicited and independent',
    { unsolicited: true, on: 'news', independent: true },
    'an unsolicited step stands beside the flow, so it cannot be independent in it.',
  ],
  ['a condition that is an object', { when: { weight: 3 } }, 'when {"weight":3} is neither a key of the context nor a function of it.'],
];

describe('a wrong step', () => {
  it.each(wrongSteps)('%s', (_fault, options, sentence) => {
    expect(problemsOf(withStep(options))).toContain(`ParcelWorkflow.ship: ${sentence}`);
  });

  class Mail {
    zip = '';
    city = '';
  }
  class Shape {
    weight = 0;
  }
  class Heavy extends Parcel {
    straps = 2;
  }
  const sentence = 'its first argument is a Mail, and the context of the workflow is a Parcel, which has no zip. Take Parcel.';

  it('that takes another class than the context, in the order written and in a digraph', () => {
    @Workflow({ name: 'parcel', context: Parcel })
    class Written {
      @Step() send(_mail: Mail) {}
      @Step() weigh(_parcel: Parcel) {}
    }
    @Workflow({ name: 'drawn', context: Parcel })
    class DrawnToo extends Written {
      flow = { start: ['send'], send: ['weigh'] };
    }
    expect(problemsOf(Written)).toEqual([`Written.send: ${sentence}`]);
    expect(problemsOf(DrawnToo)).toEqual([`DrawnToo.send: ${sentence}`]);
  });

  it('and none where that is a view of the context, a class it inherits from, no class, or what a builder hands it', () => {
    @Workflow({ name: 'parcel', context: Heavy })
    class Views {
      @Step() weigh(_parcel: Shape) {}
      @Step() send(_parcel: Parcel) {}
      @Step() log(_parcel: { city: string }) {}
    }
    @Workflow({ name: 'built', context: Parcel })
    class BuiltOne {
      flow(flow: Flow<Parcel>) {
        return flow.then(this.send).input('zip', (parcel) => parcel.city);
      }
      @Step() send(_mail: Mail) {}
    }
    expect([...problemsOf(Views), ...problemsOf(BuiltOne)]).toEqual([]);
  });

  it('a queue the task queue has not', () => {
    const type = withStep({ queue: 'scorng' });
    const source = sourceOf(type, Object.create(type.prototype as object) as object);
    const problems = (queues: string[]) => verify(compileWrittenOrder(source), { queues });
    expect(problems(['scoring', 'mail'])).toEqual([
      'ParcelWorkflow.ship: queue "scorng" is not in the queues of the task queue: scoring, mail. Did you mean "scoring"?',
    ]);
    expect(problems([])).toEqual(['ParcelWorkflow.ship: queue "scorng" is not in the queues of the task queue: none.']);
    expect(problems(['scorng'])).toEqual([]);
  });

  it('called end', () => {
    @Workflow({ name: 'ending' })
    class EndingWorkflow {
      @Step() end() {}
    }
    expect(problemsOf(EndingWorkflow)).toEqual(['EndingWorkflow.end: a step cannot be called "end": that is how next says that nothing follows.']);
  });

  it('is named with all its faults at once', () => {
    expect(problemsOf(withStep({ nxt: 'send', retry: 0, timeout: 'soon', queue: '' }))).toHaveLength(4);
  });
});

describe('a wrong workflow', () => {
  const step = () => {
    class Steps {
      only() {}
    }
    Step()(Steps.prototype, 'only', Object.getOwnPropertyDescriptor(Steps.prototype, 'only')!);
    return Steps;
  };
  const wrong: readonly (readonly [fault: string, options: object, sentence: string])[] = [
    ['no name', { name: ' ' }, "it has no name. Say @Workflow({ name: 'steps' })."],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'its name has more than 100 characters.'],
    ['a misspelt option', { name: 'x', verson: 2 }, 'there is no option "verson". Did you mean "version"?'],
    ['a version that is no number', { name: 'x', version: '2' }, 'version 2 is not a whole number from 1.'],
    ['version 0', { name: 'x', version: 0 }, 'version 0 is not a whole number from 1.'],
    [
      'a limit that is none',
      { name: 'x', within: '3 months' },
      "within \"3 months\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
    ],
    [
      'a rule that is none',
      { name: 'x', defaults: { onError: { next: 'onyl' } } },
      'defaults: onError goes on at "onyl", which is not a step of the flow. Did you mean "only"?',
    ],
    ['a context that is no schema', { name: 'x', context: {} }, 'its context is neither a class nor a Standard Schema.'],
    [
      'an end that is no key',
      { name: 'x', context: Parcel, completeWhen: 'wieght' },
      'completeWhen "wieght" is not a key of the context. Did you mean "weight"?',
    ],
    [
      'defaults that are wrong',
      { name: 'x', defaults: { timeout: 'soon' } },
      "defaults: timeout \"soon\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
    ],
    ['defaults that are misspelt', { name: 'x', defaults: { rety: 3 } }, 'defaults: there is no option "rety". Did you mean "retry"?'],
    ['default tries that are none', { name: 'x', defaults: { retry: -1 } }, 'defaults: retry counts the tries in all: a whole number from 1, not -1.'],
  ];

  it.each(wrong)('%s', (_fault, options, sentence) => {
    const type = step();
    Workflow(any(options))(type);
    expect(problemsOf(type)).toContain(`Steps: ${sentence}`);
  });

  it('without steps', () => {
    @Workflow({ name: 'empty' })
    class EmptyWorkflow {}
    expect(problemsOf(EmptyWorkflow)).toEqual(['EmptyWorkflow: it has no steps. Put @Step() on its methods.']);
  });

  it('with nothing but unsolicited steps', () => {
    @Workflow({ name: 'deaf' })
    class DeafWorkflow {
      @Step({ on: 'news', unsolicited: true }) hear() {}
    }
    expect(problemsOf(DeafWorkflow)).toEqual(['DeafWorkflow: all its steps are unsolicited, so it would end at once. Add a step that stands in the flow.']);
  });

  it('without @Workflow', () => {
    class NoWorkflow {}
    expect(problemsOf(NoWorkflow)).toEqual(["NoWorkflow: it has no @Workflow({ name: '...' })."]);
  });

  it('a group whose steps do not stand together', () => {
    @Workflow({ name: 'scattered' })
    class ScatteredWorkflow {
      @Step({ parallel: 'all' }) one() {}
      @Step() two() {}
      @Step({ parallel: 'all' }) three() {}
    }
    expect(problemsOf(ScatteredWorkflow)).toContain(
      'ScatteredWorkflow: the steps of the parallel group "all" do not stand together. Write them one after the other, or name a second group.',
    );
  });

  it('a group whose steps do not agree', () => {
    @Workflow({ name: 'quarrel' })
    class QuarrelWorkflow {
      @Step({ parallel: { group: 'x', join: 'any' } }) one() {}
      @Step({ parallel: 'x' }) two() {}
    }
    expect(problemsOf(QuarrelWorkflow)).toEqual([
      'QuarrelWorkflow: the steps of the parallel group "x" do not agree on its join and losers. Let each say the same.',
    ]);
  });

  it('a way on from a failure into a group', () => {
    @Workflow({ name: 'into' })
    class IntoWorkflow {
      @Step({ onError: { next: 'two' } }) one() {}
      @Step({ parallel: 'x' }) two() {}
      @Step({ parallel: 'x' }) three() {}
    }
    expect(problemsOf(IntoWorkflow)).toEqual([
      'IntoWorkflow: "one" leads to "two", which stands inside "x (all)" and can only be entered with it. Lead to a step before it.',
    ]);
  });

  it('a child nobody knows, where it is known who there is', () => {
    @Workflow({ name: 'parent' })
    class ParentWorkflow {
      @Step({ child: 'bxo' }) one() {}
    }
    expect(compile(ParentWorkflow, { workflows: ['box'] }).problems).toEqual([
      'ParentWorkflow.one: child "bxo" is no workflow of this application. Did you mean "box"?',
    ]);
  });

  it('a way into a group', () => {
    @Workflow({ name: 'entering' })
    class EnteringWorkflow {
      @Step({ next: 'two' }) zero() {}
      @Step({ parallel: 'all' }) one() {}
      @Step({ parallel: 'all' }) two() {}
    }
    expect(problemsOf(EnteringWorkflow)).toContain(
      'EnteringWorkflow.zero: next "two" stands inside the parallel group "all", which can only be entered as a whole. Put a step before the group, and name that.',
    );
  });

  it('an event that would skip ahead into the first stage; the limit of the whole workflow is none', () => {
    @Workflow({ name: 'ahead', stages: { early: { within: '1 hour' } } })
    class AheadWorkflow {
      @Step({ stage: 'early' }) one() {}
      @Step({ stage: 'early', on: { event: 'e', skipAhead: true } }) two() {}
      @Step() three() {}
    }
    @Workflow({ name: 'whole', within: '1 hour' })
    class WholeWorkflow {
      @Step() one() {}
      @Step({ on: { event: 'e', skipAhead: true } }) two() {}
    }
    expect(problemsOf(AheadWorkflow)).toEqual([
      'AheadWorkflow.two: it stands in "early", so nothing can skip ahead to it: put it behind that, or leave out on.skipAhead.',
    ]);
    expect(problemsOf(WholeWorkflow)).toEqual([]);
  });

  it('a step nobody leads to', () => {
    @Workflow({ name: 'skipping' })
    class SkippingWorkflow {
      @Step({ next: 'three' }) one() {}
      @Step() two() {}
      @Step() three() {}
    }
    expect(problemsOf(SkippingWorkflow)).toEqual(['SkippingWorkflow: "two" can never be reached: no step leads to it.']);
  });

  it('a step that runs on into a branch of a decision', () => {
    @Workflow({ name: 'falling' })
    class FallingWorkflow {
      @Step({ next: ['pay', 'reject'] }) decide() {
        return 'pay' as const;
      }
      @Step({ next: 'paid' }) pay() {}
      @Step() paid() {}
      @Step() reject() {}
    }
    expect(problemsOf(FallingWorkflow)).toEqual([
      'FallingWorkflow: "paid" would run on into "reject", which is a branch of a decision. Say next: \'...\' on "paid".',
    ]);
  });

  it('an unreachable step after an end', () => {
    @Workflow({ name: 'ended' })
    class EndedWorkflow {
      @Step({ next: 'end' }) one() {}
      @Step() two() {}
    }
    expect(problemsOf(EndedWorkflow)).toEqual(['EndedWorkflow: "two" can never be reached: no step leads to it.']);
  });
});
