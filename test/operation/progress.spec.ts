/** How a process gets on, in one word: the rule, and what lists and explanations say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessState } from '../../lib/core/process.js';
import type { WaitFacts } from '../../lib/core/wait-facts.js';
import { type Progress, Step, Workflow } from '../../lib/index.js';
import { progressOf } from '../../lib/query/progress.js';
import { aProcess, aToken } from '../../lib/testing/builders.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

const NOW = 1_000_000;
const FIVE_MINUTES = 300_000;

describe('the progress of a process', () => {
  const quiet: WaitFacts = { isPaused: false, isOverdue: false, isRetrying: false, readyAt: null, steps: [] };
  const cases: [says: Progress, process: Partial<ProcessState>, waits?: Partial<WaitFacts>, isKnown?: boolean][] = [
    ['completed', { status: 'completed' }, { isOverdue: true }, false],
    ['cancelled', { status: 'cancelled' }],
    ['failed', { status: 'failed' }, { isOverdue: true }, false],
    ['suspended', { status: 'suspended' }, { isRetrying: true }],
    ['waiting', { status: 'waiting' }],
    ['progressing', { status: 'running', worker: 'w', updatedAt: 0 }],
    ['progressing', { status: 'running', worker: '', updatedAt: NOW - FIVE_MINUTES }],
    ['stuck', { status: 'running', worker: '', updatedAt: NOW - FIVE_MINUTES - 1 }],
    ['stuck', { status: 'running', worker: '-', updatedAt: NOW - FIVE_MINUTES - 1 }],
    ['stuck', { status: 'waiting' }, {}, false],
    ['stuck', { status: 'waiting' }, { readyAt: NOW - FIVE_MINUTES - 1, isOverdue: true }],
    ['stuck', { status: 'running', worker: '', updatedAt: NOW }, { readyAt: NOW - FIVE_MINUTES - 1 }],
    ['stuck', { status: 'running', worker: '', updatedAt: NOW - FIVE_MINUTES - 1 }, { readyAt: NOW }],
    ['waiting', { status: 'waiting' }, { readyAt: NOW - FIVE_MINUTES }],
    ['paused', { status: 'waiting' }, { isPaused: true, isOverdue: true }],
    ['stuck', { status: 'waiting' }, { isPaused: true }, false],
    ['overdue', { status: 'running', worker: 'w' }, { isOverdue: true, isRetrying: true }],
    ['retrying', { status: 'waiting' }, { isRetrying: true }],
    ['retrying', { status: 'running', worker: 'w', tokens: [aToken(), aToken({ attempt: 2 })] }],
    ['progressing', { status: 'running', worker: 'w', tokens: [aToken({ attempt: 2, parked: 'task' })] }],
  ];
  it.each(cases)('is %s: %j, waits %j, known %j', (says, process, waits = {}, isKnown = true) => {
    expect(progressOf(aProcess(process), { waits: { ...quiet, ...waits }, isKnown, now: NOW })).toBe(says);
  });
});

@Workflow({ name: 'progress-late' })
class Late {
  @Step({ on: 'never', overdue: { after: '10 ms', do: 'remind' } }) wait() {}
  remind() {}
}
@Workflow({ name: 'progress-again' })
class Again {
  @Step({ retry: { attempts: 2, delay: '1 hour' } }) fail() {
    throw new Error('not yet');
  }
}
@Workflow({ name: 'progress-plain' })
class Plain {
  @Step({ on: 'paid' }) pay() {}
}
@Workflow({ name: 'progress-paused' })
class Paused {
  @Step() go() {}
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(titleOf(database), () => progress(database));
}

function progress(database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, 'database', { providers: [Late, Again, Plain, Paused] });
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  it('is told by lists and by explanations alike', async () => {
    await app.workflows.pauses.pause({ workflow: Paused });
    const started = [
      await app.workflows.start(Late),
      await app.workflows.start(Again),
      await app.workflows.start(Plain),
      await app.workflows.start(Plain),
      await app.workflows.start(Paused),
    ];
    await app.workflows.cancel(started[3]!.id);
    await until(
      async () => (await app.workflows.find({ overdue: true })).items.length,
      (count) => count === 1,
    );
    for (const { id } of started) await app.workflows.settled(id);
    const { items } = await app.workflows.find({ order: 'oldest' });
    const listed = new Map(items.map(({ id, progress: says }) => [id, says]));
    const explained = await Promise.all(started.map(async ({ id }) => (await app.workflows.explain(id)).progress));
    expect(explained).toEqual(['overdue', 'retrying', 'waiting', 'cancelled', 'paused']);
    expect(started.map(({ id }) => listed.get(id))).toEqual(explained);
    expect(items.map(({ steps }) => steps)).toEqual([['wait'], ['fail'], ['pay'], [], ['go']]);
  });
}
