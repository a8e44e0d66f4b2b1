/** The shapes of what only the console answers, beside those of the API. */
import { ANSWERS } from '../api/answers.js';
import { PROGRESS } from '../api/count-answers.js';
import { API_RIGHTS } from '../api/api-options.js';
import { arrayOf, called, FLAG, type JsonShape, MOMENT_SHAPE, OBJECT, objectOf, orNull, TEXT, WHOLE } from '../api/json-shape.js';

const RIGHT: JsonShape = { type: 'string', enum: API_RIGHTS };

const session = {
  rights: arrayOf(RIGHT),
  actor: orNull(TEXT),
  title: TEXT,
  environment: orNull(TEXT),
  version: TEXT,
};

const node = { id: TEXT, kind: TEXT, step: orNull(TEXT), label: TEXT, detail: orNull(TEXT), inside: orNull(TEXT) };

const graph = {
  workflow: TEXT,
  version: WHOLE,
  versions: arrayOf(WHOLE),
  nodes: arrayOf(objectOf(node)),
  edges: arrayOf(objectOf({ from: TEXT, to: TEXT, label: orNull(TEXT) })),
};

const stepRun = {
  step: TEXT,
  run: WHOLE,
  attempt: WHOLE,
  state: TEXT,
  startedAt: orNull(MOMENT_SHAPE),
  endedAt: orNull(MOMENT_SHAPE),
  worker: orNull(TEXT),
  error: orNull(TEXT),
  contextVersion: orNull(WHOLE),
};

const action = {
  action: TEXT,
  step: orNull(TEXT),
  right: RIGHT,
  allowed: FLAG,
  why: orNull(TEXT),
  says: TEXT,
  schema: { ...OBJECT, type: ['object', 'null'] },
  branches: arrayOf(TEXT),
  index: WHOLE,
};

const situation = {
  process: called('ProcessDetail'),
  explanation: called('Explanation'),
  progress: PROGRESS,
  nodes: OBJECT,
  steps: arrayOf(objectOf(stepRun)),
  children: arrayOf(called('FoundProcess')),
  actions: arrayOf(objectOf(action, ['branches', 'index'])),
};

export const CONSOLE_ANSWERS: Readonly<Record<string, JsonShape>> = {
  ...ANSWERS,
  Session: objectOf(session),
  WorkflowGraph: objectOf(graph),
  Situation: objectOf(situation),
  Changes: OBJECT,
};
