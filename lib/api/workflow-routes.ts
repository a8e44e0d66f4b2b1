import { MAX_CORRELATION_ID, MAX_ID } from '../context/checks.js';
import { apiRoute } from './api-route.js';
import {
  dataField,
  flagField,
  keyField,
  listField,
  momentField,
  namesField,
  objectField,
  oneOfField,
  required,
  textField,
  versionField,
  wholeField,
} from './field.js';
import { GROUP_ID, MESSAGE_ID, PAGE, REASON, STEP_NAME, WORKFLOW_NAME } from './request-fields.js';

export const LIST_WORKFLOWS = apiRoute({
  id: 'listWorkflows', method: 'get', path: 'workflows', right: 'read', answer: 'WorkflowList',
  says: 'Lists the workflows that this application knows, in all their versions. Withdrawn ones are left out.',
}); // prettier-ignore

export const GET_WORKFLOW = apiRoute({
  id: 'getWorkflow', method: 'get', path: 'workflows/:workflow', right: 'read', answer: 'WorkflowDetail',
  says: 'Shows a workflow: its steps, its flowchart, and the JSON Schemas of its context and inputs.',
  query: { version: versionField('Default: the newest.') },
}); // prettier-ignore

export const START_PROCESS = apiRoute({
  id: 'startProcess', method: 'post', path: 'workflows/:workflow/processes', right: 'input', status: 201, answer: 'Process',
  says: 'Starts a process. It is stored when the answer comes.',
  body: {
    context: objectField('The starting values, over the defaults of the workflow.'),
    groupId: GROUP_ID,
    id: textField(MAX_ID, 'The id of the process. Default: a new one. Where there are tenants, it needs the right `administer`.'),
    version: versionField('The version of the workflow. Default: the newest.'),
    ifLive: oneOfField(['refuse', 'return'], 'If a live process has this group id: refuse (default), or return that process.'),
    ...REASON,
  },
}); // prettier-ignore

export const PROVIDE_INPUT = apiRoute({
  id: 'provideInput', method: 'post', path: 'workflows/:workflow/processes/:process/inputs/:step', right: 'input', answer: 'BroughtInput',
  says: 'Brings the input that a step waits for. A wrong input is refused, and changes nothing.',
  body: { input: required(dataField('The input, as its JSON Schema says.')), messageId: MESSAGE_ID, index: wholeField(0, 2 ** 31 - 1, 'Inside a `forEach`: the item that the input is for, as the list of inputs says. Default: the item that has waited longest.'), ...REASON },
}); // prettier-ignore

export const RESPOND = apiRoute({
  id: 'respond', method: 'post', path: 'workflows/:workflow/responses/:step', right: 'input', whole: true, answer: 'Disposition',
  says: 'Brings the response to the request of a step, and says what became of it.',
  body: {
    correlationId: required(textField(MAX_CORRELATION_ID, 'The id under which the response is awaited.')),
    response: required(dataField('The response.')),
    messageId: MESSAGE_ID,
    ...REASON,
  },
}); // prettier-ignore

export const EMIT = apiRoute({
  id: 'emit', method: 'post', path: 'events/:event', right: 'input', whole: true, answer: 'Emitted',
  says: 'Emits an event to every process that waits for it under one of the keys, now or later.',
  body: {
    keys: required(listField(keyField('A key.'), 100, 'The keys of the event: where a step has none of its own, the group id. A key with a name: an object.')),
    data: dataField('The data of the event.'),
    messageId: MESSAGE_ID,
    effectiveAt: momentField('When the event counts as published. Default: now.'),
    ...REASON,
  },
}); // prettier-ignore

export const LIST_INPUTS = apiRoute({
  id: 'listInputs', method: 'get', path: 'inputs', right: 'read', answer: 'OwedInputPage',
  says: 'Lists the inputs that processes wait for, oldest first, each with the JSON Schema of a form.',
  query: { workflow: WORKFLOW_NAME, step: STEP_NAME, groupId: GROUP_ID, ...PAGE },
}); // prettier-ignore

export const MIGRATE = apiRoute({
  id: 'migrate', method: 'post', path: 'workflows/:workflow/migrations', right: 'administer', whole: true, answer: 'Migration',
  says: 'Plans to move the live processes of one version to another, and with `dryRun: false` moves them.',
  body: {
    from: required(versionField('The old version.')),
    to: required(versionField('The new version.')),
    steps: namesField('The new name of each step whose old name is not in the new version.'),
    dryRun: flagField('False: move them. Default true: only say what would happen.'),
    ...REASON,
  },
}); // prettier-ignore
