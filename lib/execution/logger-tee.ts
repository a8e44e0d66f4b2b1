/**
 * Copies what Nest's `Logger` logs while a body runs into the log of its process. The methods of `Logger` are wrapped, not the logger
 * behind them. So any logger behind them will do, whenever the application sets it, even one that prints nothing.
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
 * Follows a body through its awaits. Before Node 24 this slows every await of the Node process, so it is enabled only while such a
 * body runs, and never for methods that return synchronously.
 */
const further = new AsyncLocalStorage<StepLog>();
const underWay = new Set<StepLog>();
/** The log of the synchronous body that runs now: until that body returns, all logging is its own. */
let speaking: StepLog | undefined;
const answerAtOnce = new WeakSet<AnyFunction>();
const answerLater = new WeakSet<AnyFunction>();

/** The number of applications in this Node process that listen. */
let listeners = 0;
let restore: (() => void)[] = [];

/** Listens until the returned function is called. */
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
 * Calls the method and records what it logs, also after an `await`, until {@link endHearing}. (When a method that has always returned
 * synchronously returns a promise for the first time, only what it logs before it returns is recorded.)
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

/** True when called by a body, or by code that a body has called. */
export function isInBody(): boolean {
  return (speaking ?? further.getStore()) !== undefined;
}

/** The step run whose body calls this. Undefined: no body does. */
export function bodyNow(): StepLog['of'] {
  return (speaking ?? further.getStore())?.of;
}

/** True for a promise or an observable. */
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
    if (on[level] === heard) on[level] = speak; // otherwise it was wrapped again: this wrapper stays, and records nothing outside a body
  };
}

/** Finds the context as Nest does: the logger's own, or else the last of several arguments if it is a string. */
function hear(log: StepLog, level: LogLevel, said: readonly unknown[], speaker: unknown): void {
  const own: unknown = speaker instanceof Logger ? (speaker as unknown as { context?: unknown }).context : undefined;
  const given = said.filter((each) => each !== undefined);
  if (typeof own === 'string') return log.hear(level, given, own);
  const last = given.at(-1);
  if (given.length > 1 && typeof last === 'string') return log.hear(level, given.slice(0, -1), last);
  log.hear(level, given);
}
