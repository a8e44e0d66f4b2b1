import { checkName, MAX_CORRELATION_ID } from '../context/checks.js';
import { checkSize, plain } from '../context/plain.js';
import { toStored } from '../context/typed-data.js';
import type { StepOutcome } from '../core/events.js';
import { edgesOf, type StepNode } from '../definition/graph.js';
import { Mapped } from '../definition/mapped.js';
import { isRecord, kindOf, WrongResult } from '../values/describe-error.js';
import { milliseconds } from '../values/duration.js';
import type { Json } from '../values/json.js';
import { type Said, saidBy } from '../values/outcome.js';
import type { Schema } from '../values/types.js';
import type { Undone } from './step-context.js';

/** An outcome whose patch is as the body gave it: functions in it are called later, with the latest values. */
export type BodyOutcome = StepOutcome<object>;

const NO_PATCH = {};

/* ---------------------------------------------------------------------- a step ---- */

/** Reads what the body of a step returned. @throws WrongResult, which says what it may return; UnserialisableValueError, ValueTooLargeError */
export function readStepResult(returned: unknown, node: StepNode): BodyOutcome {
  const mapped = returned instanceof Mapped ? returned : undefined;
  const raw: unknown = mapped ? mapped.result : returned;
  const chosen = mapped && !decides(node) ? null : choiceIn(raw, node); // if its output is mapped, a string is data
  const said = saidBy(raw) ?? chosen ?? answerIn(raw, mapped, node) ?? plainIn(raw, mapped, node);
  if (said.said === 'asked') throw new WrongResult('asked() is for the method that asks; a step returns a patch');
  if (said.said !== 'go' && said.said !== 'done') return outcomeOf(said);
  if (said.said === 'go') checkEdge(said.branch, node);
  if (said.said === 'done' && saidBy(raw) && decides(node) && !node.byIndex) throw choosesNone(node);
  return success(mapped ? mapped.patch : said.patch, said.said === 'go' ? said.branch : undefined, mapped && storedResult(raw));
}

function success(patch: unknown, branch: string | undefined, result: Json | undefined): BodyOutcome {
  return { type: 'step-succeeded', patch: patchIn(patch) ?? NO_PATCH, branch, result };
}

/** The result of a mapped step, which the next step finds in `step.previous` instead of the patch. */
function storedResult(raw: unknown): Json | undefined {
  if (raw === undefined) return undefined;
  const stored = plain(raw, 'its result');
  checkSize(stored, 'The result');
  return stored;
}

/** What a step with `every` says of itself: `false` is "not yet", `true` is "done". */
function answerIn(raw: unknown, mapped: Mapped | undefined, { every }: StepNode): Said | null {
  if (every === undefined || typeof raw !== 'boolean') return null;
  return raw ? { said: 'done', ...(mapped && { patch: mapped.patch }) } : { said: 'again' };
}

/** An edge chosen by name, or in a digraph by index. Null: none. */
function choiceIn(result: unknown, node: StepNode): Said | null {
  if (typeof result === 'string') return { said: 'go', branch: result };
  if (typeof result !== 'number' || !node.byIndex) return null;
  const branch = edgesOf(node)[result];
  if (branch === undefined) throw new WrongResult(`it returned ${result}, which is the index of none of its edges: ${indexed(node)}`);
  return { said: 'go', branch };
}

/** A patch, or nothing. In a digraph, a step with several edges takes the first if it returns a patch; if it returns nothing, it forgot to choose. */
function plainIn(raw: unknown, mapped: Mapped | undefined, node: StepNode): Said {
  if (!decides(node)) return { said: 'done', patch: (mapped ? mapped.patch : raw) as object }; // its kind is looked at where it is taken
  if (!node.byIndex) throw choosesNone(node);
  if (isRecord(raw)) return { said: 'done', patch: raw };
  throw new WrongResult(`it returned ${kindOf(raw)}, which chooses none of its edges: ${indexed(node)}`);
}

function checkEdge(branch: string, node: StepNode): void {
  const known = decides(node) || node.byIndex ? edgesOf(node) : [];
  if (known.includes(branch)) return;
  const which = node.byIndex ? `none of its edges: ${indexed(node)}` : `not one of its next: ${known.join(', ') || 'it has no list of them'}`;
  throw new WrongResult(`it returned ${typeof branch === 'string' ? `"${branch}"` : kindOf(branch)}, which is ${which}`);
}

function decides(node: StepNode): boolean {
  return node.next.length > 1;
}

function choosesNone(node: StepNode): WrongResult {
  return new WrongResult(`it is a decision, and chose none of its next: ${edgesOf(node).join(', ')}`);
}

function indexed(node: StepNode): string {
  return edgesOf(node).map((name, i) => `${i} (${name})`).join(', '); // prettier-ignore
}

/* ----------------------------------------------------------------- other methods ---- */

/** Reads what a `request` returned: nothing, or an outcome. A bare patch or `go()` is refused. @throws WrongResult */
export function readRequestResult(returned: unknown, node: StepNode): BodyOutcome {
  const said = saidBy(returned);
  const asked = askedBy(returned, said);
  if (asked) return asked;
  if (!said || said.said === 'go')
    throw new WrongResult(
      `its request returned ${typeof returned === 'string' ? `"${returned}"` : `a ${typeof returned}`}: return nothing, asked({ correlationId }) or done()`,
    );
  if (said.said === 'done' && decides(node)) throw new WrongResult('it is a decision, so its request cannot be done() with it');
  return outcomeOf(said);
}

/** A request that returned nothing has asked, under an id of ours. Null: it said something else. */
function askedBy(returned: unknown, said: Said | null): BodyOutcome | null {
  if (returned === undefined || returned === null) return { type: 'response-requested' };
  if (said?.said !== 'asked') return null;
  checkName('asked(): its correlationId', said.correlationId, MAX_CORRELATION_ID);
  return outcomeOf(said);
}

/** Reads the values a child starts with, as its context's class stores them. @throws WrongResult, UnserialisableValueError, ValueTooLargeError */
export function readChildValues(returned: unknown, schema: Schema | undefined): BodyOutcome {
  const said = saidBy(returned);
  if (said?.said === 'again' || said?.said === 'pause' || said?.said === 'fail') return outcomeOf(said);
  if (said || !isRecord(returned))
    throw new WrongResult(`its child starts with ${said ? `${said.said}()` : kindOf(returned)}: give the starting values as an object`);
  const values = toStored(schema, returned, '');
  checkSize(values, 'The starting values of its child');
  return { type: 'child-requested', values };
}

/** Reads what undoing a step run returned. @throws WrongResult */
export function readUndoResult(returned: unknown, { node, run }: Undone): BodyOutcome {
  const said = saidBy(returned) ?? { said: 'done' as const, patch: returned };
  if (said.said === 'done') return { type: 'visit-undone', step: node, undone: run, patch: patchIn(said.patch) ?? NO_PATCH };
  if (said.said === 'fail' || said.said === 'again') return outcomeOf(said);
  throw new WrongResult(`what undoes it said ${said.said}(): return nothing, a patch, done(), again() or fail()`);
}

/** Reads what the request of a compensation returned: nothing, or an outcome. With `done()` there is no answer to wait for. @throws WrongResult */
export function readUndoRequest(returned: unknown, undoes: Undone): BodyOutcome {
  const said = saidBy(returned);
  const asked = askedBy(returned, said);
  if (asked) return asked;
  if (!said) throw new WrongResult(`the request of its compensation returned ${kindOf(returned)}: return nothing, asked({ correlationId }), done() or again()`);
  return readUndoResult(returned, undoes);
}

/** A reminder may change values; any other outcome of it is ignored. */
export function readReminderResult(returned: unknown): BodyOutcome {
  const said = saidBy(returned);
  const patch: unknown = said ? ('patch' in said ? said.patch : undefined) : returned;
  return success(isRecord(patch) ? patch : undefined, undefined, undefined);
}

/* ------------------------------------------------------------------------------- */

function outcomeOf(said: Said): BodyOutcome {
  switch (said.said) {
    case 'done': return success(said.patch, undefined, undefined);
    case 'go': return success(said.patch, said.branch, undefined);
    case 'asked': return { type: 'response-requested', correlation: said.correlationId };
    case 'pause': return { type: 'step-paused', reason: String(said.reason) };
    case 'fail': return { type: 'step-failed', error: String(said.reason), permanent: true };
    case 'again': return deferred(said);
  } // prettier-ignore
}

function deferred({ after, state, patch }: Extract<Said, { said: 'again' }>): BodyOutcome {
  return {
    type: 'step-deferred',
    ...(after !== undefined && { afterMs: milliseconds(after) }),
    ...(state !== undefined && { state: plain(state, 'state') }),
    ...(patch && { patch: patchIn(patch) }),
  };
}

function patchIn(given: unknown): object | undefined {
  if (given === undefined || given === null) return undefined;
  if (isRecord(given)) return given;
  throw new WrongResult(`it returned ${kindOf(given)}: a step returns a patch of the context, an outcome, or nothing`);
}
