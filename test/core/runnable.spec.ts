/** Which bodies a worker should start now. */
import { describe, expect, it } from 'vitest';
import { isSameBody, nextEvent, runnable, visitKey } from '../../lib/core/runnable.js';
import { needsNoWorker, standingStill } from '../../lib/core/standstill.js';
import { cleared } from '../../lib/core/suspicion.js';
import type { Token, UndoToken } from '../../lib/core/token.js';
import { aProcess, aToken } from './builders.js';

const NONE = () => false;
const undo = (open: number): UndoToken => ({ key: '0~u1', node: '', run: 1, does: 'undo', attempt: 1, since: 0, undo: { under: null, ending: 'skip' }, open });
const event = (run: number, given = {}) => aToken({ key: `e${run}`, run, ...given });
const started = (tokens: Token[], given = {}, isRunning: (token: Token) => boolean = NONE) =>
  runnable(aProcess({ tokens, worker: 'w', status: 'running', ...given }), 'w', isRunning).map(({ key }) => key);

describe('bodies to start', () => {
  it('those of the worker’s own processes that run', () => {
    for (const tokens of [[aToken()], [aToken(), aToken({ key: '1' })]]) {
      expect(started(tokens)).toHaveLength(tokens.length);
      expect(started(tokens, { worker: 'v' })).toEqual([]);
      expect(started(tokens, { status: 'suspended' })).toEqual([]);
      expect(started(tokens, {}, () => true)).toEqual([]);
    }
  });

  it('not what waits, has failed or holds branches', () => {
    const others = [aToken({ parked: 'timer' }), aToken({ fault: 'no' }), aToken({ does: 'branches' } as never), aToken({ does: 'over' } as never)];
    for (const token of others) expect(started([token])).toEqual([]);
    expect(started([...others.map((token, i) => ({ ...token, key: `1/${i}` })), aToken()])).toEqual(['0']);
  });

  it('of events only the oldest', () => {
    expect(started([event(5), event(3), event(4)])).toEqual(['e3']);
    expect(started([event(3), aToken(), event(2)])).toEqual(['0', 'e2']);
    expect(
      started([event(3), event(2)], {}, ({ key }) => key === 'e2'),
      'which runs',
    ).toEqual([]);
  });

  it('an undo only when no body is left to wait for', () => {
    expect([started([undo(1)]), started([undo(0)])]).toEqual([[], ['0~u1']]);
    expect(started([undo(1), aToken({ last: true })])).toEqual(['0']);
    expect(started([undo(0)], {}, () => true)).toEqual([]);
  });

  it('the next event is the oldest that is not handled yet', () => {
    const process = aProcess({ tokens: [aToken(), event(3), event(2), event(4, { parked: 'timer' })], worker: 'w' });
    const running = ({ key }: Token) => key === 'e2';
    expect([nextEvent(process, 'w', NONE)?.key, nextEvent(process, 'w', running)?.key]).toEqual(['e2', 'e3']);
    expect([nextEvent(process, 'v', NONE), nextEvent({ ...process, status: 'suspended' }, 'w', NONE)]).toEqual([undefined, undefined]);
  });

  it('a body is known by its key, its visit, its attempt and what it does', () => {
    const token = aToken({ key: '0', run: 2, attempt: 3 });
    const others = [aToken({ ...token, key: '1' }), aToken({ ...token, run: 3 }), aToken({ ...token, attempt: 4 }), aToken({ ...token, does: 'request' })];
    expect([isSameBody(token, { ...token }), ...others.map((other) => isSameBody(token, other))]).toEqual([true, false, false, false, false]);
    expect(new Set([token, ...others].map(visitKey)).size).toBe(5);
  });
});

describe('a process that stands still', () => {
  it('marks what came meanwhile, and not what may have begun', () => {
    const before = [aToken({ key: '0' }), aToken({ key: '1', idle: true }), aToken({ key: '2', parked: 'timer' })];
    const after = [...['0', '1', '2', '3'].map((key) => aToken({ key })), aToken({ key: '4', fault: 'no' })];
    expect(standingStill(before, after).map((token) => 'idle' in token)).toEqual([false, true, true, true, false]);
  });

  it('needs its worker only while a body may run', () => {
    const needs = (tokens: Token[], worker = 'w') => !needsNoWorker({ worker, tokens });
    expect([needs([aToken()]), needs([aToken({ idle: true })]), needs([aToken({ fault: 'no' })]), needs([]), needs([aToken()], '')]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(needs([aToken({ idle: true }), aToken({ key: '1' })])).toBe(true);
  });
});

describe('a body that ended by itself', () => {
  it('is suspected no more, and its crashes stay forgiven', () => {
    expect(cleared(aToken({ crashes: 2, forgiven: 3, announced: 4, blamed: 1 }))).toEqual(aToken({ forgiven: 5 }));
    expect(cleared(aToken({ crashes: 2 }))).toEqual(aToken({ forgiven: 2 }));
    const innocent = aToken();
    expect(cleared(innocent)).toBe(innocent);
  });
});
