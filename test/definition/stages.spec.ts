import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Class, type Flow, type StageOptions, Step, Workflow } from 'nestjs-argonaut';
import { fingerprintOf } from '../../lib/definition/fingerprint.js';
import { compile, definitionOf, edgesOf } from './graphs.js';
import { problemsOf } from './problems.js';

class Parcel {
  boxes: string[] = [];
  isBig = false;
  dueAt = new Date(0);
}

@Step() class pick { run() {} } // prettier-ignore
@Step() class pack { run() {} } // prettier-ignore
@Step() class ship { run() {} } // prettier-ignore
@Step() class CallManager { run() {} } // prettier-ignore
const steps = [pick, pack, ship, CallManager];

const LIMITS = { within: '7 days', required: false, overdue: { after: 'dueAt', do: 'callManager' } } as const;

@Workflow({ name: 'w', context: Parcel, stages: { Packing: LIMITS } })
class Written {
  @Step({ stage: 'Packing' }) pick() {}
  @Step({ stage: 'Packing' }) pack() {}
  @Step() ship() {}
  callManager() {}
}

@Workflow({ name: 'w', context: Parcel })
class Built {
  flow(flow: Flow<Parcel>) {
    return flow.stage('Packing', (s) => s.then(this.pick).then(this.pack), LIMITS).then(this.ship);
  }
  @Step() pick() {}
  @Step() pack() {}
  @Step() ship() {}
  callManager() {}
}

@Workflow({ name: 'w', context: Parcel, stages: { Packing: LIMITS } })
class Drawn {
  flow = { start: ['pick'], pick: ['pack'], pack: ['ship'] };
  @Step({ stage: 'Packing' }) pick() {}
  @Step({ stage: 'Packing' }) pack() {}
  @Step() ship() {}
  callManager() {}
}

const asJson = {
  name: 'w',
  context: 'Parcel',
  stages: { Packing: { ...LIMITS, overdue: { after: 'dueAt', do: 'CallManager' } } },
  steps: [{ name: 'pick', stage: 'Packing' }, { name: 'pack', stage: 'Packing' }, { name: 'ship' }],
};
const offered = { steps, contexts: [Parcel] };

/** The order written, with these stages: a and b belong to One, c and d to Two, e to none. */
function listing(stages: Record<string, StageOptions>, flow?: Record<string, string[]>): Class {
  @Workflow({ name: 'listed', context: Parcel, stages })
  class Listed {
    flow = flow;
    @Step({ stage: 'One' }) a() {}
    @Step({ stage: 'One' }) b() {}
    @Step({ stage: 'Two' }) c() {}
    @Step({ stage: 'Two' }) d() {}
    @Step() e() {}
  }
  return Listed;
}
const graphOf = (...given: Parameters<typeof listing>) => edgesOf(definitionOf(listing(...given)));

describe('a stage with limits', () => {
  it.each<[string, Class | object]>([['order written', Written], ['builder', Built], ['digraph', Drawn], ['document', asJson]])('is the same container in the %s', (_spelling, workflow) => {
    const definition = definitionOf(workflow, offered);
    expect(edgesOf(definition).map((edge) => edge.replace('pack > end', 'pack > .')).sort()).toEqual(['> Packing', 'Packing [pick] > ship', 'pack > .', 'pick > pack', 'ship > end'].sort());
    expect(definition.nodes.get('Packing')).toMatchObject({ kind: 'stage', within: 604_800_000, required: false, overdue: 'asked' });
    const { code } = compile(workflow, offered);
    expect(code.get('Packing')).toMatchObject({ remind: expect.any(Function), overdue: expect.any(Function) });
  }); // prettier-ignore

  it('counts for the fingerprint, with the keys that a document names', () => {
    const print = (given: object) => fingerprintOf(compile(given, offered));
    const other = (stage: object) => ({ ...asJson, stages: { Packing: { ...asJson.stages.Packing, ...stage } } });
    expect(
      new Set([asJson, other({ within: '8 days' }), other({ overdue: { after: '1 day', do: 'CallManager' } }), other({ if: 'isBig' })].map(print)).size,
    ).toBe(4);
  });

  it('that is not listed is a label', () => {
    expect(graphOf({ One: {} })).toEqual(['> One', 'One [a] > c', 'a > b', 'b > .', 'c > d', 'd > e', 'e > end']);
  });
});

describe('the place of a stage', () => {
  it('is among its neighbours: in parallel, for each item, if, and while', () => {
    expect(graphOf({ One: { parallel: 'p' }, Two: { parallel: 'p' } }).slice(0, 2)).toEqual(['> p (all)', 'p (all) [One, Two] > e']);
    expect(graphOf({ One: { forEach: 'boxes', concurrency: 2 } })).toEqual(['> One (each)', 'One (each) [One] > c', 'One [a] > .', 'a > b', 'b > .', 'c > d', 'd > e', 'e > end']);
    expect(graphOf({ Two: { if: 'isBig', while: 'isBig' } }).slice(3, 7)).toEqual(['Two (if) ? Two (while) : e', 'Two (while) ? Two : e', 'Two [c] > Two (while)', 'c > d']);
  }); // prettier-ignore

  it('in a digraph follows the edges of its steps, which still choose by their names', () => {
    const flow = { start: ['e'], e: ['b', 'c', 'end'], b: ['a', 'c'], a: [], c: ['d'], d: ['c', 'end'] };
    const definition = definitionOf(listing({ One: { forEach: 'boxes' }, Two: {} }, flow));
    expect(edgesOf(definition)).toEqual([
      '> e', 'One (each) [One] > Two', 'One [b] > .', 'b > a | end', 'a > end', 'Two [c] > end', 'c > d', 'd > c | end', 'e > One (each) | Two | end',
    ].toSorted((x, y) => Number(y.startsWith('>')) - Number(x.startsWith('>')))); // prettier-ignore
    expect(definition.nodes.get('b')).toMatchObject({ labels: ['a', 'c'] });
    expect(definition.nodes.get('e')).toMatchObject({ labels: ['b', 'c', 'end'] });
  });

  it('may be the branch of a decision, which does not run on into the next branch', () => {
    @Workflow({ name: 'branches', context: Parcel, stages: { Packing: { within: '1 day' } } })
    class Branches {
      @Step({ next: ['pick', 'reject'] }) decide() {
        return 'pick' as 'pick' | 'reject';
      }
      @Step({ stage: 'Packing' }) pick() {}
      @Step({ stage: 'Packing' }) pack() {}
      @Step() reject() {}
      @Step() close() {}
    }
    const definition = definitionOf(Branches);
    expect(edgesOf(definition)).toEqual(['> decide', 'decide > Packing | reject', 'Packing [pick] > close', 'pick > pack', 'pack > .', 'reject > close', 'close > end']); // prettier-ignore
    expect(definition.nodes.get('decide')).toMatchObject({ labels: ['pick', 'reject'] });
  });
});

describe('stages that are wrong', () => {
  it.each<[string, Class, string]>([
    ['without steps', listing({ Won: {} }), 'Listed: stage "Won": no step belongs to it. Say stage: \'Won\' on its steps. Did you mean "One"?'],
    ['with a misspelt option', listing({ One: { whitin: '1h' } as never }), 'Listed: stage "One": there is no option "whitin". Did you mean "within"?'],
    ['with a key that holds something else', listing({ One: { within: 'boxes' } }), expect.stringMatching(/^Listed: stage "One": within "boxes" is a key with a list, and must be one with a duration or a date\. Such keys: /) as never],
    ['with a key that is not there', listing({ One: { forEach: 'boxs' } }), 'Listed: stage "One": forEach "boxs" is not a key of the context. Did you mean "boxes"?'],
    ['with concurrency of nothing', listing({ One: { concurrency: 2 } }), 'Listed: stage "One": concurrency counts the items of forEach, which is not there.'],
    ['that are no object', listing([] as never as Record<string, StageOptions>), ''],
    ['entered at two places', listing({ One: {} }, { start: ['a'], a: ['b'], b: ['e'], e: ['b', 'c'], c: ['d'] }), 'Listed: the stage "One" is entered at "a" and "b", but it begins at one step: lead to that one.'],
    ['that lead to two places', listing({ One: {} }, { start: ['a'], a: ['b', 'c'], b: ['e'], c: ['d'], d: ['e'] }), 'Listed: the stage "One" leads to "c" and "e", but it goes on at one step, when all of it has ended: lead to that one, and choose there.'],
    ['in parallel in a digraph', listing({ One: { parallel: 'p' } }, { start: ['a'], a: ['b'], b: ['c'], c: ['d'], d: ['e'] }), 'Listed: stage "One": it says parallel, but the order is that of the flow: a digraph has no parallel parts.'],
  ])('%s', (_what, workflow, problem) => expect(problemsOf(workflow)).toEqual(problem === '' ? [] : [problem])); // prettier-ignore

  it('whose steps do not stand together, or are unsolicited, or stand in a builder', () => {
    @Workflow({ name: 'apart', stages: { One: { within: '1h' } } })
    class Apart {
      @Step({ stage: 'One' }) a() {}
      @Step() b() {}
      @Step({ stage: 'One' }) c() {}
      @Step({ stage: 'One', unsolicited: true, on: 'x' }) d() {}
    }
    expect(problemsOf(Apart).slice(0, 2)).toEqual([
      'Apart: stage "One": "d" is unsolicited, and stands beside the flow: it belongs to no stage with options.',
      'Apart: stage "One": its steps do not stand together. Write them one after the other, or name a second stage.',
    ]);
    @Workflow({ name: 'twice', stages: { One: {} } })
    class Twice {
      flow = (flow: Flow<object>) => flow.then(this.a);
      @Step() a() {}
    }
    @Workflow({ name: 'builder', stages: { One: {} } })
    class InBuilder {
      flow(flow: Flow<object>) {
        return flow.then(this.a);
      }
      @Step({ stage: 'One' }) a() {}
    }
    expect(problemsOf(InBuilder)).toEqual(['InBuilder: it lists stages beside its flow: say each there, as stage(name, body, policy).']);
    expect(Twice).toBeDefined();
  });

  it('in a document, by their paths', () => {
    const said = (stages: object) => compile({ ...asJson, stages }, offered).problems;
    expect(said({ Packing: { within: 7, whitin: 8 } })).toEqual([expect.stringContaining('x.json: stages.Packing')]);
    expect(said({ Packing: { overdue: { after: '1 day', do: 'CallManger' } } })).toEqual([
      'x.json: stages.Packing.overdue.do: there is no step class "CallManger". Put @Step() on it, and add it to the providers of a module. Did you mean "CallManager"?',
    ]);
    expect(said({ Paking: {} })[0]).toBe('x.json: stages: stage "Paking": no step belongs to it. Say stage: \'Paking\' on its steps. Did you mean "Packing"?');
  });
});

describe('every and completeBy', () => {
  const asking = (options: object): Class => {
    @Workflow({ name: 'asks', context: Parcel })
    class Asks {
      @((Step as (options: object) => MethodDecorator)(options)) packed() {}
      @Step() next() {}
    }
    return Asks;
  };
  it.each<[string, object, string]>([
    ['completeBy alone', { completeBy: '1 day' }, "Asks.packed: completeBy ends what every repeats, which is not there: say every: '5 minutes'."],
    ['a busy loop', { every: 0 }, 'Asks.packed: every 0 is a busy loop: say how long it pauses.'],
    ['an event as well', { every: '1h', on: 'x' }, 'Asks.packed: it has every, so it waits for nothing else: split it into two steps.'],
    ['no key', { every: 'dueAtt' }, 'Asks.packed: every "dueAtt" is not a key of the context nor a duration. Did you mean "dueAt"?'],
  ])('%s is a problem', (_what, options, problem) => expect(problemsOf(asking(options))).toEqual([problem]));

  it('are part of the graph, in a document too', () => {
    expect(definitionOf(asking({ every: '1h', completeBy: 'dueAt', after: '1 day' })).nodes.get('packed')).toMatchObject({
      every: 3_600_000,
      completeBy: 'asked',
    });
    const document = { name: 'w', context: 'Parcel', steps: [{ name: 'pick', every: '1h', completeBy: 'dueAt' }] };
    expect(definitionOf(document, offered).nodes.get('pick')).toMatchObject({ every: 3_600_000, completeBy: 'asked' });
  });
});
