import { describe, expect, it } from 'vitest';
import { aChoice, aDefinition, aFork, anEach, aRace, aStage, aStepNode, ONCE } from './builders.js';
import { Story } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const asking = { gate: { for: 'response', request: 'how' } } as const;
const race = (losers: 'cancel' | 'finish', given: Record<string, object> = {}) =>
  aDefinition([aRace('race', ['a', 'b', 'c'], losers, ['z']), ...['a', 'b', 'c'].map((name) => loose(name, given[name])), aStepNode('z')]);

describe('a race whose losers are cancelled', () => {
  it('goes on with the first, and the others can say nothing more', () => {
    const story = new Story(race('cancel', { b: asking, c: { queue: 'q' } }));
    story.tell(story.asked('b'));
    story.take('c');
    const late = [story.answer('b'), story.succeeded('c')];
    story.do('a');
    expect(story.active).toEqual(['z']);
    expect(story.waiting).toEqual([]);
    for (const told of late) story.tell(told);
    expect(story.records.slice(-1)).toEqual(['message-late']);
    expect(story.do('z').status).toBe('completed');
  });

  it('is lost by who fails, while another may still win it', () => {
    const story = new Story(race('cancel'));
    story.tell(story.failed('a'));
    story.tell(story.failed('c'));
    expect(story.status).toBe('running');
    expect(story.token('race').open).toBe(1);
    expect(story.do('b').active).toEqual(['z']);
  });

  it('that all have lost fails with the last, and a new attempt of that may win it', () => {
    const story = new Story(race('cancel'));
    for (const name of ['a', 'b', 'c']) story.tell(story.failed(name));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'c: Error: no' });
    story.tell({ type: 'retried' });
    expect(story.do('c').active).toEqual(['z']);
  });

  it('drops a whole branch for what fails within', () => {
    const story = new Story(
      aDefinition([
        aRace('race', ['both', 'c'], 'cancel', ['z']),
        aFork('both', ['a', 'b'], []),
        loose('a'),
        loose('b', { after: 50 }),
        loose('c'),
        aStepNode('z'),
      ]),
    );
    story.tell(story.failed('a'));
    expect(story.active).toEqual(['c']);
    expect(story.waiting).toEqual([]);
    expect([...story.restart(story.process.contextVersion)['places' as never] as Map<string, unknown>].map(([key]) => key)).toEqual(['0', '0/1']); // prettier-ignore
  });

  it('a branch that does nothing wins at once, and who comes after it never starts', () => {
    const story = new Story(aDefinition([aRace('race', ['a', 'end', 'b'], 'cancel', ['z']), loose('a'), loose('b'), aStepNode('z')]));
    expect(story.active).toEqual(['z']);
    expect(story.records).toEqual(['process-started']);
  });
});

describe('a race whose losers finish what they are at', () => {
  it('running: it changes the context, and starts nothing', () => {
    const story = new Story(aDefinition([aRace('race', ['a', 'b'], 'finish', ['z']), loose('a'), loose('b', { next: ['never'] }), loose('never'), aStepNode('z')])).do('a'); // prettier-ignore
    expect(story.active).toEqual(['b', 'z']);
    story.do('b');
    expect(story.last.versions).toHaveLength(1);
    expect(story.active).toEqual(['z']);
    expect(story.process.tokens).toHaveLength(1);
  });

  it('waiting and queued: they go on', () => {
    const story = new Story(race('finish', { b: asking, c: { queue: 'q' } }));
    story.tell(story.asked('b'));
    story.do('a').take('c').do('c').tell(story.answer('b'));
    expect(story.do('b').active).toEqual(['z']);
  });

  it.each(['before', 'after'])('queued: they go on where nothing follows the race, taken %s it was decided', (taken) => {
    const race = aDefinition([aRace('race', ['a', 'b'], 'finish', []), loose('a'), loose('b', { queue: 'q', next: ['never'] }), loose('never')]);
    const story = new Story(race);
    if (taken === 'before') story.take('b');
    story.do('a');
    expect(story.status).toBe('waiting');
    if (taken === 'after') story.take('b');
    story.do('b');
    expect(story.status).toBe('completed');
    expect(story.waiting).toEqual([]);
  });

  it('waiting for a message: they end with the process, where nothing follows the race', () => {
    const story = new Story(aDefinition([aRace('race', ['a', 'b'], 'finish', []), loose('a'), loose('b', asking)]));
    story.tell(story.asked('b'));
    expect(story.do('a').status).toBe('completed');
  });

  it('failing: it is passed over, whatever its step says of that', () => {
    for (const onError of ['fail', 'suspend', 'cancel', 'compensate', { next: 'z' }] as const) {
      const story = new Story(race('finish', { b: { onError } })).do('a');
      story.tell(story.failed('b'));
      expect(story.status).toBe('running');
      expect(story.active).toEqual(['c', 'z']);
      expect(story.last.records.at(-1)!.reason).toBe('its fork has gone on without it');
    }
  });

  it('tries of theirs are theirs', () => {
    const story = new Story(race('finish', { b: { retry: { ...ONCE, attempts: 2 } } })).do('a');
    story.tell(story.failed('b'));
    expect(story.active).toEqual(['b', 'c', 'z']);
  });

  it('one that starts after the race is decided does not', () => {
    const story = new Story(aDefinition([aRace('race', ['a', 'end', 'b'], 'finish', ['z']), loose('a'), loose('b'), aStepNode('z')]));
    expect(story.active).toEqual(['a', 'z']);
  });

  it('branches of theirs end where they are, and leave nothing behind', () => {
    const nodes = [aRace('race', ['a', 'both'], 'finish', ['z']), loose('a'), aFork('both', ['b', 'c'], ['never']), loose('b'), loose('c'), loose('never'), aStepNode('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('a', 'b');
    story.tell(story.failed('c'));
    expect(story.process.tokens.map(({ node }) => node)).toEqual(['z']);
  });

  it('items of theirs that have not begun do not', () => {
    const nodes = [aRace('race', ['a', 'each'], 'finish', ['z']), loose('a'), anEach('each', 'b', { concurrency: 1, next: [] }), loose('b'), aStepNode('z')];
    const story = new Story(aDefinition(nodes), { items: () => [1, 2, 3] }).do('a');
    expect(story.waiting).toEqual([]);
    expect(story.do('b').process.tokens.map(({ node }) => node)).toEqual(['z']);
  });

  it('a stage of theirs that takes too long decides nothing', () => {
    const nodes = [aRace('race', ['a', 'stage'], 'finish', ['z']), loose('a'), aStage('stage', 'b', { next: [], within: 50, onError: 'cancel' }), loose('b'), aStepNode('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('a').wake('stage');
    expect(story.process.tokens.map(({ node }) => node)).toEqual(['z']);
    expect(story.status).toBe('running');
  });

  it('a race run again is not theirs: those of the first time count in no other', () => {
    const nodes = [aRace('race', ['a', 'b'], 'finish', ['more']), loose('a'), loose('b'), aStepNode('more', { next: ['race', 'end'] })];
    const story = new Story(aDefinition(nodes)).do('a');
    const first = story.succeeded('b');
    story.tell(story.succeeded('more', { branch: 'race' }));
    story.tell(first);
    expect(story.active.sort()).toEqual(['a', 'b']);
    expect(story.token('race').open).toBe(2);
  });

  it('and are not ended with another race that stands at their key later', () => {
    const nodes = [aRace('race', ['a', 'b'], 'finish', ['next']), loose('a'), loose('b'), aRace('next', ['c', 'd'], 'cancel', ['z']), loose('c'), loose('d'), aStepNode('z')]; // prettier-ignore
    expect(new Story(aDefinition(nodes)).do('a', 'c').active).toEqual(['b', 'z']);
  });

  it('are not found by a restart', () => {
    const story = new Story(race('finish')).do('a');
    story.tell(story.restart(2));
    expect(story.active).toEqual(['z']);
  });
});

describe('a choice', () => {
  const loop = () => aDefinition([aChoice('while', 'tick', 'z'), aStepNode('tick', { next: ['while'] }), aStepNode('z')]);

  it('goes round 10,000 times with a row that does not grow', () => {
    let passes = 0;
    const story = new Story(loop(), { test: () => passes < 10_000 });
    const size = () => JSON.stringify(story.process.tokens).length;
    const first = size();
    while (passes < 10_000) {
      passes++;
      story.book.apply(story.decide(story.succeeded('tick'))!); // without the checks, which read the whole history
    }
    expect(story.active).toEqual(['z']);
    expect(size() - first).toBeLessThan(30);
    expect(story.book.waits.size).toBe(0);
  }, 60_000);

  it('that leads round and round without a step fails with its reason, and a new attempt chooses again', () => {
    let round = true;
    const story = new Story(aDefinition([aStepNode('a', { next: ['choice 1'] }), aChoice('choice 1', 'choice 2', 'z'), aChoice('choice 2', 'choice 1', 'z'), aStepNode('z')]), { test: () => round }); // prettier-ignore
    story.do('a');
    expect(story.process.status).toBe('failed');
    expect(story.process.cause).toContain('round and round');
    round = false;
    story.tell({ type: 'retried' });
    expect(story.active).toEqual(['z']);
  });

  it('is asked about the item it stands at', () => {
    const nodes = [anEach('each', 'if'), aChoice('if', 'odd', 'even'), loose('odd'), loose('even')];
    const story = new Story(aDefinition(nodes), { items: () => [1, 2, 3], test: (_node, { item }) => Number(item) % 2 === 1 });
    expect(story.tokens.filter(({ does }) => does === 'run').map(({ node, item }) => `${node} ${String(item)}`)).toEqual(['odd 1', 'even 2', 'odd 3']);
  });

  it('that guards a step tells that it was skipped', () => {
    const story = new Story(aDefinition([{ ...aChoice('if', 'a', 'z'), skips: 'a' }, aStepNode('a', { next: ['z'] }), aStepNode('z')]), { test: () => false });
    expect(story.records).toEqual(['process-started', 'step-skipped a']);
  });
});
