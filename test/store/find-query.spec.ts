/** The statements that find and count processes: which index each goes by. `plans.spec.ts` measures them on PostgreSQL. */
import { describe, expect, it } from 'vitest';
import { distinctQuery, statusCountsQuery, valueCountsQuery } from '../../lib/store/typeorm/count-queries.js';
import { findQuery, placeQuery } from '../../lib/store/typeorm/find-query.js';
import { frameOf, isLookedThrough } from '../../lib/store/process-frame.js';
import type { ProcessQuery } from '../../lib/store/port.js';
import { numbered } from '../../lib/store/typeorm/query.js';

const query = (given: Partial<ProcessQuery>) => findQuery({ limit: 5, ...given });
/** The statuses that have a part of their own, in order. */
const parts = (given: Partial<ProcessQuery>) => {
  const { sql, values } = query(given);
  return sql.includes('union all') ? values.filter((value) => /^[a-z]{6,}$/.test(String(value)) && value !== 'orders') : null;
};
const ALL = ['running', 'waiting', 'suspended', 'failed', 'completed', 'cancelled'];
const LIVE = ALL.slice(0, 4);

describe('processes', () => {
  it.each<[string, Partial<ProcessQuery>, string[] | null]>([
    ['of one status', { statuses: ['failed'] }, null],
    ['of several statuses', { statuses: ['failed', 'waiting'] }, ['failed', 'waiting']],
    ['of a workflow', { workflow: 'orders' }, ALL],
    ['of a workflow and a status', { workflow: 'orders', statuses: ['failed'] }, null],
    ['in a step', { standsIn: 'pay' }, LIVE],
    ['waiting in a step', { waitingFor: 'pay' }, LIVE],
    ['of a workflow in a step', { workflow: 'orders', waitingFor: 'pay' }, LIVE],
    ['in a step, of two statuses of which one is over', { standsIn: 'pay', statuses: ['failed', 'completed'] }, null],
    ['of all kinds', {}, null],
    ['that were started before', { startedBefore: 5 }, null],
    ['that are not overdue', { workflow: 'orders', overdue: false }, ALL],
  ])('%s are found status by status: %j', (_what, given, expected) => expect(parts(given)).toEqual(expected));

  it('of a step, all over, are none', () => expect(query({ standsIn: 'pay', statuses: ['completed', 'cancelled'] }).sql).toContain('1 = 0'));

  it.each<Partial<ProcessQuery>>([{ groupId: 'g' }, { groupIdPrefix: 'g' }, { parentId: 'p' }, { ids: ['p'] }, { overdue: true }])(
    'that are few are found first, and then sorted: %j',
    (few) => {
      const { sql } = query({ ...few, workflow: 'orders', statuses: ['failed', 'waiting'] });
      expect(sql).toContain('order by p.started_at + 0 desc, p.id desc');
      expect(sql).not.toContain('union');
      expect(sql).toContain('p.status in (?, ?)');
    },
  );

  it('that are many are read in the order of their index', () => {
    expect(query({ statuses: ['failed'] }).sql).toBe('select p.* from workflow_process p where p.status = ? order by p.started_at desc, p.id desc limit ?');
    expect(query({ statuses: ['failed'], order: 'oldest', after: { at: 7, id: 'p' } })).toEqual({
      sql: 'select p.* from workflow_process p where p.status = ? and p.started_at >= ? and (p.started_at > ? or p.id > ?) order by p.started_at, p.id limit ?',
      values: ['failed', 7, 7, 'p', 5],
    });
    expect(query({ updatedBefore: 9 })).toMatchObject({ sql: expect.stringContaining('p.started_at < ? and p.updated_at < ?'), values: [9, 9, 5] });
  });

  it('of a group id are those of its key, too', () => {
    expect(query({ groupId: 'g' }).sql).toContain('p.group_id = ? and p.group_key = ?');
    expect(query({ groupIdPrefix: 'g' })).toMatchObject({
      sql: expect.stringContaining('p.group_id >= ? and p.group_id < ?'),
      values: ['g', 'g\u{10FFFF}', 5],
    });
    expect(query({ ids: [] }).sql).toContain('1 = 0');
  });

  it('with values are found by the first of them, and read by their id', () => {
    const search = [{ name: 'a', value: '1' }, { name: 'b', value: '2' }]; // prettier-ignore
    const { sql, values } = query({ workflow: 'orders', search, statuses: ['failed'], version: 3, startedAfter: 4, after: { at: 7, id: 'p' } });
    expect(numbered(sql).replaceAll(/\s+/g, ' ')).toBe(
      'select p.* from (select s.process_id, s.started_at from workflow_search s where s.workflow = $1 and s.name = $2 and s.value = $3 ' +
        'and s.started_at >= $4 ' +
        'and (select 1 from workflow_search x where x.process_id = s.process_id and x.name = $5 and x.value = $6) = 1 ' +
        'and (select 1 from workflow_process p where p.id = s.process_id and lower(p.status) in ($7) and p.workflow_version = $8) = 1 ' +
        'and s.started_at <= $9 and (s.started_at < $10 or s.process_id < $11) ' +
        'order by s.started_at desc, s.process_id desc limit $12) s join workflow_process p on p.id = s.process_id order by s.started_at desc, s.process_id desc',
    );
    expect(values).toEqual(['orders', 'a', '1', 4, 'b', '2', 'failed', 3, 7, 7, 'p', 5]);
  });
});

describe('the end of a page', () => {
  const place = (given: Partial<ProcessQuery>) => placeQuery(given, 3, ' by end');

  it('is read from the index alone, for each status', () => {
    expect(place({ statuses: ['failed'] })).toEqual({
      sql: 'select p.started_at, p.id from workflow_process p where p.status = ? order by p.started_at desc, p.id desc limit 1 offset ?',
      values: ['failed', 2],
    });
    const { sql, values } = place({ statuses: ['failed', 'waiting'] });
    expect(sql).toContain(
      'select p.started_at, p.id from workflow_process p where p.status = ? order by p.started_at desc, p.id desc limit ?) part0 union all',
    );
    expect(sql).toMatch(/order by started_at desc, id desc limit 1 offset \?$/);
    expect(values).toEqual(['failed', 3, 'waiting', 3, 2]);
  });

  it('of those that have finished is read by their index', () => {
    expect(place({ workflow: 'orders', sort: 'finishedAt' }).sql).toBe(
      'select p.finished_at, p.id from workflow_process p by end where p.workflow = ? and p.finished_at is not null order by p.finished_at desc, p.id desc limit 1 offset ?',
    );
  });

  it.each<[Partial<ProcessQuery>, Partial<ProcessQuery>]>([
    [
      { workflow: 'w', version: 2, waitingFor: 'pay' },
      { workflow: 'w', statuses: ['running', 'waiting', 'suspended', 'failed'] },
    ],
    [{ standsIn: 'pay', statuses: ['failed', 'completed'] }, { statuses: ['failed'] }],
    [{ updatedBefore: 5, startedBefore: 9, updatedAfter: 2, overdue: false }, { startedBefore: 5 }],
    [
      { workflow: 'w', sort: 'finishedAt', statuses: ['cancelled'] },
      { workflow: 'w', sort: 'finishedAt' },
    ],
    [
      { groupId: 'g', overdue: true, order: 'oldest', updatedAfter: 5 },
      { groupId: 'g', overdue: true, order: 'oldest' },
    ],
    [{ workflow: 'w', search: [{ name: 'a', value: '1' }, { name: 'b', value: '2' }], statuses: ['failed'], groupId: 'g', startedAfter: 1 }, { workflow: 'w', search: [{ name: 'a', value: '1' }], startedAfter: 1 }], // prettier-ignore
  ])('leaves out what no index has: %j', (given, frame) => expect(frameOf(given)).toEqual(frame));

  it.each<[Partial<ProcessQuery>, boolean]>([
    [{}, false],
    [{ workflow: 'w', statuses: ['failed', 'waiting'], startedAfter: 1 }, false],
    [{ version: 1 }, true],
    [{ waitingFor: 'pay' }, true],
    [{ standsIn: 'pay' }, true],
    [{ overdue: false }, true],
    [{ overdue: true, standsIn: 'pay' }, false],
    [{ updatedBefore: 1 }, true],
    [{ updatedAfter: 1 }, true],
    [{ updatedAfter: 1, groupId: 'g' }, false],
    [{ updatedAfter: 1, sort: 'updatedAt' }, false],
    [{ search: [{ name: 'a', value: '1' }] }, false],
    [{ search: [{ name: 'a', value: '1' }], groupId: 'g' }, true],
    [{ search: [{ name: 'a', value: '1' }], statuses: ['failed'] }, true],
    [{ workflow: 'w', sort: 'finishedAt' }, false],
    [{ workflow: 'w', sort: 'finishedAt', statuses: ['cancelled'] }, true],
  ])('is needed where the processes are looked at one by one: %j %s', (given, isNeeded) => expect(isLookedThrough(given)).toBe(isNeeded));
});

describe('counts', () => {
  const of = { table: 't', column: 'c', where: { sql: 'd = ?', values: [1] }, limit: 9 };
  it('of different values go from one to the next, unless the database does it by itself', () => {
    expect(distinctQuery('loose', of)).toEqual({ sql: 'select distinct c as found from t where d = ? order by c limit ?', values: [1, 9] });
    const { sql, values } = distinctQuery('steps', of);
    expect(sql).toContain('union all select (select min(c) from t where d = ? and c > step.found)');
    expect(values).toEqual([1, 1, 9]);
  });

  it('are parts of one statement, each with its limit', () => {
    const groups = [{ workflow: 'w', status: 'failed' }, { workflow: 'v', status: 'waiting' }] as const; // prettier-ignore
    expect(statusCountsQuery(groups, 7).sql.match(/union all/g)).toHaveLength(1);
    expect(statusCountsQuery(groups, 7).values).toEqual(['w', 'failed', 'w', 'failed', 7, 'v', 'waiting', 'v', 'waiting', 7]);
    expect(valueCountsQuery('w', [{ name: 'a', value: '1' }], 3)).toEqual({
      sql: 'select ? as name, count(*) as many from (select 1 as one from workflow_search where workflow = ? and name = ? and value = ? limit ?) c',
      values: ['a', 'w', 'a', '1', 3],
    });
  });
});
