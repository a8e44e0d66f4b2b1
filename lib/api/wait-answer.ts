/** The shape of one thing that a process waits for. */
import type { WaitView } from '../query/shapes.js';
import { type JsonShape, MOMENT_SHAPE, objectOf, oneOfWords, orNull, TEXT, WHOLE } from './json-shape.js';

export const SCHEMA: JsonShape = { type: ['object', 'null'], additionalProperties: true, description: 'A JSON Schema; null: none is known.' };

/** Waits of the engine itself are not shown. */
const WAIT_KIND = oneOfWords<Exclude<WaitView['kind'], 'branches' | 'turn' | 'overdue' | 'listener'>>({
  response: true, event: true, input: true, child: true, task: true, timer: true, condition: true, pause: true, closed: true,
}); // prettier-ignore

export const WAIT = objectOf({
  step: TEXT,
  kind: WAIT_KIND,
  queue: orNull(TEXT),
  attempt: WHOLE,
  since: MOMENT_SHAPE,
  dueAt: orNull(MOMENT_SHAPE),
  schema: SCHEMA,
});
