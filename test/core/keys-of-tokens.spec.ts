/** Keys of tokens, and the tokens of one decision. */
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../lib/core/change.js';
import { ALL, MissingWaits } from '../../lib/core/missing-waits.js';
import {
  branchNumber,
  isAtOrUnder,
  isInBranchOf,
  isUnder,
  isUnderAny,
  lifeOf,
  outlivingBranchKey,
  outlivingRun,
  parentKey,
  rangesUnder,
} from '../../lib/core/token-key.js';
import { carriedBy, type ContainerToken, type Token } from '../../lib/core/token.js';
import { DraftTokens, MOST_TOKENS } from '../../lib/core/tokens.js';
import { aProcess, aToken, aWait } from './builders.js';

const KEYS = ['0', '0/1', '0/1/2', '0/1~o3', '0/12', '0/12/1', '0~d4', '1', '10/1'];

describe('keys', () => {
  it('under another: its branches and what watches over it, and not what begins alike', () => {
    expect(KEYS.filter((key) => isUnder(key, '0/1'))).toEqual(['0/1/2', '0/1~o3']);
    expect(KEYS.filter((key) => isAtOrUnder(key, '0/1'))).toEqual(['0/1', '0/1/2', '0/1~o3']);
    expect(KEYS.filter((key) => isInBranchOf(key, '0/1'))).toEqual(['0/1/2']);
    expect(KEYS.filter((key) => isUnderAny(key, new Set(['0/1', '10'])))).toEqual(['0/1/2', '0/1~o3', '10/1']);
    expect(KEYS.filter((key) => isUnderAny(key, new Set()))).toEqual([]);
  });

  it('under another are two ranges, as databases compare', () => {
    const ranges = rangesUnder('0/1');
    expect(ranges).toEqual([['0/1/', '0/10'], ['0/1~', '0/1\x7f']]); // prettier-ignore
    expect(KEYS.filter((key) => ranges.some(([from, before]) => from <= key && key < before))).toEqual(KEYS.filter((key) => isUnder(key, '0/1')));
  });

  it('tell their parent, their number and their life', () => {
    expect([parentKey('0'), parentKey('0/1'), parentKey('0/1/12')]).toEqual([null, '0', '0/1']);
    expect([branchNumber('0/12'), branchNumber('0/3/7'), lifeOf('12/3'), lifeOf('4')]).toEqual([12, 7, 12, 4]);
    expect([outlivingRun(outlivingBranchKey({ key: '0', run: 5 }, 2)), outlivingRun('0/2'), outlivingRun('0/5-2/1')]).toEqual([5, undefined, undefined]);
  });
});

describe('what a token carries', () => {
  it('is its item, its place and what the step before returned, and nothing else', () => {
    expect(carriedBy({ item: null, index: 0, previous: 3, extra: 1 } as never)).toEqual({ item: null, index: 0, previous: 3 });
    expect(Object.keys(carriedBy({ item: 'x' }))).toEqual(['item']);
    expect(Object.keys(carriedBy({ index: 0 }))).toEqual(['index']);
    expect(carriedBy({ previous: 2 })).toEqual({ previous: 2 });
    expect(Object.keys(carriedBy(aToken()))).toEqual([]);
  });
});

/* ------------------------------------------------------------------ tokens of one decision ---- */

class Tokens extends DraftTokens {
  get row(): string[] {
    return this.rowTokens().map(({ key }) => key);
  }
  get changes() {
    const { clear, kill, delete: gone, put } = this.waitChanges();
    return { clear, kill, gone, put: put.map(({ token }) => token.key) };
  }
}

const NONE = { clear: false, kill: [], gone: [], put: [] };
const wait = (key: string, given = {}) => aWait({ key, ...given });
const holding = (key: string, open = 1): ContainerToken => ({ key, node: 'fork', run: 1, does: 'branches', attempt: 1, since: 0, open });

function tokens({ row = [], waits = [], asked }: { row?: Token[]; waits?: string[]; asked?: string[] } = {}): Tokens {
  const rows = new Map(waits.map((key) => [key, wait(key)]));
  const snapshot: Snapshot = { process: aProcess({ tokens: row }), waits: rows, messages: new Map(), ...(asked && { asked: new Set(asked) }) };
  return new Tokens(snapshot);
}

/** So many tokens that the process row is full. */
const full = (more: Token[] = []) => [...Array.from({ length: MOST_TOKENS - more.length }, (_, i) => aToken({ key: `9/${i}` })), ...more];

describe('tokens of one decision', () => {
  it('the row that was read is not touched', () => {
    const row = [aToken({ key: '0' })];
    tokens({ row }).run(aToken({ key: '1' }));
    expect(row).toHaveLength(1);
  });

  it('nothing done is nothing written', () => {
    expect(tokens({ row: [aToken()], waits: ['1'] }).changes).toEqual(NONE);
  });

  it('what is not known must be read; what the decision has written or ended is known', () => {
    const missing = (draft: Tokens, keys: string[]) => {
      try {
        draft.need(keys);
        return [];
      } catch (error) {
        return (error as MissingWaits).keys;
      }
    };
    const draft = tokens({ waits: ['0'], asked: ['0', '1'] });
    draft.wait(aToken({ key: '2' }), wait('2').waitsFor);
    draft.end('3');
    draft.drop('4');
    draft.endUnder('5');
    expect(missing(draft, ['0', '1', '2', '4', '5/1', '5', '6'])).toEqual(['5', '6']);
    expect(missing(tokens({ asked: [ALL] }), ['0', '1'])).toEqual([]);
    expect(missing(tokens(), ['0']), 'all were read').toEqual([]);
    expect(() => tokens({ asked: ['0'] }).parked('7')).toThrow(MissingWaits);
    expect(() => tokens({ asked: ['0'] }).allParked()).toThrow(MissingWaits);
  });

  it('what has ended is parked no more', () => {
    const draft = tokens({ waits: ['0', '1/2', '3'] });
    draft.end('0');
    draft.endUnder('1');
    expect([draft.parked('0'), draft.parked('1/2'), draft.parked('3')?.token.key]).toEqual([undefined, undefined, '3']);
    expect(draft.allParked().map(({ token }) => token.key)).toEqual(['3']);
    draft.wait(aToken({ key: '4' }), wait('4').waitsFor);
    draft.wait(aToken({ key: '3', run: 9 }), wait('3').waitsFor);
    expect(draft.allParked().map(({ token }) => `${token.key} ${token.run}`)).toEqual(['4 1', '3 9']);
    draft.endAll();
    expect(draft.allParked()).toEqual([]);
  });

  it('a row is deleted only if there is one', () => {
    const draft = tokens({ row: [aToken({ key: '0' }), aToken({ key: '1', parked: 'condition' })], waits: ['2'] });
    for (const key of ['0', '1', '2', '3']) draft.end(key);
    expect(draft.changes).toEqual({ ...NONE, gone: ['1', '2'] });
    expect(draft.row).toEqual([]);
    expect(draft.ended!.map(({ key }) => key)).toEqual(['2']);
  });

  it('a row that ends twice is noted once', () => {
    const draft = tokens({ waits: ['2'] });
    draft.end('2');
    draft.end('2');
    expect(draft.ended).toHaveLength(1);
  });

  it('what waits anew is written, and not deleted', () => {
    const draft = tokens({ waits: ['0'] });
    draft.end('0');
    draft.wait(aToken({ key: '0', run: 2 }), wait('0').waitsFor);
    expect(draft.changes).toEqual({ ...NONE, put: ['0'] });
    const undone = tokens();
    undone.wait(aToken({ key: '0' }), wait('0').waitsFor);
    undone.end('0');
    expect(undone.changes.put).toEqual([]);
  });

  it('everything under a key ends, in the row, in rows of their own, and on its way', () => {
    const draft = tokens({ row: full([holding('0'), aToken({ key: '0/1' }), aToken({ key: '1' })]) });
    draft.hold(holding('0/2'));
    draft.hold(holding('2'));
    draft.wait(aToken({ key: '0/3' }), wait('0/3').waitsFor);
    draft.wait(aToken({ key: '3' }), wait('3').waitsFor);
    draft.send({ key: '0/4', to: 'a' }, { key: '4', to: 'a' });
    draft.endUnder('0');
    expect(draft.row.filter((key) => !key.startsWith('9/'))).toEqual(['0', '1']);
    expect(draft.changes).toEqual({ ...NONE, kill: ['0'], put: ['3', '2'] });
    expect([draft.nextMove()?.key, draft.nextMove()]).toEqual(['4', undefined]);
  });

  it('a branch ends with all under it, and on its way', () => {
    const draft = tokens({ row: [aToken({ key: '0/1' }), aToken({ key: '0/1/1' }), aToken({ key: '0/2' })] });
    draft.send({ key: '0/1', to: 'a' }, { key: '0/2', to: 'a' });
    draft.endBranch('0/1');
    expect(draft.row).toEqual(['0/2']);
    expect(draft.changes).toEqual({ ...NONE, kill: ['0/1'], gone: ['0/1'] });
    expect([draft.nextMove()?.key, draft.nextMove()]).toEqual(['0/2', undefined]);
    const held = tokens({ row: full() });
    held.hold(holding('0'));
    held.endBranch('0');
    expect(held.changes.put).toEqual([]);
  });

  it('all ends, and what comes then is all there is', () => {
    const draft = tokens({ row: full(), waits: ['5'] });
    draft.hold(holding('0'));
    draft.wait(aToken({ key: '1' }), wait('1').waitsFor);
    draft.endUnder('2');
    draft.send({ key: '4', to: 'a' });
    draft.endAll();
    draft.drop('6');
    draft.endUnder('7');
    draft.wait(aToken({ key: '8' }), wait('8').waitsFor);
    expect([draft.row, draft.allTokens()]).toEqual([[], []]);
    expect(draft.changes).toEqual({ clear: true, kill: [], gone: [], put: ['8'] });
    expect(draft.nextMove()).toBeUndefined();
  });

  it('moves go out in the order they were sent', () => {
    const draft = tokens();
    draft.send({ key: '1', to: 'a' }, { key: '2', to: 'a' });
    draft.send({ key: '3', to: 'a' });
    expect([draft.nextMove()!.key, draft.nextMove()!.key, draft.nextMove()!.key]).toEqual(['3', '1', '2']);
  });

  it('a container stands in the row while there is room, else in a row of its own; it stays where it is', () => {
    const roomy = tokens({ row: full().slice(1) });
    roomy.hold(holding('0'));
    expect([roomy.row.includes('0'), roomy.changes.put]).toEqual([true, []]);
    roomy.hold(holding('0', 2));
    expect(roomy.token('0')).toMatchObject({ open: 2 });
    const crowded = tokens({ row: full() });
    crowded.hold(holding('0'));
    expect([crowded.row.includes('0'), crowded.changes.put, crowded.token('0')?.does, crowded.container('0')?.open]).toEqual([false, ['0'], 'branches', 1]);
    expect(crowded.someToken(({ key }) => key === '0')).toBe(true);
    expect(crowded.someToken(({ key }) => key === 'none')).toBe(false);
    expect(crowded.allTokens().map(({ key }) => key)).toContain('0');
    const first = crowded.row[0]!;
    expect(crowded.container(first), 'a step is no container').toBeUndefined();
    crowded.end(first);
    crowded.hold(holding('0', 2));
    crowded.hold(holding('00'));
    expect([crowded.row.includes('0'), crowded.row.includes('00'), crowded.changes.put]).toEqual([false, true, ['0']]);
    crowded.end('0');
    expect([crowded.token('0'), crowded.changes.put]).toEqual([undefined, []]);
    const own = tokens({ waits: ['0'] });
    own.hold(holding('0', 3));
    expect([own.row, own.changes.put]).toEqual([[], ['0']]);
    const ended = tokens({ waits: ['0'] });
    ended.end('0');
    ended.hold(holding('0'));
    expect(ended.row).toEqual(['0']);
  });

  it('of a wait that is looked at with every version the row has a copy; of tasks only while there is room', () => {
    const draft = tokens();
    draft.wait(aToken({ key: '0' }), { kind: 'condition', dueAt: null });
    draft.wait(aToken({ key: '1' }), { kind: 'timer', dueAt: 5 });
    expect([draft.row, draft.changes.put]).toEqual([['0'], ['0', '1']]);
    expect(draft.token('0')).toMatchObject({ parked: 'condition' });
    const task = { kind: 'task', queue: 'q', readyAt: 0, worker: null, dueAt: null } as const;
    const outliving = aToken({ key: '0/5-1' });
    const [roomy, crowded] = [tokens({ row: full().slice(1) }), tokens({ row: full() })];
    for (const each of [roomy, crowded]) {
      each.wait(outliving, task);
      each.wait(aToken({ key: '2' }), { kind: 'condition', dueAt: null });
    }
    expect([roomy.row.includes('0/5-1'), crowded.row.includes('0/5-1'), crowded.row.includes('2')]).toEqual([true, false, true]);
  });

  it('a step run stands as long as a token of it does, wherever', () => {
    const draft = tokens({ row: [aToken({ run: 1 })] });
    draft.wait(aToken({ key: '1', run: 2 }), { kind: 'timer', dueAt: 5 });
    expect([1, 2, 3].map((run) => draft.hasRun(run))).toEqual([true, true, false]);
    expect(tokens().hasRun(1)).toBe(false);
  });

  it('a copy may stand alone, while there is nothing to wait for', () => {
    const draft = tokens({ row: [aToken({ key: 'l1', parked: 'listener', address: 'e:x:g' })], waits: ['l1'] });
    draft.keepCopy(draft.token('l1')!, 'listener');
    expect(draft.token('l1')).toMatchObject({ parked: 'listener' });
    expect(draft.token('l1')).not.toHaveProperty('address');
    expect(draft.changes.gone).toEqual(['l1']);
  });
});
