import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/core/change.js';
import type { ProcessState } from '../../lib/core/process.js';
import type { JsonObject } from '../../lib/values/json.js';
import { WorkflowRegistry } from '../../lib/workflows/registry.js';
import { withSearch } from '../../lib/writer/search-changes.js';
import { aChange, aProcess, aStart, aToken } from '../../lib/testing/builders.js';
import { aBound } from './bound.js';

/** Version 1 has `who` and `size` as searchable keys, version 2 `size` and `more`, version 3 none. */
const registry = new WorkflowRegistry();
const keys: Record<number, string[]> = { 1: ['who', 'size'], 2: ['size', 'more'], 3: [] };
for (const [version, searchable] of Object.entries(keys)) {
  const bound = aBound();
  registry.add({ ...bound, searchable, definition: { ...bound.definition, version: Number(version) } });
}

const known = (context: JsonObject, process: Partial<ProcessState> = {}) => ({ process: aProcess({ id: 'p', ...process }), context });
const searchOf = (before: ReturnType<typeof known> | null, context: JsonObject, process: Partial<ProcessState> = {}) => {
  const change: Change = before ? aChange(before.process, { process }) : aStart({ process });
  const made = withSearch(registry, before, change, context);
  expect(made).toMatchObject(change);
  if (made.search === undefined) expect(made).toBe(change); // nothing is copied for nothing
  return made.search;
};

describe('the search values of a change', () => {
  it('at the start are those of all keys that have one', () => {
    expect(searchOf(null, { who: 'ann', size: 5, more: 1 })).toEqual([{ name: 'who', value: '"ann"' }, { name: 'size', value: '5' }]); // prettier-ignore
    expect(searchOf(null, { who: null, size: [1] })).toBeUndefined();
    expect(searchOf(null, {})).toBeUndefined();
  });

  it('are those that it alters', () => {
    const before = known({ who: 'ann', size: 5 });
    expect(searchOf(before, { who: 'ann', size: 6 })).toEqual([{ name: 'size', value: '6' }]);
    expect(searchOf(before, { who: 'ann', size: '5' })).toEqual([{ name: 'size', value: '"5"' }]);
    expect(searchOf(before, { who: 'ann', size: 5, more: 9 })).toBeUndefined();
  });

  it('go with the value, or with its kind', () => {
    const before = known({ who: 'ann', size: 5 });
    expect(searchOf(before, { size: 5 })).toEqual([{ name: 'who', value: null }]);
    expect(searchOf(before, { who: { first: 'ann' }, size: 5 })).toEqual([{ name: 'who', value: null }]);
  });

  it('follow the keys of another version', () => {
    const before = known({ who: 'ann', size: 5, more: true });
    expect(searchOf(before, before.context, { workflowVersion: 2 })).toEqual([{ name: 'who', value: null }, { name: 'more', value: 'true' }]); // prettier-ignore
    expect(searchOf(before, before.context, { workflowVersion: 3 })).toEqual([{ name: 'who', value: null }, { name: 'size', value: null }]); // prettier-ignore
    expect(searchOf(known(before.context, { workflowVersion: 3 }), before.context)).toEqual(undefined);
    expect(searchOf(before, before.context, { workflowVersion: 9 })).toEqual([{ name: 'who', value: null }, { name: 'size', value: null }]); // prettier-ignore
  });

  it('have no value that the prototype of an object has', () => {
    const bound = aBound();
    registry.add({ ...bound, searchable: ['constructor', 'toString'], definition: { ...bound.definition, version: 4 } });
    expect(searchOf(null, {}, { workflowVersion: 4 })).toBeUndefined();
  });

  const failed = (fault: string): Partial<ProcessState> => ({ status: 'failed', cause: `pay: ${fault}`, tokens: [aToken({ node: 'pay', fault })] });
  const value = (error: string) => [{ name: ':failure', value: `pay\n${error}` }];
  it('say how it has failed, as long as it has', () => {
    const running = known({}, { workflowVersion: 3 });
    expect(searchOf(running, {}, failed('Error: 404'))).toEqual(value('Error: #'));
    expect(searchOf(known({}, { workflowVersion: 3, ...failed('Error: 404') }), {}, failed('Error: 405'))).toBeUndefined();
    expect(searchOf(known({}, { workflowVersion: 3, ...failed('Error: 404') }), {}, failed('Other'))).toEqual(value('Other'));
    expect(searchOf(known({}, { workflowVersion: 3, ...failed('Error: 404') }), {}, { status: 'running', cause: null, tokens: [aToken()] })).toEqual([{ name: ':failure', value: null }]); // prettier-ignore
    expect(searchOf(null, {}, { workflowVersion: 3, ...failed('Error') })).toEqual(value('Error'));
  });

  it('say how it has failed as a whole', () => {
    expect(searchOf(known({}, { workflowVersion: 3 }), {}, { status: 'failed', cause: 'no time is left', tokens: [] })).toEqual([{ name: ':failure', value: '\nno time is left' }]); // prettier-ignore
    expect(searchOf(known({}, { workflowVersion: 3 }), {}, { status: 'failed', cause: null, tokens: [] })).toEqual([{ name: ':failure', value: '\n' }]); // prettier-ignore
  });
});
