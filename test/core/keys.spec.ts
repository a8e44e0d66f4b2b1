/** Keys of events that change, and events for steps outside of a visit. */
import { describe, expect, it } from 'vitest';
import { eventAddress, eventIn, keyNameIn } from '../../lib/core/addresses.js';
import { FactError } from '../../lib/core/facts.js';
import { isActive } from '../../lib/core/token.js';
import { aDefinition, aFork, aMessage, anEach, aStage, aStepNode, hearing } from './builders.js';
import { Story, type Told } from './story.js';

const listens = (story: Story, node: string) =>
  [...story.book.waits.values()].find(({ token, waitsFor }) => token.node === node && waitsFor.kind === 'listener');
/** The event comes to the listener of the step. */
const heard = (story: Story, node: string, id = 'm'): Told => {
  const wait = listens(story, node)!;
  const { address } = wait.waitsFor as { address: string };
  return { type: 'message-received', key: wait.token.key, run: wait.token.run, message: aMessage(id, { address }) };
};

describe('the address of an event', () => {
  it.each([
    ['paid', '42', undefined],
    ['a:b', 'c:d', undefined],
    ['a\\=b', '=', undefined],
    ['paid', '42', 'orderId'],
    ['a:b\\', 'x:y', 'order.id-1'],
  ])('%s under %s, named %s, tells its parts', (event, key, name) => {
    const address = eventAddress(event, key, name);
    expect([eventIn(address), keyNameIn(address), address.slice(eventAddress(event, '', name).length)]).toEqual([event, name, key]);
  });

  it('differs by the name of the key', () => {
    const all = [
      eventAddress('e', '1'),
      eventAddress('e', '1', 'a'),
      eventAddress('e', '1', 'b'),
      eventAddress('e\\=a', '1'),
      eventAddress('e', 'a:1'),
      eventAddress('e', '\\=a:1'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a key that changes', () => {
  const pay = aDefinition([
    aFork('both', ['a', 'paid']),
    aStepNode('a', { next: [] }),
    aStepNode('paid', { next: [], gate: hearing('paid', { keyed: true, keyName: 'box' }) }),
  ]);

  it('is looked at with every version, in the same change', () => {
    const story = new Story(pay, { key: () => 'six' });
    expect(story.wait('paid').address).toBe('e:paid\\=box:six');
    story.facts = { ...story.facts, key: () => 'seven' };
    const change = story.tell(story.succeeded('a'))!;
    expect(change.waits.put.map(({ waitsFor }) => 'address' in waitsFor && waitsFor.address)).toEqual(['e:paid\\=box:seven']);
    expect(story.records.slice(-2)).toEqual(['step-completed a', 'event-awaited paid']);
  });

  it('keeps out an event under the old key', () => {
    const story = new Story(pay, { key: () => 'one' });
    const late = story.answer('paid');
    story.facts = { ...story.facts, key: () => 'two' };
    story.do('a');
    expect(story.tell(late)).toBeNull();
    expect(story.tell(story.answer('paid', 'm2'))).not.toBeNull();
    expect(story.active).toEqual(['paid']);
    expect(story.token('paid').keyed).toBeUndefined();
  });

  it('that cannot be computed any more fails the step, and a retry waits under the next', () => {
    const story = new Story(pay, { key: () => 'one' });
    story.facts = { ...story.facts, key: () => new FactError('no box') };
    story.do('a');
    expect(story.process).toMatchObject({ status: 'failed', cause: 'paid: no box' });
    story.facts = { ...story.facts, key: () => 'two' };
    story.tell({ type: 'retried' });
    expect(story.wait('paid')).toMatchObject({ kind: 'event', address: 'e:paid\\=box:two' });
  });

  it('costs nothing where the step has none, and little where many items have one', () => {
    const items = aDefinition([anEach('each', 'paid'), aStepNode('paid', { next: [], gate: hearing('paid', { keyed: true }) })]);
    const story = new Story(items, { items: () => Array.from({ length: 300 }, (_, i) => i), key: (_node, { index }) => `k${index}` });
    expect(story.waits).toHaveLength(300);
    expect(story.process.tokens.length).toBeLessThan(20);
  });
});

describe('a step with skipAhead', () => {
  const line = (given = {}) =>
    aDefinition([
      aStepNode('a', { next: ['b'] }),
      aStepNode('b', { next: ['c'], gate: { for: 'response', request: 'ask' } }),
      aStepNode('c', { next: ['d'], gate: hearing('news', { skipAhead: true, ...given }) }),
      aStepNode('d'),
    ]);

  it('runs on its event before it is reached, and those before it are skipped', () => {
    const story = new Story(line());
    story.tell(heard(story, 'c'));
    expect(story.active).toEqual(['c']);
    expect(story.records.filter((record) => record.startsWith('step-skipped'))).toEqual(['step-skipped a', 'step-skipped b']);
    expect(listens(story, 'c')).toBeUndefined();
    story.do('c', 'd');
    expect(story.status).toBe('completed');
  });

  it('takes the place of what waits, runs or has failed', () => {
    for (const before of ['runs', 'waits', 'failed'] as const) {
      const story = new Story(line()).do('a');
      if (before === 'waits') story.tell(story.asked('b'));
      if (before === 'failed') story.tell(story.failed('b'));
      const late = story.succeeded('b');
      story.tell(heard(story, 'c'));
      expect(story.active, before).toEqual(['c']);
      expect(story.tell(late), before).toBeNull();
      expect(
        story.waiting.filter((wait) => wait !== 'b: response'),
        before,
      ).toEqual([]);
    }
  });

  it('waits as any other once it is reached, and hears nothing beside', () => {
    const story = new Story(line()).do('a', 'b');
    expect(listens(story, 'c')).toBeUndefined();
    expect(story.wait('c').kind).toBe('event');
    story.tell(story.answer('c'));
    story.do('c');
    expect(listens(story, 'c')).toBeUndefined();
  });

  it('comes back with a restart, and a restart after it finds it', () => {
    const story = new Story(line());
    story.tell(heard(story, 'c'));
    story.do('c');
    story.tell(story.restart(story.process.contextVersion));
    expect(story.active).toEqual(['d']);
    expect(listens(story, 'c')).toBeUndefined();
    story.tell(story.restart(1));
    expect(story.active).toEqual(['a']);
    story.tell(heard(story, 'c', 'm2'));
    expect(story.active).toEqual(['c']);
  });

  it('is served by the event of another step only where no visit waits for it', () => {
    const two = aDefinition([
      aStepNode('a', { next: ['b'], gate: hearing('news') }),
      aStepNode('b', { next: ['c'] }),
      aStepNode('c', { gate: hearing('news', { skipAhead: true }) }),
    ]);
    const story = new Story(two);
    const told = heard(story, 'c') as Told & { type: 'message-received' };
    const { key, run } = story.wait('a');
    story.tell({ ...told, also: [{ key, run }] });
    expect(story.active).toEqual(['a']);
    expect(listens(story, 'c')).toBeDefined();
  });

  it('is not served while something is undone', () => {
    const staged = aDefinition([
      aStage('stage', 'a', { next: ['c'], required: false, onError: 'compensate' }),
      aStepNode('a', { next: ['b'], compensates: true }),
      aStepNode('b', { next: [] }),
      aStepNode('c', { gate: hearing('news', { skipAhead: true }) }),
    ]);
    const story = new Story(staged).do('a');
    story.tell(story.failed('b'));
    expect(story.process.tokens.some(({ does }) => does === 'undo')).toBe(true);
    expect(story.tell(heard(story, 'c'))).toBeNull();
  });

  it('listens under its key as soon as that is known, and under the newest', () => {
    const story = new Story(line({ keyed: true }), { key: () => new FactError('not yet') });
    expect(listens(story, 'c')).toBeUndefined();
    story.facts = { ...story.facts, key: () => 'k' };
    story.do('a');
    expect(listens(story, 'c')!.waitsFor).toMatchObject({ address: 'e:news:k' });
    story.facts = { ...story.facts, key: () => new FactError('gone') };
    story.do('b');
    expect(story.status).toBe('failed'); // reached, and its key is not there
  });

  it('of which the flow has gone another way, or which was skipped, is handled beside the flow', () => {
    const other = aDefinition([
      aStepNode('a', { next: ['c', 'd'] }),
      aStepNode('c', { next: [], gate: hearing('news', { skipAhead: true }) }),
      aStepNode('d', { next: ['e'] }),
      aStepNode('e'),
    ]);
    const story = new Story(other);
    story.tell(story.succeeded('a', { branch: 'd' }));
    story.tell(heard(story, 'c'));
    expect(story.active).toEqual(['d', 'c']);
    story.do('c', 'd');
    expect(story.active).toEqual(['e']);
  });
});

describe('a step with reprocess', () => {
  const line = aDefinition([aStepNode('a', { next: ['b'], gate: hearing('news', { reprocess: true }) }), aStepNode('b', { next: ['c'] }), aStepNode('c')]);

  it('runs again on every event after it is done, beside the flow', () => {
    const story = new Story(line);
    expect(listens(story, 'a')).toBeUndefined();
    story.tell(story.answer('a'));
    story.do('a');
    for (const id of ['m1', 'm2', 'm1']) story.tell(heard(story, 'a', id));
    expect(story.process.tokens.filter(isActive).map(({ key, node }) => `${key[0]} ${node}`)).toEqual(['0 b', 'e a', 'e a']);
    story.do('a', 'b', 'c', 'a');
    expect(story.status).toBe('completed');
    expect(story.records.filter((record) => record === 'message-duplicate')).toHaveLength(1);
  });

  it('hears nothing any more after a restart from before it', () => {
    const story = new Story(line);
    story.tell(story.answer('a'));
    story.do('a');
    story.tell(story.restart(1));
    expect(listens(story, 'a')).toBeUndefined();
    expect(story.wait('a').kind).toBe('event');
  });
});

describe('many events at once', () => {
  const beside = aDefinition([aStepNode('a', { after: 1000 }), aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') })]);

  it('stand in line, so the process row stays small, and are handled in order', () => {
    const story = new Story(beside);
    for (let i = 0; i < 90; i++) story.tell(story.event('heard', `m${i}`));
    expect(story.process.tokens.length).toBeLessThan(40);
    const order: (string | undefined)[] = [];
    for (let i = 0; i < 90; i++) {
      order.push(story.tokens.find((token) => isActive(token as never))?.message);
      story.do('heard');
    }
    expect(order).toEqual(Array.from({ length: 90 }, (_, i) => `m${i}`));
    expect(story.waiting).toEqual(['a: timer']);
  });

  it('read and write a number of rows that grows with the events alone', () => {
    const written = (count: number) => {
      const story = new Story(beside);
      for (let i = 0; i < count; i++) story.tell(story.event('heard', `m${i}`));
      for (let i = 0; i < count; i++) story.do('heard');
      return story.changes.reduce((sum, { process, waits }) => sum + process.tokens.length + waits.put.length + waits.delete.length, 0);
    };
    expect(written(120)).toBeLessThan(written(60) * 2.5);
  });
});

describe('an event with next while a stage is undone', () => {
  it('moves the process once everything is undone', () => {
    const story = new Story(
      aDefinition([
        aStage('stage', 'a', { required: false, onError: 'compensate' }),
        aStepNode('a', { next: ['b'], compensates: true }),
        aStepNode('b', { next: [] }),
        aStepNode('turn', { next: ['z'], unsolicited: true, gate: hearing('turn') }),
        aStepNode('z'),
      ]),
    ).do('a');
    story.tell(story.failed('b'));
    story.tell(story.event('turn'));
    story.do('turn');
    const undo = () => story.process.tokens.find(({ does }) => does === 'undo')!;
    const speaker = () => ({ key: undo().key, run: undo().run, attempt: undo().attempt, claim: story.process.claim });
    expect(undo()).toMatchObject({ then: 'z' });
    story.tell({ type: 'all-undone', ...speaker() });
    expect(story.active).toEqual(['z']);
  });
});
