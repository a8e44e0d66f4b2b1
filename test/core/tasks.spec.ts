import { describe, expect, it } from 'vitest';
import { aDefinition, aFork, aLine, aStepNode, NOON, NOTHING, hearing } from './builders.js';
import { Story } from './story.js';

const aTask = (given = {}) => aDefinition([aStepNode('a', { queue: 'q', ...given })]);
const TRIES = { attempts: 3, delayMs: 500, backoff: 'fixed', maxDelayMs: 5000, jitter: false } as const;

describe('a queued task', () => {
  it('is a row, written with the version, and runs nothing here', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b', { queue: 'q' })])).do('a');
    expect(story.waiting).toEqual(['b: task']);
    expect(story.wait('b')).toMatchObject({ queue: 'q', readyAt: NOON, worker: null, claim: 0 });
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
    expect(story.records.slice(-2)).toEqual(['step-completed a', 'task-queued b']);
  });

  it('with `after` is not ready before', () => {
    expect(new Story(aTask({ after: 100 })).wait('a').readyAt).toBe(NOON + 100);
  });

  it('completes under the claim it was taken with, and only once', () => {
    const story = new Story(aTask());
    expect(story.tell(story.succeeded('a')), 'nobody has taken it').toBeNull();
    story.take('a');
    const done = story.succeeded('a');
    story.tell(done);
    expect(story.status).toBe('completed');
    expect(story.tell(done)).toBeNull();
    expect(story.records).toEqual(['process-started', 'task-queued a', 'task-triggered a', 'step-completed a', 'process-completed']);
  });

  it('of a dead worker is recovered with a higher claim, and the zombie can say nothing', () => {
    const story = new Story(aTask()).take('a', 'zombie');
    const said = [story.succeeded('a'), story.failed('a'), story.deferred('a'), story.paused('a')];
    story.tell(story.taskLost('a'));
    expect(story.wait('a')).toMatchObject({ worker: null, claim: 2, readyAt: NOON, attempt: 2, crashes: 1 });
    for (const late of said) expect(story.tell(late)).toBeNull();
    story.take('a', 'zombie'); // the same worker, after all
    for (const late of said) expect(story.tell(late)).toBeNull();
    expect(story.tell(story.succeeded('a'))).not.toBeNull();
  });

  it('of another visit, that the same worker has, is not lost with the first', () => {
    const story = new Story(aDefinition([aStepNode('a', { queue: 'q', next: ['b'] }), aStepNode('b', { next: ['a', 'end'] })])).take('a');
    const first = story.taskLost('a');
    story.do('a').tell(story.succeeded('b', { branch: 'a' }));
    story.take('a');
    expect(story.tell(first)).toBeNull();
    expect(story.tell(story.taskLost('a'))).not.toBeNull();
  });

  it('is lost once: a second look finds it free', () => {
    const story = new Story(aTask()).take('a');
    const lost = story.taskLost('a');
    expect(story.tell(lost)).not.toBeNull();
    expect(story.tell(lost)).toBeNull();
  });

  it('that failed is queued again after its delay, under the same visit and with its claims', () => {
    const story = new Story(aTask({ retry: TRIES })).take('a');
    const { run } = story.wait('a');
    const failed = story.failed('a');
    story.tell(failed);
    expect(story.wait('a')).toMatchObject({ run, attempt: 2, readyAt: NOON + 500, worker: null, claim: 1 });
    expect(story.tell(failed)).toBeNull();
  });

  it('that kills its worker seven times is left to a person; its claims go on growing after the retry', () => {
    const story = new Story(aTask());
    for (let i = 0; i < 7; i++) {
      story.take('a', 'killed').tell({ type: 'suspect-began', ...story.speaker('a') });
      story.tell(story.taskLost('a'));
    }
    const cause = 'a: crashed: its worker died 7 times in this step, 4 times while no other suspect ran beside it';
    expect(story.process).toMatchObject({ status: 'failed', cause });
    const { claims } = story.token('a');
    expect(claims).toBe(14);
    story.tell({ type: 'retried' });
    expect(story.wait('a')).toMatchObject({ kind: 'task', claim: 14, worker: null });
    expect(story.wait('a').crashes).toBeUndefined();
  });

  it('`again()` queues it for later, and an outcome told twice applies once', () => {
    const story = new Story(aTask()).take('a');
    expect(story.tellTwice(story.deferred('a', { afterMs: 70, state: 3 }))).toBeNull();
    expect(story.wait('a')).toMatchObject({ kind: 'task', readyAt: NOON + 70, worker: null, state: 3 });
    story.take('a').tell(story.deferred('a'));
    expect(story.wait('a').readyAt, 'a second, never a busy loop').toBe(NOON + 1000);
  });

  it('`pause()` suspends the process, and gives the task back', () => {
    const story = new Story(aTask()).take('a');
    expect(story.tellTwice(story.paused('a'))).toBeNull();
    expect(story.process).toMatchObject({ status: 'suspended', cause: 'look at it' });
    expect(story.wait('a')).toMatchObject({ worker: null, claim: 2, readyAt: NOON });
    story.tell({ type: 'resumed' });
    expect(story.status).toBe('waiting');
  });

  it('asks on its queue, and handles the answer in the process', () => {
    const story = new Story(aTask({ gate: { for: 'response', request: 'how' } })).take('a');
    expect(story.wait('a').does).toBe('request');
    story.tell(story.asked('a'));
    expect(story.waiting).toEqual(['a: response']);
    story.tell(story.answer('a'));
    expect(story.active).toEqual(['a']);
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm' });
    story.do('a');
    expect(story.status).toBe('completed');
  });

  it('that took too long is a failed attempt, though a worker is at it', () => {
    const story = new Story(aTask({ within: 100, retry: TRIES })).take('a');
    const late = story.succeeded('a');
    story.wake('a');
    expect(story.wait('a')).toMatchObject({ kind: 'task', attempt: 2, worker: null, readyAt: NOON + 600 });
    expect(story.tell(late)).toBeNull();
  });

  it('counts while the process is suspended', () => {
    const story = new Story(aTask({ next: [] })).take('a');
    story.tell({ type: 'suspended' });
    expect(story.tell(story.succeeded('a'))).not.toBeNull();
  });
});

describe('tasks at the same time', () => {
  const names = ['a', 'b', 'c'];
  const many = () => aDefinition([aFork('all', names, ['z']), ...names.map((name) => aStepNode(name, { queue: 'q', next: [] })), aStepNode('z')]);

  it('leave the process row alone but for the count of their fork', () => {
    const story = new Story(many());
    expect(story.tokens.map(({ node, open }) => [node, open])).toEqual([['all', 3]]);
    for (const name of ['c', 'a']) story.take(name).tell(story.succeeded(name));
    expect(story.process.tokens).toMatchObject([{ open: 1 }]);
    story.take('b').tell(story.succeeded('b'));
    expect(story.active).toEqual(['z']);
  });

  it('one that fails for good does not keep the others from ending', () => {
    const story = new Story(many());
    story.take('a').tell(story.failed('a'));
    expect(story.status).toBe('failed');
    for (const name of ['b', 'c']) story.take(name).tell(story.succeeded(name));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: Error: no' });
    story.tell({ type: 'retried', step: 'a' });
    story.take('a').tell(story.succeeded('a'));
    expect(story.active).toEqual(['z']);
  });
});

describe('a process and its worker', () => {
  it('every outcome of the old claim is dead after the process was taken over', () => {
    const story = new Story(aLine('a', 'b'));
    const said = [story.succeeded('a'), story.failed('a'), story.deferred('a'), story.paused('a'), story.asked('a')];
    story.worker = 'other';
    story.tell({ type: 'worker-lost', worker: 'w' });
    expect(story.process).toMatchObject({ worker: 'other', claim: 2 });
    expect(story.token('a')).toMatchObject({ attempt: 2, crashes: 1 });
    for (const late of said) expect(story.tell(late)).toBeNull();
    expect(story.tell({ type: 'worker-lost', worker: 'w' }), 'told twice').toBeNull();
    story.do('a', 'b');
    expect(story.status).toBe('completed');
  });

  it('a step that kills its worker seven times is left to a person, who may give it seven more', () => {
    const story = new Story(aDefinition([aStepNode('a', { within: 100 })]));
    for (let i = 1; i <= 7; i++) {
      expect(story.status).toBe('running');
      story.tell({ type: 'suspect-began', ...story.speaker('a') });
      story.tell({ type: 'worker-lost', worker: 'w' });
    }
    const cause = 'a: crashed: its worker died 7 times in this step, 4 times while no other suspect ran beside it';
    expect(story.process).toMatchObject({ status: 'failed', cause, worker: null });
    story.now += 50;
    story.tell({ type: 'retried' });
    expect(story.token('a')).toMatchObject({ deadline: NOON + 150, attempt: 9 });
    expect(story.token('a').crashes).toBeUndefined();
    expect(story.status).toBe('running');
  });

  it('a suspect whose turn has not come is not to blame, nor is one whose worker was shut down', () => {
    const story = new Story(aLine('a', 'b'));
    for (let i = 1; i <= 9; i++) story.tell({ type: 'worker-lost', worker: 'w' });
    expect(story.token('a')).toMatchObject({ crashes: 2, attempt: 10, forgiven: 7 });
    story.tell({ type: 'suspect-began', ...story.speaker('a') });
    expect(story.records.at(-1)).toBe('step-isolated a');
    for (let i = 1; i <= 9; i++) story.tell({ type: 'worker-lost', worker: 'w', graceful: true });
    expect(story.process).toMatchObject({ status: 'running' });
    expect(story.token('a').blamed).toBeUndefined();
    story.do('a', 'b');
    expect(story.status).toBe('completed');
  });

  it('a suspect is blamed only for deaths while it ran alone, from its third crash on', () => {
    const story = new Story(aLine('a', 'b'));
    const die = () => {
      story.tell({ type: 'suspect-began', ...story.speaker('a') });
      story.tell({ type: 'worker-lost', worker: 'w' });
    };
    for (let i = 1; i <= 3; i++) die();
    expect(story.token('a')).toMatchObject({ crashes: 3 });
    expect(story.token('a').blamed, 'few others ran beside it').toBeUndefined();
    die();
    expect(story.token('a')).toMatchObject({ crashes: 4, blamed: 1 });
  });

  it('one that is no suspect does not say that it begins', () => {
    const story = new Story(aLine('a', 'b'));
    expect(story.tell({ type: 'suspect-began', ...story.speaker('a') })).toBeNull();
  });

  it('while nothing starts, the death of its worker is nobody’s fault', () => {
    const story = new Story(aLine('a', 'b'));
    story.tell({ type: 'suspended' });
    for (let i = 0; i < 9; i++) story.tell({ type: 'worker-lost', worker: 'w' });
    expect(story.process).toMatchObject({ status: 'suspended', worker: null, claim: 2 });
    story.tell({ type: 'resumed' });
    expect(story.process).toMatchObject({ status: 'running', worker: 'w', claim: 3 });
    expect(story.token('a').crashes).toBeUndefined();
  });

  it('what runs nothing is held by nobody', () => {
    const story = new Story(aDefinition([aFork('all', ['a', 'b']), aStepNode('a', { next: [] }), aStepNode('b', { next: [], gate: hearing('news') })])).do('a');
    expect(story.process).toMatchObject({ status: 'waiting', worker: null, claim: 1 });
    story.worker = 'other';
    story.tell(story.answer('b'));
    expect(story.process).toMatchObject({ status: 'running', worker: 'other', claim: 2 });
  });

  it('an event brought by another takes the process from nobody', () => {
    const story = new Story(aDefinition([aFork('all', ['a', 'b']), aStepNode('a', { next: [] }), aStepNode('b', { next: [], gate: hearing('news') })]));
    story.worker = 'other';
    story.tell(story.answer('b'));
    expect(story.process).toMatchObject({ worker: 'w', claim: 1 });
    expect(story.active).toEqual(['a', 'b']);
  });
});

it('keeps what a deferred step changed', () => {
  const story = new Story(aLine('a'));
  story.tell(story.deferred('a', { patch: { ...NOTHING, set: { n: 1 } } }));
  expect(story.last.versions).toMatchObject([{ version: 2, step: 'a', patch: { n: 1 }, moves: [] }]);
  expect(story.waiting).toEqual(['a: timer']);
});
