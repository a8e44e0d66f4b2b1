/** What a decision asks of the context, and what the answers may be. */
import { describe, expect, it } from 'vitest';
import { FactError, type ItemPosition } from '../../lib/core/facts.js';
import type { JsonObject } from '../../lib/values/json.js';
import { ContextFacts } from '../../lib/writer/context-facts.js';
import { aBound } from './bound.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const AT: ItemPosition = { item: { id: 7 }, index: 2 };

type Code = Record<string, (...given: any[]) => unknown>;

function facts(code: Code, { values = {}, patch, process = {}, mostItems = 3, completeWhen }: { values?: JsonObject; patch?: { set: JsonObject; remove: string[] }; process?: object; mostItems?: number; completeWhen?: (context: any) => unknown } = {}) {
  const bound = { ...aBound(), steps: new Map([['a', code as never]]), completeWhen: completeWhen as never };
  return new ContextFacts(bound, { id: 'p', groupId: 'g', contextVersion: 1, snapshotVersion: 1, ...process }, values, NOW, patch, mostItems);
} // prettier-ignore

const said = (answer: unknown) => (answer instanceof FactError ? answer.message : answer);

describe('conditions', () => {
  it.each([
    [true, true],
    [false, false],
    [undefined, false],
    [null, false],
    [1, 'when: it gave a number, which is neither true nor false'],
    ['', 'when: it gave an empty string, which is neither true nor false'],
  ])('%j is %j', (value, expected) => {
    expect(said(facts({ when: () => value }).holds('a', AT))).toBe(expected);
  });

  it('of a choice are called so', () => {
    expect(said(facts({ test: () => 'yes' }).test('a', AT))).toMatch(/^its condition: it gave a string/);
    expect(facts({ test: () => true }).test('a', AT)).toBe(true);
  });

  it('that throw say what they threw', () => {
    const thrown = facts({ when: () => { throw new Error('no stock'); } }).holds('a', AT); // prettier-ignore
    expect(said(thrown)).toMatch(/^when threw: .*no stock/);
  });

  it('see the values after the patch of the step, and a context of their own', () => {
    const values = { total: 1, old: 1, list: [1] };
    const after = facts({ when: (context) => (context.list.push(2), context.total === 2 && !('old' in context) && context.list.length === 2) }, { values, patch: { set: { total: 2 }, remove: ['old'] } });
    expect([after.holds('a', AT), after.holds('a', AT)]).toEqual([true, true]);
    expect(values).toEqual({ total: 1, old: 1, list: [1] });
    expect(facts({ when: (context) => context.total === 1 }, { values }).holds('a', AT)).toBe(true);
  }); // prettier-ignore

  it('know the process, the moment and the item, which they cannot change', () => {
    let seen: any;
    const item = { id: 7 };
    facts({ when: (_context, step) => ((seen = step), (step.item.id = 8), true) }).holds('a', { item, index: 2 });
    expect(seen).toEqual({ processId: 'p', groupId: 'g', now: new Date(NOW), item: { id: 8 }, index: 2, config: {} });
    expect(item).toEqual({ id: 7 });
    facts({ when: (_context, step) => ((seen = step), true), config: { limit: 5 } as never }).holds('a', { item: 0, index: 0 });
    expect(seen).toMatchObject({ item: 0, index: 0, config: { limit: 5 } });
    facts({ when: (_context, step) => ((seen = step), true) }).holds('a', {});
    expect(seen.item).toBeUndefined();
  });
});

describe('moments', () => {
  const LATER = '2026-03-05T00:00:00.000Z';
  const asks = ['after', 'within', 'completeBy', 'overdue'] as const;

  it.each(asks)('`%s` takes a length of time from now, a date, or a date as text', (what) => {
    const ask = (value: unknown) => facts({ [what]: () => value })[what]('a', NOW, AT);
    expect(ask('2 days')).toBe(NOW + 2 * 86_400_000);
    expect(ask(1500)).toBe(NOW + 1500);
    expect(ask(0)).toBe(NOW);
    expect(ask(new Date(LATER))).toBe(Date.parse(LATER));
    expect(ask(LATER)).toBe(Date.parse(LATER));
    for (const wrong of ['soon', true, undefined, new Date(Number.NaN)]) expect(said(ask(wrong)), String(wrong)).toBe(`${what}: ${String(wrong)} is neither a moment nor a length of time`);
  }); // prettier-ignore

  it('`since` takes a moment only', () => {
    const ask = (value: unknown) => said(facts({ since: () => value }).since('a', AT));
    expect(ask(new Date(LATER))).toBe(Date.parse(LATER));
    expect(ask('2 days')).toBe('since: 2 days is no moment');
  });

  it('`every` takes a length of time only', () => {
    const ask = (value: unknown) => facts({ every: () => value }).every('a', AT);
    expect([ask('5 s'), ask(20)]).toEqual([5000, 20]);
    expect(said(ask(LATER))).toMatch(/^every: /);
  });
});

describe('items', () => {
  const ask = (value: unknown, mostItems?: number) => said(facts({ items: () => value }, mostItems === undefined ? {} : { mostItems }).items('a', AT));

  it('are a list, as JSON, within the limit', () => {
    expect(ask([new Date(NOW), { a: 1 }, 'x'])).toEqual([new Date(NOW).toISOString(), { a: 1 }, 'x']);
    expect(ask([1, 2, 3])).toEqual([1, 2, 3]);
    expect(ask([1, 2, 3, 4])).toBe('items: it gave a list of 4 items; at most 3 are taken (limits.items)');
    expect(ask('abc')).toBe('items: it gave a string, and goes over a list');
    expect(ask([() => 1])).toMatch(/^items: /);
  });

  it('that are too large together are refused, by name', () => {
    expect(ask(['x'.repeat(17 * 1024 * 1024)])).toMatch(/^items: .*The items of a/);
  });
});

describe('the key of an event', () => {
  const ask = (value: unknown) => said(facts({ key: () => value }).key('a', AT));

  it('is a text that every database takes, and not empty', () => {
    expect(ask('4711')).toBe('4711');
    expect(ask('x'.repeat(255))).toBe('x'.repeat(255));
    expect(ask('x'.repeat(256))).toBe('key: it gave 256 characters; at most 255 are kept');
    expect(ask('')).toBe('key: it gave an empty string: the key of an event is a string, and not empty');
    expect(ask(7)).toBe('key: it gave a number: the key of an event is a string, and not empty');
    expect(ask(undefined)).toBe('key: it gave undefined: the key of an event is a string, and not empty');
    for (const wrong of ['a\0b', 'a\ud800']) expect(ask(wrong)).toBe('key: it gave a NUL or half a surrogate pair, which databases do not take');
  });
});

describe('completeWhen', () => {
  it('completes only if it says true', () => {
    const ask = (completeWhen?: () => unknown) => said(facts({}, completeWhen && { completeWhen }).completes());
    expect([ask(), ask(() => true), ask(() => false), ask(() => 1)]).toEqual([false, true, false, false]);
    expect(ask(() => { throw new Error('no'); })).toMatch(/^completeWhen threw: /); // prettier-ignore
    expect(facts({}, { completeWhen: ({ total }) => total === 1, values: { total: 1 } }).completes()).toBe(true);
  });
});

describe('a snapshot', () => {
  const after = (patches: number, bytes = 10) => {
    const values = { text: 'x'.repeat(bytes) };
    const snapshot = facts({}, { values, process: { contextVersion: 1 + patches - 1, snapshotVersion: 1 } }).snapshot();
    return snapshot === null ? null : snapshot === values;
  };

  it('is considered after every ten patches', () => {
    expect([9, 10, 11, 19, 20, 21].map((patches) => after(patches))).toEqual([null, true, null, null, true, null]);
  });

  it('is written if the patches are likely to be larger, and after two hundred patches always', () => {
    const text = '{"text":""}'.length;
    expect([after(10, 2000 - text), after(10, 2001 - text)]).toEqual([true, null]);
    expect([after(190, 100_000), after(199, 100_000), after(200, 100_000), after(201, 100_000)]).toEqual([null, null, true, true]);
  });

  it('holds the values after the patch', () => {
    const next = facts({}, { values: { a: 1, b: 1 }, patch: { set: { a: 2 }, remove: ['b'] }, process: { contextVersion: 10, snapshotVersion: 1 } });
    expect(next.snapshot()).toEqual({ a: 2 });
  });
});
