import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/core/change.js';
import { commitBatch, lostRace } from '../../lib/store/typeorm/batch.js';
import type { ErrorClass } from '../../lib/store/typeorm/batch.js';
import { aChange, aStart } from '../../lib/testing/builders.js';

class Thrown extends Error {
  constructor(readonly what: ErrorClass) {
    super(what);
  }
}

/** A database that refuses a batch as a whole if one change in it is at fault. */
function batch(size: number, faulty: readonly number[], error: (tries: number) => Thrown | null) {
  const changes = Array.from({ length: size }, () => aStart());
  const tried: number[] = [];
  const attempt = async (some: readonly Change[]) => {
    tried.push(some.length);
    if (tried.length > 50) throw new Thrown('other'); // it would go on for ever
    const thrown = some.some((change) => faulty.includes(changes.indexOf(change))) ? error(tried.length) : null;
    if (thrown) throw thrown;
    return [];
  };
  const commit = async () => {
    const rejections = await commitBatch(changes, attempt, (thrown) => (thrown as Thrown).what);
    return rejections.map(({ change, reason }) => `${changes.indexOf(change)} ${reason}`);
  };
  return { commit, tried };
}

it('a change that is not applied is one that exists, or one that is stale', () => {
  const start = aStart();
  expect([start, aChange(start.process)].map((change) => lostRace(change).reason)).toEqual(['exists', 'stale']);
});

describe('a batch that the database refuses', () => {
  it.each([
    ['data', 'refused'],
    ['exists', 'exists'],
  ] as const)('for %s is halved until only the faulty are left out', async (what, reason) => {
    const { commit, tried } = batch(5, [1, 4], () => new Thrown(what));
    expect(await commit()).toEqual([`1 ${reason}`, `4 ${reason}`]);
    expect(tried).toEqual([5, 2, 1, 1, 3, 1, 2, 1, 1]);
  });

  it('for a conflict is tried four times as a whole, and what stays locked is stale', async () => {
    const passing = batch(2, [0], (tries) => (tries < 4 ? new Thrown('conflict') : null));
    expect([await passing.commit(), passing.tried]).toEqual([[], [2, 2, 2, 2]]);
    const staying = batch(2, [0], () => new Thrown('conflict'));
    expect([await staying.commit(), staying.tried]).toEqual([['0 stale'], [2, 2, 2, 2, 1, 1, 1, 1, 1]]);
  });

  it('has the error of each change that is left out', async () => {
    const [change, error] = [aStart(), new Thrown('data')];
    let tries = 0;
    const attempt = () => Promise.reject(++tries > 9 ? new Thrown('other') : error);
    expect(await commitBatch([change], attempt, (thrown) => (thrown as Thrown).what)).toEqual([{ change, reason: 'refused', error }]);
  });

  it.each(['unavailable', 'other'] as const)('for an error that is %s is not known to be written or not', async (what) => {
    const { commit, tried } = batch(3, [0], () => new Thrown(what));
    await expect(commit()).rejects.toThrow(what);
    expect(tried).toEqual([3]);
  });
});
