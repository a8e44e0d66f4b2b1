import { markSearchable } from '../definition/searchable.js';

/**
 * Marks a key of a context class: processes are found by its value, as `find({ workflow, values: { customer: 'c-7' } })`. The value
 * is kept in a table of its own, written in the same commit, so only strings, numbers, booleans and dates are found. A process that
 * is live when a key becomes searchable is found by it from its next start or migration on, or once the value changes.
 *
 * @example
 * class OrderContext {
 *   @Searchable() customer = '';
 * }
 */
export function Searchable(): PropertyDecorator {
  return (prototype, key) => markSearchable(prototype, String(key));
}
