/** The statements that find and count processes: which index each goes by. `plans.spec.ts` measures them on PostgreSQL. */
import { describe, expect, it } from 'vitest';
import { distinctQuery, statusCountsQuery, valueCountsQuery } from '../../lib/store/typeorm/count-queries.js';
import { findQuery } from '../../lib/store/typeorm/find-query.js';
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
    expect(query({ statuses: ['failed'], order: 'oldest', after: { startedAt: 7, id: 'p' } })).toEqual({
      sql: 'select p.* from workflow_process p where p.status = ? and p.started_at >= ? and (p.started_at > ? or p.id > ?) order by p.started_at, p.id limit ?',
      values: ['failed', 7, 7, 'p', 5],
    });
    expect(query({ updatedBefore: 9 })).toMatchObject({ sql: expect.stringContaining('p.updated_at < ? and p.started_at < ?'), values: [9, 9, 5] });
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
    const { sql, values } = query({ workflow: 'orders', search, statuses: ['failed'], version: 3, startedAfter: 4, after: { startedAt: 7, id: 'p' } });
    expect(numbered(sql).replaceAll(/\s+/g, ' ')).toBe(
      'select p.* from (select s.process_id, s.started_at from workflow_search s where s.workflow = $1 and s.name = $2 and s.value = $3 ' +
        'and s.started_at <= $4 and (s.started_at < $5 or s.process_id < $6) ' +
        'and (select 1 from workflow_search x where x.process_id = s.process_id and x.name = $7 and x.value = $8) = 1 ' +
        'and (select 1 from workflow_process p where p.id = s.process_id and lower(p.status) in ($9) and p.workflow_version = $10 and p.started_at >= $11) = 1 ' +
        'order by s.started_at desc, s.process_id desc limit $12) s join workflow_process p on p.id = s.process_id order by s.started_at desc, s.process_id desc',
    );
    expect(values).toEqual(['orders', 'a', '1', 7, 7, 'p', 'b', '2', 'failed', 3, 4, 5]);
  });
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
