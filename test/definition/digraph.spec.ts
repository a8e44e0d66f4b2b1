import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Class, Step, Workflow } from 'nestjs-argonaut';
import { compile, definitionOf, edgesOf } from './graphs.js';
import { problemsOf } from './problems.js';

/** A workflow with the steps a, b, c and this flow. */
function drawn(flow: Record<string, unknown>): Class {
  @Workflow({ name: 'drawn' })
  class Drawn {
    flow = flow;
    @Step() a() {}
    @Step() b() {}
    @Step() c() {}
  }
  return Drawn;
}

describe('a digraph', () => {
  it('goes as its edges say, round and round too; what has none ends', () => {
    const { nodes, ...definition } = definitionOf(drawn({ start: ['a'], a: ['b', 'c', 'end'], b: ['a'] }));
    expect(edgesOf({ nodes, ...definition })).toEqual(['> a', 'a > b | c | end', 'b > a', 'c > end']);
    expect(nodes.get('a')).toMatchObject({ byIndex: true });
    expect(nodes.get('c')).not.toHaveProperty('byIndex');
  });

  it('may be empty: the process ends at once', () => {
    @Workflow({ name: 'empty' })
    class Empty {
      flow = { start: [] };
    }
    expect(edgesOf(definitionOf(Empty))).toEqual(['> end']);
  });

  it('leads to what is wrapped around a step, and a decision still says the name of the step', () => {
    @Workflow({ name: 'wrapped', within: '1 day' })
    class Wrapped {
      flow = { start: ['choose'], choose: ['maybe', 'each'], maybe: ['each'] };
      @Step() choose() {}
      @Step({ if: () => true }) maybe() {}
      @Step({ forEach: () => [1], while: () => false, concurrency: 2 }) each() {}
      @Step({ unsolicited: true, on: 'stop', next: 'maybe' }) stop() {}
    }
    const definition = definitionOf(Wrapped);
    expect(edgesOf(definition)).toEqual([
      '> wrapped (within)',
      'wrapped (within) [choose] > end',
      'choose > maybe (if) | each (while)',
      'maybe (if) ? maybe : each (while)',
      'maybe > each (while)',
      'each (while) ? each (each) : end',
      'each (each) [each] > each (while)',
      'each > .',
      'stop > maybe (if)',
    ]);
    expect(definition.nodes.get('choose')).toMatchObject({ labels: ['maybe', 'each'], byIndex: true });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no start', { a: ['b'], b: ['c'] }, "Drawn: its flow does not say where it starts. Say start: ['a']."],
    ['two starts', { start: ['a', 'b'], b: ['c'] }, 'Drawn: its flow starts at several steps. Say one, which leads to the others.'],
    ['a way back to the start', { start: ['a'], a: ['b'], b: ['c', 'start'] }, 'Drawn: its flow leads back to "start". Name the first step instead.'],
    ['an edge to nobody', { start: ['a'], a: ['bb'], b: ['c'] }, 'Drawn: its flow names "bb", which is not a step. Did you mean "b"?'],
    ['edges of nobody', { start: ['a'], a: ['b'], b: ['c'], d: ['end'] }, 'Drawn: its flow names "d", which is not a step. Did you mean "a"?'],
    ['an edge twice', { start: ['a'], a: ['b', 'b'], b: ['c'] }, 'Drawn: its flow names an edge of "a" twice.'],
    ['no list', { start: ['a'], a: 'b', b: ['c'] }, "Drawn: its flow has no list for \"a\". Say a: ['b']."],
    ['a step it never names', { start: ['a'], a: ['b'] }, 'Drawn: "c" is a step, but its flow never names it. Name it there, or leave out its @Step().'],
    ['a step nobody leads to', { start: ['a'], a: ['b'], c: ['b'] }, 'Drawn: "c" can never be reached: no step leads to it.'],
  ])('with %s', (_fault, flow, sentence) => {
    expect(problemsOf(drawn(flow))).toEqual([sentence]);
  }); // prettier-ignore

  it('that calls its start otherwise is told of a step there is', () => {
    expect(problemsOf(drawn({ begin: ['a'], b: ['c'], a: ['b'] }))[0]).toBe("Drawn: its flow does not say where it starts. Say start: ['b'].");
  });

  it('refuses a second order, and a decision that is repeated', () => {
    @Workflow({ name: 'both' })
    class Both {
      flow = { start: ['a'], a: ['b', 'end'], b: ['end'] };
      @Step({ while: () => true, required: false }) a() {}
      @Step({ parallel: 'x', independent: true }) b() {}
    }
    expect(compile(Both).problems).toEqual([
      'Both.a: it is a decision, so it cannot be skipped: leave out required: false.',
      'Both.a: it is a decision, so it cannot have while: put what is to be skipped or repeated into a step of its own.',
      'Both.b: it says parallel, but the order is that of the flow: leave out parallel, and say it there.',
      'Both.b: it says independent, but the order is that of the flow: leave out independent, and say it there.',
      'Both.b: it is independent, and so in no parallel group: leave out one of the two.',
    ]);
  });

  it('refuses a step called start, and one beside the flow', () => {
    @Workflow({ name: 'odd' })
    class Odd {
      flow = { start: ['a'], a: ['news'] };
      @Step() a() {}
      @Step() start() {}
      @Step({ unsolicited: true, on: 'news' }) news() {}
    }
    expect(compile(Odd).problems).toEqual([
      'Odd: a step of a digraph cannot be called "start": that is how its flow says where it starts.',
      'Odd: its flow names "news", which is unsolicited and so stands beside it. Leave out one of the two.',
    ]);
  });
});
