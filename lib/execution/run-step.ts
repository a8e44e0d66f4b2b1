import { Logger } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { fromStored } from '../context/typed-data.js';
import type { Json, JsonObject } from '../values/json.js';
import type { Token } from '../core/process.js';
import type { Node } from '../definition/graph.js';
import type { AnyFunction, NodeCode } from '../definition/source.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { Timers } from '../values/clock.js';
import { describe, traceOf, WrongResult } from '../values/describe-error.js';
import { endHearing, heardBy, isLater } from './logger-tee.js';
import { type BodyResult, readResult } from './read-result.js';
import type { StepVisit } from './step-context.js';

const logger = new Logger('Workflow');

/** Runs the user's code of a visit. Never throws: what it throws is a failed attempt. */
export async function runBody(bound: BoundWorkflow, visit: StepVisit, context: JsonObject, timers: Timers): Promise<BodyResult> {
  const code: NodeCode = bound.steps.get(visit.name) ?? {};
  try {
    const node = bound.definition.nodes.get(visit.name)!;
    const { brought } = visit;
    if (brought) visit.message = fromStored(brought.schema, brought.stored);
    const method = methodFor(code, visit.token.does);
    const result = heardBy(visit.log, method, () => call(method, code, visit, fromStored(bound.context, context as Json)));
    const settled = isLater(result) ? await limited(promiseOf(result, method, visit), node, visit, timers) : result;
    return readResult(settled, node, visit.token.does);
  } catch (error) {
    visit.log.hear('error', [traceOf(error)]);
    logger.warn(`${bound.definition.name}.${visit.name} of process ${visit.processId}, attempt ${visit.attempt}: ${traceOf(error)}`);
    return { failed: describe(error), permanent: error instanceof WrongResult || code.isFinal?.(error) === true };
  } finally {
    visit.ended = true;
    endHearing(visit.log);
  }
}

/** The row may be of a definition with other code. @throws WrongResult */
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

/** A child that is given nothing to start with. */
const NO_VALUES = () => ({});

function call(method: AnyFunction, { takesMessage }: NodeCode, visit: StepVisit, context: unknown): unknown {
  return takesMessage && visit.token.does === 'run' ? method(context, visit.message, visit) : method(context, visit);
}

/** An observable begins to run when it is subscribed to: that too is heard. */
function promiseOf(result: unknown, method: AnyFunction, { log }: StepVisit): Promise<unknown> {
  return isObservable(result) ? heardBy(log, method, () => lastValueFrom(result, { defaultValue: undefined })) : Promise.resolve(result);
}

/** After the step's `timeout`, or at the end of its `within`, its signal aborts, and whatever it still does has no effect here. */
function limited(work: Promise<unknown>, node: Node, visit: StepVisit, timers: Timers): Promise<unknown> {
  const { timeout = Infinity } = node.kind === 'step' ? node : {};
  const left = (visit.token.deadline ?? Infinity) - visit.now.getTime();
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
