import type { Json } from '../values/json.js';
import type { DiscoveryService } from '@nestjs/core';
import { reasonOf } from '../values/reason.js';
import { resolveWorkflow } from '../decorators/handler-metadata.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import { roundTripProblems } from '../context/round-trip.js';
import { hasRules } from '../context/typed-data.js';
import { newContext } from '../definition/context-keys.js';
import { type Compiled, type DefinitionDefaults, isClass, type WorkflowSource } from '../definition/source.js';
import type { DocumentLimits } from '../definition/document-limits.js';
import type { WorkflowJson } from '../definition/workflow-json.js';
import { StepLibrary } from '../definition/step-library.js';
import { stepsOf } from '../definition/graph.js';
import { didYouMean } from '../values/suggest.js';
import { howMany } from '../values/how-many.js';
import type { Class } from '../values/types.js';
import { problemsAtBoot } from './boot-problems.js';
import { bind, type BoundWorkflow } from './bound-workflow.js';
import { bootLogger, explore, type FoundHandler } from './explorer.js';
import type { WorkflowRegistry } from './registry.js';
import { WorkflowCompiler } from './workflow-compiler.js';

/** Workflows that are data, and the context classes they name. Discovery cannot find them, so the module's options list them. */
export interface Documents {
  /**
   * Workflows that are data: objects, or paths of JSON files. Boot verifies them as it does classes. (An imported JSON file has
   * wider types than {@link WorkflowJson}, so any object is taken; `satisfies WorkflowJson` has one checked as it is written.)
   */
  readonly workflows?: readonly (WorkflowJson | object | string)[];
  /** The context classes that they name. */
  readonly contexts?: readonly Class[];
}

/** Finds, compiles and verifies every workflow. Refuses to start on any problem, and names all of them at once. */
export function discoverWorkflows(
  discovery: DiscoveryService,
  registry: WorkflowRegistry,
  queues: readonly string[] | null,
  { defaults, limits }: { readonly defaults?: DefinitionDefaults | undefined; readonly limits?: DocumentLimits },
  settings: readonly string[],
  { workflows = [], contexts = [] }: Documents = {},
  senderProblem?: (name: string, pattern: Json) => string | null,
): void {
  const found = explore(discovery);
  const names = new Set<string>();
  const known = () => [...names, ...registry.names()];
  const compiler = new WorkflowCompiler({
    library: new StepLibrary(found.steps),
    contexts,
    queues,
    workflows: known,
    ...(defaults && { defaults }),
    ...(limits && { limits }),
    ...(senderProblem && { senderProblem }),
  });
  const documents = workflows.map((given, i) => compiler.read(given, `workflows[${i}]`));
  const sources = [...found.sources, ...documents.flatMap(({ source }) => source ?? [])];
  for (const { options } of sources) names.add(options.name);
  const compiled = sources.map((source) => compiler.compile(source));
  const all = [...settings, ...notClasses(contexts), ...found.problems, ...documents.flatMap(({ problems }) => problems), ...compiled.flatMap(({ problems }) => problems), ...unusedContextProblems(contexts, sources), ...applicationProblems(sources, compiled, found.handlers)]; // prettier-ignore
  if (all.length > 0) throw problemsAtBoot(all, sources.map(({ className }) => className)); // prettier-ignore
  registry.compiler = compiler;
  for (const each of compiled) registry.add(bind(each));
  sources.forEach(warnOfContext);
  bootLogger.log(summary(registry.all()));
}

/** Finds problems that show only when all workflows and message handlers are compared. */
function applicationProblems(sources: readonly WorkflowSource[], compiled: readonly Compiled[], handlers: readonly FoundHandler[]): string[] {
  return [
    ...sources.flatMap(contextProblems),
    ...compiled.flatMap(messageProblems),
    ...twins(sources),
    ...handlers.flatMap((handler) => handlerProblems(handler, compiled)),
  ];
}

function notClasses(contexts: readonly unknown[]): string[] {
  return contexts.flatMap((type, i) => (isClass(type) ? [] : [`WorkflowModule: contexts[${i}] is not a class.`]));
}

function contextProblems({ className, options: { context } }: WorkflowSource): string[] {
  return isClass(context) ? dataProblems(`${className}: its context class`, 'A context', context) : [];
}

/** A document that is defined later may name any of them. */
function unusedContextProblems(contexts: readonly unknown[], sources: readonly WorkflowSource[]): string[] {
  const unused = contexts.filter((type) => !sources.some(({ options }) => options.context === type));
  return unused.flatMap((type) => (isClass(type) ? dataProblems('WorkflowModule: its context class', 'A context', type) : []));
}

function messageProblems({ source, code }: Compiled): string[] {
  return [...code].flatMap(([step, { message }]) =>
    isClass(message) ? dataProblems(`${source.className}.${step}: its message class`, 'A message', message) : [],
  );
}

/** What is stored is made again for each reader, and nothing of it may be lost. */
function dataProblems(here: string, what: string, type: Class): string[] {
  try {
    newContext(type);
  } catch (error) {
    return [`${here} ${type.name} cannot be made without arguments (${reasonOf(error)}). ${what} is data: give its fields defaults instead of a constructor.`];
  }
  return roundTripProblems(type).map((problem) => `${here} ${type.name}: ${problem}`);
}

function twins(sources: readonly WorkflowSource[]): string[] {
  return sources.flatMap((source, i) => {
    const twin = sources.slice(0, i).find((other) => versionKey(other) === versionKey(source));
    return twin
      ? [
          `${source.className}: ${twin.className} is workflow "${source.options.name}" version ${source.options.version ?? 1} already. Give one of them another name or version.`,
        ]
      : [];
  });
}

/** Ignores case: some databases and most people do not distinguish it. */
function versionKey({ options }: WorkflowSource): string {
  return `${String(options.name).toLowerCase()}@${options.version ?? 1}`;
}

const WANTED = {
  response: { decorator: '@HandlesResponse', what: 'a request' },
  input: { decorator: '@HandlesInput', what: 'an input' },
  start: { decorator: '@StartsProcess' },
} as const;

function handlerProblems(handler: FoundHandler, compiled: readonly Compiled[]): string[] {
  const { place, workflow, brings } = handler;
  const here = `${place} (${WANTED[brings].decorator})`;
  if (workflow === undefined) return [`${here}: its workflow is undefined, probably as imports go in a circle. Say () => TheWorkflow.`];
  const named = resolveWorkflow(workflow);
  const found = compiled.filter(({ source }) => (typeof named === 'string' ? source.options.name === named : source.instance.constructor === named));
  const name = typeof named === 'string' ? named : named.name;
  if (found.length === 0) return [`${here}: ${name} is no workflow of this application.${didYouMean(name, compiled.map(({ source }) => source.options.name))} Is it in the providers of a module that is imported?`]; // prettier-ignore
  return brings === 'start' ? [] : missingStep(handler, name, found).map((sentence) => `${here}: ${sentence}`);
}

/** `name`: the workflow as the message handler names it. */
function missingStep({ step, brings }: Extract<FoundHandler, { step: string }>, name: string, found: readonly Compiled[]): string[] {
  const steps = found.flatMap((each) => stepsThatWant(each, brings));
  return steps.includes(step) ? [] : [`"${step}" is no step of ${name} that has ${WANTED[brings].what}.${didYouMean(step, steps)}`];
}

/** The names of steps that take such a message, and of their step classes. */
function stepsThatWant({ source, definition }: Compiled, brings: 'response' | 'input'): string[] {
  const wanting = new Set(stepsOf(definition).flatMap(({ name, gate }) => (gate.for === brings ? name : [])));
  const uses = source.steps.filter(({ name, isClass: ofClass }) => ofClass && wanting.has(name));
  return [...wanting, ...uses.map(({ host }) => stepNameOf(host.constructor as Class))];
}

/** Without rules nothing is refused at the start, and a missing value shows only in the step that needs it. */
function warnOfContext({ className, options: { context } }: WorkflowSource): void {
  if (context === undefined || hasRules(context)) return;
  bootLogger.warn(
    `${className}: its context class has no class-validator decorators, so a process starts with whatever it is given. Put them on the keys that have no default.`,
  );
}

function summary(workflows: readonly BoundWorkflow[]): string {
  const steps = workflows.reduce((sum, { definition }) => sum + stepsOf(definition).length, 0);
  const names = workflows.map(({ definition }) => `${definition.name} v${definition.version}`).join(', ');
  return workflows.length === 0
    ? 'No workflows: put @Workflow({ name }) on a provider.'
    : `${howMany(workflows.length, 'workflow')} (${names}), ${howMany(steps, 'step')}`;
}
