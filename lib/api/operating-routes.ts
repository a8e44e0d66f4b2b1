/** Routes for what is done to many processes at once. */
import { apiRoute } from './api-route.js';
import { flagField, objectField, oneOfField, required, textField, wholeField } from './field.js';
import { PAGE, REASON, STEP_NAME, WORKFLOW_NAME } from './request-fields.js';

const ACTIONS = ['retry', 'skip', 'cancel', 'restartFrom', 'migrate', 'provideInput', 'replay', 'discard'] as const;
const MOST = 2 ** 31 - 1;
const PLACE = { workflow: WORKFLOW_NAME, step: STEP_NAME, queue: textField(100, 'The name of a task queue.') };

export const LIST_PAUSES = apiRoute({
  id: 'listPauses', method: 'get', path: 'pauses', right: 'administer', whole: true, answer: 'PauseList',
  says: 'Lists what is paused, and what is ending: the oldest first.',
}); // prettier-ignore

export const PAUSE = apiRoute({
  id: 'pause', method: 'post', path: 'pauses', right: 'administer', whole: true, answer: 'Pause',
  says: 'Pauses a `workflow`, a `step` of it, or a `queue`, on all instances: no body begins there.',
  body: { ...PLACE, ...REASON },
}); // prettier-ignore

export const END_PAUSE = apiRoute({
  id: 'endPause', method: 'post', path: 'pauses/resume', right: 'administer', whole: true, answer: 'Pause',
  says: 'Resumes what is paused: all at once, or so many bodies in a minute.',
  body: { ...PLACE, perMinute: wholeField(1, MOST, 'How many bodies may begin in a minute. Default: all at once.'), ...REASON },
}); // prettier-ignore

export const START_BULK = apiRoute({
  id: 'startBulk', method: 'post', path: 'bulk', right: 'administer', whole: true, answer: 'BulkStart',
  says: 'Does one action to everything that fits a filter; a dry run, unless `dryRun` is false.',
  body: {
    action: required(oneOfField(ACTIONS, 'What is done.')),
    filter: required(objectField('Of processes, as the list of processes takes it; for `replay` and `discard` of the inbox, or with the option `box` of the outbox.')),
    options: objectField('What the action needs: `step`, `patch`, `next`, `contextVersion`, `compensate`, `input`, `to`, `box`.'),
    limit: wholeField(1, MOST, 'How many it looks at, at most.'),
    perMinute: wholeField(1, MOST, 'How many of them in a minute.'),
    dryRun: flagField('False: it is done. Default: it is only counted.'),
    reason: textField(1900, 'Why; kept in the audit records, with the id of the run.'),
  },
}); // prettier-ignore

export const LIST_BULK = apiRoute({
  id: 'listBulk', method: 'get', path: 'bulk', right: 'administer', whole: true, answer: 'BulkPage',
  says: 'Lists the bulk runs, newest first.',
  query: PAGE,
}); // prettier-ignore

export const GET_BULK = apiRoute({
  id: 'getBulk', method: 'get', path: 'bulk/:bulk', right: 'administer', whole: true, answer: 'BulkRun',
  says: 'Shows how far a bulk run is.',
}); // prettier-ignore

export const LIST_BULK_ITEMS = apiRoute({
  id: 'listBulkItems', method: 'get', path: 'bulk/:bulk/items', right: 'administer', whole: true, answer: 'BulkItemPage',
  says: 'Lists what became of each process or message of a bulk run.',
  query: PAGE,
}); // prettier-ignore

export const STOP_BULK = apiRoute({
  id: 'stopBulk', method: 'post', path: 'bulk/:bulk/stop', right: 'administer', whole: true, answer: 'BulkRun',
  says: 'Stops a bulk run: what is under way ends, and no more begins.',
  body: {},
}); // prettier-ignore
