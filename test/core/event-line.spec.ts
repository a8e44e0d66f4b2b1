/** Accepted events: few of them stand in the process row, the others in line. */
import { describe, expect, it } from 'vitest';
import { EVENTS_KEY } from '../../lib/core/token-key.js';
import { messagesOfEvent, needsNoDefinition, type ProcessEvent, waitsOfEvent } from '../../lib/core/events.js';
import { isActive, isEventToken } from '../../lib/core/token.js';
import { aDefinition, aMessage, aStepNode, hearing, NOON, ONCE } from './builders.js';
import { Story } from './story.js';

const heard = (given = {}) => aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news'), ...given });
const inRow = (story: Story) => story.tokens.filter((token) => isEventToken(token) && token.key !== EVENTS_KEY);

function withEvents(count: number, given = {}): Story {
  const story = new Story(aDefinition([aStepNode('a', { after: 1_000_000 }), heard(given)]));
  for (let i = 0; i < count; i++) story.tell(story.event('heard', `m${i}`));
  return story;
}

/** The oldest handler ends. */
function handle(story: Story): void {
  const { key, run, attempt } = inRow(story).filter(isActive as never).sort((a, b) => a.run - b.run)[0]!; // prettier-ignore
  story.tell({ ...story.succeeded('heard'), key, run, attempt } as never);
}

describe('events in line', () => {
  it('32 stand in the row, and the next have rows of their own, in the order they came', () => {
    expect([inRow(withEvents(32)).length, withEvents(32).waits.length]).toEqual([32, 1]);
    const story = withEvents(35);
    expect(inRow(story)).toHaveLength(32);
    expect(story.waits.filter(({ kind }) => kind === 'turn').map(({ key, message }) => `${key} ${message}`)).toEqual(['e/0 m32', 'e/1 m33', 'e/2 m34']);
    expect(story.tokens.find(({ key }) => key === EVENTS_KEY)).toMatchObject({ does: 'events', node: '', run: 0, attempt: 1, since: NOON, todo: [0, 3] });
  });

  it('once there is a line, an event goes to its end although there is room', () => {
    const story = withEvents(34);
    for (let i = 0; i < 3; i++) handle(story);
    story.tell(story.event('heard', 'new'));
    expect(story.wait('heard')).toBeUndefined();
    expect(story.waits.filter(({ kind }) => kind === 'turn').map(({ message }) => message)).toEqual(['m32', 'm33', 'new']);
  });

  it('the next come when eight are left, so many that the row is full again', () => {
    const story = withEvents(60);
    for (let i = 0; i < 23; i++) handle(story);
    expect(inRow(story)).toHaveLength(9);
    handle(story);
    expect(inRow(story)).toHaveLength(32);
    expect(story.tokens.find(({ key }) => key === EVENTS_KEY)).toMatchObject({ todo: [24, 28] });
    expect(story.last.waits.delete).toHaveLength(24);
  });

  it('when the last are brought the line is gone, and all are handled in order', () => {
    const story = withEvents(40);
    const order: string[] = [];
    while (inRow(story).length > 0) {
      order.push(inRow(story).sort((a, b) => a.run - b.run)[0]!.message!); // prettier-ignore
      handle(story);
    }
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`));
    expect(story.tokens).toEqual([]);
    expect(story.waits).toHaveLength(1);
  });

  it('one that was skipped while it stood in line is passed over', () => {
    const story = withEvents(34);
    const { key, run } = story.waits.find(({ message }) => message === 'm32')!;
    story.tell({ type: 'skipped', key, run, patch: { set: {}, remove: [] } });
    for (let i = 0; i < 24; i++) handle(story);
    expect(inRow(story).map(({ message }) => message)).toContain('m33');
    expect(inRow(story)).toHaveLength(9);
  });

  it('those that wait for another try do not hold the line up, until the row is full of them', () => {
    const story = withEvents(70, { retry: { ...ONCE, attempts: 9, delayMs: 1000 } });
    for (let i = 0; i < 24; i++) {
      const { key, run, attempt } = inRow(story).filter(isActive as never)[0]!; // prettier-ignore
      story.tell({ ...story.failed('heard'), key, run, attempt } as never);
    }
    expect(inRow(story).filter(isActive as never)).toHaveLength(32);
    expect(inRow(story)).toHaveLength(56);
  });
});

describe('what an event names', () => {
  const at = { key: '0/1', run: 2 };
  const message = aMessage('m');
  const said = { ...at, claim: 1, attempt: 1, patch: { set: {}, remove: [] } };
  const events = {
    message: { type: 'message-received', ...at, message },
    also: { type: 'message-received', ...at, message, also: [{ key: '1', run: 3 }, { key: '2', run: 4 }] },
    stored: { type: 'message-received', ...at, message, stored: aMessage('s') },
    received: { type: 'event-received', node: 'a', message },
    missed: { type: 'message-missed', message, stored: aMessage('s') },
    migrated: { type: 'migrated', to: 2, revision: 1, steps: new Map(), values: {}, waits: ['7', '8'] },
    outcome: { type: 'step-succeeded', ...said },
    task: { type: 'step-succeeded', ...said, taskOf: 'w' },
    due: { type: 'came-due', ...at },
    lost: { type: 'task-lost', ...at, worker: 'w' },
    claimed: { type: 'claimed' },
    suspended: { type: 'suspended' },
    orphaned: { type: 'orphaned' },
    unsent: { type: 'message-unsent', sending: { id: 's', step: 'a', sender: 'p' }, as: 'replayed' },
    cancelled: { type: 'cancelled' },
    undone: { type: 'cancelled', compensate: true },
    resumed: { type: 'resumed' },
  } satisfies Record<string, ProcessEvent>; // prettier-ignore
  const table = <T>(of: (event: ProcessEvent) => T) => Object.fromEntries(Object.entries(events).map(([name, event]) => [name, of(event)]));

  it('the waits that must be read: an outcome names one only if it is that of a task', () => {
    expect(table(waitsOfEvent)).toEqual({
      message: ['0/1'], also: ['0/1', '1', '2'], stored: ['0/1'], received: [], missed: [], migrated: ['7', '8'], outcome: [], task: ['0/1'], due: ['0/1'], lost: ['0/1'],
      claimed: [], suspended: [], orphaned: [], unsent: [], cancelled: [], undone: [], resumed: [],
    }); // prettier-ignore
  });

  it('the messages that must be read', () => {
    const named = Object.entries(table(messagesOfEvent)).filter(([, ids]) => ids.length > 0);
    expect(Object.fromEntries(named)).toEqual({ message: ['m'], also: ['m'], stored: ['m', 's'], received: ['m'], missed: ['m', 's'] });
  });

  it('few need no definition: what stops a process, or ends it as it is', () => {
    const free = Object.entries(table(needsNoDefinition)).filter(([, isFree]) => isFree);
    expect(free.map(([name]) => name)).toEqual(['suspended', 'orphaned', 'unsent', 'cancelled']);
  });
});
