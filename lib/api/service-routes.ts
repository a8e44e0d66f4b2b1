import { apiRoute } from './api-route.js';
import { wholeField } from './field.js';

export const LIST_QUEUES = apiRoute({
  id: 'listQueues', method: 'get', path: 'queues', right: 'read', whole: true, answer: 'QueueList',
  says: 'Lists the task queues, and how much is in them.',
}); // prettier-ignore

export const LIST_WORKERS = apiRoute({
  id: 'listWorkers', method: 'get', path: 'workers', right: 'read', whole: true, answer: 'WorkerList',
  says: 'Lists the instances of the application that have not shut down, and how much they hold.',
}); // prettier-ignore

export const COUNT_PROCESSES = apiRoute({
  id: 'countProcesses', method: 'get', path: 'counts', right: 'read', whole: true, answer: 'CountList',
  says: 'Counts processes by workflow and status, and failed ones by step and error.',
  query: { upTo: wholeField(1, 100_000, 'How many of each are counted at most. Default 1000.') },
}); // prettier-ignore

export const LIST_ATTENTION = apiRoute({
  id: 'listAttention', method: 'get', path: 'attention', right: 'read', whole: true, answer: 'AttentionList',
  says: 'Lists what does not go on by itself, the most first.',
}); // prettier-ignore

export const IS_READY = apiRoute({
  id: 'isReady', method: 'get', path: 'service/ready', right: 'read', answer: 'Readiness',
  says: 'Says whether the instance has started and reaches the database; if not, with 503.',
}); // prettier-ignore

export const GET_DOCUMENT = apiRoute({
  id: 'getDocument', method: 'get', path: 'openapi.json', right: 'read', answer: 'Document',
  says: 'Gives this document, with the paths and schemas of the workflows of the application.',
}); // prettier-ignore
