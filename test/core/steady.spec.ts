/** A change says whether the process has changed beyond what each step changes: stores leave the rest as it is. */
import { describe, expect, it } from 'vitest';
import { joined } from '../../lib/core/join-changes.js';
import { isSteady, type ProcessState } from '../../lib/core/process.js';
import { aChange } from '../../lib/testing/builders.js';
import { aProcess } from './builders.js';

/** What each step changes, and what no change ever does. */
const ofEachStep = ['revision', 'contextVersion', 'runs', 'tokens', 'updatedAt'];
const ofTheStart = ['id', 'workflow', 'groupId', 'parent', 'secret'];
const seldom = Object.keys(aProcess()).filter((key) => ![...ofEachStep, ...ofTheStart].includes(key));

describe('a change is steady', () => {
  it.each(ofEachStep)('if its process has another value in %s', (key) => {
    expect(isSteady(aProcess(), { ...aProcess(), [key]: 'other' } as unknown as ProcessState)).toBe(true);
  });

  it.each(seldom)('unless its process has another value in %s', (key) => {
    expect(isSteady(aProcess(), { ...aProcess(), [key]: 'other' } as unknown as ProcessState)).toBe(false);
  });

  it('if all are of which it is made', () => {
    const [one, other] = [aChange(aProcess()), aChange(aProcess(), { process: { worker: 'other' } })];
    const of = (...changes: Parameters<typeof joined>[0]) => joined(changes).steady;
    expect([of(one, one), of(one, other), of(other, one), of(one, { ...one, steady: undefined as never })]).toEqual([true, false, false, false]);
  });
});
