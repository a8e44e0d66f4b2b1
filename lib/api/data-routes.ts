import { MAX_GROUP_ID, MAX_TEXT } from '../context/checks.js';
import { apiRoute } from './api-route.js';
import { flagField, listField, textField } from './field.js';
import { GROUP_ID, PROCESS_ID, REASON, WORKFLOW_NAME } from './request-fields.js';

/** So many keys of a context one request may name. */
const MOST_KEYS = 100;

export const GET_SIZES = apiRoute({
  id: 'getSizes', method: 'get', path: 'sizes', right: 'read', whole: true, answer: 'SizeList',
  says: 'Says how much is stored of each workflow.',
  query: { bytes: flagField('True: counts bytes too, for which everything is read.') },
}); // prettier-ignore

export const ERASE = apiRoute({
  id: 'erase', method: 'post', path: 'erasures', right: 'administer', whole: true, answer: 'Erasure',
  says: 'Erases the data of a subject: `process`, or `groupId`, or `keys` with a `value`.',
  body: {
    process: PROCESS_ID,
    groupId: GROUP_ID,
    keys: listField(textField(MAX_GROUP_ID, 'A key of the context.'), MOST_KEYS, 'Keys of the context under which the value is looked for.'),
    value: textField(MAX_TEXT, 'The value, with `keys`.'),
    workflow: WORKFLOW_NAME,
    cancel: flagField('True: live processes are cancelled first, and bulk runs about them are stopped. Default: they are refused.'),
    dryRun: flagField('True: nothing is changed.'),
    ...REASON,
  },
}); // prettier-ignore
