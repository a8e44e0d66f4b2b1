import type { DiscoveryService } from '@nestjs/core';
import { reasonOf } from '../core/reason.js';
import { classOf } from '../decorators/handles-response.decorator.js';
import { hasRules } from '../context/schema.js';
import { newContext } from '../definition/context-keys.js';
import { isClass, type WorkflowSource } from '../definition/source.js';
import { stepsOf } from '../definition/graph.js';
import { didYouMean } from '../definition/suggest.js';
import { verify } from '../definition/verifier.js';
import { compileWrittenOrder } from '../definition/written-order.js';
import { InvalidWorkflowError } from '../errors.js';
import type { WorkflowModuleOptions } from '../workflow.options.js';
import { bind, type BoundWorkflow } from './bound-workflow.js';
import { bootLogger, explore, type FoundDoor } from './explorer.js';
import type { WorkflowRegistry } from './registry.js';

/** Finds, compiles and verifies every workflow. Refuses to start on any problem, and names all of them at once. */
export function discoverWorkflows(
  discovery: DiscoveryService,
  registry: WorkflowRegistry,
  queues: readonly string[] | null,
  options: WorkflowModuleOptions,
  settings: readonly string[],
): void {
  const { sources, doors, problems } = explore(discovery);
  const compiled = sources.map((source) => ({ source, definition: compileWrittenOrder(source, options.defaults) }));
  const all = [
    ...settings,
    ...problems,
    ...compiled.flatMap(({ source, definition }) => verify(source, definition, { queues })),
    ...sources.flatMap(contextProblems),
    ...twins(sources),
    ...doors.flatMap((door) => doorProblems(door, sources)),
  ];
  if (all.length > 0) throw new InvalidWorkflowError(describe(sources), all);
  for (const { source, definition } of compiled) registry.add(bind(source, definition));
  sources.forEach(warnOfContext);
  bootLogger.log(summary(registry.all()));
}

function contextProblems({ className, options: { context } }: WorkflowSource): string[] {
  if (!isClass(context)) return [];
  try {
    newContext(context);
    return [];
  } catch (error) {
    return [
      `${className}: its context class ${context.name} cannot be made without arguments (${reasonOf(error)}). A context is data: give its fields defaults instead of a constructor.`,
    ];
  }
}

function twins(sources: readonly WorkflowSource[]): string[] {
  return sources.flatMap((source, i) => {
    const twin = sources.slice(0, i).find((other) => key(other) === key(source));
    return twin
      ? [
          `${source.className}: ${twin.className} is workflow "${source.options.name}" version ${source.options.version ?? 1} already. Give one of them another name or version.`,
        ]
      : [];
  });
}

/** Names are told apart without case: some databases and most people do not see it. */
function key({ options }: WorkflowSource): string {
  return `${String(options.name).toLowerCase()}@${options.version ?? 1}`;
}

function doorProblems({ place, workflow, step }: FoundDoor, sources: readonly WorkflowSource[]): string[] {
  const here = `${place} (@HandlesResponse)`;
  if (workflow === undefined) return [`${here}: its workflow is undefined, probably as imports go in a circle. Say () => TheWorkflow.`];
  const named = classOf(workflow);
  const found = sources.filter((source) => (typeof named === 'string' ? source.options.name === named : source.instance.constructor === named));
  const name = typeof named === 'string' ? named : named.name;
  if (found.length === 0) return [`${here}: ${name} is no workflow of this application.${didYouMean(name, sources.map(({ options }) => options.name))} Is it in the providers of a module that is imported?`]; // prettier-ignore
  const steps = found.flatMap((source) => source.steps.filter(({ options }) => options.request !== undefined).map((each) => each.name));
  return steps.includes(step) ? [] : [`${here}: "${step}" is no step of ${name} that has a request.${didYouMean(step, steps)}`];
}

/** Without rules, nothing is refused at the start: what is missing shows in the step that needs it. */
function warnOfContext({ className, options: { context } }: WorkflowSource): void {
  if (context === undefined || hasRules(context)) return;
  bootLogger.warn(
    `${className}: its context class has no class-validator decorators, so a process starts with whatever it is given. Put them on the keys that have no default.`,
  );
}

function describe(sources: readonly WorkflowSource[]): string {
  const names = sources.map(({ className }) => className);
  return names.length === 1 ? names[0]! : 'the workflows of this application';
}

function summary(workflows: readonly BoundWorkflow[]): string {
  const steps = workflows.reduce((sum, { definition }) => sum + stepsOf(definition).length, 0);
  const names = workflows.map(({ definition }) => `${definition.name} v${definition.version}`).join(', ');
  return workflows.length === 0
    ? 'No workflows: put @Workflow({ name }) on a provider.'
    : `${workflows.length} workflow${workflows.length === 1 ? '' : 's'} (${names}), ${steps} steps`;
}
