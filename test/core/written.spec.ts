/** What a change writes besides tokens: the parts of versions and records, and messages to others. */
import { describe, expect, it } from 'vitest';
import { byOrder, type OutgoingMessage } from '../../lib/core/outgoing.js';
import { UNCLAIMED, UNCLAIMED_NEW } from '../../lib/core/process.js';
import { begin } from '../../lib/core/transition.js';
import { aChoice, aDefinition, aLine, aMessage, aStepNode, hearing, NOON, NOTHING, someFacts } from './builders.js';
import { Story } from './story.js';

const SENDING = { id: 's1', sender: 'Post', pattern: { topic: 'paid' }, data: { total: 1 } };

describe('the version of a step', () => {
  const step = (given = {}) => new Story(aDefinition([aStepNode('a', given)]));

  it('keeps what the step returned beside its patch', () => {
    const story = step();
    story.tell({ type: 'step-succeeded', ...story.speaker('a'), patch: { set: { total: 1 }, remove: ['old'] }, result: null });
    expect(story.last.versions[0]).toMatchObject({ version: 2, step: 'a', patch: { total: 1 }, removed: ['old'], result: null, at: NOON });
    expect(story.last.versions[0]).not.toHaveProperty('undo');
  });

  it('holds no more than that where nothing else is to be kept', () => {
    const story = step().do('a');
    expect(Object.keys(story.last.versions[0]!).sort()).toEqual(['at', 'moves', 'patch', 'removed', 'snapshot', 'step', 'version']);
  });

  it('of a step that can be undone names the visit, and keeps what it returned', () => {
    const story = step({ compensates: true });
    story.tell({ type: 'step-succeeded', ...story.speaker('a'), patch: NOTHING, result: 'paid' });
    expect(story.last.versions[0]).toMatchObject({ result: 'paid', undo: { key: '0', run: 1 } });
  });
});

describe('the record of a completed step', () => {
  const detailOf = (more: object) => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b', 'c'] }), aStepNode('b'), aStepNode('c')]));
    story.tell({ type: 'step-succeeded', ...story.speaker('a'), patch: NOTHING, branch: 'b', ...more });
    return story.last.records.find(({ type }) => type === 'step-completed')!.detail;
  };

  it('names the branch, and the values of others that it has overwritten', () => {
    expect(detailOf({})).toBe('b');
    expect(detailOf({ overwrote: [] })).toBe('b');
    expect(detailOf({ overwrote: ['x'] })).toBe('b; overwrote x');
    expect(detailOf({ overwrote: ['x', 'y'], branch: undefined })).toBe('overwrote x, y');
  });
});

describe('what a body sends', () => {
  const twoSteps = () => new Story(aLine('a', 'b'));
  const told = (story: Story, more: object) => story.tell({ type: 'step-succeeded', ...story.speaker('a'), patch: NOTHING, sends: [SENDING], ...more });

  it('is written with its outcome: a record, and the message with its place in the order', () => {
    const story = twoSteps();
    told(story, { sends: [SENDING, { ...SENDING, id: 's2', pattern: 'paid' }] });
    expect(story.records.slice(1)).toEqual(['send-requested a', 'send-requested a', 'step-completed a']);
    expect(story.last.records.map(({ detail }) => detail)).toEqual(['s1: {"topic":"paid"} to Post', 's2: paid to Post', null]);
    const row = { processId: 'p', workflow: 'order', step: 'a', attempts: 0, readyAt: NOON, error: null, createdAt: NOON };
    expect(story.last.outgoing).toEqual([{ ...SENDING, ...row, sequence: 2 }, { ...SENDING, id: 's2', pattern: 'paid', ...row, sequence: 3 }]); // prettier-ignore
  });

  it('is not sent if the body will run again as if it had not run', () => {
    for (const type of ['step-failed', 'step-paused'] as const) {
      const story = twoSteps();
      told(story, { type, error: 'no', permanent: false, reason: 'wait' });
      expect(story.last.outgoing).toEqual([]);
      expect(story.records).not.toContain('send-requested a');
    }
  });

  it('is sent if the body asks to run again', () => {
    const story = twoSteps();
    told(story, { type: 'step-deferred', afterMs: 5 });
    expect(story.last.outgoing).toHaveLength(1);
  });

  it('while something is undone, names the step that is undone', () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'] }), aStepNode('b')])).do('a');
    story.tell({ type: 'cancelled', compensate: true, why: 'enough' });
    story.tell({ type: 'step-succeeded', ...story.speaker('b'), patch: NOTHING });
    const undo = story.process.tokens.find(({ does }) => does === 'undo')!;
    const speaker = { key: undo.key, run: undo.run, attempt: undo.attempt, claim: story.process.claim, undoes: { step: 'a', run: 1 } };
    story.tell({ type: 'visit-undone', ...speaker, step: 'a', undone: 1, patch: NOTHING, sends: [SENDING], notes: [{ text: 'back', at: NOON }], log: ['{}'] });
    expect(story.last.outgoing[0]).toMatchObject({ step: 'a' });
    expect(story.last.records.filter(({ type }) => ['note', 'log', 'send-requested'].includes(type)).map(({ step }) => step)).toEqual(['a', 'a', 'a']); // prettier-ignore
  });
});

describe('what a body has logged', () => {
  const logged = (log: string[]) => {
    const story = new Story(aLine('a'));
    story.tell({ type: 'step-succeeded', ...story.speaker('a'), patch: NOTHING, log });
    return story.last.records.flatMap(({ type, detail }) => (type === 'log' ? [detail] : []));
  };

  it('is one record of its attempt, and none if it is nothing', () => {
    expect(logged(['{"a":1}', '{"b":2}'])).toEqual(['{"a":1}\n{"b":2}']);
    expect(logged([])).toEqual([]);
  });
});

describe('messages of the outbox', () => {
  it('come in the order of their process', () => {
    const sent = (processId: string, sequence: number, id = 'i') => ({ processId, sequence, id }) as OutgoingMessage;
    const all = [sent('b', 1), sent('a', 10), sent('a', 2, 'y'), sent('a', 2, 'x')];
    for (const given of [all, all.toReversed()])
      expect(given.toSorted(byOrder).map(({ processId, sequence, id }) => `${processId}${sequence}${id}`)).toEqual(['a2x', 'a2y', 'a10i', 'b1i']);
  });
});

describe('updates of a process', () => {
  const updates = { sender: 'Post', pattern: 'orders', context: true };
  const story = (given: object = updates) =>
    new Story(aDefinition([aStepNode('a', { gate: { for: 'response', request: 'how' } })], { updates: given as never }));

  it('tell of each change: where the process stands, its records, and the changed values if they are wanted', () => {
    const told = story();
    expect(told.last.outgoing).toEqual([
      {
        id: `p.1.${NOON.toString(36)}`, sender: 'Post', pattern: 'orders', processId: 'p', workflow: 'order', sequence: 1, step: null, attempts: 0, readyAt: NOON,
        error: null, createdAt: NOON, data: {
          update: 1, processId: 'p', workflow: 'order', workflowVersion: 1, groupId: 'g', status: 'running', contextVersion: 1, at: new Date(NOON).toISOString(),
          records: [expect.objectContaining({ processId: 'p', sequence: 1, type: 'process-started', detail: null, createdAt: new Date(NOON).toISOString() })],
          changes: [{ version: 1, step: '', patch: {}, removed: [] }],
        },
      },
    ]); // prettier-ignore
    expect((told.last.outgoing[0]!.data as { records: object[] }).records[0]).not.toHaveProperty('at');
  });

  it('show no correlation id, and no values unless wanted', () => {
    const told = story({ sender: 'Post', pattern: 'orders' });
    told.tell(told.asked('a', 'secret'));
    const data = told.last.outgoing[0]!.data as { records: { type: string; detail: unknown }[] };
    expect(data.records).toMatchObject([{ type: 'response-requested', detail: null }]);
    expect(data).not.toHaveProperty('changes');
    expect(told.last.records[0]!.detail).toBe('secret');
  });

  it('do not tell of what a person did about messages to be sent: that would be one more message', () => {
    for (const as of ['replayed', 'discarded'] as const) {
      const told = story();
      told.tell({ type: 'message-unsent', sending: { id: 's', step: 'a', sender: 'Post' }, as });
      expect(told.records.at(-1)).toBe(`send-${as} a`);
      expect(told.last.outgoing).toEqual([]);
    }
  });

  it('come after what the step has sent itself', () => {
    const told = new Story(aDefinition([aStepNode('a')], { updates } as never));
    told.tell({ type: 'step-succeeded', ...told.speaker('a'), patch: NOTHING, sends: [SENDING] });
    expect(told.last.outgoing.map(({ step }) => step)).toEqual(['a', null]);
  });

  it('are told by no workflow that wants none', () => {
    expect(new Story(aLine('a')).last.outgoing).toEqual([]);
  });
});

describe('messages between parent and child', () => {
  const asking = (given: object = {}) => {
    const gate = { for: 'child', workflow: 'delivery', detached: false, onParentCancel: 'cancel', ...given } as const;
    const story = new Story(aDefinition([aStepNode('a', { gate: gate as never })]));
    story.tell({ type: 'child-requested', ...story.speaker('a'), values: { from: 'here' } });
    return story;
  };
  const body = (story: Story, address: string) => story.last.messages.find((message) => message.address.startsWith(address))!;

  it('the request says which workflow and version, with which values, and what ties the child to its parent', () => {
    expect(body(asking({ version: 3 }), 's:')).toMatchObject({
      address: 's:p.1', disposition: 'stored', processId: null,
      body: { workflow: 'delivery', version: 3, values: { from: 'here' }, parent: { id: 'p', awaited: true, tied: true } },
    }); // prettier-ignore
    expect(body(asking({ onParentCancel: 'leave' }), 's:').body).toMatchObject({ version: null, parent: { awaited: true, tied: false } });
    expect(body(asking({ detached: true }), 's:').body).toMatchObject({ parent: { awaited: false } });
  });

  it('a detached child is told of to its own step at once', () => {
    const story = asking({ detached: true });
    const message = body(story, 'd:');
    expect(message).toMatchObject({ address: 'd:p.1', processId: 'p', disposition: 'delivered' });
    expect(message.body).toEqual({ processId: 'p.1', status: 'started', version: 1, values: { from: 'here' } });
    expect(story.token('a')).toMatchObject({ does: 'run', message: message.id, attempt: 2, forgiven: 1 });
  });

  it('the end of a child is told to a parent that waits for it', () => {
    const story = new Story(aLine('a'));
    story.book.process = { ...story.process, parent: { id: 'q', awaited: true, tied: true } };
    story.do('a');
    expect(body(story, 'c:')).toMatchObject({ address: 'c:p', disposition: 'stored', body: { processId: 'p', status: 'completed', version: 2 } });
    const alone = new Story(aLine('a'));
    alone.book.process = { ...alone.process, parent: { id: 'q', awaited: false, tied: true } };
    expect(alone.do('a').last.messages).toEqual([]);
  });
});

describe('an id of theirs', () => {
  const asking = () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: { for: 'response', request: 'how' } })]));
    story.tell(story.asked('a', 'theirs'));
    return story;
  };

  it('under which nothing is awaited any more is noted, so that a late answer is known', () => {
    const story = asking();
    story.tell({ type: 'skipped', key: '0', run: 1, patch: NOTHING });
    expect(story.last.messages).toMatchObject([{ address: 'x:theirs', body: null, processId: 'p', disposition: 'late' }]);
  });

  it('is not noted while it is awaited, nor once it was answered', () => {
    const story = asking();
    expect(story.last.messages).toEqual([]);
    story.tell(story.answer('a'));
    expect(story.last.messages.map(({ address }) => address)).toEqual(['r:theirs']);
    story.do('a');
    expect(story.last.messages).toEqual([]);
  });
});

describe('records say who, what and why', () => {
  it('a worker that is gone was shut down, or was not heard of', () => {
    for (const [graceful, reason] of [[true, 'worker w was shut down'], [false, 'worker w has not been heard of']] as const) {
      const story = new Story(aLine('a'));
      story.tell({ type: 'worker-lost', worker: 'w', graceful, by: 'other' });
      expect(story.last.records).toMatchObject([{ type: 'process-recovered', reason, step: null, run: null, attempt: null }]);
      const task = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a', 'w');
      task.tell({ ...task.taskLost('a'), graceful } as never);
      expect(task.last.records).toMatchObject([{ type: 'task-recovered', reason, step: 'a', run: 1, attempt: 1 }]);
    }
  }); // prettier-ignore

  it('a suspect says what may run beside it', () => {
    const story = new Story(aLine('a'));
    const die = () => story.tell({ type: 'worker-lost', worker: 'w', by: 'w' });
    die();
    die();
    story.tell({ type: 'suspect-began', ...story.speaker('a') });
    expect(story.last.records).toMatchObject([
      { type: 'step-isolated', step: 'a', reason: 'its worker died 2 times in this step: it runs with few other suspects beside it' },
    ]);
    die();
    story.tell({ type: 'suspect-began', ...story.speaker('a') });
    expect(story.last.records[0]!.reason).toBe('its worker died 3 times in this step: it runs with no other suspect beside it');
  });

  it('a branch that is skipped names the step that would have run, and why', () => {
    const choice = { ...aChoice('a (if)', 'a', 'b'), skips: 'a' };
    const story = new Story(aDefinition([choice, aStepNode('a', { next: ['b'] }), aStepNode('b')]), { test: () => false });
    expect(story.last.records).toMatchObject([{ type: 'process-started' }, { type: 'step-skipped', step: 'a', reason: 'its condition does not hold' }]);
  });

  it('an event that its handler declines says so', () => {
    const heard = aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') });
    const story = new Story(aDefinition([aStepNode('a'), heard]));
    story.tell({ type: 'event-received', node: 'heard', message: aMessage('m', { address: 'e:news:g' }) });
    story.tell(story.deferred('heard'));
    expect(story.last.records).toMatchObject([{ type: 'step-skipped', step: 'heard', reason: 'the handler did not take the event' }]);
  });

  it('restarted from which version', () => {
    const story = new Story(aLine('a', 'b')).do('a');
    story.tell(story.restart(1));
    expect(story.last.records[0]).toMatchObject({ type: 'process-restarted', detail: 'from version 1', step: null });
  });
});

describe('a process that nobody takes', () => {
  it('has not begun yet, or may be gone on with by anyone', () => {
    const nobody = { now: NOON, random: 0, by: null, facts: someFacts() };
    const born = begin(aLine('a'), { id: 'p', groupId: 'g', values: NOTHING }, nobody);
    expect(born).toMatchObject({ expected: null, process: { status: 'running', worker: UNCLAIMED_NEW, claim: 0 } });
    const story = new Story(aDefinition([aStepNode('a', { after: 5 })]));
    story.worker = null;
    expect(story.wake('a').process).toMatchObject({ status: 'running', worker: UNCLAIMED, claim: 0 });
  });
});
