import { describe, expect, it } from 'vitest';
import type { Change, Snapshot } from '../../lib/core/change.js';
import type { ProcessEvent } from '../../lib/core/events.js';
import { isActive, type Token } from '../../lib/core/token.js';
import { type ProcessState, type ProcessStatus } from '../../lib/core/process.js';
import { aDefinition, aFork, aMessage, aProcess, aStage, aStepNode, aToken, aWait, NOON, NOTHING, someFacts, hearing } from './builders.js';
import { decideOn, type Told } from './story.js';

/**
 * Every status × every event. The process has a token for each event to be about: `run` runs, `ask` asks, `answer` waits for a
 * response, `task` is with worker t, `timer` is due, `broken` has failed. Where a status rules a token out, it is not there.
 */
const definition = aDefinition([
  aFork('all', ['run', 'ask', 'answer', 'task', 'timer', 'broken', 'child', 'stage']),
  aStepNode('run', { next: [] }),
  aStepNode('ask', { next: [], gate: { for: 'response', request: 'how' } }),
  aStepNode('answer', { next: [], gate: { for: 'response', request: 'how' } }),
  aStepNode('task', { next: [], queue: 'q' }),
  aStepNode('timer', { next: [], after: 1 }),
  aStepNode('broken', { next: [] }),
  aStage('stage', 'run', { next: [] }),
  aStepNode('child', { next: [], gate: { for: 'child', workflow: 'other', detached: false, onParentCancel: 'cancel' } }),
  aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') }),
]);

const RUN = aToken({ key: '0/0', node: 'run', run: 2 });
const ASK = aToken({ key: '0/1', node: 'ask', run: 3, does: 'request' });
const CHILD = aToken({ key: '0/6', node: 'child', run: 8, does: 'request' });
const UNDO: Token = { ...aToken({ key: '0/7~u9', node: 'stage', run: 9 }), does: 'undo', open: 0, undo: { under: '0/7', ending: 'skip' } };
const STAGE: Token = { ...aToken({ key: '0/7', node: 'stage', run: 10 }), does: 'branches', open: 1 };
const BROKEN = aToken({ key: '0/5', node: 'broken', run: 7, fault: 'Error: no' });
const WAITS = [
  aWait({ key: '0/2', node: 'answer', run: 4, kind: 'response', address: 'r:p.4' }),
  aWait({ key: '0/3', node: 'task', run: 5, kind: 'task', queue: 'q', worker: 't', claims: 1 }),
  aWait({ key: '0/4', node: 'timer', run: 6, kind: 'timer', dueAt: NOON }),
  aWait({ key: '0/8', node: 'run', run: 11, kind: 'pause', address: 'p:a' }),
];

function tokensOf(status: ProcessStatus): Token[] {
  const active = status === 'waiting' ? [] : [RUN, ASK, CHILD, UNDO];
  const broken = status === 'failed' ? [BROKEN] : [];
  const open = WAITS.length + active.filter(({ does }) => does !== 'undo').length + broken.length + 1;
  const fork: Token = { ...aToken({ key: '0', node: 'all' }), does: 'branches', open };
  return [fork, STAGE, ...active, ...broken];
}

function standing(status: ProcessStatus): Snapshot {
  const finished = status === 'completed' || status === 'cancelled';
  const tokens = finished ? [] : tokensOf(status);
  const worker = tokens.some(isActive) ? 'w' : null;
  const process = aProcess({ status, tokens, worker, revision: 10, runs: 10, cause: 'a cause', finishedAt: finished ? NOON : null });
  return { process, waits: new Map(finished ? [] : WAITS.map((wait) => [wait.token.key, wait])), messages: new Map() };
}

const by = { by: 'b', facts: someFacts() };
const run = { key: '0/0', run: 2, attempt: 1, claim: 1 };
const ask = { key: '0/1', run: 3, attempt: 1, claim: 1 };
const message = aMessage();
const events: { [T in ProcessEvent['type']]: Told } = {
  'step-succeeded': { type: 'step-succeeded', ...run, patch: NOTHING, ...by },
  'response-requested': { type: 'response-requested', ...ask, ...by },
  'step-deferred': { type: 'step-deferred', ...run, ...by },
  'step-paused': { type: 'step-paused', ...run, reason: 'look', ...by },
  'step-failed': { type: 'step-failed', ...run, error: 'Error: no', permanent: false, ...by },
  'message-received': { type: 'message-received', key: '0/2', run: 4, message, ...by },
  'event-received': { type: 'event-received', node: 'heard', message, ...by },
  'message-missed': { type: 'message-missed', message, ...by },
  'message-refused': { type: 'message-refused', key: '0/2', run: 4, message, ...by },
  'message-settled': { type: 'message-settled', message, as: 'discarded', ...by },
  'message-unsent': { type: 'message-unsent', sending: { id: 'm', step: 'run', sender: 'CLIENT' }, as: 'discarded', ...by },
  'came-due': { type: 'came-due', key: '0/4', run: 6, ...by },
  'task-lost': { type: 'task-lost', key: '0/3', run: 5, worker: 't', ...by },
  claimed: { type: 'claimed', ...by },
  'worker-lost': { type: 'worker-lost', worker: 'w', ...by },
  'suspect-began': { type: 'suspect-began', ...run, ...by },
  'pause-awaited': { type: 'pause-awaited', ...run, address: 'p:a', says: 'it is paused', ...by },
  'pause-ended': { type: 'pause-ended', key: '0/8', run: 11, address: 'p:a', ...by },
  suspended: { type: 'suspended', why: 'a holiday', ...by },
  resumed: { type: 'resumed', ...by },
  cancelled: { type: 'cancelled', why: 'enough', ...by },
  orphaned: { type: 'orphaned', ...by },
  retried: { type: 'retried', ...by },
  'child-requested': { type: 'child-requested', key: '0/6', run: 8, attempt: 1, claim: 1, values: { of: 'p' }, ...by },
  'visit-undone': { type: 'visit-undone', key: '0/7~u9', run: 9, attempt: 1, claim: 1, step: 'run', undone: 2, patch: NOTHING, ...by },
  'all-undone': { type: 'all-undone', key: '0/7~u9', run: 9, attempt: 1, claim: 1, ...by },
  skipped: { type: 'skipped', key: '0/2', run: 4, patch: NOTHING, ...by },
  migrated: { type: 'migrated', to: 2, revision: 10, steps: new Map(), values: {}, waits: [], ...by },
  restarted: { type: 'restarted', root: 0, version: 1, values: { v: 1 }, places: new Map([['0', { node: 'run' }]]), ...by },
};

/** What became of it: `records → status (worker claim)`. */
function outcome({ process, records }: Change): string {
  return `${records.map(({ type }) => type).join(' ')} → ${process.status} (${process.worker ?? '-'} ${process.claim})`;
}

const LIVE = ['running', 'waiting', 'suspended', 'failed'] as const;
const ALL = [...LIVE, 'completed', 'cancelled'] as const;

/** null: the event no longer applies. */
const table: { [T in ProcessEvent['type']]: { [S in ProcessStatus]: string | null } } = {
  'step-succeeded': {
    running: 'step-completed → running (w 1)', waiting: null, suspended: 'step-completed → suspended (w 1)', failed: 'step-completed → failed (w 1)', completed: null, cancelled: null,
  },
  'response-requested': {
    running: 'response-requested → running (w 1)', waiting: null, suspended: 'response-requested → suspended (w 1)', failed: 'response-requested → failed (w 1)', completed: null, cancelled: null,
  },
  'step-deferred': {
    running: 'step-deferred timer-set → running (w 1)', waiting: null, suspended: 'step-deferred timer-set → suspended (w 1)', failed: 'step-deferred timer-set → failed (w 1)', completed: null, cancelled: null,
  },
  'step-paused': {
    running: 'step-paused → suspended (w 1)', waiting: null, suspended: 'step-paused → suspended (w 1)', failed: 'step-paused → suspended (w 1)', completed: null, cancelled: null,
  },
  'step-failed': {
    running: 'step-failed process-failed → failed (w 1)', waiting: null, suspended: 'step-failed process-failed → suspended (w 1)', failed: 'step-failed process-failed → failed (w 1)', completed: null, cancelled: null,
  },
  'message-received': {
    running: 'message-delivered → running (w 1)', waiting: 'message-delivered → running (b 2)', suspended: 'message-delivered → suspended (w 1)', failed: 'message-delivered → failed (w 1)',
    completed: 'message-late → completed (- 1)', cancelled: 'message-late → cancelled (- 1)',
  },
  'event-received': {
    running: 'message-delivered → running (w 1)', waiting: 'message-delivered → running (b 2)', suspended: 'message-delivered → suspended (w 1)', failed: 'message-delivered → failed (w 1)',
    completed: 'message-late → completed (- 1)', cancelled: 'message-late → cancelled (- 1)',
  },
  'message-missed': {
    running: 'message-late → running (w 1)', waiting: 'message-late → waiting (- 1)', suspended: 'message-late → suspended (w 1)', failed: 'message-late → failed (w 1)',
    completed: 'message-late → completed (- 1)', cancelled: 'message-late → cancelled (- 1)',
  },
  'message-refused': {
    running: 'message-refused → running (w 1)', waiting: 'message-refused → waiting (- 1)', suspended: 'message-refused → suspended (w 1)', failed: 'message-refused → failed (w 1)',
    completed: 'message-refused → completed (- 1)', cancelled: 'message-refused → cancelled (- 1)',
  },
  'message-settled': { running: null, waiting: null, suspended: null, failed: null, completed: null, cancelled: null },
  'message-unsent': {
    running: 'send-discarded → running (w 1)', waiting: 'send-discarded → waiting (- 1)', suspended: 'send-discarded → suspended (w 1)', failed: 'send-discarded → failed (w 1)',
    completed: 'send-discarded → completed (- 1)', cancelled: 'send-discarded → cancelled (- 1)',
  },
  'pause-awaited': {
    running: 'pause-awaited → running (w 1)', waiting: null, suspended: 'pause-awaited → suspended (w 1)', failed: 'pause-awaited → failed (w 1)', completed: null, cancelled: null,
  },
  'pause-ended': {
    running: 'pause-ended → running (w 1)', waiting: 'pause-ended → running (b 2)', suspended: 'pause-ended → suspended (w 1)', failed: 'pause-ended → failed (w 1)', completed: null, cancelled: null,
  },
  'came-due': {
    running: 'timer-fired → running (w 1)', waiting: 'timer-fired → running (b 2)', suspended: 'timer-fired → suspended (w 1)', failed: 'timer-fired → failed (w 1)', completed: null, cancelled: null,
  },
  'task-lost': {
    running: 'task-recovered → running (w 1)', waiting: 'task-recovered → waiting (- 1)', suspended: 'task-recovered → suspended (w 1)', failed: 'task-recovered → failed (w 1)', completed: null, cancelled: null,
  },
  claimed: { running: null, waiting: null, suspended: null, failed: null, completed: null, cancelled: null },
  'worker-lost': {
    running: 'process-recovered → running (b 2)', waiting: null, suspended: 'process-recovered → suspended (- 2)', failed: 'process-recovered → failed (- 2)', completed: null, cancelled: null,
  },
  'suspect-began': { running: null, waiting: null, suspended: null, failed: null, completed: null, cancelled: null },
  suspended: {
    running: 'process-suspended → suspended (w 1)', waiting: 'process-suspended → suspended (- 1)', suspended: null, failed: 'process-suspended → suspended (w 1)', completed: null, cancelled: null,
  },
  resumed: { running: null, waiting: null, suspended: 'process-resumed → running (w 1)', failed: null, completed: null, cancelled: null },
  cancelled: {
    running: 'process-cancelled → cancelled (- 1)', waiting: 'process-cancelled → cancelled (- 1)', suspended: 'process-cancelled → cancelled (- 1)', failed: 'process-cancelled → cancelled (- 1)', completed: null, cancelled: null,
  },
  'child-requested': {
    running: 'child-started → running (w 1)', waiting: null, suspended: 'child-started → suspended (w 1)', failed: 'child-started → failed (w 1)', completed: null, cancelled: null,
  },
  'visit-undone': {
    running: 'step-compensated → running (w 1)', waiting: null, suspended: 'step-compensated → suspended (w 1)', failed: 'step-compensated → failed (w 1)', completed: null, cancelled: null,
  },
  'all-undone': {
    running: 'step-skipped → running (w 1)', waiting: null, suspended: 'step-skipped → suspended (w 1)', failed: 'step-skipped → failed (w 1)', completed: null, cancelled: null,
  },
  skipped: {
    running: 'step-skipped → running (w 1)', waiting: 'step-skipped → waiting (- 1)', suspended: 'step-skipped → suspended (w 1)', failed: 'step-skipped → failed (w 1)', completed: null, cancelled: null,
  },
  migrated: { running: null, waiting: 'process-migrated → waiting (- 1)', suspended: null, failed: null, completed: null, cancelled: null },
  orphaned: {
    running: 'process-cancelled → cancelled (- 1)', waiting: 'process-cancelled → cancelled (- 1)', suspended: 'process-cancelled → cancelled (- 1)', failed: 'process-cancelled → cancelled (- 1)', completed: null, cancelled: null,
  },
  retried: { running: null, waiting: null, suspended: null, failed: 'process-retried → running (w 1)', completed: null, cancelled: null },
  restarted: {
    running: 'process-restarted → running (w 1)', waiting: 'process-restarted → running (b 2)', suspended: 'process-restarted → running (w 1)', failed: 'process-restarted → running (w 1)',
    completed: 'process-restarted → running (b 2)', cancelled: 'process-restarted → running (b 2)',
  },
}; // prettier-ignore

describe('every status × every event', () => {
  for (const [type, row] of Object.entries(table) as [ProcessEvent['type'], (typeof table)[ProcessEvent['type']]][]) {
    it.each(ALL)(`${type}, %s`, (status) => {
      const change = decideOn(definition, standing(status), events[type], NOON);
      expect(change && outcome(change)).toBe(row[status]);
    });
  }

  it('knows them all', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(events).sort());
    expect(Object.keys(table)).toHaveLength(29);
  });
});

describe('what every change has', () => {
  const cells = Object.values(events).flatMap((event) => ALL.map((status) => ({ event, status, before: standing(status) })));
  const changes = cells.flatMap((cell) => {
    const change = decideOn(definition, cell.before, cell.event, NOON + 5);
    return change ? [{ ...cell, change }] : [];
  });

  it.each(changes.map((cell) => [cell.event.type, cell.status, cell] as const))('%s, %s', (_type, _status, { before, change, event }) => {
    expect(change.expected).toBe(before.process.revision);
    expect(change.process.revision).toBe(before.process.revision + change.records.length);
    expect(change.process.contextVersion).toBe(before.process.contextVersion + change.versions.length);
    expect(change.process.updatedAt).toBe(NOON + 5);
    expect(change.records.every(({ at }) => at === NOON + 5)).toBe(true);
    expect(change.records.at(-1)!.contextVersion).toBe(change.process.contextVersion);
    if (event.type === 'cancelled') expect(change.process).toMatchObject({ tokens: [], worker: null, finishedAt: NOON + 5, cause: 'enough' });
  });

  it('leaves what it was given as it was', () => {
    const frozen = (status: ProcessStatus) => deepFreeze(standing(status));
    for (const event of Object.values(events)) for (const status of ALL) expect(() => decideOn(definition, frozen(status), event, NOON)).not.toThrow();
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

describe('who did it, and why', () => {
  it('stands in every record of the event', () => {
    const change = decideOn(definition, standing('running'), { ...events['step-failed'], actor: 'ada', why: 'a drill' }, NOON)!;
    expect(change.records.map(({ actor, reason, worker }) => [actor, reason, worker])).toEqual([['ada', 'a drill', 'b'], ['ada', 'a drill', 'b']]); // prettier-ignore
  });

  it('a task record names the worker that ran it', () => {
    const outcome = { type: 'step-succeeded', key: '0/3', run: 5, attempt: 1, claim: 1, taskOf: 't', patch: NOTHING, ...by } as const;
    const change = decideOn(definition, standing('waiting'), outcome, NOON)!;
    expect(change.records.map(({ type, worker }) => [type, worker])).toEqual([['task-triggered', 't'], ['step-completed', 'b']]); // prettier-ignore
  });

  it('notes of a body come with its outcome, and only if that counts', () => {
    const noted = {
      ...events['step-succeeded'],
      notes: [
        { text: 'one', at: 5 },
        { text: 'two', at: 6 },
      ],
    } as Told;
    expect(decideOn(definition, standing('running'), noted, NOON)!.records.map(({ type, detail, at }) => [type, detail, at])).toEqual([['note', 'one', 5], ['note', 'two', 6], ['step-completed', null, NOON]]); // prettier-ignore
    expect(decideOn(definition, standing('running'), { ...noted, claim: 0 } as Told, NOON)).toBeNull();
  });
});

/* ------------------------------------------------------------------ fences ---- */

describe('an outcome counts only for its visit, its attempt and its claim', () => {
  const outcomes = ['step-succeeded', 'step-deferred', 'step-paused', 'step-failed', 'response-requested'] as const;
  const stale = { claim: { claim: 0 }, 'a later claim': { claim: 2 }, run: { run: 99 }, attempt: { attempt: 2 }, key: { key: '0/9' } };
  for (const type of outcomes) {
    it.each(Object.entries(stale))(`${type} of another %s`, (_what, other) => {
      expect(decideOn(definition, standing('running'), { ...events[type], ...other } as Told, NOON)).toBeNull();
    });
  }

  const task = { type: 'step-succeeded', key: '0/3', run: 5, attempt: 1, claim: 1, taskOf: 't', patch: NOTHING, ...by } as const;
  const row = { key: '0/3', node: 'task', run: 5, kind: 'task', queue: 'q', worker: 't', claims: 1 } as const;
  const lost: [string, Partial<Told>, Parameters<typeof aWait>[0]][] = [
    ['another worker', { taskOf: 'x' }, {}],
    ['another claim', { claim: 0 }, {}],
    ['another visit', { run: 4 }, {}],
    ['a task that nobody has', {}, { worker: null }],
    ['a row that is no task', {}, { kind: 'timer' }],
  ];
  it.each(lost)('a task outcome: %s', (_what, said, ofRow) => {
    const waits = new Map([['0/3', aWait({ ...row, ...ofRow })]]);
    expect(decideOn(definition, { ...standing('waiting'), waits }, { ...task, ...said } as Told, NOON)).toBeNull();
  });

  it('nobody speaks for a task without having it, nor for a process as a task', () => {
    expect(decideOn(definition, standing('waiting'), { ...task, taskOf: undefined } as unknown as Told, NOON)).toBeNull();
    expect(decideOn(definition, standing('running'), { ...events['step-succeeded'], taskOf: 'w' } as Told, NOON)).toBeNull();
  });

  it('only a step that asks can have asked', () => {
    expect(decideOn(definition, standing('running'), { ...events['response-requested'], ...run } as Told, NOON)).toBeNull();
  });
});

describe('the process knows who holds it', () => {
  const free = (process: Partial<ProcessState>): Snapshot => ({ ...standing('running'), process: { ...standing('running').process, ...process } });

  it('a free process is taken once', () => {
    const change = decideOn(definition, free({ worker: '' }), events.claimed, NOON)!;
    expect(outcome(change)).toBe('process-claimed → running (b 2)');
    expect(decideOn(definition, { ...standing('running'), process: change.process }, events.claimed, NOON)).toBeNull();
  });

  it('who runs nothing takes nothing', () => {
    expect(decideOn(definition, free({ worker: '' }), { ...events.claimed, by: null }, NOON)).toBeNull();
    const change = decideOn(definition, standing('waiting'), { ...events['message-received'], by: null }, NOON)!;
    expect(outcome(change)).toBe('message-delivered → running ( 1)');
  });

  it('only what the lost worker held is taken over', () => {
    expect(decideOn(definition, standing('running'), { ...events['worker-lost'], worker: 'x' } as Told, NOON)).toBeNull();
    const nobody = decideOn(definition, standing('running'), { ...events['worker-lost'], by: null }, NOON)!;
    expect(outcome(nobody)).toBe('process-recovered → running ( 2)');
  });
});
