import { Logger } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { milliseconds } from '../core/duration.js';
import type { Json, JsonObject } from '../core/json.js';
import { type Said, saidBy } from '../core/outcome.js';
import type { Token } from '../core/process.js';
import type { StepNode } from '../definition/graph.js';
import { checkName, MAX_CORRELATION_ID } from '../context/names.js';
import { fromStored } from '../context/schema.js';
import type { BoundStep, BoundWorkflow } from './bound-workflow.js';
import type { StepVisit } from './step-visit.js';
import type { Timers } from './clock.js';

/** What a body came to. */
export type BodyResult = { readonly said: Said; readonly afterMs?: number } | { readonly failed: string; readonly permanent: boolean };

/** Longer stories are cut: an error is a hint in the history, not a file. */
const LONGEST_ERROR = 8000;

const logger = new Logger('Workflow');

/** Runs the user's code of a visit. Never throws: what it throws is a failed attempt. */
export async function runBody(bound: BoundWorkflow, node: StepNode, visit: StepVisit, context: JsonObject, timers: Timers): Promise<BodyResult> {
  const step = bound.steps.get(node.name)!;
  try {
    if (visit.token.message !== undefined) visit.message = fromStored(step.response, visit.message as Json);
    const result = call(step, visit, fromStored(bound.context, context as Json));
    const settled = isPending(result) || isObservable(result) ? await limited(promiseOf(result), node, visit, timers) : result;
    return read(settled, node, visit.token);
  } catch (error) {
    const where = `${bound.definition.name}.${node.name} of process ${visit.processId}, attempt ${visit.attempt}`;
    logger.warn(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : describe(error)}`);
    return { failed: describe(error), permanent: step.unless.some((type) => error instanceof type) };
  }
}

function call(step: BoundStep, visit: StepVisit, context: unknown): unknown {
  if (visit.token.does === 'request') return step.request!(context, visit);
  return step.takesMessage ? step.run(context, visit.message, visit) : step.run(context, visit);
}

function isPending(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result;
}

function promiseOf(result: unknown): Promise<unknown> {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : Promise.resolve(result);
}

/** After the step's `timeout`, or at the end of its `within`, its signal aborts, and whatever it still does has no effect here. */
function limited(work: Promise<unknown>, { timeout = Infinity }: StepNode, visit: StepVisit, timers: Timers): Promise<unknown> {
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

/** Takes a result at its word, or says which words there are. */
function read(result: unknown, node: StepNode, token: Token): BodyResult {
  if (token.does === 'request') return readAnswer(result, node);
  const said = saidBy(result) ?? (typeof result === 'string' ? ({ said: 'go', branch: result } as const) : { said: 'done' as const, ...patchOf(result) });
  if (said.said === 'again') return { said, ...(said.after !== undefined && { afterMs: milliseconds(said.after) }) };
  if (said.said === 'asked') return wrong('asked() is for the method that asks; a step returns a patch');
  const deciding = node.next.length > 1;
  if (said.said === 'go' && !(deciding && node.next.includes(said.branch)))
    return wrong(`it returned "${said.branch}", which is not one of its next: ${deciding ? node.next.join(', ') : 'it has no list of them'}`);
  if (said.said === 'done' && deciding) return wrong(`it is a decision, and chose none of its next: ${node.next.join(', ')}`);
  return { said };
}

/** A request returns nothing, or says something; it makes no version, so it has no patch to give. */
function readAnswer(result: unknown, node: StepNode): BodyResult {
  const said = saidBy(result);
  if (result === undefined || result === null) return { said: { said: 'asked', correlationId: '' } };
  if (!said || said.said === 'go')
    return wrong(
      `its request returned ${typeof result === 'string' ? `"${result}"` : `a ${typeof result}`}: return nothing, asked({ correlationId }) or done()`,
    );
  if (said.said === 'asked') checkName('asked(): its correlationId', said.correlationId, MAX_CORRELATION_ID);
  if (said.said === 'done' && node.next.length > 1) return wrong('it is a decision, so its request cannot be done() with it');
  return said.said === 'again' && said.after !== undefined ? { said, afterMs: milliseconds(said.after) } : { said };
}

function patchOf(result: unknown): { patch?: object } {
  if (result === undefined || result === null) return {};
  if (typeof result !== 'object' || Array.isArray(result))
    throw new WrongResult(`it returned a ${Array.isArray(result) ? 'list' : typeof result}: a step returns a patch of the context, an outcome, or nothing`);
  return { patch: result };
}

class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

function wrong(message: string): BodyResult {
  return { failed: `WrongResult: ${message}`, permanent: true };
}

/** `Class: message`, and the causes behind it. Never throws, whatever was thrown. */
export function describe(error: unknown): string {
  try {
    const text =
      error instanceof Error ? `${headOf(error)}${error.cause instanceof Error ? ` (cause: ${headOf(error.cause)})` : ''}` : `thrown: ${String(error)}`;
    return text.slice(0, LONGEST_ERROR).replaceAll('\0', '').toWellFormed();
  } catch {
    return 'thrown: something that cannot be described';
  }
}

function headOf(error: Error): string {
  return `${error.name === 'Error' ? error.constructor.name : error.name}: ${error.message}`;
}
