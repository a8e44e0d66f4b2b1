import { apiRoute } from './api-route.js';
import { flagField, textField } from './field.js';
import { PAGE, PROCESS_ID, REASON, WORKFLOW_NAME } from './request-fields.js';

export const LIST_OUTGOING = apiRoute({
  id: 'listOutgoing', method: 'get', path: 'outbox', right: 'read', answer: 'OutboxPage',
  says: 'Lists the messages that steps have sent and that were not transmitted yet, oldest first.',
  query: {
    process: PROCESS_ID,
    workflow: WORKFLOW_NAME,
    sender: textField(255, 'The name of a sender.'),
    parked: flagField('True: only those that are parked. False: only the others.'),
    ...PAGE,
  },
}); // prettier-ignore

export const GET_OUTGOING = apiRoute({
  id: 'getOutgoing', method: 'get', path: 'outbox/:message', right: 'read', answer: 'OutboxMessage',
  says: 'Shows a message that a step has sent and that was not transmitted yet.',
}); // prettier-ignore

export const REPLAY_OUTGOING = apiRoute({
  id: 'replayOutgoing', method: 'post', path: 'outbox/:message/replay', right: 'mend', answer: 'OutboxMessage',
  says: 'Transmits a message now, as if it had not been tried yet. Answers with the message as it was.',
  body: REASON,
}); // prettier-ignore

export const DISCARD_OUTGOING = apiRoute({
  id: 'discardOutgoing', method: 'post', path: 'outbox/:message/discard', right: 'mend', answer: 'OutboxMessage',
  says: 'Deletes a message that shall not leave any more. Answers with the message as it was.',
  body: REASON,
}); // prettier-ignore
