/** What a process begins with, and what is read and written with a decision. */
import { describe, expect, it } from 'vitest';
import { correlationOf } from '../../lib/core/correlation.js';
import { childId } from '../../lib/core/engine-messages.js';
import { FactError } from '../../lib/core/facts.js';
import { bondOf } from '../../lib/core/parent-link.js';
import { shownDetail } from '../../lib/core/process-update.js';
import { LIVE_STATUSES } from '../../lib/core/process.js';
import { nextEvent } from '../../lib/core/runnable.js';
import { begin, isNeeds, type Seed, transition } from '../../lib/core/transition.js';
import { aChoice, aDefinition, aFork, aLine, aMessage, aProcess, aStage, aStepNode, aToken, hearing, NOON, NOTHING, someFacts } from './builders.js';
import { decideOn, Story, tellOn } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const given = (more = {}) => ({ now: NOON, random: 0, by: 'w', facts: someFacts(), actor: undefined, reason: undefined, ...more });
const begun = (seed: Partial<Seed> = {}, more = {}) => begin(aLine('a', 'b'), { id: 'p', groupId: 'g', values: { set: { total: 1 }, remove: [] }, ...seed }, given(more)); // prettier-ignore

describe('a process begins', () => {
  it('with one row, one version with all values, and one record', () => {
    expect(begun()).toEqual({
      expected: null,
      process: {
        id: 'p', workflow: 'order', workflowVersion: 1, groupId: 'g', status: 'running', revision: 1, contextVersion: 1, snapshotVersion: 1, runs: 1, root: 0,
        worker: 'w', claim: 1, tokens: [aToken()], cause: null, startedAt: NOON, finishedAt: null, parent: null, secret: null, updatedAt: NOON,
      },
      versions: [{ version: 1, step: '', patch: { total: 1 }, removed: [], snapshot: { total: 1 }, moves: [['0', 'a']], at: NOON }],
      records: [{ sequence: 1, type: 'process-started', step: null, run: null, attempt: null, contextVersion: 1, actor: null, reason: null, error: null, detail: null, worker: 'w', at: NOON }],
      waits: { clear: false, kill: [], delete: [], put: [] },
      messages: [],
      outgoing: [],
      steady: false,
    }); // prettier-ignore
  });

  it('with its secret, its parent and the message that asked for it', () => {
    const parent = { id: 'q', awaited: true, tied: false };
    const messages = [aMessage('ask', { disposition: 'delivered' })];
    const change = begun({ secret: 'hush', parent, messages });
    expect(change.process).toMatchObject({ secret: 'hush', parent });
    expect(change.messages).toEqual(messages);
  });

  it('held by who began it, unless that has no room; then it is marked as new until somebody has it', () => {
    expect(begun({}, { by: null }).process).toMatchObject({ worker: '-', claim: 0 });
    expect(begun({}, { hasRoom: false }).process).toMatchObject({ worker: '-', claim: 0 });
    expect(begun({}, { hasRoom: true }).process).toMatchObject({ worker: 'w', claim: 1 });
  });

  it('and a free one is claimed only by who has room', () => {
    const free = { process: aProcess({ worker: '-', claim: 0 }), waits: new Map(), messages: new Map() };
    expect(transition(aLine('a'), free, { type: 'claimed' }, given({ hasRoom: false }))).toBeNull();
    const change = decideOn(aLine('a'), free, { type: 'claimed', by: 'w' }, NOON)!;
    expect(change.process).toMatchObject({ worker: 'w', claim: 1 });
    expect(change.records).toMatchObject([{ type: 'process-claimed', worker: 'w' }]);
  });

  it('and stays marked as new until somebody takes it', () => {
    const free = { process: aProcess({ worker: '-', claim: 0 }), waits: new Map(), messages: new Map() };
    const change = decideOn(aLine('a'), free, { type: 'message-missed', message: aMessage() }, NOON)!;
    expect(change.process).toMatchObject({ worker: '-', claim: 0 });
  });

  it('the statuses of one that lives are all but the two at its end', () => {
    expect([...LIVE_STATUSES].sort()).toEqual(['failed', 'running', 'suspended', 'waiting']);
  });
});

describe('names that others must not guess, or that must be the same each time', () => {
  it('a correlation id of ours is signed with the secret of the process', () => {
    const of = (secret: string | null, run = 3) => correlationOf({ id: 'p', secret }, { run });
    expect(of(null)).toBe('p.3');
    expect(of('hush')).toMatch(/^p\.3\..{10,}$/);
    expect(new Set([of('hush'), of('hush!'), of('hush', 4)]).size).toBe(3);
  });

  it('the id of a child names the visit and which child it is; one of more than 80 characters is a digest', () => {
    expect(childId('p', { run: 3 })).toBe('p.3');
    expect(childId('p', { run: 3, children: 2 })).toBe('p.3.2');
    expect(childId('p'.repeat(78), { run: 3 })).toBe(`${'p'.repeat(78)}.3`);
    expect(childId('p'.repeat(79), { run: 3 })).toMatch(/^(?!pp).{1,80}$/);
  });

  it('the bond of a child is one word, as rows have it', () => {
    const bonds = [[false, false], [true, false], [false, true], [true, true]].map(([awaited, tied]) => bondOf({ id: 'q', awaited: awaited!, tied: tied! })); // prettier-ignore
    expect(bonds).toEqual(['none', 'awaited', 'tied', 'both']);
  });

  it('only the correlation id of a request is hidden', () => {
    expect([shownDetail({ type: 'response-requested', detail: 'p.3' }), shownDetail({ type: 'note', detail: 'x' })]).toEqual([null, 'x']);
  });
});

describe('a version', () => {
  it('has a snapshot only where one is due, and the process knows the newest', () => {
    const story = new Story(aLine('a', 'b', 'c')).do('a');
    expect(story.process).toMatchObject({ contextVersion: 2, snapshotVersion: 1 });
    story.facts = { ...story.facts, snapshot: () => ({ all: 1 }) };
    story.do('b');
    expect(story.process).toMatchObject({ contextVersion: 3, snapshotVersion: 3 });
    expect(story.last.versions).toMatchObject([{ snapshot: { all: 1 } }]);
  });

  it('of a visit that was left out changes nothing', () => {
    const story = new Story(aDefinition([aStepNode('a', { required: false })]));
    story.tell(story.failed('a'));
    expect(story.last.versions.map(({ step, patch, removed }) => [step, patch, removed])).toEqual([['a', {}, []]]);
  });

  it('lets no step that runs begin again, while others wait for their condition', () => {
    const nodes = [aFork('all', ['cond', 'late', 'c']), loose('cond', { when: true }), loose('late', { after: 100 }), loose('c')];
    const story = new Story(aDefinition(nodes), { holds: () => false }).wake('late').do('c');
    expect(story.active).toEqual(['late']);
    expect(story.waiting).toEqual(['cond: condition']);
  });

  it('is not there when only people act, and updates say so', () => {
    const definition = aDefinition([aStepNode('a')], { updates: { sender: 'CLIENT', pattern: 'changed', context: true } });
    const story = new Story(definition);
    story.tell({ type: 'suspended' });
    expect(story.last.outgoing).toMatchObject([{ sender: 'CLIENT', data: { status: 'suspended', changes: [] } }]);
  });
});

describe('what goes wrong in a decision', () => {
  it('is thrown, and not taken for a row that must be read', () => {
    const broken = () => {
      throw new TypeError('broken');
    };
    const story = new Story(aDefinition([aStepNode('a', { next: ['if'] }), aChoice('if', 'b', 'c'), aStepNode('b'), aStepNode('c')]), { test: broken });
    expect(() => story.tell(story.succeeded('a'))).toThrow('broken');
  });

  it('is no word that a body may say: its words are labels of the edges', () => {
    const nodes = [aStepNode('a', { next: ['b', 'c'], labels: ['yes', 'no'] }), aStepNode('b'), aStepNode('c')];
    const story = new Story(aDefinition(nodes));
    story.tell(story.succeeded('a', { branch: 'no' }));
    expect(story.active).toEqual(['c']);
  });

  it('fails a choice that cannot be made, until it can', () => {
    let chosen: boolean | FactError = new FactError('if threw: oh');
    const nodes = [aStepNode('a', { next: ['choice'] }), aChoice('choice', 'b', 'c'), aStepNode('b'), aStepNode('c')];
    const story = new Story(aDefinition(nodes), { test: () => chosen }).do('a');
    expect(story.process).toMatchObject({ status: 'failed', cause: 'choice: if threw: oh' });
    expect(story.token('choice')).toEqual({ key: '0', node: 'choice', run: 2, does: 'branches', attempt: 1, since: NOON, open: 0, previous: 2, outside: true, fault: 'if threw: oh' }); // prettier-ignore
    chosen = false;
    story.tell({ type: 'retried' });
    expect(story.active).toEqual(['c']);
  });
});

describe('the end of a process', () => {
  it('that is cancelled stays one, though it would complete early', () => {
    const beside = loose('beside', { unsolicited: true, gate: hearing('beside') });
    const story = new Story(aDefinition([aStepNode('a'), beside], { completesEarly: true }));
    story.tell(story.event('beside'));
    story.facts = { ...story.facts, completes: () => true };
    story.tell({ type: 'cancelled', why: 'enough' });
    expect(story.process).toMatchObject({ status: 'cancelled', cause: 'enough' });
  });

  it('is not kept by what a loser holds, only by what runs in it', () => {
    const race = { ...aFork('race', ['a', 'both'], []), join: 'any', losers: 'finish' } as const;
    const story = new Story(aDefinition([race, loose('a'), aFork('both', ['b', 'c'], []), loose('b', { after: 10 }), loose('c', { after: 10 })]));
    expect(story.do('a').status).toBe('completed');
  });
});

describe('many tokens and few events', () => {
  it('an event stands in the row, though many branches run', () => {
    const names = Array.from({ length: 40 }, (_, i) => `b${i}`);
    const beside = loose('beside', { unsolicited: true, gate: hearing('beside') });
    const story = new Story(aDefinition([aFork('all', names), ...names.map((name) => loose(name)), beside]));
    story.tell(story.event('beside'));
    expect(story.active).toContain('beside');
    expect(story.waits).toEqual([]);
  });

  it('events that come back into the row are read together', () => {
    const beside = loose('beside', { unsolicited: true, gate: hearing('beside') });
    const story = new Story(aDefinition([aStepNode('a', { after: 1000 }), beside]));
    for (let i = 0; i < 35; i++) story.tell(story.event('beside', `m${i}`));
    const finish = () => {
      const { key, run, attempt } = story.tokens.find((token) => token.node === 'beside')!;
      return { type: 'step-succeeded', key, run, attempt, claim: story.process.claim, patch: NOTHING } as const;
    };
    for (let i = 0; i < 23; i++) story.tell(finish());
    const told = { ...finish(), by: 'w' };
    const decision = tellOn(story.definition, story.book.snapshotFor(told), told, NOON)!;
    expect(isNeeds(decision) && decision.needs).toEqual(['e/0', 'e/1', 'e/2']);
  });

  it('the next event is one that runs, not one that waits for another try', () => {
    const process = aProcess({ tokens: [aToken({ key: 'e3', run: 3, parked: 'timer' }), aToken({ key: 'e5', run: 5 })] });
    expect(nextEvent(process, 'w', () => false)).toMatchObject({ key: 'e5' });
  });

  it('the branch of a stage has the first key under it', () => {
    expect(new Story(aDefinition([aStage('s', 'a'), loose('a')])).token('a').key).toBe('0/0');
  });
});
