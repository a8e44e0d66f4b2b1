import type { BulkItem, BulkRun, Pause } from '../api/more-types.js';
import type { NodeState, Progress, RunState, Status } from '../api/types.js';

export type Tone = 'good' | 'busy' | 'calm' | 'warn' | 'bad' | 'off';
export type Shape = 'check' | 'play' | 'clock' | 'loop' | 'triangle' | 'square' | 'bars' | 'octagon' | 'slash' | 'dash' | 'mail' | 'question';

/** How a state is shown: never by its colour alone. */
export interface Look {
  readonly word: string;
  readonly shape: Shape;
  readonly tone: Tone;
}
const look = (word: string, shape: Shape, tone: Tone): Look => ({ word, shape, tone });

const FAILED = look('failed', 'octagon', 'bad');
const COMPLETED = look('completed', 'check', 'good');
const CANCELLED = look('cancelled', 'slash', 'off');
const SUSPENDED = look('suspended', 'bars', 'warn');

export const STATUS: Readonly<Record<Status, Look>> = {
  running: look('running', 'play', 'busy'),
  waiting: look('waiting', 'clock', 'calm'),
  suspended: SUSPENDED,
  failed: FAILED,
  completed: COMPLETED,
  cancelled: CANCELLED,
};

export const PROGRESS: Readonly<Record<Progress, Look>> = {
  progressing: look('progressing', 'play', 'busy'),
  waiting: STATUS.waiting,
  retrying: look('retrying', 'loop', 'warn'),
  overdue: look('overdue', 'triangle', 'warn'),
  stuck: look('stuck', 'square', 'bad'),
  paused: look('paused', 'bars', 'off'),
  suspended: SUSPENDED,
  failed: FAILED,
  completed: COMPLETED,
  cancelled: CANCELLED,
};

export const RUN: Readonly<Record<RunState, Look>> = {
  done: look('done', 'check', 'good'),
  running: STATUS.running,
  waiting: STATUS.waiting,
  failed: FAILED,
  skipped: look('skipped', 'dash', 'off'),
  cancelled: CANCELLED,
};

export const NODE: Readonly<Record<NodeState, Look>> = {
  done: RUN.done,
  current: look('here now', 'play', 'busy'),
  paused: PROGRESS.paused,
  failed: FAILED,
  skipped: RUN.skipped,
  undone: look('undone', 'loop', 'off'),
};

export const KIND = {
  failed: FAILED,
  overdue: PROGRESS.overdue,
  refused: look('message refused', 'octagon', 'bad'),
  unmatched: look('message unmatched', 'mail', 'warn'),
  parked: look('message parked', 'bars', 'warn'),
  unknown: look('version unknown', 'question', 'bad'),
} as const;

export const ITEM: Readonly<Record<BulkItem['outcome'], Look>> = {
  begun: look('begun', 'play', 'busy'),
  done: RUN.done,
  failed: FAILED,
  skipped: look('passed over', 'dash', 'off'),
};

export const BULK: Readonly<Record<BulkRun['state'], Look>> = {
  running: STATUS.running,
  stopped: look('stopped', 'square', 'warn'),
  done: RUN.done,
};

/** What is resumed bit by bit is held back in part. */
export function pauseLook({ resumingPerMinute }: Pause): Look {
  return resumingPerMinute === null ? PROGRESS.paused : look('resuming', 'loop', 'busy');
}

export const DISPOSITION: Readonly<Record<string, Look>> = {
  refused: look('refused', 'octagon', 'bad'),
  stored: look('stored', 'mail', 'calm'),
  scheduled: look('scheduled', 'clock', 'calm'),
};

const WAITS: Readonly<Record<string, string>> = {
  response: 'a response',
  event: 'an event',
  input: 'an input',
  child: 'its child',
  task: 'its turn',
  timer: 'its moment',
  condition: 'its condition',
  pause: 'the end of a pause',
};

/** What a step waits for, by the kind of its wait. */
export function waitWords(kind: string): string {
  return WAITS[kind] ?? kind;
}

export const LIVE: readonly Status[] = ['running', 'waiting', 'suspended', 'failed'];

export const FINISHED: readonly Status[] = ['completed', 'cancelled'];

/** What the list of processes offers to filter by. */
export const STATUSES = Object.keys(STATUS) as Status[];
