import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { asked, done, fail, go, Step, Workflow } from '../../lib/index.js';
import type { StepNode } from '../../lib/definition/graph.js';
import { Mapped } from '../../lib/definition/mapped.js';
import { readChildValues, readReminderResult, readStepResult, readUndoResult } from '../../lib/execution/read-result.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

function step(over: Partial<StepNode>): StepNode {
  return {
    kind: 'step', name: 'decide', when: false, gate: { for: 'nothing' }, next: ['json', 'other'], unsolicited: false,
    retry: { attempts: 1, delayMs: 0, backoff: 'fixed', maxDelayMs: 0, jitter: false }, required: true, compensates: false, transactional: false,
    ...over,
  }; // prettier-ignore
}
const digraph = step({ byIndex: true });
const undone = { node: 'book', run: 3, version: 4, reached: 'completed' } as const;
const succeeded = (patch: object, branch?: string) => ({ type: 'step-succeeded', patch, ...(branch !== undefined && { branch }) });

describe('a node of a digraph with several edges', () => {
  it.each([
    [0, succeeded({}, 'json')],
    [1, succeeded({}, 'other')],
    ['other', succeeded({}, 'other')],
    [{ path: '/a' }, succeeded({ path: '/a' })],
    [{}, succeeded({})],
  ])('takes %j', (result, outcome) => {
    expect(readStepResult(result, digraph)).toEqual(outcome);
  });

  it('takes done() and go() with a patch', () => {
    expect(readStepResult(done({ path: '/a' }), digraph)).toEqual(succeeded({ path: '/a' }));
    expect(readStepResult(go('other', { path: '/a' }), digraph)).toEqual(succeeded({ path: '/a' }, 'other'));
  });

  it.each([[2], [-1], [0.5], [Number.NaN], [true], [undefined], [null], [[0]], ['jsn'], [go('jsn')]])('names its edges to %j', (result) => {
    expect(() => readStepResult(result, digraph)).toThrow(/(which chooses|which is( the index of)?) none of its edges: 0 \(json\), 1 \(other\)$/);
  });

  it('goes by its labels where it has them', () => {
    const labelled = step({ byIndex: true, labels: ['yes', 'no'] });
    expect(readStepResult(1, labelled)).toEqual(succeeded({}, 'no'));
    expect(() => readStepResult('other', labelled)).toThrow('0 (yes), 1 (no)');
    expect(readStepResult('no', step({ labels: ['yes', 'no'] }))).toEqual(succeeded({}, 'no'));
  });

  it('with one edge needs no choice', () => {
    const plain = step({ byIndex: true, next: ['json'] });
    expect(readStepResult(undefined, plain)).toEqual(succeeded({}));
    expect(readStepResult(0, plain)).toEqual(succeeded({}, 'json'));
    expect(() => readStepResult(1, plain)).toThrow('which is the index of none of its edges: 0 (json)');
  });
});

describe('a decision by name', () => {
  const decision = step({});
  it('takes a name, and nothing else', () => {
    expect(readStepResult('json', decision)).toEqual(succeeded({}, 'json'));
    for (const result of [0, undefined, null, { path: '/a' }, done(), true])
      expect(() => readStepResult(result, decision)).toThrow('it is a decision, and chose none of its next: json, other');
    expect(() => readStepResult('end', decision)).toThrow('it returned "end", which is not one of its next: json, other');
  });

  it('whose output is mapped chooses by its raw result, and changes what the mapping says', () => {
    expect(readStepResult(new Mapped({ path: '/a' }, 'json'), decision)).toEqual({ ...succeeded({ path: '/a' }, 'json'), result: 'json' });
    expect(() => readStepResult(new Mapped({ path: '/a' }, 7), decision)).toThrow('it is a decision');
    expect(readStepResult(new Mapped({ path: '/a' }, 7), step({ next: ['json'] }))).toEqual({ ...succeeded({ path: '/a' }), result: 7 });
  });
});

describe('what is no step', () => {
  it('a child starts with an object', () => {
    expect(readChildValues({ path: '/a' }, undefined)).toEqual({ type: 'child-requested', values: { path: '/a' } });
    expect(readChildValues(fail('no'), undefined)).toEqual({ type: 'step-failed', error: 'no', permanent: true });
    for (const wrong of [undefined, null, [1], 'x', 3, done(), go('json'), asked({ correlationId: 'x' })])
      expect(() => readChildValues(wrong, undefined)).toThrow(/its child starts with .*: give the starting values as an object/);
  });

  it('a reminder changes values, or nothing; what undoes says what it can', () => {
    expect(readReminderResult({ path: '/a' })).toEqual(succeeded({ path: '/a' }));
    expect(readReminderResult(done({ path: '/a' }))).toEqual(succeeded({ path: '/a' }));
    for (const nothing of [undefined, 'x', 3, fail('no'), [1]]) expect(readReminderResult(nothing)).toEqual(succeeded({}));
    expect(readUndoResult(undefined, undone)).toEqual({ type: 'visit-undone', step: 'book', undone: 3, patch: {} });
    expect(readUndoResult({ path: '' }, undone)).toEqual({ type: 'visit-undone', step: 'book', undone: 3, patch: { path: '' } });
    expect(readUndoResult(fail('no'), undone)).toEqual({ type: 'step-failed', error: 'no', permanent: true });
    expect(() => readUndoResult('json', undone)).toThrow('it returned a string');
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
