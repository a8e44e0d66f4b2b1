import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import type { Class } from '../values/types.js';
import type { CheckClass, CheckMethod } from './step.check.js';
import type { StepOptions } from '../definition/step-options.js';

export const STEP_METADATA = 'nestjs-argonaut:step';

export interface StepDecorator<O> {
  <T extends Class>(target: T & (CheckClass<O, InstanceType<T>> extends `✗${string}` ? CheckClass<O, InstanceType<T>> : unknown)): void;
  <W extends object, M extends (...args: any[]) => unknown>(target: W, key: CheckMethod<O, W, M>, descriptor: TypedPropertyDescriptor<M>): void;
}

/**
 * Makes a method of a workflow a step: `(context, message?, step)` → a {@link Patch}, an {@link Outcome}, or nothing, at once, as a
 * promise or as an observable. The body runs when what it waits for has arrived. Each step runs at least once, and each completion
 * is recorded once. The compiler checks the names in the options and what the method returns; boot checks the rest.
 *
 * On a class with `run(context, step)` it makes a step for any number of workflows: an ordinary provider, with anything injected,
 * that flows and documents name. `step.message` holds what it waited for.
 */
export function Step<const O extends StepOptions = {}>(options?: StepOptions & O): StepDecorator<O> {
  return (target: object, key?: string, descriptor?: TypedPropertyDescriptor<any>) => {
    if (key === undefined) return onClass(target as Class, options ?? {});
    refuseOtherMembers(target, key, descriptor);
    Reflect.defineMetadata(STEP_METADATA, options ?? {}, target, key);
  };
}

function refuseOtherMembers(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<any> | undefined): void {
  const owner = typeof target === 'function' ? `static ${target.name}` : target.constructor.name;
  const refuse = (why: string) => new TypeError(`@Step() on ${owner}.${String(key)}: ${why}`);
  if (typeof target === 'function') throw refuse('a step is a method of the provider, so it cannot be static.');
  if (typeof key === 'symbol') throw refuse('the name of a step is stored, so it cannot be a symbol.');
  if (typeof descriptor?.value !== 'function') throw refuse('a step is a method, not a property or an accessor.');
}

/**
 * The options of a step, if the method is one. They belong to the name in the class: a decorator that puts another function in place,
 * or a subclass that overrides the method, changes what the step does, and not that it is one.
 */
export function stepOptionsOf(type: Class, method: string): StepOptions | undefined {
  return Reflect.getMetadata(STEP_METADATA, type.prototype as object, method) as StepOptions | undefined;
}

/** What Nest's own decorator leaves on a class. */
const INJECTABLE = '__injectable__';

/** Makes a class injectable, unless it is: the scope that `@Injectable` gives would be lost, and boot has to see it. */
export function makeInjectable(target: Class): void {
  if (!Reflect.hasOwnMetadata(INJECTABLE, target)) Injectable()(target);
}

function onClass(target: Class, options: StepOptions): void {
  makeInjectable(target);
  Reflect.defineMetadata(STEP_METADATA, options, target);
}

/** The default name of a step class. A string is a name already. */
export function stepNameOf(step: Class | string): string {
  if (typeof step !== 'function') return String(step); // callers may pass anything
  return (Reflect.getOwnMetadata(STEP_METADATA, step) as StepOptions | undefined)?.name ?? step.name;
}
