import { apiRoute } from '../api/api-route.js';
import { dataField, listField, required, textField, versionField } from '../api/field.js';
import { PROCESS_ID, REASON, STEP_NAME } from '../api/request-fields.js';

/** The most processes that one page follows by their ids. */
export const MOST_FOLLOWED = 100;

export const GET_SESSION = apiRoute({
  id: 'getSession', method: 'get', path: 'session', right: 'read', answer: 'Session',
  says: 'Says what the request may do, and what the console is called.',
}); // prettier-ignore

export const GET_GRAPH = apiRoute({
  id: 'getGraph', method: 'get', path: 'workflows/:workflow/graph', right: 'read', answer: 'WorkflowGraph',
  says: 'Gives the graph of a workflow, as nodes and edges to draw.',
  query: { version: versionField('Default: the newest.') },
}); // prettier-ignore

export const GET_SITUATION = apiRoute({
  id: 'getSituation', method: 'get', path: 'processes/:process/situation', right: 'read', answer: 'Situation',
  says: 'Says of a process where it stands, what its steps did, and what can be done now.',
}); // prettier-ignore

export const ANSWER_REQUEST = apiRoute({
  id: 'answerRequest', method: 'post', path: 'processes/:process/respond', right: 'input', answer: 'Disposition',
  says: 'Brings the response that a step of this process waits for.',
  body: { step: required(STEP_NAME), response: required(dataField('The response.')), ...REASON },
}); // prettier-ignore

export const EMIT_AWAITED = apiRoute({
  id: 'emitAwaited', method: 'post', path: 'processes/:process/emit', right: 'input', whole: true, answer: 'Emitted',
  says: 'Emits the event that a step of this process waits for, under its key. Other processes that wait for it get it, too.',
  body: { step: required(STEP_NAME), data: dataField('The data of the event.'), ...REASON },
}); // prettier-ignore

export const FOLLOW_CHANGES = apiRoute({
  id: 'followChanges', method: 'get', path: 'live', right: 'read', answer: 'Changes',
  says: 'Tells of changes of processes as they are committed, as server-sent events.',
  query: {
    process: listField(PROCESS_ID, MOST_FOLLOWED, 'Only these processes. Default: all that this instance changes, and all that are started.'),
    after: textField(20, 'The id of the last event that was heard. The header `Last-Event-ID` says the same.'),
  },
}); // prettier-ignore
