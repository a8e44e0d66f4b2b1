import { MAX_CORRELATION_ID } from '../context/checks.js';
import { apiRoute } from './api-route.js';
import { keyField, listField, oneOfField, textField } from './field.js';
import { PAGE, PROCESS_ID, REASON, STEP_NAME, WORKFLOW_NAME } from './request-fields.js';

const LISTED = ['stored', 'scheduled', 'refused'] as const;

export const LIST_MESSAGES = apiRoute({
  id: 'listMessages', method: 'get', path: 'inbox', right: 'read', answer: 'InboxPage',
  says: 'Lists the messages that no process has received, or that a step has refused, oldest first.',
  query: {
    disposition: listField(oneOfField(LISTED, 'A disposition.'), LISTED.length, 'One disposition, or several. Default: all.'),
    workflow: WORKFLOW_NAME,
    step: STEP_NAME,
    process: PROCESS_ID,
    ...PAGE,
  },
}); // prettier-ignore

export const GET_MESSAGE = apiRoute({
  id: 'getMessage', method: 'get', path: 'inbox/:message', right: 'read', answer: 'InboxMessage',
  says: 'Shows a message that no process has received, or that a step has refused.',
}); // prettier-ignore

export const REPLAY_MESSAGE = apiRoute({
  id: 'replayMessage', method: 'post', path: 'inbox/:message/replay', right: 'mend', whole: true, answer: 'Disposition',
  says: 'Brings a message to where it is addressed once more. A scheduled event is emitted now.',
  body: REASON,
}); // prettier-ignore

export const READDRESS_MESSAGE = apiRoute({
  id: 'readdressMessage', method: 'post', path: 'inbox/:message/readdress', right: 'mend', whole: true, answer: 'Readdressed',
  says: 'Sends a response to another step, or an event under another key, and takes it out of the inbox.',
  body: {
    workflow: WORKFLOW_NAME,
    step: STEP_NAME,
    correlationId: textField(MAX_CORRELATION_ID, 'For a response, with `workflow` and `step`: the id under which that step waits.'),
    key: keyField('For an event: its new key.'),
    ...REASON,
  },
}); // prettier-ignore

export const DISCARD_MESSAGE = apiRoute({
  id: 'discardMessage', method: 'post', path: 'inbox/:message/discard', right: 'mend', answer: 'Disposition',
  says: 'Takes a message out of the inbox. It stays on record, and reaches no step any more.',
  body: REASON,
}); // prettier-ignore
