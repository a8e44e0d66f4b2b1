/** The shapes of all answers, by the names that the OpenAPI document gives them. */
import type { Disposition } from '../core/change.js';
import { ATTENTION_LIST, COUNT_LIST, PROGRESS, STATUS } from './count-answers.js';
import { ERASURE, OPERATING_ANSWERS, PAUSE_OR_NULL, PER_MINUTE } from './operating-answers.js';
import { SCHEMA, WAIT } from './wait-answer.js';
import { called, DATA, FLAG, type JsonShape, arrayOf, MOMENT_SHAPE, OBJECT, objectOf, orNull, pageShape, TEXT, WHOLE } from './json-shape.js';

const process = {
  id: TEXT,
  workflow: TEXT,
  workflowVersion: WHOLE,
  groupId: TEXT,
  status: STATUS,
  contextVersion: WHOLE,
  cause: { ...orNull(TEXT), description: 'Why it failed, is suspended or was cancelled.' },
  parentId: orNull(TEXT),
  startedAt: MOMENT_SHAPE,
  finishedAt: orNull(MOMENT_SHAPE),
  updatedAt: MOMENT_SHAPE,
};

const summary = { workflow: TEXT, version: WHOLE, newest: FLAG };

const step = {
  name: TEXT,
  waitsFor: { type: 'string', enum: ['nothing', 'response', 'event', 'input', 'child'] },
  queue: orNull(TEXT),
  next: arrayOf(TEXT),
  unsolicited: FLAG,
  input: SCHEMA,
};

const record = {
  sequence: WHOLE,
  type: TEXT,
  step: orNull(TEXT),
  run: orNull(WHOLE),
  attempt: orNull(WHOLE),
  contextVersion: WHOLE,
  actor: orNull(TEXT),
  reason: orNull(TEXT),
  error: orNull(TEXT),
  detail: orNull(TEXT),
  createdAt: MOMENT_SHAPE,
  returned: { ...DATA, description: 'The result of the step; only on `step-completed`.' },
  message: { ...DATA, description: 'The data of the message; only on `message-delivered`.' },
};

const { returned: _returned, message: _message, ...audited } = record;
const exported = {
  format: { ...TEXT, description: 'It has another number where a member goes, or means something else.' },
  process: objectOf({ ...process, revision: WHOLE }),
  context: OBJECT,
  versions: arrayOf(objectOf({ version: WHOLE, step: TEXT, createdAt: MOMENT_SHAPE, set: OBJECT, removed: arrayOf(TEXT), result: DATA }, ['result'])),
  audit: arrayOf(objectOf({ ...audited, worker: orNull(TEXT) })),
  log: arrayOf(called('LogLine')),
  received: arrayOf(
    objectOf({
      id: TEXT, kind: TEXT, event: orNull(TEXT), key: orNull(TEXT), step: orNull(TEXT), disposition: TEXT, body: DATA, reason: orNull(TEXT),
      receivedAt: MOMENT_SHAPE, effectiveAt: MOMENT_SHAPE,
    }),
  ),
  outgoing: arrayOf(
    objectOf({
      id: TEXT, step: orNull(TEXT), sequence: WHOLE, sender: TEXT, pattern: DATA, data: DATA, attempts: WHOLE, error: orNull(TEXT), parked: FLAG,
      createdAt: MOMENT_SHAPE,
    }),
  ),
}; // prettier-ignore

const DISPOSITIONS: readonly Disposition[] = ['delivered', 'stored', 'duplicate', 'late', 'conflict', 'refused', 'scheduled', 'discarded'];
const DISPOSITION: JsonShape = { type: 'string', enum: DISPOSITIONS };

const message = {
  id: TEXT,
  kind: { type: 'string', enum: ['response', 'event'] },
  disposition: DISPOSITION,
  workflow: { ...orNull(TEXT), description: 'For a response.' },
  step: { ...orNull(TEXT), description: 'For a response.' },
  event: orNull(TEXT),
  key: { ...orNull(TEXT), description: 'The key of an event.' },
  body: DATA,
  reason: { ...orNull(TEXT), description: 'Why it was refused.' },
  processId: { ...orNull(TEXT), description: 'The process whose step has refused it.' },
  receivedAt: MOMENT_SHAPE,
};

const outgoing = {
  id: { ...TEXT, description: 'The same for each attempt to transmit it.' },
  processId: TEXT,
  workflow: TEXT,
  step: { ...orNull(TEXT), description: 'Null: an update of the process.' },
  sequence: { ...WHOLE, description: 'The order within the process.' },
  sender: TEXT,
  pattern: DATA,
  attempts: { ...WHOLE, description: 'Attempts that have failed.' },
  error: { ...orNull(TEXT), description: 'Why the last one failed.' },
  parked: { ...FLAG, description: 'No further attempt is made until it is replayed.' },
  nextAttemptAt: orNull(MOMENT_SHAPE),
  createdAt: MOMENT_SHAPE,
};

const owed = { processId: TEXT, groupId: TEXT, workflow: TEXT, step: TEXT, index: WHOLE, since: MOMENT_SHAPE, dueAt: orNull(MOMENT_SHAPE), schema: SCHEMA };

const problem = {
  type: { type: 'string', description: 'Names the kind of problem: urn:nestjs-argonaut:<code>.' },
  title: { type: 'string', description: 'The status in words.' },
  status: WHOLE,
  detail: { type: 'string', description: 'What is wrong, and what would help.' },
  code: { type: 'string', description: 'The name of the error, such as InvalidInputError.' },
  problems: { ...arrayOf(TEXT), description: 'One sentence for each fault of the data.' },
  allow: { ...arrayOf(TEXT), description: 'Of a 405: the methods that the path answers to.' },
};

export const ANSWERS: Readonly<Record<string, JsonShape>> = {
  Process: objectOf(process),
  ProcessDetail: objectOf({ ...process, context: OBJECT, waits: arrayOf(called('Wait')) }),
  BroughtInput: objectOf({
    ...process,
    disposition: { type: 'string', enum: ['delivered', 'duplicate'], description: 'Of the input: `duplicate` if the process had it before.' },
  }),
  FoundProcess: objectOf({ ...process, progress: PROGRESS, steps: arrayOf(TEXT) }),
  ProcessPage: pageShape(called('FoundProcess')),
  Wait: WAIT,
  WaitPage: pageShape(called('Wait')),
  Explanation: objectOf({ progress: PROGRESS, sentence: TEXT, waits: arrayOf(called('Wait')), remedies: arrayOf(TEXT) }),
  HistoryRecord: objectOf(record, ['returned', 'message']),
  HistoryPage: pageShape(called('HistoryRecord')),
  LogLine: objectOf({ at: MOMENT_SHAPE, step: TEXT, attempt: WHOLE, level: TEXT, context: TEXT, text: TEXT }, ['context']),
  LogPage: pageShape(called('LogLine')),
  Version: objectOf({ version: WHOLE, step: TEXT, createdAt: MOMENT_SHAPE, set: arrayOf(TEXT), removed: arrayOf(TEXT) }),
  VersionPage: pageShape(called('Version')),
  VersionContext: objectOf({ version: WHOLE, context: OBJECT }),
  ContextChange: objectOf({ key: TEXT, before: DATA, after: DATA, step: TEXT }, ['before', 'after']),
  ContextDiff: objectOf({ items: arrayOf(called('ContextChange')) }),
  ProcessExport: objectOf(exported),
  SizeList: objectOf({ items: arrayOf(objectOf({ workflow: TEXT, live: WHOLE, finished: WHOLE, versions: WHOLE, records: WHOLE, bytes: orNull(WHOLE) })) }),
  Erasure: ERASURE,
  Drawing: objectOf({ drawing: { ...TEXT, description: 'A flowchart in Mermaid.' } }),
  WorkflowSummary: objectOf(summary),
  WorkflowList: objectOf({ items: arrayOf(called('WorkflowSummary')) }),
  WorkflowStep: objectOf(step),
  WorkflowDetail: objectOf({ ...summary, steps: arrayOf(called('WorkflowStep')), context: SCHEMA, start: SCHEMA, drawing: TEXT }),
  OwedInput: objectOf(owed, ['index']),
  OwedInputPage: pageShape(called('OwedInput')),
  Disposition: objectOf({ disposition: DISPOSITION }),
  Delivery: objectOf({ processId: TEXT, disposition: DISPOSITION }),
  Emitted: objectOf({
    disposition: {
      ...DISPOSITION,
      description:
        'Of the event itself: `duplicate` for a repeat, `conflict` for one with another body; `discarded` if no workflow known here waits for it, so that it is not kept.',
    },
    items: { ...arrayOf(called('Delivery')), description: 'What became of it in each process that it reached now.' },
  }),
  InboxMessage: objectOf(message),
  InboxPage: pageShape(called('InboxMessage')),
  OutboxMessage: objectOf(outgoing),
  OutboxPage: pageShape(called('OutboxMessage')),
  Readdressed: objectOf(
    {
      disposition: { ...DISPOSITION, description: 'Of a response: what became of it.' },
      items: { ...arrayOf(called('Delivery')), description: 'Of an event: what became of it in each process.' },
    },
    ['disposition', 'items'],
  ),
  Migration: objectOf({
    from: WHOLE,
    to: WHOLE,
    processes: WHOLE,
    problems: arrayOf(TEXT),
    migrated: { ...orNull(WHOLE), description: 'How many were moved; null: it was a dry run.' },
  }),
  QueueList: objectOf({
    items: arrayOf(
      objectOf({ queue: TEXT, waiting: WHOLE, taken: WHOLE, perMinute: PER_MINUTE, readyAt: orNull(MOMENT_SHAPE), paused: PAUSE_OR_NULL, held: WHOLE }),
    ),
  }),
  WorkerList: objectOf({
    items: arrayOf(objectOf({ id: TEXT, seenAt: MOMENT_SHAPE, silent: FLAG, here: FLAG, processes: WHOLE, tasks: WHOLE })),
  }),
  ...OPERATING_ANSWERS,
  CountList: COUNT_LIST,
  AttentionList: ATTENTION_LIST,
  Readiness: objectOf({ ready: FLAG }),
  Document: OBJECT,
  Problem: { ...objectOf(problem, ['problems', 'allow']), additionalProperties: true },
};
