import { expect, it } from 'vitest';
import { taskAddress, taskOf } from '../../lib/queue/task-id.js';

const at = { processId: 'a|b:ü %', key: '0/1', run: 2, claim: 3, queue: 'the | queue', readyAt: 50 };

it('reads what it wrote, without the characters Bull minds', () => {
  const task = taskOf(at);
  expect(task).toMatchObject({ queue: 'the | queue', readyAt: 50 });
  expect(task.id).not.toContain(':');
  expect(taskAddress(task.id)).toEqual({ ...at, readyAt: 0 });
});

it.each([
  null,
  undefined,
  7,
  {},
  [],
  '',
  'x',
  'a|b|1|1',
  'a|b|1|1|q|r',
  'a|b||1|q',
  'a|b|NaN|1|q',
  'a|b|1e3|1|q',
  'a|b|-1|1|q',
  'a|b|1|99999999999|q',
  'a%00|b|1|1|q',
  'a\0|b|1|1|q',
  '%|b|1|1|q',
  `${'a'.repeat(2000)}|b|1|1|q`,
])('is none of ours: %j', (id) => expect(taskAddress(id)).toBeNull());
