/**
 * What Nest's `Logger` says while a body runs goes into the log of its process as well. Its methods are wrapped, and not the logger
 * behind them: so it does not matter which that is, when the application sets it, or whether it says anything at all.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { isObservable } from 'rxjs';
import { isPromise } from '../definition/mapped.js';
import type { AnyFunction } from '../definition/source.js';
import type { LogLevel, StepLog } from './step-log.js';

type Speak = (this: unknown, ...said: unknown[]) => unknown;
type Voice = Record<LogLevel, Speak>;

const LEVELS: readonly LogLevel[] = ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'];

/**
 * Follows a body through its awaits. Before Node 24 this makes every await of the Node process slower, so it is there only while
 * such a body is under way, and not for methods that answer at once.
 */
const further = new AsyncLocalStorage<StepLog>();
const underWay = new Set<StepLog>();
/** Of a body that answers at once: it alone speaks until it has. */
let speaking: StepLog | undefined;
const answerAtOnce = new WeakSet<AnyFunction>();
const answerLater = new WeakSet<AnyFunction>();

/** How many applications of this Node process listen. */
let listeners = 0;
let restore: (() => void)[] = [];

/** From now on until what it returns is called. */
export function listenToLogger(): () => void {
  if (++listeners === 1) restore = [Logger, Logger.prototype].flatMap((on) => LEVELS.map((level) => tee(on as unknown as Voice, level)));
  let listens = true;
  return () => {
    if (!listens) return;
    listens = false;
    if (--listeners === 0) for (const each of restore.splice(0)) each();
  };
}

/**
 * Calls the method, and hears what is said in it, also after an `await`, until {@link endHearing}. (Of a method that has always
 * answered at once, and for the first time does not, it hears no more than what it says until it returns.)
 */
export function heardBy<T>(log: StepLog, method: AnyFunction, call: () => T): T {
  if (answerAtOnce.has(method)) return heardAtOnce(log, method, call);
  underWay.add(log);
  const result = further.run(log, call);
  if (!isLater(result) && !answerLater.has(method)) answerAtOnce.add(method);
  return result;
}

function heardAtOnce<T>(log: StepLog, method: AnyFunction, call: () => T): T {
  const before = speaking;
  speaking = log;
  try {
    const result = call();
    if (isLater(result) && answerAtOnce.delete(method)) answerLater.add(method);
    return result;
  } finally {
    speaking = before;
  }
}

export function endHearing(log: StepLog): void {
  if (underWay.delete(log) && underWay.size === 0) further.disable();
}

/** Is this called by a body, or by what it has called? */
export function isInBody(): boolean {
  return speaking !== undefined || further.getStore() !== undefined;
}

/** A promise, or what becomes one. */
export function isLater(result: unknown): boolean {
  return isPromise(result) || isObservable(result);
}

function tee(on: Voice, level: LogLevel): () => void {
  const speak = on[level];
  const heard: Speak = function (this: unknown, ...said) {
    const log = speaking ?? further.getStore();
    if (log) hear(log, level, said, this);
    return speak.apply(this, said);
  };
  on[level] = heard;
  return () => {
    if (on[level] === heard) on[level] = speak; // else somebody has wrapped it again: outside a body nothing is heard
  };
}

/** A logger has a context, or the last of what is said is one: as Nest reads it. */
function hear(log: StepLog, level: LogLevel, said: readonly unknown[], speaker: unknown): void {
  const own: unknown = speaker instanceof Logger ? (speaker as unknown as { context?: unknown }).context : undefined;
  const given = said.filter((each) => each !== undefined);
  if (typeof own === 'string') return log.hear(level, given, own);
  const last = given.at(-1);
  if (given.length > 1 && typeof last === 'string') return log.hear(level, given.slice(0, -1), last);
  log.hear(level, given);
}
