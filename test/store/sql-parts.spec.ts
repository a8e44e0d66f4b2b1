/** The parts that statements are made of, where no answer of a database tells them apart. */
import { getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { type ErrorClass, isInfrastructure } from '../../lib/store/typeorm/batch.js';
import { effectsOf, mysqlUpserts, oneByOne, together } from '../../lib/store/typeorm/change-statements.js';
import { WorkflowProcessEntity } from '../../lib/store/typeorm/entities/process.entity.js';
import { andNot, checkBound, chunks, inList, isKnown, numbered } from '../../lib/store/typeorm/query.js';
import { inboxCount } from '../../lib/store/typeorm/inbox-queries.js';
import { messageRow, outgoingRow, recordRow, seldomRow } from '../../lib/store/typeorm/rows.js';
import { messageState } from '../../lib/store/typeorm/states.js';
import { dataSourceOf } from '../../lib/store/typeorm/typeorm-versions.js';
import { waitQuery } from '../../lib/store/typeorm/wait-query.js';
import { workQuery } from '../../lib/store/typeorm/work-query.js';
import { aMessage, aRecord, aStart, aWait, outgoing } from '../../lib/testing/builders.js';

describe('an error of a database', () => {
  const goesAway: Record<ErrorClass, boolean> = { conflict: true, locked: true, unavailable: true, exists: false, data: false, other: false };

  it.each(Object.entries(goesAway))('that is %s goes away by itself: %s', (errorClass, expected) => {
    expect(isInfrastructure(errorClass as ErrorClass)).toBe(expected);
  });
});

describe('a value of a statement', () => {
  it.each([null, '', 'text', 0, 1.5, 10n, Buffer.from('a'), new Uint8Array(1)])('may be %o', (value) => {
    expect(() => checkBound(['before', value])).not.toThrow();
  });

  it.each([undefined, true, {}, [], new Date(0), Symbol('s'), () => 1])('is never %o, in any place', (value) => {
    expect(() => checkBound([value, 'after'])).toThrow(TypeError);
    expect(() => checkBound(['before', value])).toThrow(/which no database is given/);
  });
});

describe('a list', () => {
  it('is cut into pieces that every database takes, with nothing lost or twice', () => {
    const all = Array.from({ length: 1100 }, (_, i) => i);
    expect(chunks(all).map(({ length }) => length)).toEqual([500, 500, 100]);
    expect(chunks(all).flat()).toEqual(all);
    expect(chunks([1, 2, 3, 4], 2)).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(chunks([])).toEqual([]);
  });

  it('has a place for each value', () => {
    expect(inList(['a', 'b'])).toEqual({ sql: 'in (?, ?)', values: ['a', 'b'] });
    expect(andNot('id', ['a', 'b'])).toEqual({ sql: ' and id not in (?, ?)', values: ['a', 'b'] });
    expect(andNot('id', [])).toEqual({ sql: '', values: [] });
  });
});

it('places have numbers on PostgreSQL', () => {
  expect(numbered('a = ? and b in (?, ?)')).toBe('a = $1 and b in ($2, $3)');
});

it('a workflow without a version that is known has no process', () => {
  expect(isKnown([{ workflow: 'order', versions: [] }])).toEqual({ sql: '(p.workflow = ? and p.workflow_version is null)', values: ['order'] });
  expect(isKnown([])).toEqual({ sql: '1 = 0', values: [] });
});

it('a sweep looks for tasks only where it has queues', () => {
  for (const queues of [[], ['q'], ['q', 'r']]) {
    const { sql, values } = workQuery('0', 5, queues);
    expect(values).toEqual([5, ...(queues.length === 0 ? [] : [...queues, 5]), 5, 5]);
    expect(sql.match(/\?/g)).toHaveLength(values.length);
  }
});

it('messages from before they had a size count as nothing', () => {
  expect(inboxCount({ workflow: null, messages: '2', bytes: null })).toEqual({ workflow: null, messages: 2, size: 0 });
});

it('messages from before they had an identity and a date are known by their id and count from their arrival', () => {
  const row = { id: 'm', identity: null, effective_at: null, received_at: '7', body: '{}' };
  expect(messageState(row)).toMatchObject({ id: 'm', identity: 'm', effectiveAt: 7, receivedAt: 7 });
  expect(messageState({ ...row, identity: 'i', effective_at: '5' })).toMatchObject({ identity: 'i', effectiveAt: 5 });
});

describe('a text of people and of errors', () => {
  const rowOf = (text: string | null) => {
    const record = recordRow('p', aRecord({ actor: text, reason: text, error: text, detail: text }));
    return [record[7], record[8], record[9], record[10], messageRow(aMessage({ reason: text }))[10], outgoingRow(outgoing({ error: text }))[10]];
  };

  it.each([
    ['as it is ü 😀', 'as it is ü 😀'],
    ['with a NUL \0 in it \0', 'with a NUL \uFFFD in it \uFFFD'],
    ['with half a character \ud800', 'with half a character \uFFFD'],
    ['with both \0\ud800', 'with both \uFFFD\uFFFD'],
    ['', ''],
    [null, null],
  ])('%j is kept as every database takes it', (text, kept) => {
    expect(rowOf(text)).toEqual(Array.from({ length: 6 }, () => kept));
    expect(seldomRow(aStart({ process: { cause: text } }))[7]).toBe(kept);
  });
});

it('both versions of TypeORM tell the data source of a runner', () => {
  const dataSource = {};
  expect(dataSourceOf({ dataSource } as never)).toBe(dataSource);
  expect(dataSourceOf({ connection: dataSource } as never)).toBe(dataSource);
});

it('no index of a process has a column that each step changes', () => {
  const indexed = getMetadataArgsStorage().filterIndices(WorkflowProcessEntity).flatMap(({ columns }) => columns as string[]); // prettier-ignore
  expect(indexed).toContain('startedAt');
  expect(indexed.filter((name) => ['revision', 'contextVersion', 'runs', 'tokens', 'updatedAt'].includes(name))).toEqual([]);
});

describe('waits of a group id', () => {
  it('are found by the processes, which are few, and all others by the index of the waits', () => {
    expect(waitQuery({ kind: 'event', groupId: 'g', limit: 5 }).sql).toMatch(/from workflow_wait w join workflow_process p/);
    expect(waitQuery({ kind: 'event', limit: 5 }).sql).toMatch(/from \(select w\.\* from workflow_wait w where .* limit \?\) w join workflow_process p/);
  });
});

describe('a change', () => {
  const change = aStart({
    waits: { put: [aWait({ key: '0/1' }), aWait({ key: '0/2' })] },
    messages: [aMessage({ id: 'one', disposition: 'late' }), aMessage({ id: 'one' }), aMessage({ id: 'two' })],
  });
  const of = (table: string, all: ReturnType<typeof effectsOf>) => all.filter(({ sql }) => sql.includes(` ${table} `));

  it('is one insert for many rows where each statement is a round trip, and one for each where it is prepared', () => {
    const [many, each] = [effectsOf(change, mysqlUpserts, together), effectsOf(change, mysqlUpserts, oneByOne)];
    expect([of('workflow_wait', many).length, of('workflow_wait', each).length]).toEqual([1, 2]);
    expect(of('workflow_wait', many)[0]!.values).toEqual(of('workflow_wait', each).flatMap(({ values }) => values));
    for (const { sql, values } of [...many, ...each]) expect(sql.match(/\?/g)).toHaveLength(values.length);
  });

  it('has the last state of each message', () => {
    expect(of('workflow_inbox', effectsOf(change, mysqlUpserts, oneByOne)).map(({ values }) => [values[0], values[6]])).toEqual([
      ['one', 'stored'],
      ['two', 'stored'],
    ]);
  });

  it('overwrites waits and messages that are there, but neither versions nor records', () => {
    const sqls = effectsOf(change, mysqlUpserts, oneByOne).map(({ sql }) => sql);
    const [wait, message] = [sqls.find((sql) => sql.includes('workflow_wait'))!, sqls.find((sql) => sql.includes('workflow_inbox'))!];
    expect(wait).toMatch(/ on duplicate key update step = values\(step\), run = values\(run\), .*, token = values\(token\)$/);
    expect(message).toMatch(/ on duplicate key update address = values\(address\), .*, effective_at = values\(effective_at\)$/);
    expect(sqls.filter((sql) => sql.includes('on duplicate key')).every((sql) => /workflow_(wait|inbox)/.test(sql))).toBe(true);
  });
});
