import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { asked, done, fail, go, Step, Workflow } from '../../lib/index.js';
import type { Node, StepNode } from '../../lib/definition/graph.js';
import { Mapped } from '../../lib/definition/mapped.js';
import { readResult } from '../../lib/execution/read-result.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

function step(over: Partial<StepNode>): Node {
  return {
    kind: 'step', name: 'decide', when: false, gate: { for: 'nothing' }, next: ['json', 'other'], unsolicited: false,
    retry: { attempts: 1, delayMs: 0, backoff: 'fixed', maxDelayMs: 0, jitter: false }, required: true, compensates: false, transactional: false,
    ...over,
  }; // prettier-ignore
}
const digraph = step({ byIndex: true });

describe('a node of a digraph with several edges', () => {
  it.each([
    [0, { said: 'go', branch: 'json' }],
    [1, { said: 'go', branch: 'other' }],
    ['other', { said: 'go', branch: 'other' }],
    [{ path: '/a' }, { said: 'done', patch: { path: '/a' } }],
    [{}, { said: 'done', patch: {} }],
  ])('takes %j', (result, said) => {
    expect(readResult(result, digraph, 'run')).toEqual({ said });
  });

  it('takes done() and go() with a patch', () => {
    expect(readResult(done({ path: '/a' }), digraph, 'run')).toMatchObject({ said: { said: 'done', patch: { path: '/a' } } });
    expect(readResult(go('other', { path: '/a' }), digraph, 'run')).toMatchObject({ said: { said: 'go', branch: 'other', patch: { path: '/a' } } });
  });

  it.each([[2], [-1], [0.5], [Number.NaN], [true], [undefined], [null], [[0]], ['jsn'], [go('jsn')]])('names its edges to %j', (result) => {
    expect(() => readResult(result, digraph, 'run')).toThrow(/(which chooses|which is( the index of)?) none of its edges: 0 \(json\), 1 \(other\)$/);
  });

  it('goes by its labels where it has them', () => {
    const labelled = step({ byIndex: true, labels: ['yes', 'no'] });
    expect(readResult(1, labelled, 'run')).toEqual({ said: { said: 'go', branch: 'no' } });
    expect(() => readResult('other', labelled, 'run')).toThrow('0 (yes), 1 (no)');
    expect(readResult('no', step({ labels: ['yes', 'no'] }), 'run')).toEqual({ said: { said: 'go', branch: 'no' } });
  });

  it('with one edge needs no choice', () => {
    const plain = step({ byIndex: true, next: ['json'] });
    expect(readResult(undefined, plain, 'run')).toEqual({ said: { said: 'done' } });
    expect(readResult(0, plain, 'run')).toEqual({ said: { said: 'go', branch: 'json' } });
    expect(() => readResult(1, plain, 'run')).toThrow('which is the index of none of its edges: 0 (json)');
  });
});

describe('a decision by name', () => {
  const decision = step({});
  it('takes a name, and nothing else', () => {
    expect(readResult('json', decision, 'run')).toEqual({ said: { said: 'go', branch: 'json' } });
    for (const result of [0, undefined, null, { path: '/a' }, done(), true])
      expect(() => readResult(result, decision, 'run')).toThrow('it is a decision, and chose none of its next: json, other');
    expect(() => readResult('end', decision, 'run')).toThrow('it returned "end", which is not one of its next: json, other');
  });

  it('whose output is mapped chooses by its raw result, and changes what the mapping says', () => {
    expect(readResult(new Mapped({ path: '/a' }, 'json'), decision, 'run')).toEqual({
      said: { said: 'go', branch: 'json', patch: { path: '/a' } },
      result: 'json',
    });
    expect(() => readResult(new Mapped({ path: '/a' }, 7), decision, 'run')).toThrow('it is a decision');
    expect(readResult(new Mapped({ path: '/a' }, 7), step({ next: ['json'] }), 'run')).toEqual({ said: { said: 'done', patch: { path: '/a' } }, result: 7 });
  });
});

describe('what is no step', () => {
  const child = step({ next: ['json'], gate: { for: 'child', workflow: 'c', detached: false, onParentCancel: 'cancel' } });
  it('a child starts with an object', () => {
    expect(readResult({ path: '/a' }, child, 'request')).toEqual({ values: { path: '/a' } });
    expect(readResult(fail('no'), child, 'request')).toMatchObject({ said: { said: 'fail' } });
    for (const wrong of [undefined, null, [1], 'x', 3, done(), go('json'), asked({ correlationId: 'x' })])
      expect(() => readResult(wrong, child, 'request')).toThrow(/its child starts with .*: give the starting values as an object/);
  });

  it('a reminder changes values, or nothing; what undoes says what it can', () => {
    expect(readResult({ path: '/a' }, digraph, 'remind')).toEqual({ said: { said: 'done', patch: { path: '/a' } } });
    expect(readResult(done({ path: '/a' }), digraph, 'remind')).toEqual({ said: { said: 'done', patch: { path: '/a' } } });
    for (const nothing of [undefined, 'x', 3, fail('no'), [1]]) expect(readResult(nothing, digraph, 'remind')).toEqual({ said: { said: 'done' } });
    expect(readResult(undefined, digraph, 'undo')).toEqual({ said: { said: 'done' } });
    expect(readResult({ path: '' }, digraph, 'undo')).toEqual({ said: { said: 'done', patch: { path: '' } } });
    expect(readResult(fail('no'), digraph, 'undo')).toMatchObject({ said: { said: 'fail' } });
    expect(() => readResult('json', digraph, 'undo')).toThrow('it returned a string');
  });
});

it('a digraph goes by what its steps say, and a wrong edge fails the step for good', async () => {
  let says: unknown = 1;
  @Workflow({ name: 'graph' })
  class Graph {
    flow = { start: ['decide'], decide: ['json', 'other'], json: ['last'], other: ['last'] };
    @Step({ retry: 3 }) decide() {
      return says as 0;
    }
    @Step() json() {}
    @Step() other() {}
    @Step() last() {}
  }
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Graph] }).compile();
  await module.init();
  closing.push(() => module.close());
  const harness = module.get(WorkflowHarness);
  expect((await harness.start(Graph)).path).toEqual(['decide', 'other', 'last']);
  says = undefined;
  const lost = await harness.start(Graph);
  expect([lost.status, lost.records.filter(({ type }) => type === 'step-failed').map(({ error }) => error)]).toEqual([
    'failed',
    ['WrongResult: it returned nothing, which chooses none of its edges: 0 (json), 1 (other)'],
  ]);
});
