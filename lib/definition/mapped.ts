import { isObservable, lastValueFrom } from 'rxjs';
import { saidBy } from '../values/outcome.js';
import type { AnyFunction } from './source.js';

/** What a body returned whose flow says where it goes: the patch made of it, and the result itself. */
export class Mapped {
  constructor(
    readonly patch: object,
    readonly result: unknown,
  ) {}
}

/** Key → the function that reads its value. */
export type KeyMapping = ReadonlyMap<string, AnyFunction>;

/** The function with what the mapping gives in place of the context, which is its first argument; its last is the step. */
export function seeing(inputs: KeyMapping, run: AnyFunction): AnyFunction {
  if (inputs.size === 0) return run;
  return (context: unknown, ...rest: unknown[]) => run(valuesOf(inputs, context, rest.at(-1)), ...rest);
}

/** The function with what it returns mapped key by key, also where that is nothing: the step goes on. An outcome says what it says, but for the patch in a `done`. */
export function giving(outputs: KeyMapping, run: AnyFunction): AnyFunction {
  if (outputs.size === 0) return run;
  return (...args: unknown[]) => {
    const result = run(...args);
    const map = (settled: unknown) => mapped(outputs, settled, args.at(-1));
    if (isObservable(result)) return lastValueFrom(result, { defaultValue: undefined }).then(map);
    return isPromise(result) ? result.then(map) : map(result);
  };
}

/** Of an event: what came is mapped, whatever it is. */
export function message(outputs: KeyMapping): AnyFunction {
  if (outputs.size === 0) return () => undefined;
  return (_context: unknown, step: { message: unknown }) => new Mapped(valuesOf(outputs, step.message, step), step.message);
}

function mapped(outputs: KeyMapping, result: unknown, step: unknown): unknown {
  const said = saidBy(result);
  if (said && said.said !== 'done') return result;
  const returned = said ? said.patch : result;
  return new Mapped(valuesOf(outputs, returned, step), returned);
}

function valuesOf(mapping: KeyMapping, from: unknown, step: unknown): object {
  return Object.fromEntries([...mapping].map(([key, read]) => [key, read(from, step)]));
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
