/** The shapes of pauses and bulk runs. */
import type { BulkAction } from '../operations/bulk-request.js';
import { arrayOf, called, FLAG, type JsonShape, MOMENT_SHAPE, OBJECT, objectOf, orNull, pageShape, TEXT, WHOLE, oneOfWords } from './json-shape.js';

const pause = {
  workflow: orNull(TEXT),
  step: orNull(TEXT),
  queue: orNull(TEXT),
  actor: orNull(TEXT),
  reason: orNull(TEXT),
  pausedAt: MOMENT_SHAPE,
  resumedAt: { ...orNull(MOMENT_SHAPE), description: 'Since when it ends; null: it holds.' },
  resumingPerMinute: orNull(WHOLE),
};

const ACTION = oneOfWords<BulkAction>({
  retry: true, skip: true, cancel: true, restartFrom: true, migrate: true, provideInput: true, replay: true, discard: true,
}); // prettier-ignore

const run = {
  id: TEXT,
  action: ACTION,
  filter: OBJECT,
  options: OBJECT,
  state: { type: 'string', enum: ['running', 'stopped', 'done'] },
  limit: orNull(WHOLE),
  perMinute: orNull(WHOLE),
  done: WHOLE,
  failed: WHOLE,
  skipped: { ...WHOLE, description: 'What no longer applied.' },
  actor: orNull(TEXT),
  reason: orNull(TEXT),
  startedAt: MOMENT_SHAPE,
  updatedAt: MOMENT_SHAPE,
  finishedAt: orNull(MOMENT_SHAPE),
};

const started = {
  dryRun: FLAG,
  count: { ...WHOLE, description: 'Of a dry run: how many fit; at most 1,000 are counted.' },
  isMore: { ...FLAG, description: 'Of a dry run: there are more.' },
  examples: arrayOf(objectOf({ id: TEXT, workflow: orNull(TEXT), groupId: orNull(TEXT), status: TEXT })),
  run: called('BulkRun'),
};

/** The pause of a queue. */
export const PAUSE_OR_NULL = orNull(objectOf(pause));

export const ERASURE = objectOf({
  processes: arrayOf(TEXT),
  live: arrayOf(TEXT),
  messages: { ...WHOLE, description: 'Messages that no process had received.' },
  bulkRuns: { ...arrayOf(TEXT), description: 'Bulk runs whose filter, options and reason were cleared.' },
});

/** The rate of a queue. */
export const PER_MINUTE = { ...orNull(WHOLE), description: 'Tasks whose body has ended in the last 60 s, on all instances; null: it is not known.' };

export const OPERATING_ANSWERS: Readonly<Record<string, JsonShape>> = {
  Pause: objectOf(pause),
  PauseList: objectOf({ items: arrayOf(called('Pause')) }),
  BulkRun: objectOf(run),
  BulkPage: pageShape(called('BulkRun')),
  BulkStart: objectOf(started, ['count', 'isMore', 'examples', 'run']),
  BulkItemPage: pageShape(
    objectOf({ id: TEXT, outcome: { type: 'string', enum: ['begun', 'done', 'failed', 'skipped'] }, error: orNull(TEXT), at: MOMENT_SHAPE }),
  ),
};
