/** A workflow of three trivial steps. */
import { Step, Workflow } from '../dist/index.js';

export function trivialWorkflow(options = {}) {
  class Trivial {
    first() {
      return { n: 1 };
    }
    second() {
      return { n: 2 };
    }
    third() {
      return { n: 3 };
    }
  }
  for (const name of ['first', 'second', 'third']) Step()(Trivial.prototype, name, Object.getOwnPropertyDescriptor(Trivial.prototype, name));
  Workflow({ name: 'trivial', ...options })(Trivial);
  return Trivial;
}
