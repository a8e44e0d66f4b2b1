import { isObservable, lastValueFrom } from 'rxjs';
import { saidBy } from '../values/outcome.js';
import type { AnyFunction } from './source.js';

/** The result of a body that the flow maps into the context: the patch made of it, and the result itself. */
export class Mapped {
  constructor(
    readonly patch: object,
    readonly result: unknown,
  ) {}
}

/** Key → the function that reads its value. */
export type KeyMapping = ReadonlyMap<string, AnyFunction>;

/** Calls `run` with the mapped inputs instead of the context. The first argument is the context, the last is the step. */
export function seeing(inputs: KeyMapping, run: AnyFunction): AnyFunction {
  if (inputs.size === 0) return run;
  return (context: unknown, ...rest: unknown[]) => run(mappedEntries(inputs, context, rest.at(-1)), ...rest);
}

/** Maps what `run` returns key by key, even if it returns nothing. Outcomes stay as they are, except that the patch of a `done` is mapped. */
export function giving(outputs: KeyMapping, run: AnyFunction): AnyFunction {
  if (outputs.size === 0) return run;
  return (...args: unknown[]) => {
    const result = run(...args);
    const map = (settled: unknown) => mapped(outputs, settled, args.at(-1));
    if (isObservable(result)) return lastValueFrom(result, { defaultValue: undefined }).then(map);
    return isPromise(result) ? result.then(map) : map(result);
  };
}

/** The body of a step that only waits: maps the message that came, whatever it is. */
export function message(outputs: KeyMapping): AnyFunction {
  if (outputs.size === 0) return () => undefined;
  return (_context: unknown, step: { message: unknown }) => new Mapped(mappedEntries(outputs, step.message, step), step.message);
}

function mapped(outputs: KeyMapping, result: unknown, step: unknown): unknown {
  const said = saidBy(result);
  if (said && said.said !== 'done') return result;
  const returned = said ? said.patch : result;
  return new Mapped(mappedEntries(outputs, returned, step), returned);
}

export function mappedEntries(mapping: KeyMapping, from: unknown, step: unknown): object {
  return Object.fromEntries([...mapping].map(([key, read]) => [key, read(from, step)]));
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
