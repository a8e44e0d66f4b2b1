import { Logger } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { RESPONSE_METADATA, type ResponseDoor } from '../decorators/handles-response.decorator.js';
import { STEP_METADATA } from '../decorators/step.decorator.js';
import type { StepOptions } from '../decorators/step.options.js';
import { WORKFLOW_METADATA, type WorkflowOptions } from '../decorators/workflow.decorator.js';
import type { WorkflowSource } from '../definition/source.js';
import type { Class } from '../values.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A door as found: where it stands and what it says. */
export interface FoundDoor extends ResponseDoor {
  readonly place: string;
}

export interface Found {
  readonly sources: readonly WorkflowSource[];
  readonly doors: readonly FoundDoor[];
  readonly problems: readonly string[];
}

/** Reads all that the decorators have written down, once, at boot. After it nobody looks at metadata. */
export function explore(discovery: DiscoveryService): Found {
  const wrappers = [...discovery.getProviders(), ...discovery.getControllers()].filter((wrapper) => classOf(wrapper) !== undefined);
  const classes = [...new Map(wrappers.map((wrapper) => [classOf(wrapper)!, wrapper])).entries()];
  const workflows = classes.filter(([type]) => Reflect.hasOwnMetadata(WORKFLOW_METADATA, type));
  const problems = [...workflows.flatMap(([type, wrapper]) => scopeProblems(type, wrapper)), ...classes.flatMap(([type]) => orphanSteps(type))];
  const usable = workflows.filter(([, wrapper]) => wrapper.isDependencyTreeStatic());
  return { sources: usable.map(([type, wrapper]) => sourceOf(type, wrapper.instance as object)), doors: classes.flatMap(([type]) => doorsOf(type)), problems };
}

function classOf(wrapper: Wrapper): Class | undefined {
  const instance: unknown = wrapper.instance;
  const type: unknown = typeof instance === 'object' && instance !== null ? instance.constructor : wrapper.metatype;
  return typeof type === 'function' && typeof type.prototype === 'object' && type !== Object ? (type as Class) : undefined;
}

/** A workflow class as its author wrote it. */
export function sourceOf(type: Class, instance: object): WorkflowSource {
  const steps = methodsOf(type).flatMap(({ name, method }) => {
    const options = Reflect.getMetadata(STEP_METADATA, method) as StepOptions | undefined;
    return options ? [{ name, options }] : [];
  });
  return { className: type.name, options: Reflect.getMetadata(WORKFLOW_METADATA, type) as WorkflowOptions, steps, instance };
}

/** In the order written; what a class inherits comes first. */
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

function scopeProblems(type: Class, wrapper: Wrapper): string[] {
  if (wrapper.isDependencyTreeStatic()) return [];
  return [
    `${type.name}: it is request-scoped, or something it injects is. A workflow runs outside any request: make it a singleton, and resolve what belongs to a request inside the step with ModuleRef.`,
  ];
}

function orphanSteps(type: Class): string[] {
  if (Reflect.hasMetadata(WORKFLOW_METADATA, type)) {
    return Reflect.hasOwnMetadata(WORKFLOW_METADATA, type)
      ? []
      : [`${type.name}: it inherits from a workflow without being one. Put @Workflow({ name: '...' }) on it.`];
  }
  const steps = methodsOf(type).filter(({ method }) => Reflect.hasMetadata(STEP_METADATA, method));
  return steps.length === 0
    ? []
    : [`${type.name}: it has @Step() on ${steps.map(({ name }) => name).join(', ')}, but no @Workflow({ name: '...' }) on the class.`];
}

function doorsOf(type: Class): FoundDoor[] {
  return methodsOf(type).flatMap(({ name, method }) => {
    const door = Reflect.getMetadata(RESPONSE_METADATA, method) as ResponseDoor | undefined;
    return door ? [{ ...door, place: `${type.name}.${name}` }] : [];
  });
}

export const bootLogger = new Logger('Workflow');
