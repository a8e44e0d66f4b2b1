import { describe, expect, it } from 'vitest';
import type { AttentionItem } from '../../console/src/api/more-types.js';
import type { RunState, StepRun } from '../../console/src/api/types.js';
import { EventParser } from '../../console/src/live/event-stream.js';
import { countWords, exampleTarget, groupTarget, wellWords } from '../../console/src/words/attention.js';
import { diffLines, valueWords } from '../../console/src/words/diff.js';
import { causeWords, errorShown, firstLine } from '../../console/src/words/errors.js';
import { asField, bulkFilter, filtersIn, queryOf } from '../../console/src/words/filters.js';
import { durationWords, momentsIn, momentWords, relativeWords } from '../../console/src/words/time.js';
import { waterfallRows } from '../../console/src/words/waterfall.js';

describe('times in words', () => {
  it.each([[80, '80 ms'], [1200, '1.2 s'], [3000, '3 s'], [59_999, '1 min'], [61_000, '1 min 1 s'], [7_620_000, '2 h 7 min'], [180_000_000, '2 d 2 h'], [-5, '0 ms']])('%i is %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  }); // prettier-ignore

  it('are told from now', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    expect(['2026-11-30T11:59:58Z', '2026-11-30T11:57:00Z', '2026-12-02T13:00:00Z'].map((at) => relativeWords(at, now))).toEqual([
      'now',
      '3 min ago',
      'in 2 d',
    ]);
  });

  it('are of the zone that is chosen, and what is no moment stays as it is', () => {
    expect(momentWords('2026-11-30T12:00:00.123Z', 'utc')).toBe('2026-11-30 12:00:00 UTC');
    expect(momentWords('2026-11-30T12:00:00.123Z', 'utc', true)).toBe('2026-11-30 12:00:00.123 UTC');
    const local = new Date(2026, 10, 30, 12, 0, 0);
    expect(momentWords(local.toISOString(), 'local')).toBe('2026-11-30 12:00:00');
    expect(momentWords('soon', 'utc')).toBe('soon');
  });

  it('are found in a sentence', () => {
    expect(momentsIn('waits since 2026-11-30T12:00:00.000Z, until 2026-12-01T00:00:00Z.')).toEqual([
      { text: 'waits since ', isMoment: false },
      { text: '2026-11-30T12:00:00.000Z', isMoment: true },
      { text: ', until ', isMoment: false },
      { text: '2026-12-01T00:00:00Z', isMoment: true },
      { text: '.', isMoment: false },
    ]);
    expect(momentsIn('waits')).toEqual([{ text: 'waits', isMoment: false }]);
  });
});

describe('filters', () => {
  it('come from the address, and what it does not know is left out', () => {
    expect(filtersIn(new URLSearchParams('workflow=loan&status=failed&status=waiting&part=x&step='))).toEqual({
      workflow: 'loan',
      status: ['failed', 'waiting'],
    });
  });

  it('go into the address without what is empty, moments as UTC', () => {
    const local = new Date(2026, 10, 30, 12, 5);
    const query = queryOf([['workflow', ' loan '], ['step', ''], ['status', 'failed'], ['status', 'waiting'], ['startedAfter', '2026-11-30T12:05']]); // prettier-ignore
    expect([...query]).toEqual([['workflow', 'loan'], ['status', 'failed'], ['status', 'waiting'], ['startedAfter', local.toISOString()]]); // prettier-ignore
    expect(asField(local.toISOString())).toBe('2026-11-30T12:05');
    expect([asField(null), asField('soon')]).toEqual(['', '']);
  });

  it('of a bulk run are numbers, booleans and objects, without the order', () => {
    expect(bulkFilter({ workflow: 'loan', version: '2', overdue: 'false', values: '{"customer":"c-7"}', order: 'oldest', status: ['failed'] })).toEqual({
      workflow: 'loan', version: 2, overdue: false, values: { customer: 'c-7' }, status: ['failed'],
    }); // prettier-ignore
    expect(bulkFilter({ values: '{' })).toEqual({ values: '{' });
  });
});

describe('what needs attention', () => {
  const item = (over: Partial<AttentionItem>): AttentionItem => ({
    kind: 'failed',
    workflow: 'loan',
    version: null,
    step: 'pay',
    error: null,
    count: 1,
    isMore: false,
    oldestAt: null,
    example: 'x',
    ...over,
  });
  const target = (over: Partial<AttentionItem>) => {
    const { path, query } = groupTarget(item(over));
    return `${path.join('/')}?${query.toString()}`;
  };

  it('leads to the list of all of a group', () => {
    expect(target({ error: 'no #' })).toBe('processes?workflow=loan&step=pay&status=failed&error=no+%23');
    expect(target({ kind: 'overdue' })).toBe('processes?workflow=loan&step=pay&overdue=true');
    expect(target({ kind: 'unknown', version: 3, step: null })).toBe(
      'processes?workflow=loan&version=3&status=running&status=waiting&status=suspended&status=failed',
    );
    expect(target({ kind: 'refused' })).toBe('inbox?workflow=loan&step=pay&disposition=refused');
    expect(target({ kind: 'unmatched', workflow: null, step: null })).toBe('inbox?disposition=stored');
    expect(target({ kind: 'parked' })).toBe('outbox?workflow=loan&parked=true');
  });

  it('leads to its example: a process, or a message in its list', () => {
    expect(exampleTarget(item({}))?.path).toEqual(['processes', 'x']);
    expect(exampleTarget(item({ kind: 'parked' }))?.path).toEqual(['outbox']);
    expect(exampleTarget(item({ example: null }))).toBeNull();
  });

  it('says what is well', () => {
    const of = (status: 'waiting' | 'running' | 'failed', count: number, isMore = false) => ({
      workflow: 'loan',
      status,
      step: null,
      error: null,
      count,
      isMore,
    });
    expect(wellWords([of('waiting', 214), of('running', 1)])).toBe('214 processes wait as planned, 1 is running.');
    expect(wellWords([of('waiting', 1000, true), of('waiting', 1)])).toBe('1,001+ processes wait as planned.');
    expect(wellWords([of('failed', 3)])).toBe('No process is running or waiting.');
    expect(countWords(1000, true)).toBe('1,000+');
  });
});

describe('the difference of two contexts', () => {
  it('is told key by key, down to values, and item by item', () => {
    const before = { a: 1, b: { c: 'x', d: null }, list: [1, { e: 2 }], gone: true, kind: [] };
    const after = { a: 1, b: { c: 'y', d: null }, list: [1, { e: 3 }, 4], kind: {}, new: 'n' };
    expect(diffLines(before, after)).toEqual([
      { path: 'a', mark: 'same', before: 1, after: 1 },
      { path: 'b.c', mark: 'changed', before: 'x', after: 'y' },
      { path: 'b.d', mark: 'same', before: null, after: null },
      { path: 'list[0]', mark: 'same', before: 1, after: 1 },
      { path: 'list[1].e', mark: 'changed', before: 2, after: 3 },
      { path: 'list[2]', mark: 'added', after: 4 },
      { path: 'gone', mark: 'removed', before: true },
      { path: 'kind', mark: 'changed', before: [], after: {} },
      { path: 'new', mark: 'added', after: 'n' },
    ]);
  });

  it('a list that became an object is one change', () => {
    expect(diffLines({ x: [1] }, { x: { a: 1 } })).toEqual([{ path: 'x', mark: 'changed', before: [1], after: { a: 1 } }]);
  });

  it('values are words', () => {
    expect([valueWords('a'), valueWords(undefined), valueWords({ a: 1 }), valueWords(null)]).toEqual(['a', '', '{\n  "a": 1\n}', 'null']);
  });
});

describe('errors', () => {
  const run = (attempt: number, state: RunState, error: string | null, of = 1) => ({ ...started, run: of, attempt, state, error });
  const started = { step: 'pay', startedAt: null, endedAt: null, worker: null, contextVersion: null };

  it('a step that is tried again shows its last error, one that is done shows none', () => {
    expect(errorShown([run(3, 'waiting', null), run(2, 'failed', 'E2'), run(1, 'failed', 'E1')])).toBe('E2');
    expect(errorShown([run(2, 'done', null), run(1, 'failed', 'E1')])).toBeNull();
    expect(errorShown([run(1, 'running', null, 2), run(1, 'failed', 'E1', 1)])).toBeNull(); // of an earlier visit
    expect(errorShown([])).toBeNull();
  });

  it('a cause does not repeat the step before it', () => {
    expect(causeWords('pay: Error: no', 'pay')).toBe('Error: no');
    expect(causeWords('pay: Error: no', 'review')).toBe('pay: Error: no');
    expect(causeWords('Error: no', '')).toBe('Error: no');
    expect(firstLine('Error: no\n    at pay')).toBe('Error: no');
  });
});

describe('the waterfall', () => {
  const at = (second: number) => new Date(second * 1000).toISOString();
  const run = (step: string, number: number, attempt: number, state: StepRun['state'], from: number | null, to: number | null, error: string | null = null): StepRun => ({
    step, run: number, attempt, state, startedAt: from === null ? null : at(from), endedAt: to === null ? null : at(to), worker: null, error, contextVersion: null,
  }); // prettier-ignore

  it('has a row for each visit with its attempts, what has failed first', () => {
    const rows = waterfallRows(
      [run('b', 2, 2, 'failed', 30, 40, 'no'), run('b', 2, 1, 'failed', 10, 20), run('a', 1, 1, 'done', 0, 10), run('a', 3, 1, 'waiting', 40, null)],
      50_000,
      false,
    );
    expect(rows.map(({ step, run: number, state, error, durationMs }) => [step, number, state, error, durationMs])).toEqual([
      ['b', 2, 'failed', 'no', 30_000],
      ['a', 1, 'done', null, 10_000],
      ['a', 3, 'waiting', null, 10_000],
    ]);
    expect(rows[0]!.bars.map(({ from, width }) => [from, width])).toEqual([[20, 20], [60, 20]]); // prettier-ignore
  });

  it('shortens the time in which no body runs', () => {
    const runs = [run('a', 1, 1, 'done', 0, 10), run('b', 2, 1, 'waiting', 10, 86_400), run('c', 3, 1, 'done', 86_400, 86_410)];
    const [a, b, c] = waterfallRows(runs, 86_410_000, true).map(({ bars }) => bars[0]!.width);
    expect(a).toBeCloseTo(c!);
    expect(b!).toBeLessThan(a! / 10);
    expect(waterfallRows(runs, 86_410_000, false)[1]!.bars[0]!.width).toBeGreaterThan(99);
  });

  it('what has not begun has no bar and comes last, and what takes no time is still seen', () => {
    const rows = waterfallRows([run('x', 1, 1, 'waiting', null, null), run('y', 2, 1, 'done', 5, 5)], 6000, true);
    expect(rows.map(({ step, bars, durationMs }) => [step, bars.length, durationMs])).toEqual([['y', 1, 0], ['x', 0, null]]); // prettier-ignore
    expect(rows[0]!.bars[0]!.width).toBeGreaterThan(0);
  });
});

describe('a stream of events', () => {
  const text = 'retry: 500\n\n: a comment\nid: 7\nevent: changed\ndata: {"id":\ndata: "p-1"}\n\ndata:x\r\n\r\n';
  const whole = [
    { event: 'message', data: '', id: null, retryMs: 500 },
    { event: 'changed', data: '{"id":\n"p-1"}', id: '7', retryMs: null },
    { event: 'message', data: 'x', id: null, retryMs: null },
  ];

  it('is the same wherever it is cut', () => {
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new EventParser();
      expect([...parser.take(text.slice(0, cut)), ...parser.take(text.slice(cut))]).toEqual(whole);
    }
  });

  it('keeps what is not complete for later', () => {
    const parser = new EventParser();
    expect(parser.take('event: changed\ndata: 1\n')).toEqual([]);
    expect(parser.take('\n')).toHaveLength(1);
  });
});
