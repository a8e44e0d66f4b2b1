import { Step, Workflow } from '../../lib/index.js';

/** Fails at once. */
@Workflow({ name: 'broken' })
export class Broken {
  @Step() fail() { throw new Error('for good'); } // prettier-ignore
}

/** Waits, and is overdue soon. */
@Workflow({ name: 'slow' })
export class Slow {
  @Step({ on: 'never', overdue: { after: '1ms', do: 'remind' } }) wait() {}
  remind() {}
}
