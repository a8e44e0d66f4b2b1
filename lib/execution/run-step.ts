import { Logger } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { fromStored } from '../context/typed-data.js';
import type { Token } from '../core/token.js';
import { type Node, stepNamed } from '../definition/graph.js';
import type { AnyFunction, NodeCode } from '../definition/source.js';
import type { Timers } from '../values/clock.js';
import { monotonicNow } from '../values/timers.js';
import { describeError, traceOf, WrongResult } from '../values/describe-error.js';
import { saidAbout } from '../values/log-fields.js';
import type { JsonObject } from '../values/json.js';
import { visitFields } from './label-logs.js';
import { endHearing, heardBy, isLater } from './logger-tee.js';
import type { BodyObserver, EndedBody } from './body-observer.js';
import { type BodyOutcome, readChildValues, readReminderResult, readRequestResult, readStepResult, readUndoRequest, readUndoResult } from './read-result.js';
import type { StepVisit } from './step-context.js';
import type { StepInputs } from './step-inputs.js';

const logger = new Logger('Workflow');

/** The parts needed to run a body, beside its step run. */
export interface BodyParts {
  readonly inputs: StepInputs;
  readonly timers: Timers;
  readonly observers: BodyObserver;
}

/** Runs the user's code of a step run. Never throws: an error of that code is a failed attempt. */
export function runBody(visit: StepVisit, context: JsonObject, parts: BodyParts): BodyOutcome | Promise<BodyOutcome> {
  const { bound, awaited, awaitedBefore } = visit;
  const code: NodeCode = bound.steps.get(visit.undoStep ?? visit.name) ?? NO_CODE;
  if (parts.observers.watchesBodies) visit.begunAt = monotonicNow();
  try {
    if (awaited) visit.message = fromStored(awaited.schema, awaited.stored);
    if (awaitedBefore) visit.messageBefore = fromStored(awaitedBefore.schema, awaitedBefore.stored);
    const method = methodFor(code, visit.does);
    const result = heardBy(visit.log, method, () => call(method, code, visit, fromStored(bound.context, context)));
    if (isLater(result)) return outcomeLater(limited(promiseOf(result, method, visit), visit, parts.timers), visit, code, parts);
    return endVisit(visit, readReturned(result, visit, parts.inputs), parts); // a body that answers at once costs no promise
  } catch (error) {
    return endVisit(visit, failure(error, visit, code), parts);
  }
}

async function outcomeLater(result: Promise<unknown>, visit: StepVisit, code: NodeCode, parts: BodyParts): Promise<BodyOutcome> {
  try {
    return endVisit(visit, readReturned(await result, visit, parts.inputs), parts);
  } catch (error) {
    return endVisit(visit, failure(error, visit, code), parts);
  }
}

function endVisit(visit: StepVisit, outcome: BodyOutcome, { observers }: BodyParts): BodyOutcome {
  visit.ended = true;
  endHearing(visit.log);
  if (visit.begunAt !== undefined) observers.bodyEnded(endedBody(visit, outcome, monotonicNow() - visit.begunAt));
  return outcome;
}

function endedBody({ workflow, name, does, attempt }: StepVisit, outcome: BodyOutcome, ms: number): EndedBody {
  return { workflow, step: name, does, attempt, outcome: outcome.type, ms };
}

function failure(error: unknown, visit: StepVisit, code: NodeCode): BodyOutcome {
  visit.log.hear('error', [traceOf(error)]);
  saidAbout(visitFields(visit), () =>
    logger.warn(`${visit.workflow}.${visit.name} of process ${visit.processId}, attempt ${visit.attempt}: ${traceOf(error)}`),
  );
  return {
    type: 'step-failed',
    error: describeError(error),
    permanent: isFinalFor(error, visit.undoes ? visit.bound.steps.get(visit.name)?.isUndoFinal : code.isFinal),
  };
}

/** Looking at the error may throw, in the workflow's own test or in a proxy. Then the error does not count as final. */
function isFinalFor(error: unknown, isFinal: NodeCode['isFinal']): boolean {
  try {
    return error instanceof WrongResult || isFinal?.(error) === true;
  } catch {
    return false;
  }
}

/** The row may come from a definition with other code, so a method may be missing. @throws WrongResult */
function methodFor(code: NodeCode, does: Token['does']): AnyFunction {
  switch (does) {
    case 'request': return code.request ?? NO_VALUES;
    case 'remind': return known(code.remind, 'reminds');
    case 'undo': return known(code.compensate, 'undoes it');
    default: return known(code.run, 'runs');
  } // prettier-ignore
}

function known(method: AnyFunction | undefined, what: string): AnyFunction {
  if (method === undefined) throw new WrongResult(`it has no method that ${what} here`);
  return method;
}

const NO_CODE: NodeCode = {};
/** The request of a child step that gives no starting values. */
const NO_VALUES = () => ({});

function call(method: AnyFunction, { takesMessage }: NodeCode, visit: StepVisit, context: unknown): unknown {
  const seen = visit.undoStep === undefined ? context : seenUndoing(visit, context);
  return takesMessage && visit.does === 'run' ? method(seen, visit.message, visit) : method(seen, visit);
}

/** What the flow gives to the step, its compensation sees as well. */
function seenUndoing(visit: StepVisit, context: unknown): unknown {
  return visit.bound.steps.get(visit.name)?.undoSees?.(context, visit) ?? context;
}

function readReturned(returned: unknown, visit: StepVisit, inputs: StepInputs): BodyOutcome {
  const { bound, token, undoes } = visit;
  if (undoes) return visit.does === 'request' ? readUndoRequest(returned, undoes) : readUndoResult(returned, undoes);
  if (token.does === 'remind') return readReminderResult(returned);
  const node = stepNamed(bound.definition, token.node);
  if (token.does === 'run') return readStepResult(returned, node);
  return node.gate.for === 'child' ? readChildValues(returned, inputs.childSchema(node)) : readRequestResult(returned, node);
}

/* ------------------------------------------------------------------------ time ---- */

/** An observable starts running when it is subscribed to, so what it logs then is recorded too. */
function promiseOf(result: unknown, method: AnyFunction, { log }: StepVisit): Promise<unknown> {
  return isObservable(result) ? heardBy(log, method, () => lastValueFrom(result, { defaultValue: undefined })) : Promise.resolve(result);
}

/** At the step's `timeout`, or at the end of its `within`, aborts the signal and rejects. A later result of the body is ignored. */
function limited(work: Promise<unknown>, visit: StepVisit, timers: Timers): Promise<unknown> {
  const { timeout = Infinity } = timeoutOf(visit.bound.definition.nodes.get(visit.name), visit.undoes !== null);
  const left = visitDeadline(visit) - visit.nowMs;
  if (timeout === Infinity && left === Infinity) return work;
  return new Promise((resolve, reject) => {
    const error = new Error(timeout <= left ? `timeout: the body took longer than ${timeout} ms` : 'the visit took longer than its within');
    const cancel = timers.after(Math.min(timeout, left), () => {
      visit.abort(error);
      reject(error);
    });
    work.then(resolve, reject).finally(cancel);
  });
}

function timeoutOf(node: Node | undefined, isUndo: boolean): { readonly timeout?: number } {
  if (node?.kind !== 'step') return {};
  return isUndo && node.undo?.timeout !== undefined ? node.undo : node;
}

function visitDeadline({ token }: StepVisit): number {
  return ('deadline' in token ? token.deadline : undefined) ?? Infinity;
}
