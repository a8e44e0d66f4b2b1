/** Fields that several routes take. */
import { MAX_GROUP_ID, MAX_ID, MAX_MESSAGE_ID } from '../context/checks.js';
import { textField, wholeField } from './field.js';

export const REASON = { reason: textField(2000, 'Why; kept in the audit record.') };

export const PAGE = {
  cursor: textField(2000, 'The `next` of the page before.'),
  limit: wholeField(1, 200, 'How many items a page has at most. Default 50.'),
};

export const GROUP_ID = textField(MAX_GROUP_ID, 'The business key: one live process per workflow and group id.');

export const MESSAGE_ID = textField(MAX_MESSAGE_ID, 'Identifies a repeat of the message.');

export const PROCESS_ID = textField(MAX_ID, 'The id of a process.');

export const WORKFLOW_NAME = textField(100, 'The name of a workflow.');

export const STEP_NAME = textField(100, 'The name of a step.');
