import { checkName, MAX_CORRELATION_ID } from '../context/checks.js';
import { milliseconds } from '../values/duration.js';
import { type Said, saidBy } from '../values/outcome.js';
import type { Token } from '../core/process.js';
import { edgesOf, type Node, type StepNode } from '../definition/graph.js';
import { Mapped } from '../definition/mapped.js';
import { kindOf, WrongResult } from '../values/describe-error.js';

/** What a body came to. */
export type BodyResult =
  /** `result`: what it returned, where that is not its patch. */
  | { readonly said: Said; readonly afterMs?: number; readonly result?: unknown }
  /** The starting values of a child. */
  | { readonly values: object }
  | { readonly failed: string; readonly permanent: boolean };

/** Takes a result at its word, or says which words there are. @throws WrongResult */
export function readResult(result: unknown, node: Node, does: Token['does']): BodyResult {
  if (does === 'remind') return { said: { said: 'done', ...changeIn(result) } };
  if (does === 'undo') return readUndoing(result);
  const step = node as StepNode;
  if (does !== 'request') return readStep(result, step);
  return step.gate.for === 'child' ? readValues(result) : readAnswer(result, step);
}

/* ---------------------------------------------------------------------- a step ---- */

function readStep(result: unknown, node: StepNode): BodyResult {
  const raw: unknown = result instanceof Mapped ? result.result : result;
  const chosen = result instanceof Mapped && !decides(node) ? null : choiceIn(raw, node); // where its output is mapped, a string is data
  const said = saidBy(raw) ?? chosen ?? plainIn(result, node);
  if (said.said === 'asked') throw new WrongResult('asked() is for the method that asks; a step returns a patch');
  if (said.said === 'again') return timed(said);
  if (said.said === 'go') checkEdge(said.branch, node);
  if (said.said === 'done' && saidBy(raw) && decides(node) && !node.byIndex) throw choosesNone(node);
  if (!(result instanceof Mapped)) return { said };
  return { said: said.said === 'go' || said.said === 'done' ? { ...said, patch: result.patch } : said, result: raw };
}

/** The name of an edge, or of a digraph its index. */
function choiceIn(result: unknown, node: StepNode): Said | null {
  if (typeof result === 'string') return { said: 'go', branch: result };
  if (typeof result !== 'number' || !node.byIndex) return null;
  const branch = edgesOf(node)[result];
  if (branch === undefined) throw new WrongResult(`it returned ${result}, which is the index of none of its edges: ${indexed(node)}`);
  return { said: 'go', branch };
}

/** A patch, or nothing. A plain step of a digraph takes its first edge; who decides nothing there has forgotten something. */
function plainIn(result: unknown, node: StepNode): Said {
  if (!decides(node)) return { said: 'done', ...patchOf(result instanceof Mapped ? result.patch : result) };
  if (!node.byIndex) throw choosesNone(node);
  const raw: unknown = result instanceof Mapped ? result.result : result;
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return { said: 'done', patch: raw };
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

/* ---------------------------------------------------------- what is not the step ---- */

/** A request returns nothing, or says something; it makes no version, so it has no patch to give. */
function readAnswer(result: unknown, node: StepNode): BodyResult {
  const said = saidBy(result);
  if (result === undefined || result === null) return { said: { said: 'asked', correlationId: '' } };
  if (!said || said.said === 'go')
    throw new WrongResult(
      `its request returned ${typeof result === 'string' ? `"${result}"` : `a ${typeof result}`}: return nothing, asked({ correlationId }) or done()`,
    );
  if (said.said === 'asked') checkName('asked(): its correlationId', said.correlationId, MAX_CORRELATION_ID);
  if (said.said === 'done' && decides(node)) throw new WrongResult('it is a decision, so its request cannot be done() with it');
  return said.said === 'again' ? timed(said) : { said };
}

function readValues(result: unknown): BodyResult {
  const said = saidBy(result);
  if (said?.said === 'again') return timed(said);
  if (said?.said === 'pause' || said?.said === 'fail') return { said };
  if (said || typeof result !== 'object' || result === null || Array.isArray(result))
    throw new WrongResult(`its child starts with ${said ? `${said.said}()` : kindOf(result)}: give the starting values as an object`);
  return { values: result };
}

function readUndoing(result: unknown): BodyResult {
  const said = saidBy(result) ?? { said: 'done' as const, ...patchOf(result) };
  if (said.said === 'done' || said.said === 'fail') return { said };
  throw new WrongResult(`what undoes it said ${said.said}(): return nothing, a patch, done() or fail()`);
}

/** A reminder changes values or nothing; what else it says is for nobody. */
function changeIn(result: unknown): { patch?: object } {
  const said = saidBy(result);
  const patch: unknown = said ? ('patch' in said ? said.patch : undefined) : result;
  return typeof patch === 'object' && patch !== null && !Array.isArray(patch) ? { patch } : {};
}

/* ------------------------------------------------------------------------------- */

function timed(said: Extract<Said, { said: 'again' }>): BodyResult {
  return said.after === undefined ? { said } : { said, afterMs: milliseconds(said.after) };
}

function patchOf(result: unknown): { patch?: object } {
  if (result === undefined || result === null) return {};
  if (typeof result === 'object' && !Array.isArray(result)) return { patch: result };
  throw new WrongResult(`it returned ${kindOf(result)}: a step returns a patch of the context, an outcome, or nothing`);
}
