import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { aDefinition, aStepNode, NOON } from './builders.js';
import { Story } from './story.js';

const HOUR = 3_600_000;
const asking = (given = {}) => aDefinition([aStepNode('packed', { every: HOUR, next: ['ship'], ...given }), aStepNode('ship')]);

describe('a step that is asked every hour', () => {
  it('is asked again after an hour each time it says not yet, and no failure is counted', () => {
    const story = new Story(asking());
    for (let i = 1; i <= 5; i++) {
      story.tell(story.deferred('packed'));
      expect(story.wait('packed')).toMatchObject({ kind: 'timer', dueAt: story.now + HOUR });
      story.wake('packed');
      expect(story.active).toEqual(['packed']);
    }
    expect(story.do('packed').active).toEqual(['ship']);
    expect(story.now).toBe(NOON + 5 * HOUR);
  });

  it('again({ after }) says another pause for this time', () => {
    const story = new Story(asking());
    story.tell(story.deferred('packed', { afterMs: 5 }));
    expect(story.wait('packed').dueAt).toBe(story.now + 5);
  });

  it('asks the context for its pause each time, and a pause that cannot be told fails it', () => {
    const pauses = [7, 9];
    const story = new Story(asking({ every: 'asked' }), { every: () => pauses.shift() ?? new FactError('every threw') });
    for (const pause of [7, 9]) {
      story.tell(story.deferred('packed'));
      expect(story.wait('packed').dueAt).toBe(story.now + pause);
      story.wake('packed');
    }
    story.tell(story.deferred('packed'));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'packed: every threw' });
  });

  it('on a queue it goes back to the queue for each turn', () => {
    const story = new Story(asking({ queue: 'q' })).take('packed');
    story.tell(story.deferred('packed'));
    expect(story.wait('packed')).toMatchObject({ kind: 'task', readyAt: story.now + HOUR, worker: null });
  });
});

describe('its completeBy', () => {
  const limited = (given = {}) => asking({ completeBy: 2.5 * HOUR, ...given });

  it('completes it although its body never said so, and the record says why', () => {
    const story = new Story(limited());
    for (let i = 0; i < 2; i++) {
      story.tell(story.deferred('packed'));
      story.wake('packed');
    }
    story.tell(story.deferred('packed'));
    expect(story.wait('packed').dueAt).toBe(NOON + 2.5 * HOUR);
    story.wake('packed');
    expect(story.active).toEqual(['ship']);
    expect(story.last.records).toMatchObject([{ type: 'step-completed', step: 'packed', detail: 'its completeBy has come' }]);
  });

  it('does nothing more to a step that was done earlier', () => {
    const story = new Story(limited()).do('packed', 'ship');
    expect(story.status).toBe('completed');
    expect(story.waits).toEqual([]);
  });

  it('that passes while its body runs completes it as soon as that says not yet', () => {
    const story = new Story(limited());
    story.now = NOON + 3 * HOUR;
    story.tell(story.deferred('packed'));
    story.wake('packed');
    expect(story.now).toBe(NOON + 3 * HOUR);
    expect(story.active).toEqual(['ship']);
  });

  it('on a queue it completes it without another task', () => {
    const story = new Story(limited({ queue: 'q', completeBy: HOUR / 2 })).take('packed');
    story.tell(story.deferred('packed'));
    expect(story.wait('packed')).toMatchObject({ kind: 'timer', dueAt: NOON + HOUR / 2 });
    expect(story.wake('packed').active).toEqual(['ship']);
  });

  it('that comes before its first turn completes it without asking', () => {
    const story = new Story(limited({ after: 5 * HOUR }));
    expect(story.wake('packed').active).toEqual(['ship']);
    expect(story.now).toBe(NOON + 2.5 * HOUR);
  });

  it('that the context says, and cannot, fails the step before it is asked', () => {
    const story = new Story(limited({ completeBy: 'asked' }), { completeBy: () => new FactError('completeBy: it is no moment') });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'packed: completeBy: it is no moment' });
  });

  it('long past when a person retries: the body runs once more', () => {
    const story = new Story(limited());
    story.tell(story.failed('packed'));
    story.now = NOON + 9 * HOUR;
    story.tell({ type: 'retried' });
    expect(story.active).toEqual(['packed']);
  });
});
