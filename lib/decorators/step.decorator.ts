import type { Class } from '../values.js';
import type { CheckMethod, Strict } from './step.check.js';
import type { StepOptions } from './step.options.js';

export const STEP_METADATA = 'nestjs-argonaut:step';

export interface StepDecorator<O> {
  <W extends object, M extends (...args: any[]) => unknown>(target: W, key: CheckMethod<O, W, M>, descriptor: TypedPropertyDescriptor<M>): void;
}

/**
 * Makes a method of a workflow a step: `(context, message?, step)` → a {@link Patch}, an {@link Outcome}, or nothing, at once, as a
 * promise or as an observable. It runs when what it waits for is here, at least once, and each completion is recorded once.
 * The compiler checks the names in the options and what the method returns; boot checks the rest.
 */
export function Step<const O extends StepOptions = {}>(options?: O & Strict<O, StepOptions>): StepDecorator<O> {
  return (target: object, key: string, descriptor: TypedPropertyDescriptor<any>) => {
    if (typeof target === 'function')
      throw new TypeError(`@Step() on static ${target.name}.${key}: a step is a method of the provider, so it cannot be static.`);
    Reflect.defineMetadata(STEP_METADATA, options ?? {}, descriptor.value as Class);
  };
}
