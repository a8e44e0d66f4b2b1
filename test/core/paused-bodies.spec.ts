import { describe, expect, it } from 'vitest';
import { hasPassed } from '../../lib/core/paused-bodies.js';
import type { BodyToken } from '../../lib/core/token.js';
import { aDefinition, aLine, aStepNode, NOON } from './builders.js';
import { Story, type Told } from './story.js';

const ADDRESS = 'p:step';
const held = (story: Story, node: string): Told => ({ type: 'pause-awaited', ...story.speaker(node), address: ADDRESS, says: 'step "a" is paused' });
const ended = (story: Story, node: string, given: object = {}): Told => ({ type: 'pause-ended', key: story.wait(node).key, run: story.wait(node).run, address: ADDRESS, ...given }); // prettier-ignore

describe('a body that a pause holds back', () => {
  it('waits in a row, without a worker and without an attempt, and begins when the pause ends', () => {
    const story = new Story(aLine('a', 'b'));
    story.tell(held(story, 'a'));
    expect([story.status, story.waiting, story.process.worker]).toEqual(['waiting', ['a: pause'], null]);
    expect(story.wait('a')).toMatchObject({ address: ADDRESS, attempt: 1, run: 1 });
    story.tell(ended(story, 'a'));
    expect([story.status, story.active, story.waiting]).toEqual(['running', ['a'], []]);
    expect(story.token('a').attempt).toBe(1);
    story.do('a', 'b');
    expect(story.records).toEqual(['process-started', 'pause-awaited a', 'pause-ended a', 'step-completed a', 'step-completed b', 'process-completed']);
  });

  it('is let through once, and only by its own pause and of its own visit', () => {
    const story = new Story(aLine('a', 'b'));
    story.tell(held(story, 'a'));
    expect(story.tell(ended(story, 'a', { address: 'p:other' }))).toBeNull();
    expect(story.tell(ended(story, 'a', { run: 7 }))).toBeNull();
    expect(story.tell(ended(story, 'a', { key: '0/9' }))).toBeNull();
    const end = ended(story, 'a');
    expect(story.tell(end)).not.toBeNull();
    expect(story.tell(end)).toBeNull();
  });

  it('goes back to its queue, if a worker had taken it from there, with a higher claim', () => {
    const story = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a');
    story.tell(held(story, 'a'));
    expect(story.waiting).toEqual(['a: pause']);
    story.now += 50;
    story.tell(ended(story, 'a'));
    expect(story.wait('a')).toMatchObject({ kind: 'task', queue: 'q', readyAt: NOON + 50, worker: null, claim: 2, attempt: 1 });
    story.take('a').do('a');
    expect(story.status).toBe('completed');
  });

  it('does not go to the queue of its step, if it runs here: as after the answer to a question that was a task', () => {
    const story = new Story(aDefinition([aStepNode('a', { queue: 'q', gate: { for: 'response', request: 'ask' } })])).take('a');
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell(held(story, 'a'));
    story.tell(ended(story, 'a'));
    expect([story.active, story.waiting]).toEqual([['a'], []]);
  });

  it('has as long as before: the limit of its attempt stands still', () => {
    const story = new Story(aDefinition([aStepNode('a', { queue: 'q', within: 1000 })])).take('a');
    const [since, deadline] = [story.waitOf('a')!.token.since, (story.waitOf('a')!.token as { deadline?: number }).deadline!];
    story.tell(held(story, 'a'));
    expect(story.wait('a').dueAt).toBeNull();
    story.now += 5000;
    story.tell(ended(story, 'a'));
    expect(story.waitOf('a')!.token).toMatchObject({ since: since + 5000, deadline: deadline + 5000 });
  });

  it('knows the pauses that have let it through, until its next attempt', () => {
    const story = new Story(aDefinition([aStepNode('a', { retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0, jitter: false } })]));
    story.tell(held(story, 'a'));
    story.tell(ended(story, 'a'));
    const first = story.token('a') as BodyToken;
    expect([hasPassed(first, ADDRESS), hasPassed(first, 'p:other')]).toEqual([true, false]);
    story.tell({ ...held(story, 'a'), address: 'p:other' } as Told);
    story.tell(ended(story, 'a', { address: 'p:other' }));
    expect([ADDRESS, 'p:other'].map((address) => hasPassed(story.token('a') as BodyToken, address))).toEqual([true, true]);
    expect(hasPassed({ ...(story.token('a') as BodyToken), attempt: 2 }, ADDRESS)).toBe(false);
  });
});
