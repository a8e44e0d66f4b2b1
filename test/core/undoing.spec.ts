/** A visit that has asked is undone, however it ended; and undoing is tried again. */
import { describe, expect, it } from 'vitest';
import type { Retry, StepNode } from '../../lib/definition/graph.js';
import { isActive, type UndoToken } from '../../lib/core/token.js';
import { visitsToUndo } from '../../lib/execution/compensation.js';
import { aDefinition, anEach, aRace, aStage, aStepNode, hearing, NOTHING, ONCE } from './builders.js';
import { Story, type Told } from './story.js';

const ASKING = { gate: { for: 'response', request: 'ask' }, compensates: true } as const;
const asking = (name: string, given: Partial<StepNode> = {}) => aStepNode(name, { ...ASKING, ...given });
const TWICE: Retry = { ...ONCE, attempts: 2, delayMs: 100 };

/** What would be undone now, newest first. */
function toUndo(story: Story, under: string | null = null, since = 0) {
  const marks = story.changes.flatMap(({ versions }) => versions.flatMap(({ version, step, undo }) => (undo ? [{ version, step, undo }] : []))).reverse();
  return visitsToUndo(marks, { under, since }).map(({ node, reached, message, correlation }) =>
    [node, reached, message, correlation].filter(Boolean).join(' '),
  );
}

const undos = (story: Story) => story.process.tokens.filter((token): token is UndoToken => token.does === 'undo');
function speaker(story: Story, i = 0) {
  const { key, run, attempt } = undos(story)[i]!;
  return { key, run, attempt, claim: story.process.claim };
}
const undone = (story: Story, step: string, run: number): Told => ({ type: 'visit-undone', ...speaker(story), step, undone: run, patch: NOTHING });
const notUndone = (story: Story, undoes: string, permanent = false): Told => ({ type: 'step-failed', ...speaker(story), undoes: { step: undoes, run: 1 }, error: `${undoes}: no`, permanent }); // prettier-ignore
const allUndone = (story: Story): Told => ({ type: 'all-undone', ...speaker(story) });
const due = ({ key, run }: UndoToken): Told => ({ type: 'came-due', key, run });

describe('what a visit has reached is in the history', () => {
  it('asked, answered, failed after the answer, completed', () => {
    const story = new Story(aDefinition([asking('pay', { next: ['b'] }), aStepNode('b')]));
    expect(toUndo(story)).toEqual([]);
    story.tell(story.asked('pay', 'C-1'));
    expect(toUndo(story)).toEqual(['pay asked C-1']);
    story.tell(story.answer('pay', 'm1'));
    expect(toUndo(story)).toEqual(['pay answered m1 C-1']);
    story.tell(story.failed('pay'));
    expect(toUndo(story)).toEqual(['pay failed m1 C-1']);
    story.tell({ type: 'retried' });
    story.do('pay');
    expect(toUndo(story)).toEqual(['pay completed m1 C-1']);
  });

  it('and which item it was about', () => {
    const story = new Story(aDefinition([anEach('each', 'pay'), asking('pay', { next: [] })]), { items: () => ['x'] });
    story.tell(story.asked('pay'));
    expect(story.last.versions.map(({ undo }) => undo)).toMatchObject([{ item: 'x', index: 0, reached: 'asked' }]);
  });

  it('a step that nothing undoes makes no version more', () => {
    const story = new Story(aDefinition([asking('pay', { compensates: false })]));
    story.tell(story.asked('pay'));
    story.tell(story.answer('pay'));
    expect(story.process.contextVersion).toBe(1);
  });

  it('a request that failed was not made; one that was made before is still known', () => {
    const story = new Story(aDefinition([asking('pay', { within: 100, retry: { ...ONCE, attempts: 3 } })]));
    story.tell(story.failed('pay'));
    expect(toUndo(story)).toEqual([]);
    story.tell(story.asked('pay'));
    story.wake('pay');
    story.tell(story.failed('pay'));
    expect(story.status).toBe('failed');
    expect(toUndo(story)).toEqual(['pay asked']);
  });

  it('a child that was started, and did not complete, was asked for', () => {
    const gate = { for: 'child', workflow: 'errand', detached: false, onParentCancel: 'cancel' } as const;
    const story = new Story(aDefinition([aStepNode('send', { gate, compensates: true })]));
    story.tell({ type: 'child-requested', ...story.speaker('send'), values: {} });
    expect(toUndo(story)).toEqual(['send asked']);
    const answer = story.answer('send', 'm1') as Extract<Told, { type: 'message-received' }>;
    story.tell({ ...answer, message: { ...answer.message, body: { processId: 'c', version: 1, status: 'cancelled' } } });
    expect(story.status).toBe('failed');
    expect(toUndo(story)).toEqual(['send asked']);
  });

  it('one that asks again after an answer is known to have been answered', () => {
    const story = new Story(aDefinition([asking('pay', { within: 100, retry: { ...ONCE, attempts: 2 } })]));
    story.tell(story.asked('pay'));
    story.tell(story.answer('pay', 'm1'));
    story.tell(story.deferred('pay')); // waits for the next answer
    story.wake('pay');
    story.tell(story.asked('pay'));
    expect(toUndo(story)).toEqual(['pay answered m1']);
  });

  const ends: Record<string, (story: Story) => void> = {
    'by a restart': (story) => story.tell(story.restart(1)),
    'by a person who skips it': (story) => story.tell({ type: 'skipped', key: story.wait('pay').key, run: story.wait('pay').run, patch: NOTHING }),
    'by an event that leads elsewhere': (story) => story.tell(story.event('stop')),
  };
  it.each(Object.entries(ends))('it outlives its end %s', (_name, end) => {
    const stop = aStepNode('stop', { gate: hearing('stop'), unsolicited: true, next: ['b'] });
    const story = new Story(aDefinition([asking('pay', { next: ['b'] }), aStepNode('b', { after: 1000 }), stop]));
    story.tell(story.asked('pay'));
    end(story);
    if (story.active.includes('stop')) story.do('stop');
    expect(story.waitOf('pay')).toBeUndefined();
    expect(toUndo(story)).toEqual(['pay asked']);
  });

  it('it outlives a lost race and a stage whose time was over', () => {
    const race = new Story(aDefinition([aRace('race', ['pay', 'fast'], 'cancel', ['last']), asking('pay', { next: [] }), aStepNode('fast', { next: [] }), aStepNode('last')])); // prettier-ignore
    race.tell(race.asked('pay'));
    race.do('fast');
    expect(toUndo(race)).toEqual(['pay asked']);

    const stage = new Story(
      aDefinition([aStage('stage', 'pay', { within: 100, required: false, next: ['last'] }), asking('pay', { next: [] }), aStepNode('last')]),
    );
    stage.tell(stage.asked('pay'));
    stage.wake('stage');
    expect(stage.active).toEqual(['last']);
    expect(toUndo(stage)).toEqual(['pay asked']);
  });

  it('a stage that is undone undoes what was asked in it, and nothing else', () => {
    const nodes = [asking('before', { next: ['stage'] }), aStage('stage', 'pay', { onError: 'compensate', required: false, next: ['last'] }), asking('pay', { within: 100, next: [] }), aStepNode('last')]; // prettier-ignore
    const story = new Story(aDefinition(nodes));
    story.tell(story.asked('before'));
    story.tell(story.answer('before'));
    story.do('before').tell(story.asked('pay'));
    story.wake('pay');
    const { under, since } = undos(story)[0]!.undo;
    expect(toUndo(story, under, since)).toEqual(['pay asked']);
  });

  it('a body that ends although everything is being undone says so too', () => {
    const story = new Story(aDefinition([asking('pay')]));
    const made = story.asked('pay');
    story.tell({ type: 'cancelled', compensate: true });
    expect(undos(story)[0]!.open).toBe(1);
    story.tell(made);
    expect(undos(story)[0]!.open).toBe(0);
    expect(toUndo(story)).toEqual(['pay asked']);

    const failing = new Story(aDefinition([asking('pay', { retry: TWICE })]));
    failing.tell(failing.asked('pay'));
    failing.tell(failing.answer('pay', 'm1'));
    const failed = failing.failed('pay');
    failing.tell({ type: 'cancelled', compensate: true });
    failing.tell(failed);
    expect(toUndo(failing)).toEqual(['pay failed m1']);
  });
});

describe('undoing is tried again', () => {
  const undoing = (undo?: StepNode['undo']) => {
    const stop = aStepNode('stop', { gate: hearing('stop'), unsolicited: true, next: ['b'] });
    const node = aStepNode('a', { next: ['b'], compensates: true, ...(undo && { undo }) });
    const story = new Story(aDefinition([node, aStepNode('b', { after: 1_000_000_000 }), stop])).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    return story;
  };

  it('by its own policy: it waits, holds no worker, and runs again', () => {
    const story = undoing({ retry: TWICE });
    story.tell(notUndone(story, 'a'));
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
    expect(story.waits).toMatchObject([{ kind: 'timer', dueAt: story.now + 100 }]);
    story.now += 99;
    expect(story.tell(due(undos(story)[0]!))).toBeNull();
    story.now += 1;
    story.tell(due(undos(story)[0]!));
    expect(story.status).toBe('running');
    story.tell(undone(story, 'a', 1));
    expect(undos(story)[0]).not.toHaveProperty('tried');
    story.tell(allUndone(story));
    expect(story.process).toMatchObject({ status: 'cancelled' });
    expect(story.records.filter((record) => /failed|timer|compensated/.test(record))).toEqual([
      'timer-set b', 'step-failed a', 'timer-set a', 'timer-fired a', 'step-compensated a',
    ]); // prettier-ignore
  });

  it('for about a day if nothing else is said, and then it waits for a person', () => {
    const story = undoing();
    const from = story.now;
    let attempts = 0;
    for (; story.status !== 'failed'; attempts++) {
      if (attempts > 0) {
        story.now = story.waits[0]!.dueAt!;
        story.tell(due(undos(story)[0]!));
      }
      story.tell(notUndone(story, 'a'));
    }
    expect(attempts).toBe(36);
    expect((story.now - from) / 3_600_000).toBeCloseTo(24.1, 1);
    story.tell({ type: 'retried' });
    expect(undos(story)[0]).toMatchObject({ tried: { failed: 0 } });
    story.tell(notUndone(story, 'a'));
    expect(story.waits[0]!.dueAt).toBe(story.now + 1000);
  });

  it('an error that is final, or a single attempt, waits for a person at once', () => {
    const [final, once] = [undoing(), undoing({ retry: ONCE })];
    final.tell(notUndone(final, 'a', true));
    once.tell(notUndone(once, 'a'));
    for (const story of [final, once]) expect(story.process).toMatchObject({ status: 'failed', cause: 'a: no' });
  });

  it('without a delay it runs again at once', () => {
    const story = undoing({ retry: { ...ONCE, attempts: 2 } });
    story.tell(notUndone(story, 'a'));
    expect(story.status).toBe('running');
    expect(undos(story)[0]).toMatchObject({ attempt: 2, tried: { step: 'a', run: 1, failed: 1 } });
  });

  it('an event that leads elsewhere waits for it, and does not hurry it', () => {
    const story = undoing({ retry: TWICE });
    story.tell({ ...story.event('stop') }); // it undoes all, so the event leads nowhere
    story.tell(notUndone(story, 'a'));
    story.do('stop');
    expect(story.waits).toHaveLength(1);

    const stage = new Story(aDefinition([aStage('stage', 'a', { onError: 'compensate', required: false, next: ['last'] }), aStepNode('a', { next: ['c'], compensates: true, undo: { retry: TWICE } }), aStepNode('c', { next: [] }), aStepNode('last'), aStepNode('stop', { gate: hearing('stop'), unsolicited: true, next: ['other'] }), aStepNode('other')])).do('a'); // prettier-ignore
    stage.tell(stage.failed('c', { permanent: true }));
    stage.tell(notUndone(stage, 'a'));
    stage.tell(stage.event('stop'));
    stage.do('stop');
    expect(undos(stage)[0]).toMatchObject({ parked: 'timer', then: 'other' });
    stage.now = stage.waits[0]!.dueAt!;
    stage.tell(due(undos(stage)[0]!));
    stage.tell(undone(stage, 'a', 2));
    stage.tell(allUndone(stage));
    expect(stage.active).toEqual(['other']);
  });

  it('an answer about a step run that was undone meanwhile is not taken for that about the next one', () => {
    const step = (name: string, next: string[]) => aStepNode(name, { compensates: true, undo: { asks: 'back' }, next });
    const story = new Story(aDefinition([step('a', ['b']), step('b', ['c']), aStepNode('c', { gate: hearing('c') }), asking('back', { compensates: false, unsolicited: true, next: [] })])); // prettier-ignore
    const asked = (name: string, run: number): Told => ({ type: 'response-requested', ...speaker(story), undoes: { step: name, run } });
    story.do('a');
    story.do('b');
    story.tell({ type: 'cancelled', compensate: true });
    story.tell(asked('b', 2));
    const late = story.answer('back', 'second'); // found its wait, and was slower than the next
    story.tell(story.answer('back', 'first'));
    story.tell(undone(story, 'b', 2));
    story.tell(asked('a', 1));
    story.tell(late);
    expect(story.records.at(-1)).toBe('message-late');
    expect(story.status).toBe('waiting');
    story.tell(story.answer('back', 'third'));
    expect(undos(story)[0]).toMatchObject({ tried: { step: 'a', run: 1, message: 'third' } });
  });

  it('told once more to undo everything, it begins anew at once', () => {
    const story = undoing({ retry: TWICE });
    story.tell(notUndone(story, 'a'));
    story.tell({ type: 'cancelled', compensate: true });
    expect(undos(story).filter(isActive)).toHaveLength(1);
    expect(story.waits).toEqual([]);
    story.tell(undone(story, 'a', 1));
    story.tell(allUndone(story));
    expect(story.status).toBe('cancelled');
  });

  it('suspended meanwhile, it goes on once it is resumed', () => {
    const story = undoing({ retry: TWICE });
    story.tell(notUndone(story, 'a'));
    story.tell({ type: 'suspended' });
    story.now += 100;
    story.tell(due(undos(story)[0]!));
    expect(story.status).toBe('suspended');
    story.tell({ type: 'resumed' });
    expect(story.process).toMatchObject({ status: 'running', worker: 'w' });
  });

  it('cancelled without undoing, restarted, or no longer needed: nothing of it is left', () => {
    const [cancelled, restarted] = [undoing({ retry: TWICE }), undoing({ retry: TWICE })];
    for (const story of [cancelled, restarted]) story.tell(notUndone(story, 'a'));
    cancelled.tell({ type: 'cancelled' });
    restarted.tell(restarted.restart(1));
    expect(cancelled.waits).toEqual([]);
    expect(undos(restarted)).toEqual([]);
    expect(restarted.active).toEqual(['a']);

    const child = undoing({ retry: TWICE });
    child.tell(notUndone(child, 'a'));
    expect(child.tell({ type: 'orphaned' })).toBeNull(); // it undoes everything, and then ends by itself
  });

  it('what a worker died in while it was undone is forgotten with the visit', () => {
    const story = undoing();
    for (const worker of ['w', 'x']) {
      story.worker = worker === 'w' ? 'x' : 'w';
      story.tell({ type: 'worker-lost', worker });
    }
    expect(undos(story)[0]).toMatchObject({ crashes: 2 });
    story.tell(undone(story, 'a', 1));
    expect(undos(story)[0]).not.toHaveProperty('crashes');
  });

  it('a token of an older version, which has failed or runs, is undone and tried again', () => {
    const story = undoing({ retry: TWICE });
    const [token] = undos(story);
    const { tried: _tried, ...old } = token!;
    story.book.process = { ...story.process, tokens: [{ ...old, fault: 'undoing a: Error: no' }], status: 'failed', worker: null };
    story.tell({ type: 'retried' });
    story.tell(notUndone(story, 'a'));
    expect(undos(story)[0]).toMatchObject({ parked: 'timer', tried: { failed: 1 } });
  });
});
