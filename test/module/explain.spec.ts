/** What a process is said to wait for, row by row. */
import { describe, expect, it } from 'vitest';
import type { ProcessState } from '../../lib/core/process.js';
import type { Token } from '../../lib/core/token.js';
import type { WorkflowDefinition } from '../../lib/definition/graph.js';
import { explain } from '../../lib/query/explain.js';
import { aProcess, aToken, aWait, type WaitGiven } from '../../lib/testing/builders.js';

const definition: WorkflowDefinition = { name: 'order', version: 1, start: 'approve', nodes: new Map(), completesEarly: false, onError: 'fail' };
const T = '1970-01-01T00:00:01.000Z';

/** This instance runs nothing of it, and has room. */
const HERE = { waitsFor: () => undefined, isFull: false, pauseAt: () => undefined };

function told(
  process: Partial<ProcessState>,
  waits: WaitGiven[] = [],
  more: Partial<Pick<Parameters<typeof explain>[0], 'definition' | 'withdrawn' | 'waitsFor' | 'isFull'>> = {},
) {
  const state = aProcess({ id: 'p', status: 'waiting', tokens: [], ...process });
  return explain({
    process: state,
    waits: waits.map((wait) => aWait(wait)),
    definition,
    withdrawn: false,
    internals: true,
    untransmitted: [],
    undos: [],
    ...HERE,
    ...more,
  });
}

describe('explain', () => {
  it.each([
    [
      'a response',
      { kind: 'response', address: 'r:p.1' },
      `waits in step "approve" since ${T} for the answer under the correlation id "p.1"`,
      `respond('order', 'approve', 'p.1', …)`,
    ],
    ['an event', { kind: 'event', address: 'e:a\\:b:c:d' }, 'for the event "a:b" under the key "c:d"', `emit('a:b', 'c:d', …)`],
    ['an event since', { kind: 'event', address: 'e:a:k', from: 1000 }, `that counts from ${T}`, `emit('a', 'k', …)`],
    ['an input', { kind: 'input' }, 'for an input that a person owes', `provideInput('order', 'approve', 'p', …)`],
    ['a child', { kind: 'child', address: 'c:p.1' }, 'for its child process p.1 to end', `explain('p.1')`],
    [
      'a task nobody has',
      { kind: 'task', queue: 'q', readyAt: 1000 },
      `for a worker of the queue "q", ready from ${T}`,
      'start an instance that works off the queue "q"',
    ],
    ['a task that runs', { kind: 'task', queue: 'q', worker: 'w' }, 'runs step "approve" as a task of the queue "q" on worker w', null],
    ['a moment', { kind: 'timer', dueAt: 1000 }, `until ${T}`, `skip('order', 'approve', 'p')`],
    ['another try', { kind: 'timer', dueAt: 1000, attempt: 3 }, `for attempt 3, due at ${T}`, null],
    [
      'another try on a queue',
      { kind: 'task', queue: 'q', readyAt: 1000, attempt: 3, lastError: 'Error: 502' },
      `for attempt 3, by a worker of the queue "q", ready from ${T}, as attempt 2 has failed: Error: 502`,
      null,
    ],
    ['a condition', { kind: 'condition' }, 'for its condition `when` to hold', `skip('order', 'approve', 'p')`],
    ['a deadline', { kind: 'event', address: 'e:a:k', deadline: 1000 }, `at most until ${T}`, null],
    ['an item', { kind: 'event', address: 'e:a:k', index: 4 }, 'step "approve" of item 4', null],
    ['what is overdue', { kind: 'overdue', key: '0~o1' }, 'is overdue in step "approve"', null],
  ] as const)('%s', (_, wait, sentence, remedy) => {
    const explanation = told({}, [wait]);
    expect(explanation.sentence).toMatch(/^Process p of workflow "order" version 1 /);
    expect(explanation.sentence).toContain(sentence);
    if (remedy !== null) expect(explanation.remedies).toContain(remedy);
  });

  it.each<[string, Token['does'], string, string]>([
    ['what will be overdue', 'remind', '0~o1', `will be overdue with step "approve" at ${T}`],
    ['the end of a stage', 'branches', '0~d1', `must be done with step "approve" at ${T}`],
  ])('%s', (_, does, key, sentence) => {
    const wait = aWait({ kind: 'timer', key, dueAt: 1000 });
    const process = aProcess({ id: 'p', status: 'waiting', tokens: [] });
    const token = { ...wait.token, does } as Token;
    expect(
      explain({ process, waits: [{ ...wait, token }], definition, withdrawn: false, internals: false, untransmitted: [], undos: [], ...HERE }).sentence,
    ).toContain(sentence);
  });

  it.each([
    ['completed', { status: 'completed', finishedAt: 1000, contextVersion: 3 }, `completed at ${T}.`, `restartFrom('p', 1 to 3)`],
    ['cancelled', { status: 'cancelled', finishedAt: 1000, cause: 'no stock' }, `was cancelled at ${T}: no stock.`, `restartFrom('p', 1 to 1)`],
    ['suspended', { status: 'suspended', cause: 'audit' }, 'is suspended: audit', `resume('p')`],
    [
      'failed',
      { status: 'failed', tokens: [aToken({ fault: 'Error: no', attempt: 2 })] },
      'has failed in step "approve" at attempt 2: Error: no',
      `retry('p', { step: 'approve' })`,
    ],
    ['held', { status: 'running', worker: 'w', tokens: [aToken()] }, 'runs step "approve" on worker w', null],
    [
      'free',
      { status: 'running', worker: '', tokens: [aToken()] },
      'can run step "approve", and no worker has taken it',
      'start an instance that knows the workflow and has `worker.enabled`',
    ],
  ] as const)('%s', (_, process, sentence, remedy) => {
    const explanation = told(process as Partial<ProcessState>);
    expect(explanation.sentence).toContain(sentence);
    if (remedy !== null) expect(explanation.remedies).toContain(remedy);
  });

  it('of two that have failed, a new attempt of one starts nothing, and what may begin waits for the other', () => {
    const failed = { fault: 'Error: no' };
    const both = told({ status: 'failed', tokens: [aToken({ key: '0/0', ...failed }), aToken({ key: '0/1', node: 'check', ...failed })] });
    expect(both.remedies.filter((remedy) => remedy.startsWith('retry'))).toEqual([`retry('p')`]);
    const one = told({ status: 'failed', tokens: [aToken({ key: '0/0', idle: true }), aToken({ key: '0/1', node: 'check', ...failed })] });
    expect(one.sentence).toContain('begins step "approve" once nothing in it has failed any more');
    expect(one.remedies).toContain(`retry('p', { step: 'check' })`);
  });

  it('a version nobody here knows, and one that was withdrawn', () => {
    const unknown = told({}, [], { definition: undefined });
    expect(unknown.sentence).toContain('this application does not know this version');
    expect(unknown.remedies[0]).toContain('deploy version 1 of "order" again');
    expect(told({}, [], { definition: undefined, withdrawn: true })).toMatchObject({ sentence: expect.stringContaining('was withdrawn') });
  });

  it('of many only the first are told one by one; what watches or holds together is no step to skip', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ kind: 'event' as const, key: `0/${i}`, address: `e:a:${i}`, index: i }));
    const { sentence, remedies } = told({}, [...many, { kind: 'branches', key: '0' }, { kind: 'turn', key: '0/9' }]);
    expect(sentence).toMatch(/; and 4 more\.$/);
    expect(remedies.filter((remedy) => remedy.startsWith('skip'))).toHaveLength(1);
    expect(told({}, [{ kind: 'overdue', key: '0~o1' }]).remedies).toEqual([]);
  });
});
