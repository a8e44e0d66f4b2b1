import type { Class } from '../../values/types.js';
import { contextKeys } from '../context-keys.js';
import { isClass, type WorkflowSource, type WrittenStep } from '../source.js';
import type { Problems } from './value-problems.js';

/**
 * The first argument of a step is the context. A class that the context inherits from is right, and so is a
 * view: a class that has keys of the context alone. Where a builder gives the order, `input` may hand a step something else.
 */
export function* argumentProblems({ options: { context }, flow }: WorkflowSource, { takes: taken }: WrittenStep): Problems {
  if (!isClass(context) || typeof flow === 'function') return;
  if (!isClass(taken) || taken === context || context.prototype instanceof taken) return;
  const stray = strayKeys(taken, context);
  if (stray.length > 0)
    yield `its first argument is a ${taken.name}, and the context of the workflow is a ${context.name}, which has no ${stray.join(', ')}. Take ${context.name}.`;
}

function strayKeys(taken: Class, context: Class): string[] {
  const known = contextKeys(context);
  return known ? [...(contextKeys(taken) ?? [])].filter((key) => !known.has(key)) : [];
}
