/** What becomes of messages, and of the rows of the inbox that they are copies of. */
import { describe, expect, it } from 'vitest';
import type { MessageState } from '../../lib/core/change.js';
import { newMessage } from '../../lib/core/engine-messages.js';
import { bondOf, parentLink } from '../../lib/core/parent-link.js';
import { bodyDigest } from '../../lib/values/digest.js';
import { aDefinition, aMessage, aStepNode, hearing, NOON, ONCE } from './builders.js';
import { Story, type Told } from './story.js';

const TRIES = { ...ONCE, attempts: 2 };
const asking = (given = {}) => {
  const story = new Story(aDefinition([aStepNode('a', { gate: { for: 'response', request: 'how' }, ...given })]));
  story.tell(story.asked('a'));
  return story;
};
const kept = (story: Story) => story.last.messages.map(({ id, address, disposition, body }) => ({ id, address, disposition, body }));

/** The row of the inbox, and its copy for the wait. */
const stored = aMessage('s', { address: 'r:p.1', body: { secret: 1 } });
const copy = aMessage('m', { address: 'r:p.1', body: { secret: 1 } });
const found = (story: Story, more = {}): Told => ({ type: 'message-received', key: '0', run: story.wait('a')?.run ?? 1, message: copy, stored, ...more });
const taken = (disposition: string) => ({ id: 's', address: 'x:p.1', disposition, body: null });

describe('a response that was stored first', () => {
  it('is delivered as its copy, and its row is taken out of the way, without its body', () => {
    const story = asking();
    story.tell(found(story));
    expect(kept(story)).toEqual([{ id: 'm', address: 'r:p.1', disposition: 'delivered', body: { secret: 1 } }, taken('delivered')]);
    expect(story.last.messages.map(({ processId }) => processId)).toEqual(['p', 'p']);
  });

  it('that is its own row is written once', () => {
    const story = asking();
    story.tell(found(story, { stored: copy }));
    expect(kept(story)).toEqual([{ id: 'm', address: 'r:p.1', disposition: 'delivered', body: { secret: 1 } }]);
  });

  it('is a duplicate if its copy was delivered before, and nothing if its row was taken', () => {
    const story = asking();
    story.tell(story.answer('a'));
    story.tell(found(story));
    expect(kept(story)).toEqual([taken('duplicate')]);
    expect(story.records.at(-1)).toBe('message-duplicate');
    expect(story.tell(found(story)), 'another instance was faster').toBeNull();
  });

  it('is late if nothing waits for it any more', () => {
    const story = asking();
    story.tell(story.answer('a', 'other'));
    story.tell(found(story));
    expect(kept(story)).toMatchObject([{ id: 's', disposition: 'late' }]);
    expect(story.last.records).toMatchObject([{ type: 'message-late', detail: 's' }]);
  });

  it('found by two instances is no duplicate', () => {
    const story = asking();
    const told: Told = { type: 'message-received', key: '0', run: 1, message: copy, lookedUp: true };
    story.tell(told);
    expect(story.tell(told)).toBeNull();
    const event = new Story(aDefinition([aStepNode('a'), aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') })]));
    const heard: Told = { type: 'event-received', node: 'heard', message: aMessage('e', { address: 'e:news:g' }), lookedUp: true };
    event.tell(heard);
    expect(event.tell(heard)).toBeNull();
  });
});

describe('a message that nothing waits for', () => {
  const missed = (story: Story, message: MessageState, row?: MessageState) => story.tell({ type: 'message-missed', message, ...(row && { stored: row }) });

  it('is kept as late, with its row out of the way', () => {
    const story = asking();
    missed(story, copy, stored);
    expect(kept(story)).toEqual([{ id: 'm', address: 'r:p.1', disposition: 'late', body: { secret: 1 } }, taken('late')]);
    expect(story.last.records).toMatchObject([{ type: 'message-late', detail: 'm', step: null }]);
    expect(missed(story, copy, stored), 'another instance was faster').toBeNull();
  });

  it('and that was late before is a duplicate, with its row out of the way', () => {
    const story = asking();
    missed(story, copy);
    missed(story, copy, stored);
    expect(kept(story)).toEqual([taken('duplicate')]);
    expect(story.last.records).toMatchObject([{ type: 'message-duplicate', detail: 'm' }]);
  });

  it('that is its own row is written once', () => {
    const story = asking();
    missed(story, copy, copy);
    expect(kept(story)).toMatchObject([{ id: 'm', disposition: 'late' }]);
  });
});

describe('a message that does not fit', () => {
  const refused = aMessage('m', { address: 'r:p.1', reason: 'total must be a number' });

  it('is kept as refused, with the reason, and the step still waits', () => {
    const story = asking();
    story.tell({ type: 'message-refused', key: '0', run: 1, message: refused });
    expect(story.last.messages).toEqual([{ ...refused, processId: 'p', disposition: 'refused' }]);
    expect(story.last.records).toMatchObject([{ type: 'message-refused', step: 'a', run: 1, detail: 'm', error: 'total must be a number' }]);
    expect(story.waiting).toEqual(['a: response']);
  });

  it('that is right the next time is delivered; what was delivered is not refused', () => {
    const story = asking();
    story.tell({ type: 'message-refused', key: '0', run: 1, message: refused });
    story.tell(story.answer('a'));
    expect(story.records.at(-1)).toBe('message-delivered a');
    expect(story.tell({ type: 'message-refused', key: '0', run: 1, message: refused })).toBeNull();
  });

  it.each(['readdressed', 'discarded'] as const)('is %s by a person, once', (as) => {
    const story = asking();
    const settle: Told = { type: 'message-settled', message: refused, as };
    expect(story.tell(settle), 'it was not refused').toBeNull();
    story.tell({ type: 'message-refused', key: '0', run: 1, message: refused });
    story.tell(settle);
    expect(story.last.messages).toMatchObject([{ id: 'm', disposition: 'discarded' }]);
    expect(story.last.records).toMatchObject([{ type: `message-${as}`, detail: 'm' }]);
    expect(story.tell(settle)).toBeNull();
  });
});

describe('a child that does not complete', () => {
  const gate = { for: 'child', workflow: 'other', detached: false, onParentCancel: 'cancel' } as const;
  const ended = (body: object, given = {}) => {
    const story = new Story(aDefinition([aStepNode('a', { gate, retry: TRIES, ...given })]));
    story.tell({ type: 'child-requested', ...story.speaker('a'), values: {} });
    const { key, run, address } = story.wait('a');
    story.tell({ type: 'message-received', key, run, message: aMessage('m', { address: address!, body: body as never }) });
    return story;
  };
  const error = (story: Story) => story.last.records.find(({ type }) => type === 'step-failed')?.error;

  it('is a failed attempt, with the reason; one that could not be started is final', () => {
    const cancelled = ended({ processId: 'c', status: 'cancelled' });
    expect(error(cancelled)).toBe('child process c was cancelled');
    expect(cancelled.token('a')).toMatchObject({ does: 'request', attempt: 2 });
    const refused = ended({ processId: 'c', status: 'refused', error: 'no such workflow' });
    expect(error(refused)).toBe('child process c could not be started: no such workflow');
    expect(refused.status).toBe('failed');
  });

  it('is waited for until the time is over', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate, within: 100 })]));
    story.tell({ type: 'child-requested', ...story.speaker('a'), values: {} });
    expect(story.wait('a').dueAt).toBe(NOON + 100);
  });

  it('again() of one that has completed runs the body again after a second, with the same end', () => {
    const story = ended({ processId: 'c', status: 'completed' });
    story.tell(story.deferred('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'timer', dueAt: NOON + 1000, message: 'm' });
  });
});

describe('the records of a body', () => {
  it('a task names its queue, its worker, and when its body began', () => {
    const story = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a', 't');
    story.now += 50;
    story.tell({ ...story.succeeded('a'), begunAt: NOON + 7 } as never);
    expect(story.last.records[0]).toMatchObject({ type: 'task-triggered', step: 'a', detail: 'q', worker: 't', at: NOON + 7 });
    expect(story.last.records[1]).toMatchObject({ type: 'step-completed', worker: 'w', at: NOON + 50 });
    const unknown = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a', 't');
    unknown.now += 50;
    unknown.do('a');
    expect(unknown.last.records[0]).toMatchObject({ at: NOON + 50 });
  });

  it('a failure has its error, and a pause its reason', () => {
    const story = new Story(aDefinition([aStepNode('a', { retry: TRIES })]));
    story.tell(story.failed('a'));
    expect(story.last.records).toMatchObject([{ type: 'step-failed', step: 'a', error: 'Error: no' }]);
    story.tell(story.paused('a'));
    expect(story.last.records).toMatchObject([{ type: 'step-paused', step: 'a', reason: 'look at it' }]);
  });

  it('a reminder that was told is noted', () => {
    const story = new Story(aDefinition([aStepNode('a', { overdue: 100, gate: hearing('news') })]));
    const { key, run } = story.waits.find(({ kind }) => kind === 'timer')!;
    story.now += 100;
    story.tell({ type: 'came-due', key, run });
    const { key: reminder, attempt } = story.tokens[0]!;
    story.tell({ ...story.succeeded('a'), key: reminder, run, attempt } as never);
    expect(story.last.records).toMatchObject([{ type: 'note', step: 'a', detail: 'told that it is overdue' }]);
  });

  it('a child that is not needed any more says whose it was', () => {
    const story = new Story(aDefinition([aStepNode('a')]));
    story.book.process = { ...story.process, parent: { id: 'q', awaited: true, tied: true } };
    story.tell({ type: 'orphaned' });
    expect(story.process).toMatchObject({ status: 'cancelled', cause: 'process q, which started it, was cancelled or does not wait for it any more' });
  });

  it('who suspends or cancels without a reason leaves no cause', () => {
    for (const type of ['suspended', 'cancelled'] as const) {
      const story = new Story(aDefinition([aStepNode('a')]));
      story.tell({ type });
      expect(story.process.cause).toBeNull();
    }
  });
});

describe('a new message', () => {
  it('has been received by no process yet', () => {
    expect(newMessage('m', 'r:p.1', { ok: true }, 5)).toEqual({
      id: 'm', identity: 'm', address: 'r:p.1', workflow: null, step: null, processId: null, disposition: 'stored', body: { ok: true }, digest: bodyDigest({ ok: true }),
      reason: null, receivedAt: 5, effectiveAt: 5,
    }); // prettier-ignore
    expect(newMessage('m', 'r:p.1', null, 5, 7).effectiveAt).toBe(7);
  });
});

describe('the bond of a child and its parent', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('awaited %s and tied %s is kept in one word', (awaited, tied) => {
    const link = { id: 'q', awaited, tied };
    expect(parentLink('q', bondOf(link))).toEqual(link);
  });

  it('differs from each other one', () => {
    const all = [[true, true], [true, false], [false, true], [false, false]].map(([awaited, tied]) => bondOf({ id: 'q', awaited: awaited!, tied: tied! })); // prettier-ignore
    expect(new Set(all).size).toBe(4);
  });
});
