import { Logger } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { HANDLER_METADATA, type StepHandlerMetadata, type StartHandlerMetadata } from '../decorators/handler-metadata.js';
import { STEP_METADATA, stepOptionsOf } from '../decorators/step.decorator.js';
import type { StepOptions } from '../definition/step-options.js';
import { WORKFLOW_METADATA } from '../decorators/workflow.decorator.js';
import type { WorkflowOptions } from '../definition/workflow-options.js';
import { isClass, methodOf, type WorkflowSource, type WrittenStep } from '../definition/source.js';
import type { StepProvider } from '../definition/step-library.js';
import type { Class } from '../values/types.js';
import { optionsOf } from './registry.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A message handler as found: its place and its metadata. */
export type FoundHandler = { readonly place: string } & (
  (StepHandlerMetadata & { readonly brings: 'response' | 'input' }) | (StartHandlerMetadata & { readonly brings: 'start' })
);

export interface DiscoveredProviders {
  readonly sources: readonly WorkflowSource[];
  readonly steps: readonly StepProvider[];
  readonly handlers: readonly FoundHandler[];
  readonly problems: readonly string[];
}

/** Reads what the decorators have written, once, at boot. */
export function explore(discovery: DiscoveryService): DiscoveredProviders {
  const wrappers = [...discovery.getProviders(), ...discovery.getControllers()].filter((wrapper) => classOf(wrapper) !== undefined);
  const classes = [...new Map(wrappers.map((wrapper) => [classOf(wrapper)!, wrapper])).entries()];
  const workflows = classes.filter(([type]) => Reflect.hasOwnMetadata(WORKFLOW_METADATA, type));
  const steps = classes.filter(([type]) => isStepClass(type));
  const lasting = ([, wrapper]: [Class, Wrapper]) => isSingleton(wrapper);
  return {
    sources: workflows.filter(lasting).map(([type, wrapper]) => sourceOf(type, wrapper.instance as object)),
    steps: steps.filter(lasting).map(([type, wrapper]) => providerOf(type, wrapper.instance as object)),
    handlers: classes.flatMap(([type]) => handlersOf(type)),
    problems: [
      ...workflows.flatMap(([type, wrapper]) => scopeProblems(type, wrapper, 'A workflow runs')),
      ...steps.flatMap(([type, wrapper]) => [...scopeProblems(type, wrapper, 'A step runs'), ...bodyProblems(type)]),
      ...classes.flatMap(([type]) => orphanSteps(type)),
    ],
  };
}

/** The providers that may transmit messages: those of which there is one, as long as the application lives. */
export function senderProviders(discovery: DiscoveryService): Wrapper[] {
  return discovery.getProviders().filter(isSingleton);
}

function isSingleton(wrapper: Wrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

function classOf(wrapper: Wrapper): Class | undefined {
  const instance: unknown = wrapper.instance;
  const type: unknown = typeof instance === 'object' && instance !== null ? instance.constructor : wrapper.metatype;
  return typeof type === 'function' && typeof type.prototype === 'object' && type !== Object ? (type as Class) : undefined;
}

/* --------------------------------------------------------- workflows and steps ---- */

/** A workflow class as its author wrote it. */
export function sourceOf(type: Class, instance: object): WorkflowSource {
  const steps = methodsOf(type).flatMap(({ name }): WrittenStep[] => {
    const options = stepOptionsOf(type, name);
    const [takes] = (Reflect.getMetadata('design:paramtypes', type.prototype as object, name) ?? []) as unknown[];
    return options ? [{ name, options, host: instance, method: name, isClass: false, takes, ...childOf(options) }] : [];
  });
  const options = Reflect.getMetadata(WORKFLOW_METADATA, type) as WorkflowOptions;
  return { className: type.name, options, steps, instance, ...flowOf(instance) };
}

/** A member `flow` gives the order of the steps, unless it is a step itself. */
function flowOf(instance: object): Pick<WorkflowSource, 'flow'> {
  const method = methodOf(instance, 'flow');
  if (method) return stepOptionsOf(instance.constructor as Class, 'flow') ? {} : { flow: method };
  const flow: unknown = Object.getOwnPropertyDescriptor(instance, 'flow')?.value;
  return typeof flow === 'object' && flow !== null ? { flow: flow as NonNullable<Exclude<WorkflowSource['flow'], (...args: any[]) => unknown>> } : {};
}

/** Whether the class, or one it inherits from, has `@Step()`. */
export function isStepClass(type: unknown): type is Class {
  return isClass(type) && Reflect.hasMetadata(STEP_METADATA, type);
}

export function providerOf(type: Class, host: object): StepProvider {
  const options = Reflect.getMetadata(STEP_METADATA, type) as StepOptions;
  return { type, name: options.name ?? type.name, options, host, ...childOf(options) };
}

/** A class means its own version. A name means the newest. */
function childOf({ child }: StepOptions): Pick<WrittenStep, 'child'> {
  const named = typeof child === 'object' && child !== null ? child.workflow : child;
  if (typeof named === 'string') return { child: { workflow: named } };
  if (!isClass(named)) return {};
  const { name = named.name, version = 1 } = optionsOf(named) ?? {};
  return { child: { workflow: name, version } };
}

/** Methods in the order written, inherited ones first. */
function methodsOf(type: Class): { name: string; method: object }[] {
  const chain: object[] = [];
  for (let proto = type.prototype as object; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object) chain.unshift(proto);
  const names = new Set(chain.flatMap((proto) => Object.getOwnPropertyNames(proto)));
  return [...names].flatMap((name) => {
    const method = name === 'constructor' ? undefined : describeMethod(chain, name);
    return method ? [{ name, method }] : [];
  });
}

/** Never runs a getter. */
function describeMethod(chain: readonly object[], name: string): object | undefined {
  const owner = chain.findLast((proto) => Object.hasOwn(proto, name));
  const value: unknown = owner && Object.getOwnPropertyDescriptor(owner, name)?.value;
  return typeof value === 'function' ? value : undefined;
}

/* ------------------------------------------------------------------- problems ---- */

function scopeProblems(type: Class, wrapper: Wrapper, what: string): string[] {
  if (isSingleton(wrapper)) return [];
  if (wrapper.isDependencyTreeStatic())
    return [`${type.name}: it is transient, so each class that injects it has one of its own, and the engine none. ${what} by itself: make it a singleton.`];
  return [
    `${type.name}: it is request-scoped, or something it injects is. ${what} outside any request: make it a singleton, and resolve what belongs to a request inside the step with ModuleRef.`,
  ];
}

function bodyProblems(type: Class): string[] {
  return methodsOf(type).some(({ name }) => name === 'run') ? [] : [`${type.name}: it has @Step() on the class, but no method run(context, step).`];
}

function orphanSteps(type: Class): string[] {
  if (Reflect.hasMetadata(WORKFLOW_METADATA, type)) {
    return Reflect.hasOwnMetadata(WORKFLOW_METADATA, type)
      ? []
      : [`${type.name}: it inherits from a workflow without being one. Put @Workflow({ name: '...' }) on it.`];
  }
  const steps = methodsOf(type).filter(({ name }) => stepOptionsOf(type, name));
  return steps.length === 0
    ? []
    : [`${type.name}: it has @Step() on ${steps.map(({ name }) => name).join(', ')}, but no @Workflow({ name: '...' }) on the class.`];
}

/* ---------------------------------------------------------- message handlers ---- */

const HANDLER_KINDS = [[HANDLER_METADATA['@HandlesResponse'], 'response'], [HANDLER_METADATA['@HandlesInput'], 'input'], [HANDLER_METADATA['@StartsProcess'], 'start']] as const; // prettier-ignore

function handlersOf(type: Class): FoundHandler[] {
  return methodsOf(type).flatMap(({ name, method }) =>
    HANDLER_KINDS.flatMap(([key, brings]) => {
      const metadata = Reflect.getMetadata(key, method) as object | undefined;
      return metadata ? [{ ...metadata, brings, place: `${type.name}.${name}` } as FoundHandler] : [];
    }),
  );
}

export const bootLogger = new Logger('Workflow');
