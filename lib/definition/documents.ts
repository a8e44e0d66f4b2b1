import type { StepOptions } from './step-options.js';
import type { Class, Schema } from '../values/types.js';
import { DOCUMENT_LIMITS, type DocumentLimits, limitProblem } from './document-limits.js';
import { atStep } from './document-paths.js';
import { JsonSchema, schemaCheck } from './document-schema.js';
import { boundMethod, valueOf } from './node-code.js';
import type { NodeCode, WorkflowSource, WrittenStep } from './source.js';
import { type StepLibrary, useOf } from './step-library.js';
import { undoOptions } from './step-node.js';
import { didYouMean } from '../values/suggest.js';
import { unknownKey } from './verify/key-problems.js';
import { type StepJson, type WorkflowJson, workflowSchema } from './workflow-json.js';
import type { WorkflowOptions } from './workflow-options.js';

/** The classes that a document may name. */
export interface Names {
  readonly library: StepLibrary;
  readonly contexts: readonly Class[];
  /** Default: {@link DOCUMENT_LIMITS}. */
  readonly limits?: DocumentLimits;
}

export interface ReadDocument {
  /** Left out if the document does not have the required form. */
  readonly source?: WorkflowSource;
  readonly problems: readonly string[];
}

/** `stepLists` speaks of the lists, in words that are easier to understand than those of `oneOf`. */
const { oneOf: _lists, ...form } = workflowSchema;
const formProblems = schemaCheck(form);

/**
 * Reads a workflow that is data into the form that a class has. `place` names it in problems. Nothing in it is ever evaluated:
 * strings are names of steps, context keys and classes.
 */
export function readDocument(given: unknown, place: string, names: Names): ReadDocument {
  const { limits = DOCUMENT_LIMITS } = names;
  const over = limitProblem(given, limits);
  const wrong = over === null ? [...formProblems(given), ...stepLists(given)] : [`${over}.`];
  if (wrong.length > 0) return { problems: wrong.map((problem) => `${place}: ${problem}`) };
  const document = given as WorkflowJson;
  const context = contextOf(document, names.contexts, limits);
  const list = document.steps ? 'steps' : 'activities';
  const steps = document[list]!.map((step, i) => documentStep(step, `${list}[${i}]`, names.library, context.schema));
  const reminders = remindersOf(document, names.library);
  const problems = [...context.problems, ...reminders.problems, ...steps.flatMap((step) => step.problems)].map((problem) => `${place}: ${problem}`);
  return { source: documentSource(document, place, context.schema, steps.map(({ step }) => step), reminders.instance), problems }; // prettier-ignore
}

function stepLists(given: unknown): string[] {
  if (typeof given !== 'object' || given === null) return [];
  if ('steps' in given && 'activities' in given) return ['it has steps and activities, which are two words for one list. Leave out one.'];
  return 'steps' in given || 'activities' in given ? [] : ['it has no steps. List them under "steps".'];
}

function documentSource(
  document: WorkflowJson,
  className: string,
  context: Schema | undefined,
  steps: readonly WrittenStep[],
  reminders: object,
): WorkflowSource {
  const { name, version, completeWhen, within, deleteOnCompletion, keep, updates, stages, searchable, config, flow } = document;
  return {
    className,
    options: {
      name,
      ...(version !== undefined && { version }),
      ...(context && { context }),
      ...(completeWhen !== undefined && { completeWhen }),
      ...(within !== undefined && { within }),
      ...(deleteOnCompletion !== undefined && { deleteOnCompletion }),
      ...(keep !== undefined && { keep }),
      ...(updates && { updates }),
      ...(stages && { stages: stages as WorkflowOptions['stages'] & object }),
      ...(searchable && { searchable }),
      ...(config && { config }),
    },
    steps,
    instance: reminders,
    ...(flow && { flow }),
    document,
  };
}

/** What stages do when they are overdue: the `run` of a step class, under its name. A document has no methods of its own. */
function remindersOf({ stages = {} }: WorkflowJson, library: StepLibrary): { instance: object; problems: string[] } {
  const named = Object.entries(stages).flatMap(([stage, { overdue }]) =>
    overdue ? [{ stage, use: overdue.do, host: library.called(overdue.do)[0]?.host }] : [],
  );
  return {
    instance: Object.fromEntries(named.map(({ use, host = {} }) => [use, boundMethod(host, 'run') ?? (() => {})])),
    problems: named.flatMap(({ stage, use, host }) => (host ? [] : [`stages.${stage}.overdue.do: ${missing(use, library)}`])),
  };
}

function contextOf({ context }: WorkflowJson, contexts: readonly Class[], { checks }: DocumentLimits): { schema?: Schema; problems: string[] } {
  if (context === undefined) return { problems: [] };
  if (typeof context === 'object') {
    const schema = new JsonSchema(context, checks);
    return schema.fault === null ? { schema: schema as unknown as Schema, problems: [] } : { problems: [`context is no JSON Schema: ${schema.fault}.`] };
  }
  const schema = contexts.find((type) => type.name === context);
  if (schema) return { schema, problems: [] };
  const names = contexts.map(({ name }) => name);
  return { problems: [`context "${context}" is not in the contexts of the module: ${names.join(', ') || 'none'}.${didYouMean(context, names)}`] };
}

/* -------------------------------------------------------------------- a step ---- */

function documentStep(json: StepJson, path: string, library: StepLibrary, context: Schema | undefined): { step: WrittenStep; problems: string[] } {
  const { name, use = name, child, retry, compensate, ...rest } = json;
  const [provider, second] = library.called(use);
  const known = provider ?? { type: Object, name: use, options: {}, host: {} };
  const options = { ...rest, name, ...documentChildOptions(child), ...retryOptions(retry), ...documentUndoOptions(compensate, known.options) } as StepOptions;
  const step = { ...useOf(known, options), path, ...(child !== undefined && { child: { workflow: typeof child === 'string' ? child : child.workflow } }) };
  const code = documentCode(json);
  const called = provider ? (second ? [ambiguous(use)] : []) : [missing(use, library)];
  const problems = [...called, ...startingKeys(child).flatMap((key) => [...unknownKey(key, 'child.with', context)])];
  return { step: { ...step, ...(code && { code }) }, problems: problems.map((problem) => `${atStep(step)}${problem}`) };
}

function missing(use: string, library: StepLibrary): string {
  return `there is no step class "${use}". Put @Step() on it, and add it to the providers of a module.${didYouMean(use, library.names())}`;
}

function ambiguous(use: string): string {
  return `two step classes are called "${use}". Say @Step({ name: '...' }) on one of them.`;
}

function startingKeys(child: StepJson['child']): readonly string[] {
  return (typeof child === 'object' && child.with) || [];
}

/** Leaves out `with`: a document lists context keys there, and `documentCode` reads them. */
function documentChildOptions(child: StepJson['child']): Pick<StepOptions, 'child'> {
  if (child === undefined || typeof child === 'string') return child === undefined ? {} : { child };
  const { with: _keys, ...options } = child;
  return { child: options };
}

function retryOptions(retry: StepJson['retry']): Pick<StepOptions, 'retry'> {
  if (retry === undefined || typeof retry === 'number') return retry === undefined ? {} : { retry };
  const { unless: _names, ...policy } = retry;
  return { retry: policy };
}

/** What the step class says of its compensation holds where the document says nothing. */
function documentUndoOptions(compensate: StepJson['compensate'], { compensate: ofClass }: StepOptions): Pick<StepOptions, 'compensate'> {
  if (compensate === undefined || typeof compensate === 'string') return compensate === undefined ? {} : { compensate };
  const { retry, ...options } = compensate;
  return { compensate: { ...undoOptions(ofClass), ...options, ...retryOptions(retry) } };
}

function documentCode({ child, retry, compensate }: StepJson): NodeCode | undefined {
  const keys = typeof child === 'object' ? child.with : undefined;
  const isFinal = finalByName(retry);
  const isUndoFinal = typeof compensate === 'object' ? finalByName(compensate.retry) : undefined;
  if (!keys && !isFinal && !isUndoFinal) return undefined;
  return { ...(keys && { request: picking(keys) }), ...(isFinal && { isFinal }), ...(isUndoFinal && { isUndoFinal }) };
}

function finalByName(retry: StepJson['retry']): NodeCode['isFinal'] {
  const names = typeof retry === 'object' ? retry.unless : undefined;
  return names && ((error) => names.some((name) => isCalled(error, name)));
}

function picking(keys: readonly string[]): (context: object) => object {
  return (context) => Object.fromEntries(keys.map((key) => [key, valueOf(context, key)]).filter(([, value]) => value !== undefined));
}

/** Whether the error itself, its class or a parent class has this name. */
function isCalled(error: unknown, name: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ((error as { name?: unknown }).name === name) return true;
  for (let proto = Object.getPrototypeOf(error) as object | null; proto; proto = Object.getPrototypeOf(proto) as object | null) {
    if ((proto.constructor as Class | undefined)?.name === name) return true;
  }
  return false;
}
