/** The shapes of what only the console answers, beside those of the API. */
import { ANSWERS } from '../api/answers.js';
import { PROGRESS } from '../api/count-answers.js';
import type { StepRun } from './step-runs.js';
import type { NodeState } from './node-states.js';
import type { PossibleAction } from './possible-actions.js';
import type { DrawnNode } from './workflow-graph.js';
import { API_RIGHTS } from '../api/api-options.js';
import { arrayOf, called, FLAG, type JsonShape, MOMENT_SHAPE, OBJECT, objectOf, orNull, TEXT, WHOLE, oneOfWords } from '../api/json-shape.js';

const RIGHT: JsonShape = { type: 'string', enum: API_RIGHTS };

const session = {
  rights: arrayOf(RIGHT),
  actor: orNull(TEXT),
  title: TEXT,
  environment: orNull(TEXT),
  version: TEXT,
};

const NODE_KIND = oneOfWords<DrawnNode['kind']>({ step: true, choice: true, fork: true, join: true, each: true, stage: true, start: true, end: true });
const NODE_STATE = oneOfWords<NodeState>({ done: true, current: true, paused: true, failed: true, skipped: true, undone: true });
const RUN_STATE = oneOfWords<StepRun['state']>({ done: true, running: true, waiting: true, failed: true, skipped: true, cancelled: true });
const ACTION = oneOfWords<PossibleAction['action']>({
  retry: true, skip: true, cancel: true, cancelAndUndo: true, restartFrom: true, suspend: true, resume: true, provideInput: true, respond: true, emit: true, erase: true,
}); // prettier-ignore

const node = { id: TEXT, kind: NODE_KIND, step: orNull(TEXT), label: TEXT, detail: orNull(TEXT), inside: orNull(TEXT) };

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
  state: RUN_STATE,
  startedAt: orNull(MOMENT_SHAPE),
  endedAt: orNull(MOMENT_SHAPE),
  worker: orNull(TEXT),
  error: orNull(TEXT),
  contextVersion: orNull(WHOLE),
};

const action = {
  action: ACTION,
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
  nodes: { ...OBJECT, additionalProperties: NODE_STATE },
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
