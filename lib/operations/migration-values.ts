import { withDefaults } from '../context/context.js';
import { checkSize } from '../context/plain.js';
import { checked, fromGiven, fromStored, toStored } from '../context/typed-data.js';
import type { JsonObject } from '../values/json.js';
import { isClass } from '../definition/source.js';
import { InvalidInputError } from '../values/errors.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';

/** Turns an old context into a new one. */
export type ContextMapping = (old: any) => object;

/** The mapped old values, or without a mapping the old values, over the new defaults and checked by the new rules. */
export async function valuesUnder(from: BoundWorkflow, to: BoundWorkflow, stored: JsonObject, mapping: ContextMapping | undefined): Promise<JsonObject> {
  const schema = to.context;
  const what = `The context of workflow "${to.definition.name}" version ${to.definition.version}`;
  const values = withDefaults(schema, mapping ? toStored(schema, mappedValues(mapping, fromStored(from.context, stored)), '') : stored);
  const accepted = await checked(schema, fromGiven(schema, values, what), what);
  const result = isClass(schema) || schema === undefined ? values : toStored(undefined, accepted as object, '');
  checkSize(result, what);
  return result;
}

function mappedValues(mapping: ContextMapping, old: unknown): object {
  const made: unknown = mapping(old);
  if (typeof made === 'object' && made !== null && !Array.isArray(made)) return made;
  throw new InvalidInputError('context', ['it must return the new context, an object']);
}
