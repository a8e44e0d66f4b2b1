/** Answers of a server, in the shapes of openapi.json and of the console's own routes. */
export const NOW = Date.parse('2026-11-30T12:00:00.000Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

export const session = {
  rights: ['read', 'input', 'mend', 'administer'],
  actor: 'ada',
  title: 'Workflows',
  environment: 'staging',
  version: '0.1.0',
};

export function aProcess(id: string, over: object = {}) {
  return {
    id,
    workflow: 'loan',
    workflowVersion: 2,
    groupId: `L-${id}`,
    status: 'waiting',
    contextVersion: 4,
    cause: null,
    parentId: null,
    startedAt: ago(190),
    finishedAt: null,
    updatedAt: ago(3),
    ...over,
  };
}

const node = (id: string, kind: string, label: string, detail: string | null = null, inside: string | null = null) => ({ id, kind, step: kind === 'step' || kind === 'choice' ? label : null, label, detail, inside }); // prettier-ignore
const edge = (from: string, to: string, label: string | null = null) => ({ from, to, label });

export const graph = {
  workflow: 'loan',
  version: 2,
  versions: [2, 1],
  nodes: [
    node('start', 'start', 'start'),
    node('n0', 'step', 'register'),
    node('n1', 'step', 'identity', 'waits for a response'),
    node('n2', 'fork', 'checks'),
    node('n3', 'step', 'score', 'queue checks', 'n2'),
    node('n4', 'step', 'fraud', 'queue checks', 'n2'),
    node('n5', 'join', 'all', null, 'n2'),
    node('n6', 'choice', 'decide'),
    node('n7', 'step', 'review', 'waits for an input'),
    node('n8', 'step', 'pay', 'after 1 day'),
    node('n9', 'step', 'reject'),
    node('end', 'end', 'end'),
  ],
  edges: [
    edge('start', 'n0'), edge('n0', 'n1'), edge('n1', 'n2'), edge('n2', 'n3'), edge('n2', 'n4'), edge('n3', 'n5'), edge('n4', 'n5'), edge('n5', 'n6'),
    edge('n6', 'n8', 'pay'), edge('n6', 'n7', 'review'), edge('n6', 'n9', 'reject'), edge('n7', 'n6'), edge('n8', 'end'), edge('n9', 'end'),
  ],
}; // prettier-ignore

export const reviewSchema = {
  type: 'object',
  title: 'Review',
  properties: {
    approved: { type: 'boolean' },
    limit: { type: 'integer', minimum: 1 },
    risk: { type: 'string', enum: ['low', 'high'] },
    note: { type: 'string', maxLength: 200 },
    reviewer: { type: 'object', properties: { name: { type: 'string', minLength: 1 } }, required: ['name'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['approved', 'limit', 'reviewer'],
};

const run = (step: string, number: number, attempt: number, state: string, from: number, to: number | null, error: string | null = null) => ({
  step, run: number, attempt, state, startedAt: ago(from), endedAt: to === null ? null : ago(to), worker: 'host-1-7', error, contextVersion: number,
}); // prettier-ignore

const wait = { step: 'review', kind: 'input', queue: null, attempt: 1, since: ago(60), dueAt: ago(-120), schema: reviewSchema };
const action = (name: string, right: string, over: object = {}) => ({ action: name, step: null, right, allowed: true, why: null, says: `What ${name} does.`, schema: null, ...over }); // prettier-ignore

/** A process that waits for a person. */
export function waiting(id: string) {
  return {
    process: { ...aProcess(id), context: { reference: 'L-1', amount: '2500.00', applicant: { name: 'Ada Lovelace' }, score: 580 }, waits: [wait] },
    explanation: {
      sentence: `Process ${id} of workflow "loan" version 2 waits in step "review" since ${ago(60)} for an input that a person owes.`,
      waits: [wait],
      remedies: [`provideInput('loan', 'review', '${id}', …)`],
    },
    progress: 'waiting',
    nodes: { start: 'done', n0: 'done', n1: 'done', n2: 'done', n3: 'done', n4: 'done', n5: 'done', n6: 'done', n7: 'current' },
    steps: [
      run('review', 6, 1, 'waiting', 60, null),
      run('decide', 5, 1, 'done', 60, 59.99),
      run('fraud', 4, 1, 'done', 62, 60.5),
      run('score', 3, 2, 'done', 61, 60.1),
      run('score', 3, 1, 'failed', 62, 61.5, 'The credit bureau has answered 503'),
      run('identity', 2, 1, 'done', 189, 62),
      run('register', 1, 1, 'done', 190, 189.99),
    ],
    children: [aProcess('child-1', { workflow: 'letter', parentId: id, status: 'completed', groupId: 'letter-1' })],
    actions: [
      action('provideInput', 'input', { step: 'review', schema: reviewSchema, says: 'The step "review" goes on with this input.' }),
      action('retry', 'mend', { allowed: false, why: 'Nothing in it has failed.' }),
      action('skip', 'mend', { step: 'review', says: 'The step passes, with these values.' }),
      action('suspend', 'mend', { says: 'Nothing new begins in it until it is resumed.' }),
      action('restartFrom', 'mend', { says: 'It begins again with an old version of its context.' }),
      action('cancel', 'mend', { says: 'It ends now. Nothing that it has done is undone.' }),
      action('erase', 'administer', { allowed: false, why: 'It is live. Cancel it first.' }),
    ],
  };
}

/** One whose step has failed. */
export function failed(id: string) {
  const base = waiting(id);
  const error = 'Error: The bank has refused: account 4711 is closed\n    at Bank.pay (bank.ts:12:11)';
  return {
    ...base,
    process: { ...base.process, status: 'failed', cause: 'The bank has refused', waits: [] },
    explanation: { sentence: `Process ${id} of workflow "loan" version 2 has failed in step "pay" at attempt 3: The bank has refused.`, waits: [], remedies: [`retry('${id}')`] },
    progress: 'failed',
    nodes: { ...base.nodes, n7: 'skipped', n8: 'failed' },
    steps: [run('pay', 7, 3, 'failed', 3, 2.9, error), run('pay', 7, 2, 'failed', 5, 4.8, error), run('pay', 7, 1, 'failed', 8, 7.9, error), ...base.steps.slice(1)],
    actions: [action('retry', 'mend', { says: 'The step gets a new attempt.' }), ...base.actions.slice(2, 3).map((each) => ({ ...each, step: 'pay' })), ...base.actions.slice(4)],
  }; // prettier-ignore
}

export const attention = {
  items: [
    { kind: 'failed', workflow: 'loan', version: null, step: 'pay', error: 'The bank has refused: account # is closed', count: 312, isMore: false, oldestAt: ago(4000), example: 'p-7' },
    { kind: 'overdue', workflow: 'loan', version: null, step: 'review', error: null, count: 1000, isMore: true, oldestAt: ago(9000), example: 'p-1' },
    { kind: 'unmatched', workflow: 'loan', version: null, step: 'identity', error: null, count: 2, isMore: false, oldestAt: ago(120), example: 'm-1' },
    { kind: 'parked', workflow: 'loan', version: null, step: 'pay', error: null, count: 1, isMore: false, oldestAt: ago(30), example: 'o-1' },
  ],
}; // prettier-ignore

const count = (workflow: string, status: string, number: number, over: object = {}) => ({
  workflow,
  status,
  step: null,
  error: null,
  count: number,
  isMore: false,
  ...over,
});
export const counts = {
  items: [
    count('loan', 'running', 3),
    count('loan', 'waiting', 214),
    count('loan', 'failed', 312, { step: 'pay', error: 'The bank has refused: account # is closed' }),
    count('loan', 'completed', 1000, { isMore: true }),
    count('letter', 'completed', 12),
  ],
};

export const workflow = {
  workflow: 'loan',
  version: 2,
  newest: true,
  steps: [
    { name: 'register', waitsFor: 'nothing', queue: null, next: ['identity'], unsolicited: false, input: null },
    { name: 'review', waitsFor: 'input', queue: null, next: ['decide'], unsolicited: false, input: reviewSchema },
    { name: 'pay', waitsFor: 'nothing', queue: 'payments', next: ['end'], unsolicited: false, input: null },
  ],
  context: null,
  start: { type: 'object', properties: { reference: { type: 'string', minLength: 1 }, amount: {} }, required: ['reference', 'amount'] },
  drawing: 'flowchart TD\n  a --> b',
};

const pause = {
  workflow: null,
  step: null,
  queue: 'payments',
  actor: 'ada',
  reason: 'the bank is down',
  pausedAt: ago(14),
  resumedAt: null,
  resumingPerMinute: null,
};
export const pauses = { items: [pause] };
export const queues = {
  items: [
    { queue: 'checks', waiting: 12, taken: 4, perMinute: 1240, readyAt: ago(2), paused: null, held: 0 },
    { queue: 'payments', waiting: 0, taken: 0, perMinute: null, readyAt: null, paused: pause, held: 31 },
  ],
};
export const workers = {
  items: [
    { id: 'host-1-7', seenAt: ago(0.1), silent: false, here: true, processes: 5, tasks: 4 },
    { id: 'host-2-9', seenAt: ago(9), silent: true, here: false, processes: 2, tasks: 0 },
  ],
};
export const inbox = {
  items: [
    { id: 'm-1', kind: 'response', disposition: 'stored', workflow: 'loan', step: 'identity', event: null, key: null, body: { passed: true, by: 'the partner', at: ago(120), checked: ['passport', 'address'] }, reason: null, processId: null, receivedAt: ago(120) },
    { id: 'm-2', kind: 'event', disposition: 'refused', workflow: null, step: null, event: 'loan.reviewed', key: 'L-1', body: { approved: 'maybe' }, reason: 'approved must be a boolean value', processId: 'p-1', receivedAt: ago(50) },
  ],
  next: null,
}; // prettier-ignore
export const outbox = {
  items: [{ id: 'o-1', processId: 'p-1', workflow: 'loan', step: 'pay', sender: 'bank', sequence: 1, pattern: 'bank.pay', attempts: 20, error: 'connect ECONNREFUSED', parked: true, nextAttemptAt: null, createdAt: ago(30) }],
  next: null,
}; // prettier-ignore
export const bulkRun = {
  id: 'b-1', action: 'retry', filter: { workflow: 'loan', status: 'failed' }, options: null, state: 'running', limit: 312, perMinute: 60, done: 120, failed: 3,
  skipped: 2, actor: 'ada', reason: 'the bank is back', startedAt: ago(2), updatedAt: ago(0), finishedAt: null,
}; // prettier-ignore
export const bulkItems = { items: [{ id: 'p-3', outcome: 'begun', error: null, at: ago(0) }, { id: 'p-1', outcome: 'done', error: null, at: ago(1) }, { id: 'p-2', outcome: 'failed', error: 'It is not failed any more.', at: ago(1) }], next: null }; // prettier-ignore

const version = (number: number, step: string) => ({ version: number, step, createdAt: ago(190 - number), set: [], removed: [] });
export const versions = { items: [version(1, ''), version(2, 'register'), version(3, 'score'), version(4, 'decide')], next: null };

export function aRecord(sequence: number) {
  return {
    sequence, type: sequence % 3 === 0 ? 'message-delivered' : 'step-completed', step: 'score', run: sequence, attempt: 1, contextVersion: 3, actor: sequence % 50 === 0 ? 'ada' : null,
    reason: null, error: null, detail: null, createdAt: ago(200 - sequence / 100), returned: { score: sequence },
  }; // prettier-ignore
}
