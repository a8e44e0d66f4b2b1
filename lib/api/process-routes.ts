import { MAX_CORRELATION_ID, MAX_GROUP_ID, MAX_ID } from '../context/checks.js';
import { STATUSES } from '../core/process.js';
import { SORTS } from '../query/process-filter.js';
import { apiRoute } from './api-route.js';
import { flagField, jsonField, listField, momentField, objectField, oneOfField, required, textField, versionField } from './field.js';
import { GROUP_ID, PAGE, REASON, STEP_NAME, WORKFLOW_NAME } from './request-fields.js';

export const FIND_PROCESSES = apiRoute({
  id: 'findProcesses', method: 'get', path: 'processes', right: 'read', answer: 'ProcessPage',
  says: 'Lists processes that fit every filter, by when they were started, have finished or were changed. A page may hold fewer than `limit` although there is a next one.',
  query: {
    workflow: WORKFLOW_NAME,
    status: listField(oneOfField(STATUSES, 'A status.'), STATUSES.length, 'One status, or several.'),
    version: versionField('The version of its workflow.'),
    groupId: GROUP_ID,
    groupIdPrefix: textField(MAX_GROUP_ID, 'The beginning of its group id.'),
    parent: textField(MAX_ID, 'The id of the process that started it.'),
    correlationId: textField(MAX_CORRELATION_ID, 'The id under which one of its steps has asked.'),
    step: textField(100, 'The name of a step it stands in: it waits there, runs there, or has failed there.'),
    waitingFor: textField(100, 'The name of a step it waits in.'),
    error: textField(MAX_GROUP_ID, 'How it has failed: an `error` of the counts. Needs `workflow` and `step`.'),
    values: jsonField('Values of searchable keys, as a JSON object such as {"customer":"c-7"}. Needs `workflow`.'),
    overdue: flagField('Whether one of its steps has taken longer than its `overdue` says.'),
    startedBefore: momentField('Only those started before.'),
    startedAfter: momentField('Only those started at that moment or later.'),
    updatedBefore: momentField('Only those changed last before.'),
    updatedAfter: momentField('Only those changed last at that moment or later.'),
    sort: oneOfField(SORTS, 'The moment by which they are sorted. Default `startedAt`. `finishedAt` needs `workflow`; `updatedAt` needs filters that at most 10,000 fit.'),
    order: oneOfField(['newest', 'oldest'], 'By that moment. Default `newest`: the last first.'),
    ...PAGE,
  },
}); // prettier-ignore

export const GET_PROCESS = apiRoute({
  id: 'getProcess', method: 'get', path: 'processes/:process', right: 'read', answer: 'ProcessDetail',
  says: 'Shows a process with the newest values of its context, and what it waits for: at most 200 waits.',
}); // prettier-ignore

export const EXPLAIN_PROCESS = apiRoute({
  id: 'explainProcess', method: 'get', path: 'processes/:process/explanation', right: 'read', answer: 'Explanation',
  says: 'Says in words where a process stands, and what would move it.',
}); // prettier-ignore

export const LIST_WAITS = apiRoute({
  id: 'listWaits', method: 'get', path: 'processes/:process/waits', right: 'read', answer: 'WaitPage',
  says: 'Lists what a process waits for, the longest wait first.',
  query: PAGE,
}); // prettier-ignore

export const GET_HISTORY = apiRoute({
  id: 'getHistory', method: 'get', path: 'processes/:process/history', right: 'read', answer: 'HistoryPage',
  says: 'Lists all that happened to a process, in order.',
  query: PAGE,
}); // prettier-ignore

export const GET_LOG = apiRoute({
  id: 'getLog', method: 'get', path: 'processes/:process/log', right: 'read', answer: 'LogPage',
  says: 'Lists what the steps of a process have written, in order.',
  query: PAGE,
}); // prettier-ignore

export const LIST_VERSIONS = apiRoute({
  id: 'listVersions', method: 'get', path: 'processes/:process/versions', right: 'read', answer: 'VersionPage',
  says: 'Lists the versions of the context, in order.',
  query: PAGE,
}); // prettier-ignore

export const GET_VERSION = apiRoute({
  id: 'getVersion', method: 'get', path: 'processes/:process/versions/:version', right: 'read', answer: 'VersionContext',
  says: 'Shows all values of a version of the context.',
}); // prettier-ignore

export const GET_DIFF = apiRoute({
  id: 'getDiff', method: 'get', path: 'processes/:process/diff', right: 'read', answer: 'ContextDiff',
  says: 'Lists what changed from one version of the context to another, key by key.',
  query: { from: required(versionField('The first version.')), to: required(versionField('The second version.')) },
}); // prettier-ignore

export const EXPORT_PROCESS = apiRoute({
  id: 'exportProcess', method: 'get', path: 'processes/:process/export', right: 'read', answer: 'ProcessExport',
  says: 'Gives everything that is stored of a process, as one object.',
}); // prettier-ignore

export const DRAW_PROCESS = apiRoute({
  id: 'drawProcess', method: 'get', path: 'processes/:process/drawing', right: 'read', answer: 'Drawing',
  says: 'Draws the workflow of a process in its version, with the places where it stands.',
}); // prettier-ignore

export const SUSPEND = apiRoute({
  id: 'suspend', method: 'post', path: 'processes/:process/suspend', right: 'mend', answer: 'Process',
  says: 'Suspends a process: no step starts, and messages are kept.',
  body: REASON,
}); // prettier-ignore

export const RESUME = apiRoute({
  id: 'resume', method: 'post', path: 'processes/:process/resume', right: 'mend', answer: 'Process',
  says: 'Lets a suspended process go on.',
  body: REASON,
}); // prettier-ignore

export const CANCEL = apiRoute({
  id: 'cancel', method: 'post', path: 'processes/:process/cancel', right: 'mend', answer: 'Process',
  says: 'Ends a process.',
  body: { compensate: flagField('True: what was done and asked for is undone first.'), ...REASON },
}); // prettier-ignore

export const RETRY = apiRoute({
  id: 'retry', method: 'post', path: 'processes/:process/retry', right: 'mend', answer: 'Process',
  says: 'Gives what has failed a new attempt, with the message it had.',
  body: { step: textField(100, 'Only this step.'), ...REASON },
}); // prettier-ignore

export const RESTART = apiRoute({
  id: 'restart', method: 'post', path: 'processes/:process/restart', right: 'mend', answer: 'Process',
  says: 'Restarts a process in place from a version of its context, also when it has ended.',
  body: { contextVersion: required(versionField('The version to restart from.')), ...REASON },
}); // prettier-ignore

export const SKIP = apiRoute({
  id: 'skip', method: 'post', path: 'processes/:process/skip', right: 'mend', answer: 'Process',
  says: 'Skips a step that waits or has failed, with the values it would have brought.',
  body: {
    step: required(STEP_NAME),
    patch: objectField('The values that the step would have brought.'),
    next: textField(100, 'For a decision: where it goes on.'),
    ...REASON,
  },
}); // prettier-ignore
