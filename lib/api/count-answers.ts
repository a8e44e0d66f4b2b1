/** The shapes of counts, and of what needs a person. */
import { STATUSES } from '../core/process.js';
import { PROGRESSES } from '../query/progress.js';
import { arrayOf, FLAG, type JsonShape, MOMENT_SHAPE, objectOf, orNull, TEXT, WHOLE } from './json-shape.js';

export const STATUS: JsonShape = { type: 'string', enum: STATUSES };
export const PROGRESS: JsonShape = { type: 'string', enum: PROGRESSES, description: 'How it gets on, in one word.' };

const counted = { count: WHOLE, isMore: { ...FLAG, description: 'There are more: they were not counted.' } };

export const COUNT_LIST = objectOf({ items: arrayOf(objectOf({ workflow: TEXT, status: STATUS, step: orNull(TEXT), error: orNull(TEXT), ...counted })) });

export const ATTENTION_LIST = objectOf({
  items: arrayOf(
    objectOf({
      kind: { type: 'string', enum: ['failed', 'overdue', 'refused', 'unmatched', 'parked', 'unknown'] },
      workflow: orNull(TEXT),
      version: orNull(WHOLE),
      step: orNull(TEXT),
      error: orNull(TEXT),
      ...counted,
      oldestAt: orNull(MOMENT_SHAPE),
      example: { ...orNull(TEXT), description: 'The id of a process, or of a message for `refused`, `unmatched` and `parked`.' },
    }),
  ),
});
