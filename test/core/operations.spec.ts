import { describe, expect, it } from 'vitest';
import { runnable, visitKey } from '../../lib/core/runnable.js';
import { aDefinition, aFork, aLine, aProcess, aStepNode, aToken, hearing } from './builders.js';
import { Story } from './story.js';

const heard = aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') });
const forked = () =>
  aDefinition([
    aStepNode('a', { next: ['all'] }),
    aFork('all', ['b', 'c'], ['d']),
    aStepNode('b', { next: [], gate: { for: 'response', request: 'how' } }),
    aStepNode('c', { next: [], after: 100 }),
    aStepNode('d'),
    heard,
  ]);

describe('suspend and resume', () => {
  it('keeps all that waits, and starts nothing', () => {
    const story = new Story(forked()).do('a');
    story.tell({ type: 'suspended', why: 'a holiday' });
    expect(story.process).toMatchObject({ status: 'suspended', cause: 'a holiday' });
    expect(runnable(story.process, 'w', () => false)).toEqual([]);
    expect(story.waiting).toEqual(['c: timer']);
    story.wake('c');
    expect(story.status).toBe('suspended');
    story.tell({ type: 'resumed' });
    expect(story.process).toMatchObject({ status: 'running', cause: null });
    expect(story.active).toEqual(['b', 'c']);
  });

  it('lets a body under way end, and holds back what comes next', () => {
    const story = new Story(aLine('a', 'b'));
    story.tell({ type: 'suspended' });
    story.do('a');
    expect(story.active).toEqual(['b']);
    expect(runnable(story.process, 'w', () => false)).toEqual([]);
    story.tell({ type: 'resumed' });
    expect(runnable(story.process, 'w', () => false)).toHaveLength(1);
  });

  it('a process whose last body ends is complete, suspended or not', () => {
    const story = new Story(aLine('a'));
    story.tell({ type: 'suspended' });
    expect(story.do('a').status).toBe('completed');
  });

  it('a message taken meanwhile runs after the resume', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news') })]));
    story.tell({ type: 'suspended' });
    story.tell(story.answer('a'));
    expect(story.process).toMatchObject({ status: 'suspended', worker: null });
    story.tell({ type: 'resumed' });
    expect(story.process).toMatchObject({ status: 'running', worker: 'w' });
  });

  it('a failed process that is resumed has failed again', () => {
    const story = new Story(aLine('a'));
    story.tell(story.failed('a'));
    story.tell({ type: 'suspended' });
    story.tell({ type: 'resumed' });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: Error: no' });
  });

  it('twice is once', () => {
    const story = new Story(aLine('a'));
    expect(story.tellTwice({ type: 'suspended' })).toBeNull();
    expect(story.tellTwice({ type: 'resumed' })).toBeNull();
  });

  it('pause(): the step runs again after the resume, with the message it had', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news') })]));
    story.tell(story.answer('a'));
    story.tell(story.paused('a'));
    expect(story.process).toMatchObject({ status: 'suspended', cause: 'look at it', worker: null });
    story.tell({ type: 'resumed' });
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm', run: 1 });
    expect(story.process.contextVersion).toBe(1);
  });
});

describe('cancel', () => {
  it('ends all that runs and waits, and nothing of it can speak any more', () => {
    const story = new Story(forked()).do('a');
    story.tell(story.event('heard'));
    const late = [story.asked('b'), story.succeeded('heard'), story.due('c'), story.failed('b')];
    story.tell({ type: 'cancelled', why: 'enough' });
    expect(story.process).toMatchObject({ status: 'cancelled', cause: 'enough', tokens: [], worker: null });
    for (const event of late) expect(story.tell(event)).toBeNull();
  });
});

describe('restart from a version', () => {
  it('re-enters the steps of then, under new keys and runs, and the old ones are dead', () => {
    const story = new Story(forked()).do('a');
    story.tell(story.asked('b'));
    const late = [story.due('c'), story.answer('b')];
    story.tell(story.restart(2));
    expect(story.process).toMatchObject({ status: 'running', root: 1, contextVersion: 3, snapshotVersion: 3 });
    expect(story.last.versions[0]).toMatchObject({ patch: { v: 2 }, snapshot: { v: 2 }, moves: [['1', 'all'], ['1/0', 'b'], ['1/1', 'c']] }); // prettier-ignore
    expect(story.active, 'asks anew').toEqual(['b']);
    expect(story.token('b').does).toBe('request');
    expect(story.waiting).toEqual(['c: timer']);
    expect(story.wait('c').key).toBe('1/1');
    story.now += 1000;
    expect(story.tell(late[0]!)).toBeNull();
    story.tell(late[1]!);
    expect(story.records.at(-1)).toBe('message-late');
  });

  it('joins as before', () => {
    const story = new Story(forked()).do('a').wake('c').do('c');
    story.tell(story.restart(3));
    expect(story.token('all').open).toBe(1);
    story.tell(story.succeeded('b'));
    expect(story.active).toEqual(['d']);
  });

  it('nested forks have the branches that were open then', () => {
    const nodes = [
      aFork('outer', ['a', 'inner'], ['z']),
      aStepNode('a', { next: [] }),
      aFork('inner', ['b', 'c'], []),
      aStepNode('b', { next: [] }),
      aStepNode('c', { next: [] }),
      aStepNode('z'),
    ];
    const story = new Story(aDefinition(nodes)).do('b', 'a');
    story.tell(story.restart(2));
    expect(story.tokens.map(({ node, open }) => [node, open])).toEqual([['outer', 2], ['inner', 1], ['a', undefined], ['c', undefined]]); // prettier-ignore
    expect(story.do('c', 'a').active).toEqual(['z']);
  });

  it('of two at once, one applies', () => {
    const story = new Story(aLine('a', 'b')).do('a');
    const [one, other] = [story.restart(1), story.restart(2)];
    story.tell(one);
    expect(story.tell(other)).toBeNull();
    expect(story.tell(one), 'nor the same again').toBeNull();
    expect(story.process.root).toBe(1);
  });

  it('loses to an event that turned the process elsewhere meanwhile', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b'), { ...heard, next: ['b'] }]));
    const restart = story.restart(1);
    story.tell(story.event('heard'));
    story.do('heard');
    expect(story.tell(restart)).toBeNull();
  });

  it.each(['completed', 'cancelled'] as const)('brings back a process that was %s', (end) => {
    const story = new Story(aLine('a', 'b')).do('a');
    if (end === 'completed') story.do('b');
    else story.tell({ type: 'cancelled' });
    expect(story.status).toBe(end);
    story.tell(story.restart(1));
    expect(story.process).toMatchObject({ status: 'running', finishedAt: null, cause: null, worker: 'w' });
    expect(story.do('a', 'b').status).toBe('completed');
  });

  it('from the last version of a completed process completes it again', () => {
    const story = new Story(aLine('a')).do('a');
    story.tell(story.restart(2));
    expect(story.status).toBe('completed');
    expect(story.process.contextVersion).toBe(3);
  });

  it('resumes a suspended process, and frees a failed one', () => {
    const story = new Story(aLine('a'));
    story.tell(story.failed('a'));
    story.tell({ type: 'suspended' });
    story.tell(story.restart(1));
    expect(story.process).toMatchObject({ status: 'running', cause: null });
    expect(story.token('a').fault).toBeUndefined();
  });

  it('of a restart: a version of the second life', () => {
    const story = new Story(aLine('a', 'b', 'c')).do('a');
    story.tell(story.restart(1));
    story.do('a', 'b');
    story.tell(story.restart(4));
    expect(story.process.tokens).toMatchObject([{ key: '2', node: 'b' }]);
    expect(story.do('b', 'c').status).toBe('completed');
  });

  it('keeps accepted events that were not handled', () => {
    const story = new Story(
      aDefinition([
        aStepNode('a', { next: ['b'] }),
        aStepNode('b', { after: 100 }),
        { ...heard, retry: { attempts: 2, delayMs: 10, backoff: 'fixed', maxDelayMs: 10, jitter: false } },
      ]),
    );
    story.tell(story.event('heard'));
    story.tell(story.failed('heard'));
    expect(story.waiting).toEqual(['heard: timer']);
    story.do('a').tell(story.restart(2));
    expect(story.active).toEqual(['heard']);
    expect(story.token('heard')).toMatchObject({ message: 'm', attempt: 2 });
    expect(story.waiting).toEqual(['b: timer']);
    expect(story.do('heard').status).toBe('waiting');
  });

  it('while a body runs: its outcome no longer counts', () => {
    const story = new Story(aLine('a', 'b')).do('a');
    const late = story.succeeded('b');
    story.tell(story.restart(2));
    expect(story.tell(late)).toBeNull();
    expect(story.active).toEqual(['b']);
  });
});

describe('what a worker should run now', () => {
  const process = aProcess({
    tokens: [
      aToken({ key: '0/0' }),
      aToken({ key: '0/1', run: 2 }),
      aToken({ key: '0/2', fault: 'no' }),
      { ...aToken({ key: '0' }), does: 'branches', open: 3 },
    ],
  });
  const keys = (...given: Parameters<typeof runnable>) => runnable(...given).map(({ key }) => key);

  it('all that the row says it runs, and it does not', () => {
    expect(keys(process, 'w', () => false)).toEqual(['0/0', '0/1']);
    expect(keys(process, 'w', ({ key }) => key === '0/0')).toEqual(['0/1']);
  });

  it.each([
    ['held by another', { worker: 'x' }],
    ['free', { worker: '' }],
    ['suspended', { status: 'suspended' as const }],
    ['failed', { status: 'failed' as const }],
  ])('nothing of a process that is %s', (_what, given) => {
    expect(runnable({ ...process, ...given }, 'w', () => false)).toEqual([]);
  });

  it('of the accepted events the oldest, beside the rest', () => {
    const mail = { ...process, tokens: [aToken({ key: 'e6', run: 6 }), ...process.tokens, aToken({ key: 'e5', run: 5 })] };
    expect(keys(mail, 'w', () => false)).toEqual(['0/0', '0/1', 'e5']);
    expect(keys(mail, 'w', ({ key }) => key === 'e5')).toEqual(['0/0', '0/1']);
  });

  it('each visit, each attempt, and asking apart from running', () => {
    const token = aToken();
    const all = [token, { ...token, run: 2 }, { ...token, attempt: 2 }, { ...token, does: 'request' as const }, { ...token, key: '1' }];
    expect(new Set(all.map(visitKey)).size).toBe(all.length);
  });
});
