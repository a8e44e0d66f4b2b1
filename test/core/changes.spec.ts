import { describe, expect, it } from 'vitest';
import { after, type Change, waitsAfter } from '../../lib/core/change.js';
import { joined } from '../../lib/core/join-changes.js';
import { aRecord, outgoing } from '../../lib/testing/builders.js';
import { aMessage, aProcess, aWait, NOON } from './builders.js';

const QUIET: Change['waits'] = { clear: false, kill: [], delete: [], put: [] };

/** A change of a process whose revision was `from`. */
function aChange(from: number, given: Partial<Change> = {}): Change {
  return { expected: from, process: aProcess({ revision: from + 1 }), versions: [], records: [], waits: QUIET, messages: [], outgoing: [], ...given };
}

function waits(given: Partial<Change['waits']>): Change {
  return aChange(1, { waits: { ...QUIET, ...given } });
}

const wait = (key: string, run = 1) => aWait({ key, run });
const rows = (...keys: string[]) => new Map(keys.map((key) => [key, wait(key)]));

describe('waits after a change', () => {
  it('kill ends what is under a key, and not the key itself', () => {
    const left = waitsAfter(rows('0', '0/1', '0/1/2', '0/1~o3', '0/12', '1'), { ...QUIET, kill: ['0/1'] });
    expect([...left.keys()]).toEqual(['0', '0/1', '0/12', '1']);
  });

  it('clear comes first, then delete, then put', () => {
    expect([...waitsAfter(rows('0', '1', '2'), { ...QUIET, clear: true, put: [wait('3')] }).keys()]).toEqual(['3']);
    expect([...waitsAfter(rows('0', '1'), { ...QUIET, delete: ['0'] }).keys()]).toEqual(['1']);
    expect(waitsAfter(rows('0'), { ...QUIET, put: [wait('0', 9)] }).get('0')!.token.run).toBe(9);
    expect([...waitsAfter(rows(), { ...QUIET, put: [wait('0')] }).keys()]).toEqual(['0']);
  });

  it('where there was nothing and nothing comes, there is nothing', () => {
    const none = rows();
    expect(waitsAfter(none, { ...QUIET, clear: true, delete: ['0'], kill: ['0'] })).toBe(none);
  });
});

describe('the snapshot after a change', () => {
  const before = { process: aProcess(), waits: rows('0'), messages: new Map([['m', aMessage('m')]]), asked: new Set(['0']) };

  it('has the process, the waits and the messages of then', () => {
    const late = aMessage('m', { disposition: 'late' });
    const then = after(before, aChange(1, { waits: { ...QUIET, delete: ['0'], put: [wait('1')] }, messages: [late, aMessage('n')] }));
    expect(then.process.revision).toBe(2);
    expect([...then.waits.keys()]).toEqual(['1']);
    expect([...then.messages]).toEqual([['m', late], ['n', aMessage('n')]]); // prettier-ignore
  });

  it('counts rows that it wrote or deleted as read', () => {
    const asked = (given: Partial<Change['waits']>) => [...after(before, waits(given)).asked!];
    expect(asked({})).toEqual(['0']);
    expect(asked({ delete: ['1'] })).toEqual(['0', '1']);
    expect(asked({ put: [wait('2')] })).toEqual(['0', '2']);
    expect(asked({ delete: ['1'], put: [wait('2')] })).toEqual(['0', '1', '2']);
  });

  it('in which all waits were read stays one', () => {
    const { asked: _asked, ...all } = before;
    expect(after(all, waits({ put: [wait('1')] })).asked).toBeUndefined();
  });
});

describe('changes joined', () => {
  it('one alone is itself', () => {
    const only = aChange(3);
    expect(joined([only])).toBe(only);
  });

  it('are applied where the first expects, and lead to where the last does; everything that was written is there, in order', () => {
    const version = (number: number) => ({ version: number, step: 'a', patch: {}, removed: [], snapshot: null, moves: [], at: NOON });
    const [first, second] = [1, 2].map((n) => aChange(n, { versions: [version(n)], messages: [aMessage(`m${n}`)], records: [aRecord({ sequence: n })], outgoing: [outgoing({ id: `o${n}` })] })) as [Change, Change]; // prettier-ignore
    const both = joined([first, second]);
    expect(both).toMatchObject({ expected: 1, process: { revision: 3 } });
    expect(both.versions.map(({ version: number }) => number)).toEqual([1, 2]);
    expect(both.messages.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(both.records.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(both.outgoing.map(({ id }) => id)).toEqual(['o1', 'o2']);
  });

  it('have the last value of each name by which the process is found, and say nothing of it if none of them does', () => {
    const found = (...search: [name: string, value: string | null][]) => aChange(1, { search: search.map(([name, value]) => ({ name, value })) });
    expect(joined([found(['a', '1'], ['b', '1']), found(['a', null])]).search).toEqual([{ name: 'a', value: null }, { name: 'b', value: '1' }]); // prettier-ignore
    expect(joined([aChange(1), found(['a', '1'])]).search).toEqual([{ name: 'a', value: '1' }]);
    expect('search' in joined([aChange(1), aChange(2)])).toBe(false);
  });

  const joinedWaits = (...all: Partial<Change['waits']>[]) => {
    const { clear, kill, delete: gone, put } = joined(all.map(waits)).waits;
    return { clear, kill, gone, put: put.map(({ token }) => `${token.key}.${token.run}`) };
  };

  it.each([
    ['a row that is written and then deleted is deleted only', [{ put: [wait('0')] }, { delete: ['0'] }], { gone: ['0'], put: [] }],
    ['a row that is deleted and then written is written only', [{ delete: ['0'] }, { put: [wait('0', 2)] }], { gone: [], put: ['0.2'] }],
    ['a row that is written twice is what it was last', [{ put: [wait('0')] }, { put: [wait('0', 2)] }], { put: ['0.2'] }],
    ['what is killed after it was written is not written', [{ put: [wait('0/1'), wait('1')] }, { kill: ['0'] }], { kill: ['0'], put: ['1.1'] }],
    ['what is written after the kill is', [{ kill: ['0'] }, { put: [wait('0/1')] }], { kill: ['0'], put: ['0/1.1'] }],
    ['what one is killed by does not spare another', [{ put: [wait('0')] }, { kill: ['1'] }], { kill: ['1'], put: ['0.1'] }],
    ['what came before the last clear is not written', [{ put: [wait('0')], kill: ['5'], delete: ['6'] }, { clear: true, put: [wait('1')] }, { put: [wait('2')] }], { clear: true, kill: [], gone: [], put: ['1.1', '2.1'] }],
    ['of two clears the last counts', [{ clear: true, put: [wait('0')] }, { clear: true, put: [wait('1')] }], { clear: true, put: ['1.1'] }],
    ['the clear of the first change is one of all', [{ clear: true }, { put: [wait('1')] }], { clear: true, put: ['1.1'] }],
    ['without a clear there is none', [{ delete: ['0'] }, { delete: ['1'] }], { clear: false, gone: ['0', '1'] }],
  ] as const)('%s', (_title, all, expected) => {
    expect(joinedWaits(...(all as readonly Partial<Change['waits']>[]))).toMatchObject(expected);
  }); // prettier-ignore
});
